"""Organisations, their clients, and the fences between them."""
