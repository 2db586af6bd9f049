"""What a change means: which sections, which settings (no secrets), what is read again or needs a new start."""

from msgspec.structs import replace
from tests.switch_stage import site
from tests.unit.telephony.config.test_render import MACHINE

from pasokh.telephony.config.plan import HIDDEN, Line, plan
from pasokh.telephony.config.render import render
from pasokh.telephony.config.trial import against


def test_a_busy_start_does_not_speak_against_a_configuration():
    log = (
        "[2026-11-22 09:38:03.1] NOTICE[7] loader.c: 129 modules will be loaded.\n"
        "[2026-11-22 09:38:03.2] WARNING[7] taskprocessor.c: Taskprocessor 'x' queue reached 500 scheduled tasks\n"
        "[2026-11-22 09:38:03.3] WARNING[9][C-00000001] pbx.c: No application 'ExecIf' for extension (caller, s, 9)\n"
        "[2026-11-22 09:38:03.4] WARNING[9][C-00000002] pbx.c: No application 'ExecIf' for extension (caller, s, 9)\n"
    )
    assert against(log) == ("WARNING pbx.c: No application 'ExecIf' for extension (caller, s, 9)",)


def difference(before, after):
    return plan(render(before, before.nodes[0], MACHINE), render(after, after.nodes[0], MACHINE))


def test_nothing_differs_from_itself():
    good = site()
    assert difference(good, good).empty
    assert difference(good, good).reloads == ()


def test_a_changed_password_is_told_without_it():
    good = site()
    changed = replace(good, stations=(replace(good.stations[0], password="quite-another"), *good.stations[1:]))
    (change,) = difference(good, changed).changes
    assert (change.file, change.section, change.kind, change.state) == ("pjsip.conf", "neda", "auth", "changed")
    assert change.lines == (Line("password_digest", HIDDEN, HIDDEN),)


def test_a_number_touches_the_dialplan_only():
    good = site()
    made = difference(replace(good, numbers=good.numbers[:1]), good)
    assert {change.file for change in made.changes} == {"extensions.conf"}
    assert made.reloads == ("dialplan reload",)
    assert not made.restart
    trunk = next(change for change in made.changes if change.section == "from-trunk")
    assert trunk.lines[0] == Line("exten", "", "982191002000,1,Gosub(caller,s,1(acme,982191002000))")


def test_a_trunk_is_read_again_with_its_calls_up():
    good = site()
    made = difference(good, replace(good, trunks=(replace(good.trunks[0], qualify_seconds=60),)))
    assert "module reload res_pjsip.so" in made.reloads
    assert not made.restart


def test_a_transport_and_a_module_need_a_new_start():
    good = site()
    moved = replace(good, nodes=(replace(good.nodes[0], udp_port=5_099),))
    assert difference(good, moved).restart == ("pjsip.conf",)
    assert "modules.conf" in difference(good, replace(good, call_records=False)).restart


def test_the_first_time_everything_is_new():
    good = site()
    made = plan({}, render(good, good.nodes[0], MACHINE))
    assert {change.state for change in made.changes} == {"new"}
    assert plan(render(good, good.nodes[0], MACHINE), {}).changes[0].state == "removed"


def test_an_order_that_changed_is_a_change():
    before, after = "[a]\nmatch = 1\nmatch = 2\n", "[a]\nmatch = 2\nmatch = 1\n"
    (change,) = plan({"acl.conf": before}, {"acl.conf": after}).changes
    assert [line.name for line in change.lines] == ["match", "match"]
    (swapped,) = plan({"acl.conf": "[a]\n[b]\n"}, {"acl.conf": "[b]\n[a]\n"}).changes
    assert swapped.section == ""


def test_a_file_nobody_knows_how_to_read_again_needs_a_new_start():
    assert plan({"stasis.conf": "[threadpool]\nmax_size = 1\n"}, {"stasis.conf": ""}).restart == ("stasis.conf",)
