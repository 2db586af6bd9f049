"""Addresses of the reasons for not being ready."""

from pasokh.office.pauses.kinds import PAUSES
from pasokh.office.setup.named import addresses

urlpatterns = addresses(PAUSES, "setup/pauses/")
