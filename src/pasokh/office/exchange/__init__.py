"""The whole configuration as one readable file, and people as a table."""
