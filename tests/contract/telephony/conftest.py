"""The switches under the port's conformance suite."""

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import asterisk_nodes_rig, asterisk_rig
from tests.telephony.rigs import Rig, memory_nodes_rig, memory_rig


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    """One for all tests of a process."""
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    with private_asterisk(found) as running:
        yield running


@pytest.fixture(scope="session")
def second_asterisk(asterisk: Asterisk) -> Iterator[Asterisk]:
    """Another one beside it."""
    with private_asterisk(asterisk.installed) as running:
        yield running


@pytest.fixture(params=["memory", "asterisk", "memory nodes", "asterisk nodes"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each switch in turn, connected, with nobody on the line."""
    if request.param == "memory":
        async with memory_rig() as made:
            yield made
    elif request.param == "memory nodes":
        async with memory_nodes_rig() as made:
            yield made
    elif request.param == "asterisk nodes":
        used, spare = request.getfixturevalue("asterisk"), request.getfixturevalue("second_asterisk")
        async with asterisk_nodes_rig(used, spare) as made:
            yield made
    else:
        async with asterisk_rig(request.getfixturevalue("asterisk")) as made:
            yield made
