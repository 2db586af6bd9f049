"""Pages of people's telephones: the list, one telephone with how to set it up, which one rings, its password once."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pasokh.i18n.catalogue import message
from pasokh.i18n.text import matches
from pasokh.kernel.errors import PasokhError
from pasokh.office.account.sealing import seal, unseal
from pasokh.office.errors import language, status_of
from pasokh.office.people.access import actor_of, needs
from pasokh.office.people.models import User
from pasokh.office.people.rules import Right
from pasokh.office.qr import qr_picture
from pasokh.office.setup.listing import asked, page_of_list
from pasokh.office.telephony.kinds import shown_number
from pasokh.office.telephony.models import Station
from pasokh.office.telephony.rules import sip_account
from pasokh.office.telephony.selectors import all_stations, credentials_of, station_by_key
from pasokh.office.telephony.station_actions import (
    BROWSER,
    do_choose_station,
    do_remove_station,
    do_renew_password,
    do_save_station,
)
from pasokh.office.telephony.station_forms import KINDS, StationForm

_ONCE = "telephony.password"
PORTS = {"tls": 5_061, "tcp": 5_060, "udp": 5_060}


@needs(Right.READ_SETUP)
@require_GET
def stations_page(request: HttpRequest) -> HttpResponse:
    """Everybody's telephones, person by person, with the one that rings."""
    query = asked(request, "q", "kind")
    rows = [
        row
        for row in all_stations()
        if (not query["kind"] or row.kind == query["kind"])
        and (not query["q"] or matches(query["q"], f"{row.user.name} {row.user.username} {row.name} {row.number}"))
    ]
    people: dict[int, list[Station]] = {}
    for row in rows:
        people.setdefault(row.user_id, []).append(row)
    shown = [{"person": found[0].user, "stations": found} for found in people.values()]
    have = set(Station.objects.values_list("user_id", flat=True))
    without = list(User.objects.filter(is_active=True, handles_contacts=True).exclude(pk__in=have).order_by("sorting"))
    context = {
        "page": page_of_list(request, shown),
        "asked": query,
        "filtered": bool(query["q"] or query["kind"]),
        "kinds": KINDS,
        "without": without[:20],
        "without_count": len(without),
    }
    return render(request, "telephony/stations.html", context)


@needs(Right.EDIT_SETUP)
@require_http_methods(["GET", "POST"])
def station_page(request: HttpRequest, station: str | None = None) -> HttpResponse:
    """One telephone, or a new one (`station` None); a new desk phone shows its password this one time."""
    row = _known(station) if station is not None else None
    wanted = request.GET.get("kind", "")
    form = StationForm(
        request.POST or None, row=row, people=_people(row),
        kind=wanted if wanted in KINDS else "webrtc", person=request.GET.get("person", "")[:80],
    )  # fmt: skip
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                draft = form.draft()
                key = row.key if row is not None else _free_key(draft.user, draft.kind)
                saved = do_save_station(actor_of(request), key, draft, form.cleaned_data["version"] or 0)
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("setup.saved", language()))
                if row is None and saved.kind == "desk":
                    _keep_once(request, saved)
                return redirect("station", saved.key)
    context: dict[str, object] = {"form": form, "row": row, "setup": None}
    if row is not None:
        context |= {
            "setup": _setup(request, row),
            "written": shown_number(row.number) if row.number else "",
        }
    response = render(request, "telephony/station.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@needs(Right.EDIT_SETUP)
@require_POST
def choose_page(request: HttpRequest, station: str) -> HttpResponse:
    """From now on this one rings."""
    row = do_choose_station(actor_of(request), _known(station).key)
    messages.success(request, message("stations.chosen_now", language(), name=row.user.name))
    return redirect(_back(request, row.key))


@needs(Right.EDIT_SETUP)
@require_POST
def password_page(request: HttpRequest, station: str) -> HttpResponse:
    """Another password, shown once."""
    row = do_renew_password(actor_of(request), _known(station).key)
    _keep_once(request, row)
    return redirect("station", row.key)


@needs(Right.EDIT_SETUP)
@require_POST
def remove_page(request: HttpRequest, station: str) -> HttpResponse:
    """Take a telephone away."""
    row = _known(station)
    do_remove_station(actor_of(request), row.key)
    messages.success(request, message("stations.removed", language(), name=row.user.name))
    return redirect("stations")


def _known(key: str) -> Station:
    row = station_by_key(key)
    if row is None:
        raise PasokhError("telephony.unknown_station", field="station", value=key[:60])
    return row


def _people(row: Station | None) -> list[tuple[str, str]]:
    people = User.objects.filter(is_active=True).order_by("sorting", "username")
    found = [(each.username, f"{each.name} ({each.username})") for each in people]
    if row is not None and row.user.username not in dict(found):
        found.insert(0, (row.user.username, row.user.name))
    return found


def _free_key(username: str, kind: str) -> str:
    """A key nobody sees but in the audit record: the person and the kind."""
    base = f"{username[:50]}.{BROWSER if kind == 'webrtc' else kind}"
    taken = set(Station.objects.filter(key__startswith=base).values_list("key", flat=True))
    return next(key for key in [base, *(f"{base}{k}" for k in range(2, len(taken) + 3))] if key not in taken)


def _keep_once(request: HttpRequest, row: Station) -> None:
    """The next page shows the password; the session keeps it sealed."""
    request.session[_ONCE] = [row.key, seal(credentials_of(row).password.encode())]


def _setup(request: HttpRequest, row: Station) -> dict[str, object] | None:
    """What a desk phone is told, with its password if this is the one time."""
    if row.kind != "desk":
        return None
    once = request.session.get(_ONCE)
    password = ""
    if once and once[0] == row.key and request.method == "GET":
        password = unseal(once[1]).decode()
        del request.session[_ONCE]
    host = settings.SIP_HOST or urlsplit(settings.PUBLIC_URL).hostname or ""
    found = credentials_of(row)
    transport, port = row.config.transport, PORTS[row.config.transport]
    account = sip_account(found.username, password, host, port, transport)
    return {
        "picture": qr_picture(account) if password else "",
        "server": host, "port": port, "transport": transport.upper(),
        "srtp": row.config.srtp, "username": found.username, "password": password,
    }  # fmt: skip


def _back(request: HttpRequest, key: str) -> str:
    if request.POST.get("from") == "list":
        return f"{reverse('stations')}?{urlencode({'q': request.POST.get('q', '')[:100]})}"
    return reverse("station", args=[key])
