"""Addresses of chat widgets."""

from pasokh.office.setup.named import addresses
from pasokh.office.widgets.kinds import WIDGETS

urlpatterns = addresses(WIDGETS, "setup/widgets/")
