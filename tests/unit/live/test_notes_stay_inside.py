"""Property: whatever happens on the floor, no visitor's topic ever carries a note or a talk among agents."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.live.floor import Floor

from pasokh.live.chat_view import ChatView
from pasokh.live.world import Change, World


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_notes_never_reach_the_visitor(seed: int) -> None:
    floor, view = Floor(seed), ChatView()
    world = World(type(floor.state)())
    inside: dict[str, set[str]] = {}
    for logged in floor.run(200):
        for event, at in logged:
            world.fold(world.state.seq + 1, event, at, Change())
            if type(event).__name__ == "MessagePosted":
                talk = world.talk(event.contact, event.interaction)
                if event.author in ("note", "whisper") or talk.kind != "contact":
                    inside.setdefault(event.contact, set()).add(event.message)
        for contact, conversation in world.conversations.items():
            keys = {key: view.value(world, contact, key) for key in view.keys(world, contact)}
            for talk in conversation.talks.values():  # asking for a key by name gives no more than the listing
                for message in talk.messages:
                    key = f"m:{talk.id}:{message.number:06d}"
                    assert (view.value(world, contact, key) is not None) == (key in keys)
            ids = {value["message"] for key, value in keys.items() if key.startswith("m:")}
            assert not ids & inside.get(contact, set())
            assert '"note"' not in json.dumps(keys)
            assert '"whisper"' not in json.dumps(keys)
            assert "author_id" not in json.dumps(keys)
