"""Keys of commands: the same thing asked twice has one key, two different things never share one."""

from hypothesis import given
from hypothesis import strategies as st

from pasokh.channels.idempotency import message_key
from pasokh.store.asking import key_of


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1), st.data())
def test_where_a_part_ends_counts(parts, data):
    cut = data.draw(st.integers(0, len(parts[0])))
    split = [parts[0][:cut], parts[0][cut:], *parts[1:]]
    assert key_of(*parts) == key_of(*parts)
    assert key_of(*split) != key_of(*parts)


def test_a_message_belongs_to_its_writer():
    assert (
        len({message_key("visitor", "a", "m"), message_key("staff", "a", "m"), message_key("visitor", "am", "")}) == 3
    )
