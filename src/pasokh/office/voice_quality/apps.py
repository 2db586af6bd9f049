"""Registers the `voice_quality` feature with Django."""

from django.apps import AppConfig


class VoiceQualityConfig(AppConfig):
    """The `voice_quality` feature."""

    name = "pasokh.office.voice_quality"
    label = "voice_quality"
    default_auto_field = "django.db.models.BigAutoField"
