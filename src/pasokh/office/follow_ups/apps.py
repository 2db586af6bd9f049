"""Registers the `follow_ups` feature with Django."""

from django.apps import AppConfig


class FollowUpsConfig(AppConfig):
    """The `follow_ups` feature."""

    name = "pasokh.office.follow_ups"
    label = "follow_ups"
    default_auto_field = "django.db.models.BigAutoField"
