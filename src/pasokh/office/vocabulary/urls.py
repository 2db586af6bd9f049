"""Addresses of skills, outcomes and reasons."""

from pasokh.office.setup.named import addresses
from pasokh.office.vocabulary.kinds import OUTCOMES, REASONS, SKILLS

urlpatterns = [
    *addresses(SKILLS, "setup/skills/"),
    *addresses(OUTCOMES, "setup/outcomes/"),
    *addresses(REASONS, "setup/reasons/"),
]
