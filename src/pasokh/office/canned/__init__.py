"""Canned answers: texts that agents write often, with variables."""
