"""Promises to customers: who owes what, until when (R20, R54). The core holds them; their history is the desk's."""
