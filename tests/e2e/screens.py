"""Which screens there are, from the addresses themselves, and what is wrong with one that is open."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from playwright.sync_api import Page
from tests.e2e.conftest import AXE, PICTURES

NOT_OPENED = {
    "home": "sends everybody on to where they work",
    "logout": "POST",
    "language": "POST",
    "live_token": "POST",
    "passkey_answer": "POST",
    "sso_answer": "the way back from another service: test_account walks it",
    "sso_begin": "the way to another service: test_account walks it",
    "second_step": "only between password and second factor: test_account walks it",
    "new_password": "a one-time link out of a mail: test_account walks it",
    "new_mail": "a one-time link out of a mail: test_account walks it",
    "invitation": "a one-time link out of a mail: test_day_administrator walks it",
    "own_confirm": "only before something dangerous: test_account walks it",
    "welcome_start": "a one-time link of an empty centre: test_welcome walks it",
    "queue_preview": "needs a recorded day: test_day_administrator looks at it",
    "call": "needs a telephone call: test_call_ladder looks at it",
    "call_text": "the same as text",
    "queue_preview_state": "data for the preview's page",
    "import_plan": "needs a file: test_day_administrator looks at it",
    "import_state": "data for the plan's page",
    "calendar_day": "POST",
    "calendar_remove": "POST",
    "hours_assign": "POST",
    "agents_bulk": "POST",
    "agent_switch": "POST",
    "customer_merge": "POST",
    "customer_part": "POST",
    "break_drop": "POST",
    "follow_up_new": "POST",
    "follow_up_done": "POST",
    "follow_up_reopen": "POST",
    "notices_read": "POST",
    "queue_open": "POST",
    "queue_close": "POST",
    "queue_draft": "POST",
    "queue_return": "POST",
    "queue_preview_again": "POST",
    "queue_preview_cancel": "POST",
    "canned_archive": "POST",
    "import_apply": "POST",
    "import_drop": "POST",
    "post_test": "POST",
    "post_retry": "POST",
    "post_discard": "POST",
    "welcome_step": "POST",
    "file_upload": "POST",
    "contacts_export": "DATA",
    "audit_table": "DATA",
    "import_example": "DATA",
    "export": "POST",
    "welcome_state": "DATA",
    "role": "the form of role_new; the demonstration has no role of its own, test_day_administrator makes one",
    "contact_customer": "POST",
    "file": "a customer's file, no page",
    "file_preview": "a customer's picture, no page",
    "file_state": "data about a file",
    "flow_check": "POST",
    "flow_changes": "POST",
    "flow_save": "POST",
    "flow_publish": "POST",
    "flow_try": "POST",
    "flow_write": "POST",
    "flow_read": "POST",
    "flow_return": "POST",
    "flow_export": "DATA of a flow: test_flows reads it",
    "voice_listen": "POST",
    "voice_sound": "a sound, no page",
    "prompt_sound": "a sound, no page",
    "prompt_upload": "POST",
    "prompt_forget": "POST",
    "prompt_remove": "POST",
    "station_choose": "POST",
    "station_password": "POST",
    "station_remove": "POST",
    "blocked_lift": "POST",
    "figures_view_change": "POST",
    "figures_view_remove": "POST",
    "figures_view_restore": "POST",
    "figures_view_choose": "POST",
    "figures_report": "needs a report: integration's test_reports sets one up",
    "figures_report_pause": "POST",
    "figures_report_now": "POST",
    "figures_report_remove": "POST",
    "figures_table": "a file of the explorer's table: integration's test_explorer takes it",
    "figures_reason": "needs contacts of a week ago: integration's test_analyses opens it",
    "figures_band": "POST",
    "figures_goal": "a goal; the demonstration has none of its own",
    "figures_alert": "the form of figures_alert_new; the demonstration has no alarm of its own",
    "figures_rows": "needs a figure: integration's test_explorer opens it",
    "figures_matter": "needs an imported contact: integration's test_explorer opens it",
    "figures_import_undo": "POST",
    "figures_import_drop": "POST",
    "figures_import_bad": "a file of lines left out: tests of imports take it",
    "figures_import_look": "needs a file that was brought: test_figures_import looks at it",
    "recording": "needs a recorded call: test_recordings looks at it",
    "recording_sound": "a recording's sound, no page",
    "recording_note": "POST",
    "recording_note_remove": "POST",
    "recording_hold": "POST",
    "recording_download": "POST",
    "recording_rule": "needs a rule: test_recordings looks at it",
}
"""Addresses without a screen, by name, and why. POST and DATA are believed only as far as the centre answers so."""

OF_ANYBODY = ("login", "forgotten", "sso", "shop")
"""Screens in front of the door."""
OF_AGENTS = ("desk",)
"""Screens of people who handle contacts."""


@cache
def resolver():
    """The addresses of the office."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasokh.office.settings")
    os.environ.setdefault("PASOKH_SECRET_KEY", "for-tests-only-0123456789-abcdefghijkl")
    import django

    django.setup()
    from django.urls import get_resolver

    return get_resolver("pasokh.office.urls")


