"""The port on Asterisk.

What of its behaviour this relies on is tried by the conformance suite: playing under an id twice plays twice, so it is
looked for first; adding a channel to the bridge it is in takes it out and in again, so only the missing ones are added;
an id in use and an endpoint nobody can reach are refused alike, so that the channel is looked for; a second recording
of a name overwrites the first whatever `ifExists` says; subscriptions outlive the websocket; a replaced websocket still
takes orders, so that refusing is up to this side, and it is not told of being replaced unless the event filter lets
`ApplicationReplaced` pass.
"""

from pasokh.telephony.ari.bridges import AriBridges
from pasokh.telephony.ari.channels import AriChannels
from pasokh.telephony.ari.recordings import AriRecordings
from pasokh.telephony.port import Switch


class AriSwitch(AriChannels, AriBridges, AriRecordings):
    """`pasokh.telephony.port.Switch` on Asterisk 22 or later."""


_CONFORMS: type[Switch] = AriSwitch
"""Checked by mypy here, and by the conformance suite."""
