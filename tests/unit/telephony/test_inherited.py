"""Keys are looked up as long as an earlier lead may have had them, and not for ever."""

from pasokh.telephony.exchange.inherited import LINGER_MS, Inherited


def test_before_anything_was_taken_over_nobody_knows():
    assert Inherited(lambda: 0).any()


def test_who_found_nothing_inherited_nothing():
    found = Inherited(lambda: 0)
    found.found(())
    assert not found.any()


def test_the_last_channel_is_outlived_by_what_is_asked_about_its_end():
    now = [1_000]
    found = Inherited(lambda: now[0])
    found.found(("a", "b"))
    now[0] += 10 * LINGER_MS
    found.gone("a")
    assert found.any()
    found.gone("b")
    found.gone("c")
    assert found.any()
    now[0] += LINGER_MS
    assert not found.any()


def test_orders_still_to_be_carried_out_may_bring_about_what_was_told_before():
    now = [0]
    found = Inherited(lambda: now[0])
    found.found((), ("i1",))
    assert found.any()
    now[0] = LINGER_MS
    assert not found.any()
