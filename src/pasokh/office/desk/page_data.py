"""What the desk's script needs of the organisation's set-up, put on its page."""

from django.conf import settings

from pasokh.office.pauses.selectors import for_pages
from pasokh.office.people.models import User
from pasokh.office.supervise.models import Outcome, Reason
from pasokh.office.telephony.models import Number
from pasokh.office.telephony.selectors import chosen_station
from pasokh.office.tenancy.models import Client
from pasokh.office.tenancy.selectors import own_organisation
from pasokh.office.vocabulary.selectors import bands


def page_data(user: User) -> dict[str, object]:
    """The organisation's own words and people, and which kind of telephone rings for `user`; None without a switch.

    `outcomes` and `reasons` in their trees' order, a reason with the band that holds for it in ms; `pauses` in the
    order of the menu; `colleagues` = everyone who can be named in a note.
    """
    return {
        "outcomes": [
            {"key": row.key, "name": row.name, "parent": row.parent.key if row.parent is not None else ""}
            for row in Outcome.objects.select_related("parent").order_by("position", "key")
        ],
        "reasons": _reasons(),
        "pauses": for_pages(),
        "colleagues": [
            {"id": username, "name": name}
            for username, name in User.objects.filter(is_active=True, handles_contacts=True)
            .order_by("sorting", "username")
            .values_list("username", "name")
        ],
        "organisation": own_organisation().name,
        "clients": dict(Client.objects.order_by("key").values_list("key", "name")),
        "greetings": {
            key: greeting for key, greeting in Client.objects.order_by("key").values_list("key", "greeting") if greeting
        },
        "numbers": dict(Number.objects.order_by("did").values_list("did", "name")),
        "phone": station.kind if settings.VOICE and (station := chosen_station(user)) is not None else None,
    }


def _reasons() -> list[dict[str, object]]:
    rows = {row.pk: row for row in Reason.objects.order_by("position", "key")}
    held = bands()
    return [
        {
            "key": row.key,
            "name": row.name,
            "parent": rows[row.parent_id].key if row.parent_id is not None else "",
            "band": held[row.key],
        }
        for row in rows.values()
    ]