def routes(patterns=None, prefix="/") -> Iterator[tuple[str, str]]:
    """Name and route of every address that is no part of the API."""
    from django.urls import URLResolver

    for pattern in resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if not route.startswith("/api/"):
                yield from routes(pattern.url_patterns, route)
        else:
            yield pattern.name, route


def all_routes() -> dict[str, str]:
    """Every address, by name."""
    resolver()
    return dict(routes())


def is_changing(name: str) -> bool:
    """A named kind's archive, restore, move: only ever sent."""
    return NOT_OPENED.get(name) == "POST" or name.endswith(("_archive", "_restore", "_move"))


def name_of(address: str) -> str | None:
    """The name an address of the office has."""
    from django.urls import Resolver404

    try:
        return resolver().resolve(urlsplit(address).path).url_name
    except Resolver404:
        return None


# -- what may be wrong with a screen -----------------------------------------------------------------------------------
LATIN = re.compile(r"[A-Za-z]{3,}")
DATA = re.compile("\u2068[^\u2069]*\u2069?|https?://\\S+|(?<!\\w)/[\\w./-]+")
"""What is no text of ours: names set apart by isolates, addresses."""
KEY = re.compile(r"(?<![\w./@-])[a-z_]{3,}\.[a-z_]{3,}(?:\.[a-z_]+)*(?![\w/@.-])")
NAMES = re.compile(
    r"Pasokh|CSV|YAML|JSON|TOML|URL|HTTPS?|SMTP|STARTTLS|TLS|SSO|OpenID|OIDC|Connect|Esc|Ctrl|Alt|Shift|Enter|Tab|Google"
    r"|Authenticator|Markdown|PDF|PNG|JPE?G|GIF|HTML|UTC|VIP|IVR|Have|Been|Pwned|ClamAV|Chrome|Firefox|Safari|Linux"
    r"|Windows|Android|macOS|iOS|example|org|com|quick|calm|size"
    r"|SRTP|TCP|UDP|WAV|FLAC|Ogg|JavaScript|espeak|sox"
    r"|MOS|RTP|RTCP|ITU|SIP|Call-ID"
    r"|Asterisk|ServicelevelPerf|Excel|Parquet|Cisco|UCCE|UCCX|Amazon|Genesys|Cloud|QueueMetrics|SLA|Talkdesk|NICE|CXone"
    r"|English|https|localhost|own|Keycloak|Microsoft|Entra|Okta|authentik|issuer|body|SPF|DKIM|DMARC"
)
"""Latin words that are names in every language."""

GATHER = """() => {
  const found = [];
  const skip = 'bdi, code, pre, kbd, script, style, textarea, option, samp, [dir=ltr], [dir=auto],'
    + '[aria-hidden=true], [translate=no]';
  const own = el => { const said = el.closest('[lang]'); return !said || said === document.documentElement; };
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const el = node.parentElement;
    if (el && node.data.trim() && !el.closest(skip) && own(el)) found.push(node.data.trim());
  }
  for (const el of document.body.querySelectorAll('[aria-label], [title], [placeholder], [alt]'))
    if (own(el) && !el.closest(skip))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        if (el.getAttribute(name)) found.push(el.getAttribute(name));
  return found; }"""

