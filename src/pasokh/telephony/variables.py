"""Facts that ride on every channel, so that whoever takes over knows every call it finds."""

CALL = "PASOKH_CALL"
"""The call's id; of the contact it becomes, too."""
ROLE = "PASOKH_ROLE"
SINCE = "PASOKH_SINCE"
"""When it came in, milliseconds of UTC."""
ORG = "PASOKH_ORG"
NUMBER = "PASOKH_NUMBER"
"""The number called."""
STATION = "PASOKH_STATION"
TRUNK = "PASOKH_TRUNK"
INTERACTION = "PASOKH_INTERACTION"
"""Waited with, or talked in; of a leg, the one it was called for."""
CONTACT = "PASOKH_CONTACT"
"""The contact a caller waits as."""
PERSON = "PASOKH_PERSON"
"""Whose telephone a leg calls."""
MODE = "PASOKH_MODE"
"""How a supervisor's leg follows a talk."""
POSITION = "PASOKH_POSITION"
"""Where a caller stands in the flow."""

BEAT, ASIDE = "PASOKH_BEAT_", "PASOKH_ASIDE_"
"""Begin names of the switch's global variables, the organisation follows: whoever acts for it changes the first every
second; while the second says anything, the dialplan keeps callers instead of giving them to somebody who hangs."""

CHANNEL_VARIABLES = (
    CALL, ROLE, SINCE, ORG, NUMBER, STATION, TRUNK, INTERACTION, CONTACT, PERSON, MODE, POSITION,
)  # fmt: skip
"""All of them, as a switch must be told to hand them over."""
