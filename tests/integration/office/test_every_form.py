"""Every form of the office, found by walking its pages, meets what people and attackers type.

A form either takes what it was given or says at a field what is wrong, and then shows everything that was typed as it
was typed. It never breaks, and what was typed never becomes markup.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver
from tests.office_stage import PASSWORD, Office
from tests.security.browser import Browser, signed_in

TYPED = {
    "nothing": "",
    "Persian and Arabic digits": "۱۲٣٤",
    "Arabic letters": "علي كاظمي",
    "a change of direction": "\u202eevil\u202c \u2066x",
    "emoji": "👩‍👩‍👧🏴‍☠️ ٪",
    "markup": "<script>alert(1)</script>\"'>",
    "a formula": '=HYPERLINK("http://example.org","x")',
    "no characters": "a\x08b\x1fc",
    "a day that is none": "1403/13/31",
    "too large a number": "-1e999",
    "very much": "x" * 120_000,
}
TYPEABLE = {"text", "search", "email", "url", "tel", "number", "date", "time", "datetime-local", "month", "color"}
NOT_WALKED = {"/logout/", "/language/"}
"""In the menu of every page."""
ENDS_A_SESSION = ("password", "sessions", "second")


@dataclass
class Form:
    """A form as a browser has it."""

    action: str
    method: str
    page: str
    pressed: dict[str, str] = field(default_factory=dict)
    """Its first button, where that says something."""
    typeable: dict[str, str] = field(default_factory=dict)
    longest: dict[str, int] = field(default_factory=dict)
    """Where a browser lets nobody type more."""
    given: dict[str, list[str]] = field(default_factory=dict)
    """What it sends besides: hidden fields, choices."""

    @property
    def name(self) -> str:
        return f"{self.method} {urlsplit(self.action).path} {','.join(sorted(self.typeable))[:60]}"


class Reader(HTMLParser):
    """The forms and links of a page, and whether something is marked as wrong."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.forms, self.links, self.wrong = page, [], [], False
        self._form: Form | None = None
        self._area = self._select = ""
        self._said: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        a = {name: value or "" for name, value in attributes}
        classes = a.get("class", "").split()
        self.wrong = self.wrong or "errorlist" in classes or a.get("role") == "alert" or "form-errors" in classes
        if tag == "a" and a.get("href", "").startswith("/"):
            self.links.append(a["href"])
        elif tag == "form":
            action = urljoin(self.page, a.get("action", ""))
            self._form = Form(action, a.get("method", "get").lower(), self.page)
            self.forms.append(self._form)
        elif self._form is not None and "disabled" not in a:
            self._field(tag, a)

    def _field(self, tag: str, a: dict[str, str]) -> None:
        form, name = self._form, a.get("name", "")
        assert form is not None
        if a.get("maxlength"):
            form.longest[name] = int(a["maxlength"])
        if tag == "textarea" and name:
            self._area, self._said = name, []
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in a or self._select not in form.given):
            form.given[self._select] = [a.get("value", "")]
        elif tag == "button" and name and not form.pressed:
            form.pressed = {name: a.get("value", "")}
        elif tag == "input" and name:
            kind = a.get("type", "text")
            if kind in TYPEABLE and "readonly" not in a:
                form.typeable[name] = a.get("value", "")
            elif kind == "hidden" or (kind in ("checkbox", "radio") and "checked" in a):
                form.given.setdefault(name, []).append(a.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._area:
            self._said.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area and self._form is not None:
            self._form.typeable[self._area] = "".join(self._said).removeprefix("\n")
            self._area = ""
        elif tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None


def read(page: str, response: HttpResponse) -> Reader:
    reader = Reader(page)
    reader.feed(response.content.decode())
    return reader


def addresses(patterns=None, prefix: str = "/") -> Iterator[str]:
    """Every address without a parameter that is no part of the API."""
    for pattern in get_resolver("pasokh.office.urls").url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver) and not route.startswith(("/api", "/static")):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and "<" not in route and "^" not in route:
            yield route