FOCUS = """() => { const el = document.activeElement;
  if (!el || el === document.body) return 'nothing';
  const look = getComputedStyle(el);
  const box = el.getBoundingClientRect();
  if (look.outlineStyle === 'none' && look.boxShadow === 'none') return 'no ring: ' + el.outerHTML.slice(0, 120);
  if (box.bottom < 0 || box.top > innerHeight) return 'out of sight: ' + el.outerHTML.slice(0, 120);
  return ''; }"""

GRAVE = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations
  .filter(each => ['serious', 'critical'].includes(each.impact))
  .map(each => each.id + ': ' + each.nodes.slice(0, 2).map(node => node.html.slice(0, 160) + ' | '
    + node.any.concat(node.all, node.none).map(check => check.message).slice(0, 1)).join(' ;; '))"""

DIRECTION = {"fa": "rtl", "uk": "ltr", "en": "ltr"}


@dataclass
class Look:
    """How a screen is looked at."""

    language: str
    name: str


def faults(page: Page, look: Look, name: str, *, focus: bool = True) -> list[str]:
    """Everything wrong with the open page; keeps a picture of it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.evaluate("document.fonts.ready.then(() => true)")
    page.screenshot(path=PICTURES / f"{name}-{look.language}-{look.name}.png")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    said = [*_of_document(page, look), *_of_words(page, look.language), *page.evaluate(GRAVE)]
    if focus:
        page.keyboard.press("Tab")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")
        lost = page.evaluate(FOCUS)
        said += [f"the first Tab shows {lost}"] if lost else []
    return [f"{name} {look.language} {look.name}: {each}" for each in said]


def _of_document(page: Page, look: Look) -> Iterator[str]:
    root = page.locator("html")
    if root.get_attribute("lang") != look.language or root.get_attribute("dir") != DIRECTION[look.language]:
        yield f"lang={root.get_attribute('lang')} dir={root.get_attribute('dir')}"
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    inner = page.evaluate(INNER)
    if wider > 0 or inner > 0:
        yield f"{max(wider, inner)} px wider than the screen: {page.evaluate(WIDEST)}"
    stray = page.evaluate(OUTSIDE)
    if stray:
        yield f"a field sticks out of its form's part: {stray}"
    if any(each.is_visible() for each in page.locator("main input[type=file]:not(.file-choice.ours > input)").all()):
        yield "a field for files in the browser's words instead of ours"
    heads = page.locator("h1").count()
    if heads != 1:
        yield f"{heads} main headings"
    if not page.title().strip() or page.title().startswith(("·", "None")):
        yield f"the title is {page.title()!r}"


INNER = "(main => main ? main.scrollWidth - main.clientWidth : 0)(document.querySelector('.app > main'))"

OUTSIDE = """() => { for (const el of document.querySelectorAll('form section :is(input, select, textarea)')) {
    const box = el.getBoundingClientRect(), part = el.closest('section').getBoundingClientRect();
    if (box.width && (box.left < part.left - 1 || box.right > part.right + 1)) return el.outerHTML.slice(0, 120); }
  return ''; }"""

WIDEST = """() => { const rtl = document.dir === 'rtl';
  const out = [...document.body.querySelectorAll('*')].filter(el => { const b = el.getBoundingClientRect();
    return b.width && (rtl ? b.left < -1 : b.right > innerWidth + 1); });
  return out.slice(-2).map(el => el.outerHTML.slice(0, 100)).join(' ;; '); }"""


def _of_words(page: Page, language: str) -> Iterator[str]:
    for said in page.evaluate(GATHER):
        words = DATA.sub(" ", said)
        for key in KEY.findall(words):
            if key.rpartition(".")[2] not in {"com", "org", "net", "css", "csv", "yaml", "toml", "json"}:
                yield f"an untranslated key: {words[:100]!r}"
                break
        foreign = [word for word in LATIN.findall(words) if not NAMES.fullmatch(word)]
        if language != "en" and foreign:
            yield f"Latin words: {words[:100]!r}"
        elif re.search(r"\b(None|undefined|NaN|\[object)\b", words):
            yield f"no text: {words[:100]!r}"
