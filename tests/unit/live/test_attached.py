"""Files in messages: what a sender says of them counts for nothing, and nobody attaches another contact's."""

from collections.abc import Sequence
from types import SimpleNamespace

import pytest

from pasokh.acd.commands import PostMessage
from pasokh.acd.model import Attachment, Channel
from pasokh.acd.state import Interaction, State
from pasokh.channels.files.ports import Attached
from pasokh.kernel.errors import PasokhError
from pasokh.live.orders import attached
from pasokh.live.tokens import Claims

ANN = Claims(kind="staff", org="o", subject="u1", agent="ann", role="agent", exp=1)
SARA = Claims(kind="visitor", org="o", subject="c1", contact="c1", role="visitor", exp=1)
STRANGER = Claims(kind="visitor", org="o", subject="c2", contact="c2", role="visitor", exp=1)


class Files:
    """Knows one file of one contact, meant for the inside."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, bool]] = []

    async def check(self, org: str, contact: str, ids: Sequence[str], *, inside: bool) -> tuple[Attached, ...]:
        self.asked.append((org, contact, inside))
        if list(ids) != ["f1"]:
            raise PasokhError("file.unknown")
        return (Attached("f1", "bill.pdf", "application/pdf", 99),)


def shard() -> SimpleNamespace:
    state = State()
    state.interactions["i1"] = Interaction("i1", "c1", Channel.CHAT, "q", 1, agent="ann")
    state.interactions["k1"] = Interaction("k1", "c1", Channel.CHAT, "q", 2, kind="consult", agent="bob")
    return SimpleNamespace(state=state)


def post(interaction: str = "i1", author: str = "agent", file: str = "f1") -> PostMessage:
    claimed = Attachment(file, "harmless.txt", "text/plain", 1)
    return PostMessage(interaction, "m", author, "ann", "", (claimed,))  # type: ignore[arg-type]


async def test_name_type_and_size_are_the_offices_word() -> None:
    command = await attached(Files(), shard(), ANN, post())
    assert command.attachments == (Attachment("f1", "bill.pdf", "application/pdf", 99),)


@pytest.mark.parametrize(
    ("interaction", "author", "inside"),
    [("i1", "agent", False), ("i1", "note", True), ("i1", "whisper", True), ("k1", "agent", True)],
)
async def test_what_stays_inside_may_carry_files_of_the_inside(interaction: str, author: str, inside: bool) -> None:
    files = Files()
    await attached(files, shard(), ANN, post(interaction, author))
    assert files.asked == [("o", "c1", inside)]


@pytest.mark.parametrize(
    ("files", "claims", "command"),
    [
        (Files(), STRANGER, post()),
        (Files(), ANN, post("gone")),
        (Files(), ANN, post(file="f2")),
        (None, SARA, post()),
    ],
)
async def test_refused(files: Files | None, claims: Claims, command: PostMessage) -> None:
    with pytest.raises(PasokhError) as refused:
        await attached(files, shard(), claims, command)
    assert refused.value.code == "file.unknown"
    if claims is STRANGER:
        assert files is not None
        assert files.asked == [], "another's contact is not even asked about"
