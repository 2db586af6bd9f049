"""How calls sounded, and how each went step by step."""
