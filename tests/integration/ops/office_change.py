"""Changes of the demonstration's telephony as an administrator makes them, in a process of its own beside a centre.

Reads lines of JSON ``[name, …]`` and answers each with one: ``station USER`` gives credentials of a desk telephone,
``answering USER`` lets it answer by itself with a word, ``number DID`` saves a number, ``line DID QUEUE FLOW`` one with
a flow of its own, ``trunk HOST NETWORK`` adds a carrier, ``held MINUTES`` says when callers without an engine may leave
a message, ``keep_open QUEUE`` lets a queue never close.
"""

import json
import os
import sys
import tomllib

import msgspec

from pasokh.kernel.errors import PasokhError
from pasokh.ops import composition
from pasokh.ops.database import database_url
from pasokh.ops.settings import load

settings = load()
os.environ["PASOKH_SECRET_KEY"] = settings.secret_key
composition.set_up_django(database_url(settings))

from pasokh.office.hours.actions import do_assign_calendar  # noqa: E402
from pasokh.office.telephony import actions, compiling, flow_actions, selectors, station_actions  # noqa: E402
from pasokh.office.telephony.models import PlantDocument, Station  # noqa: E402
from pasokh.office.telephony.rules import NumberDraft, StationDraft, TrunkDraft, as_station, as_trunk  # noqa: E402
from pasokh.office.tenancy.scope import organisation_scope  # noqa: E402

ACTOR = "user:admin"


def station(user):
    config = as_station({"transport": "udp", "srtp": False})
    station_actions.do_save_station(ACTOR, f"{user}.desk", StationDraft(user, "desk", config=config))
    row = station_actions.do_choose_station(ACTOR, f"{user}.desk")
    found = selectors.credentials_of(row)
    return [found.username, found.password]


def answering(user):
    """The telephone answers by itself and says whose call it is."""
    row = Station.objects.get(key=f"{user}.desk")
    config = msgspec.structs.replace(row.config, auto_answer=True, whisper=True)
    station_actions.do_save_station(ACTOR, row.key, StationDraft(user, "desk", config=config))


def number(did):
    draft = NumberDraft("own", "line-uk", "support", languages=("uk",))
    return actions.do_save_number(ACTOR, did, draft).did


def line(did, queue, text):
    """A number of the queue's client with a flow of its own, recorded."""
    key = tomllib.loads(text)["id"]
    flow_actions.do_save_draft(ACTOR, key, {"en": key}, text)
    flow_actions.do_publish_flow(ACTOR, key)
    draft = NumberDraft(queue, key, queue, languages=("fa",), recorded=True)
    return actions.do_save_number(ACTOR, did, draft).did


def trunk(key, host):
    said = {"host": host, "transport": "udp", "srtp": False, "qualify_seconds": 0}
    return actions.do_save_trunk(ACTOR, key, TrunkDraft({"en": key}, as_trunk(said))).key


def held(minutes):
    """How long callers without an engine hear music before they may leave a message."""
    dial = selectors.dial_settings().config
    kept = msgspec.structs.replace(dial.held, minutes=minutes)
    actions.do_save_dial_policy(ACTOR, msgspec.structs.replace(dial, held=kept))
    return PlantDocument.objects.get().version


def keep_open(queue):
    """A queue that never closes."""
    do_assign_calendar(ACTOR, queue, "always")


def spoil():
    """What no switch could have, past every check of the office: as a mistake of ours, or another release, would."""
    row = PlantDocument.objects.select_for_update().get()
    row.document["numbers"].append({**row.document["numbers"][0]})
    row.version += 1
    row.save()
    return row.version


def mend():
    compiling.recompile()
    return PlantDocument.objects.get().version


def answers(user):
    return Station.objects.filter(user__username=user, is_chosen=True).values_list("kind", flat=True)[0]


KNOWN = {
    each.__name__: each for each in (station, answering, number, line, trunk, held, keep_open, spoil, mend, answers)
}

for line in sys.stdin:
    name, *given = json.loads(line)
    try:
        with organisation_scope("demo"):
            print(json.dumps(KNOWN[name](*given)), flush=True)
    except PasokhError as error:
        print(json.dumps({"refused": error.code}), flush=True)
