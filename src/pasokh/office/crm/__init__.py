"""Customers: who they are, what they need, where they are reached, and all they ever came with."""
