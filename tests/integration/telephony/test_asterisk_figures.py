"""Asterisk's own figures: on loopback, behind a password, and under the names the dashboard knows."""

import asyncio
import base64
import urllib.error
import urllib.request

import pytest
from tests.switch_stage import needs_asterisk, site, switch
from tests.unit.ops.test_monitoring_files import ASTERISK

from pasokh.telephony.config.web import METRICS_USER

pytestmark = needs_asterisk


def read(port: int, password: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/metrics")
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{METRICS_USER}:{password}".encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read().decode())


async def test_asterisk_tells_its_figures_to_who_has_the_password() -> None:
    wanted = site()
    async with switch() as made:
        if "res_prometheus" not in made.machine.present:
            pytest.skip("this Asterisk has no res_prometheus")
        await made.start(wanted)
        port = wanted.nodes[0].http.port
        text = await asyncio.to_thread(read, port, made.machine.passwords["metrics"])
        for name in ASTERISK:
            assert f"\n{name}" in text, text[:2_000]
        with pytest.raises(urllib.error.HTTPError, match="401"):
            await asyncio.to_thread(read, port, "guessed")
