"""Fixtures of the office."""

from tests.office_stage import office, office_template, shared_office

__all__ = ["office", "office_template", "shared_office"]
