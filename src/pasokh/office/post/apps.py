"""Registers the `post` feature with Django."""

from django.apps import AppConfig


class PostConfig(AppConfig):
    """The `post` feature."""

    name = "pasokh.office.post"
    label = "post"
    default_auto_field = "django.db.models.BigAutoField"
