"""People who look at figures."""

from django.test import Client
from tests.office_stage import PASSWORD


def signed_in(username, language="en"):
    """A browser of somebody who signed in."""
    browser = Client(headers={"accept-language": language})
    answer = browser.post("/login/", {"username": username, "password": PASSWORD})
    assert answer.status_code == 302, answer.content[:500]
    browser.cookies["pasokh_language"] = language
    return browser
