"""The switches under the port's conformance suite."""

from collections.abc import AsyncIterator, Iterator

import pytest
from tests.telephony.asterisk import Asterisk, installation, private_asterisk
from tests.telephony.asterisk_rig import asterisk_rig
from tests.telephony.rigs import Rig, memory_rig


@pytest.fixture(scope="session")
def asterisk() -> Iterator[Asterisk]:
    """One for all tests of a process."""
    found = installation()
    if isinstance(found, str):
        pytest.skip(found)
    with private_asterisk(found) as running:
        yield running


@pytest.fixture(params=["memory", "asterisk"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    """Each switch in turn, connected, with nobody on the line."""
    if request.param == "memory":
        async with memory_rig() as made:
            yield made
    else:
        async with asterisk_rig(request.getfixturevalue("asterisk")) as made:
            yield made
