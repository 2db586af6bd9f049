"""Registers the `vocabulary` feature with Django."""

from django.apps import AppConfig


class VocabularyConfig(AppConfig):
    """The `vocabulary` feature."""

    name = "pasokh.office.vocabulary"
    label = "vocabulary"
    default_auto_field = "django.db.models.BigAutoField"
