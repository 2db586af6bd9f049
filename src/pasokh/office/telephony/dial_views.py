"""Pages of where calls may go and who is kept out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from pasokh.flows.nodes import Branch
from pasokh.i18n import numbers
from pasokh.i18n.catalogue import message
from pasokh.i18n.countries import country_name
from pasokh.i18n.digits import localise
from pasokh.i18n.languages import as_language
from pasokh.i18n.text import matches
from pasokh.kernel.errors import PasokhError
from pasokh.kernel.time import DAY
from pasokh.office import clock
from pasokh.office.errors import language, status_of, text_of
from pasokh.office.filters import words
from pasokh.office.people.access import actor_of, needs, signed_in
from pasokh.office.people.rules import Right
from pasokh.office.people.selectors import actor_names
from pasokh.office.setup.listing import asked, page_of_list
from pasokh.office.telephony.actions import do_block_number, do_save_dial_policy, do_unblock_number
from pasokh.office.telephony.blocked_forms import BlockForm
from pasokh.office.telephony.compiled import DialConfig
from pasokh.office.telephony.compiling import published_flows
from pasokh.office.telephony.dial_forms import DialForm
from pasokh.office.telephony.kinds import shown_number
from pasokh.office.telephony.models import BlockedNumber
from pasokh.office.telephony.money import shown_amount
from pasokh.office.telephony.rules import ANONYMOUS
from pasokh.office.telephony.selectors import all_flows, all_numbers, blocked_numbers, dial_settings
from pasokh.office.telephony.usage import used
from pasokh.telephony.dial import Request, permit

NEAR = 800
"""Thousandths of a limit from which it is marked; supervisors are told then."""


# -- where calls may go ------------------------------------------------------------------------------------------------
@needs(Right.READ_SETUP)
@require_http_methods(["GET", "POST"])
def dial_page(request: HttpRequest) -> HttpResponse:
    """The policy; `?try=` asks whether a number may be called, and why (not)."""
    settings = dial_settings()
    may_edit = signed_in(request).may(Right.EDIT_SETUP)
    if request.method == "POST" and not may_edit:
        raise PasokhError("right.missing", right=Right.EDIT_SETUP.value)
    own = [(row.did, shown_number(row.did)) for row in all_numbers() if row.is_active]
    form = DialForm(request.POST or None, config=settings.config, version=settings.version, numbers=own)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                do_save_dial_policy(actor_of(request), form.config(), form.cleaned_data["version"] or 0)
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("setup.saved", language()))
                return redirect("dial_policy")
    tried = asked(request, "try")["try"]
    context = {
        "form": form, "may_edit": may_edit, "tried": tried, "summary": summary(settings.config),
        "verdict": verdict(tried, settings.config) if tried else None, "first": settings.version == 0,
        "used": shown_use(settings.config), "countries_chosen": len(settings.config.policy.countries),
    }  # fmt: skip
    return render(request, "telephony/dial.html", context, status=status)


def shown_use(config: DialConfig) -> dict[str, object]:
    """What calls to the outside use up now, in words."""
    spoken = as_language(language()) or "en"
    policy, now = config.policy, used(config.policy, clock.now())
    return {
        "calls": now.calls, "most": policy.max_calls, "full": now.calls >= policy.max_calls,
        "spans": [
            {
                "name": span.name, "cost": shown_amount(span.cost, policy.currency, spoken),
                "limit": None if span.limit is None else shown_amount(span.limit, policy.currency, spoken),
                "share": numbers.percent(span.permille, spoken), "filled": min(100, (span.permille or 0) // 10),
                "level": "over" if (span.permille or 0) >= 1_000 else "near" if (span.permille or 0) >= NEAR else "",
                "calls": span.calls, "answered": span.answered,
                "talk": numbers.duration(span.talk_ms, spoken),
            }
            for span in (now.day, now.month)
        ],
    }  # fmt: skip


def summary(config: DialConfig) -> list[str]:
    """The policy in sentences."""
    spoken = as_language(language()) or "en"
    policy = config.policy
    comma = "، " if spoken == "fa" else ", "
    said = []
    if policy.countries:
        names = comma.join(country_name(code, spoken) for code in policy.countries[:12])
        key = "dial.sum.countries_more" if len(policy.countries) > 12 else "dial.sum.countries"
        said.append(message(key, spoken, countries=names, n=max(0, len(policy.countries) - 12)))
        kinds = [kind for kind in policy.kinds if kind not in {"fixed_or_mobile", "unknown"}]
        said.append(
            message("dial.sum.kinds", spoken, kinds=comma.join(message(f"dial.kind.{kind}", spoken) for kind in kinds))
        )
    else:
        said.append(message("dial.sum.nowhere", spoken))
    if policy.exactly:
        said.append(message("dial.sum.exactly", spoken, n=len(policy.exactly)))
    if policy.denied:
        said.append(message("dial.sum.denied", spoken, prefixes=comma.join(policy.denied[:10])))
    said.append(
        message("dial.sum.caps", spoken, n=policy.max_calls, span=numbers.duration(policy.max_seconds * 1_000, spoken))
    )
    if policy.spend_a_day is not None or policy.spend_a_month is not None:
        said.append(message("dial.sum.spend_cut" if policy.cut else "dial.sum.spend", spoken))
    emergency = comma.join(localise(number, spoken) for number in config.emergency)
    said.append(message("dial.sum.emergency", spoken, numbers=emergency or "–"))
    return said


def verdict(text: str, config: DialConfig) -> dict[str, object]:
    """Whether a number may be called, and why."""
    spoken = as_language(language()) or "en"
    own = frozenset(f"+{row.did}" for row in all_numbers())
    try:
        granted = permit(Request(text, "station", own=own), config.policy, used(config.policy, clock.now()).usage)
    except PasokhError as error:
        return {"good": False, "said": text_of(error), "code": error.code}
    found = granted.destination
    if found.emergency:
        return {"good": True, "said": message("dial.try.emergency", spoken, number=localise(found.number, spoken))}
    exactly = found.number in config.policy.exactly
    said = message(
        "dial.try.exactly" if exactly else "dial.try.allowed", spoken,
        number=localise(shown_number(found.number), spoken), country=country_name(found.country, spoken) or "–",
        kind=message(f"dial.kind.{found.kind}", spoken),
        span=numbers.duration(granted.max_seconds * 1_000, spoken),
    )  # fmt: skip
    return {"good": True, "said": said}


# -- who is kept out ---------------------------------------------------------------------------------------------------
@needs(Right.READ_SETUP)
@require_http_methods(["GET", "POST"])
def blocked_page(request: HttpRequest) -> HttpResponse:
    """Blocked callers, and a form for another one."""
    may_edit = signed_in(request).may(Right.EDIT_SETUP)
    if request.method == "POST" and not may_edit:
        raise PasokhError("right.missing", right=Right.EDIT_SETUP.value)
    form = BlockForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                days = form.days()
                until = clock.now() + days * DAY if days else form.until()
                row = do_block_number(actor_of(request), form.pattern(), form.cleaned_data["why"], until=until)
            except PasokhError as error:
                form.refuse(error)
                status = status_of(error.code)
            else:
                messages.success(request, message("blocked.done", language(), who=who(row.pattern)))
                return redirect("blocked_callers")
    query = asked(request, "q", "undo", "why", "until")
    blocked = blocked_numbers()
    names = actor_names(row.blocked_by for row in blocked)
    rows = [
        {"row": row, "who": who(row.pattern), "by": names[row.blocked_by]}
        for row in blocked
        if not query["q"] or matches(query["q"], f"{row.pattern} {row.why} {who(row.pattern)}")
    ]
    undo = query["undo"] if query["undo"] and not BlockedNumber.objects.filter(pattern=query["undo"]).exists() else ""
    context = {
        "form": form, "page": page_of_list(request, rows), "asked": query, "may_edit": may_edit,
        "undo": undo, "undo_who": who(undo) if undo else "", "asked_by": flows_that_ask(),
    }  # fmt: skip
    return render(request, "telephony/blocked.html", context, status=status)


@needs(Right.EDIT_SETUP)
@require_POST
def lift_page(request: HttpRequest) -> HttpResponse:
    """Let callers in again; the list then offers to undo it."""
    pattern = request.POST.get("pattern", "")[:20]
    row = BlockedNumber.objects.filter(pattern=pattern).first()
    do_unblock_number(actor_of(request), pattern)
    kept = {"undo": pattern, "why": row.why, "until": str(row.until)} if row is not None else {}
    return redirect(f"{reverse('blocked_callers')}?{urlencode(kept)}")


def flows_that_ask() -> list[str]:
    """Names of the published flows that do something with blocked callers."""
    names = {row.key: words(row.name) or row.key for row in all_flows()}
    return [
        names.get(key, key)
        for key, flow in published_flows().items()
        if any(
            case.when.blocked is not None
            for node in flow.nodes.values()
            if isinstance(node, Branch)
            for case in node.cases
        )
    ]


def who(pattern: str) -> str:
    """A blocked caller in words."""
    spoken = as_language(language()) or "en"
    if pattern == ANONYMOUS:
        return message("blocked.anonymous", spoken)
    if pattern.endswith("*"):
        return message("blocked.beginning", spoken, prefix=localise(pattern.removesuffix("*"), spoken))
    return localise(shown_number(pattern), spoken)
