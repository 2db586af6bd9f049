"""The switch of an organisation on the Asterisk of a home: where it listens is read anew at every connection."""

from collections.abc import Callable
from pathlib import Path

from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import Instant
from pasokh.telephony.ari.client import AriAddress, AriTimings
from pasokh.telephony.ari.switch import AriSwitch
from pasokh.telephony.asterisk import AriServer
from pasokh.telephony.config.dialplan import application
from pasokh.telephony.config.web import ENGINE_USER
from pasokh.telephony.port import SwitchUnavailableError


class HomeSwitch(AriSwitch):
    """`pasokh.telephony.port.Switch` of whatever runs in a home; unreachable until its configuration is there."""

    def __init__(
        self, home: Path, org: str, clock: Callable[[], Instant], node: str, timings: AriTimings | None = None
    ) -> None:
        self._etc = home / "etc"
        unknown = AriAddress("http://127.0.0.1:9/ari", ENGINE_USER, "", application(org))
        super().__init__(unknown, node=node, org=org, clock=clock, timings=timings)

    async def connect(self) -> None:
        """Open the link to where the rendered files say; see `pasokh.telephony.port.Switch.connect`."""
        try:
            server = AriServer.of(self._etc)
        except PasokhError as error:
            raise SwitchUnavailableError("switch.unreachable", reason="it has not been set up yet") from error
        host = f"[{server.host}]" if ":" in server.host else server.host
        self._address = AriAddress(
            f"http://{host}:{server.port}/ari", ENGINE_USER, server.password, self._address.application
        )
        await super().connect()