def forms_of(browser: Browser) -> list[Form]:
    """Every form that can be reached: of pages by address, and of those they link to, one of a kind."""
    found: dict[str, Form] = {}
    left, known, kinds = sorted(addresses()), set(), set()
    while left:
        page = left.pop(0)
        if page in known:
            continue
        known.add(page)
        response = browser.get(page)
        if response.status_code != 200 or "text/html" not in response["Content-Type"]:
            continue
        reader = read(page, response)
        for form in reader.forms:
            path = urlsplit(form.action).path
            if form.typeable and path not in NOT_WALKED:
                found.setdefault(form.name, form)
        for link in reader.links:
            kind = "/".join(part if part.isalpha() else "*" for part in urlsplit(link).path.split("/"))
            if kind not in kinds and not link.startswith("/logout"):
                kinds.add(kind)
                left.append(link)
    return list(found.values())


@pytest.mark.timeout(480)  # some fifty forms, each with everything people type
def test_every_form_takes_what_is_typed_or_says_what_is_wrong_and_loses_nothing(office: Office) -> None:
    browser = signed_in("alpha-administrator")
    forms = forms_of(browser)
    assert len(forms) > 30, "the walk finds the office's forms"
    faults: list[str] = []
    for form in forms:
        for kind, typed in TYPED.items():
            faults += [f"{form.name}: {kind}: {fault}" for fault in faults_of(browser, form, typed)]
            if any(word in form.action for word in ENDS_A_SESSION):
                browser = signed_in("alpha-administrator")
    assert not faults, "\n".join(faults)


def faults_of(browser: Browser, form: Form, typed: str) -> Iterator[str]:
    most = 900_000 // len(form.typeable)  # a whole form may be so large
    values = {name: typed[: min(form.longest.get(name, most), most)] for name in form.typeable}
    sent = {**form.given, **form.pressed, **values}
    try:
        if form.method == "get":
            response = browser.get(urlsplit(form.action).path, sent)
        else:
            response = browser.post(form.action, sent, HTTP_REFERER=f"http://127.0.0.1{form.page}")
    except Exception as error:
        yield f"broke: {type(error).__name__} {str(error)[:200]}"
        return
    if response.status_code >= 500:
        yield f"answered {response.status_code}"
    if 300 <= response.status_code < 400 or "text/html" not in response["Content-Type"]:
        return
    if "<script>alert(1)" in response.content.decode():
        yield "what was typed became markup"
    if form.method == "get":
        return
    reader = read(form.page, response)
    again = next((each for each in reader.forms if set(form.typeable) <= set(each.typeable)), None)
    if not reader.wrong:
        yield "refused without a word"
    if again is None:
        yield "the form is gone"
    else:
        lost = [name for name, value in values.items() if _plain(again.typeable[name]) != _plain(value)]
        if lost:
            yield f"lost what was typed in {', '.join(lost[:4])}: {again.typeable[lost[0]][:40]!r}"


def _plain(text: str) -> str:
    """Browsers send and show line ends in two ways."""
    return text.replace("\r\n", "\n")


@pytest.mark.parametrize("choice", ["no-such-choice", "-1", "\x00"])
def test_a_choice_that_is_none_is_refused(office: Office, choice: str) -> None:
    browser = signed_in("alpha-administrator")
    faults = []
    for form in forms_of(browser):
        forged = {name: [choice] for name in form.given if "csrf" not in name}
        sent = {**form.typeable, **form.pressed, **forged}
        try:
            if form.method == "get":
                response = browser.get(urlsplit(form.action).path, sent)
            else:
                response = browser.post(form.action, sent)
        except Exception as error:
            faults.append(f"{form.name}: broke: {type(error).__name__} {str(error)[:200]}")
            continue
        if response.status_code >= 500:
            faults.append(f"{form.name}: answered {response.status_code}")
    assert not faults, "\n".join(faults)


def test_more_than_a_form_may_send_is_told_so(office: Office) -> None:
    response = signed_in("alpha-administrator").post("/setup/skills/new/", {"name_en": "x" * 1_200_000})
    assert response.status_code == 413
    assert "request.too_large" in response.content.decode()


@pytest.mark.parametrize(
    "target", ["no-such", "home", "//evil.example", "javascript:alert(1)", "/\x00", "\\evil", "/ok/"]
)
def test_a_way_back_is_an_address_of_this_site(office: Office, target: str) -> None:
    person = {"username": "alpha-agent", "password": PASSWORD, "next": target}
    response = Browser().post("/login/", person)
    assert (response.status_code, response["Location"]) == (302, "/ok/" if target == "/ok/" else "/")
