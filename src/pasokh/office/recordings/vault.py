"""Where this installation's recordings lie: what the settings say."""

from pathlib import Path

from django.conf import settings

from pasokh.telephony.recording.vault import Vault


def vault() -> Vault:
    """The vault of this installation."""
    return Vault(Path(settings.RECORDINGS_HOME))
