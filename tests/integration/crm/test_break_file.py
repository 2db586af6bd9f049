"""The plan of breaks travels with the configuration file."""

from tests.office_stage import Office

from pasokh.office.day.exchange import add_break_section
from pasokh.office.day.models import BreakPlan
from pasokh.office.exchange.sections import sections
from pasokh.office.tenancy.scope import organisation_scope


def test_breaks_are_read_written_and_retired(office: Office) -> None:
    add_break_section()
    section = next(each for each in sections() if each.name == "breaks")
    with organisation_scope("alpha"):
        items = section.read()
        assert list(items) == [f"team.team.{day}.1000" for day in ("monday", "tuesday", "wednesday")]
        key, item = next(iter(items.items()))
        section.write("user:x", key, section.shape(key, item))
        assert section.read() == items
        section.write("user:x", key, section.shape(key, item | {"to": "10:30", "name": "long tea"}))
        changed = section.read()[key]
        assert (changed["to"], changed["name"]) == ("10:30", "long tea")
        assert section.retire is not None
        section.retire("user:x", key)
        assert BreakPlan.objects.count() == 2
