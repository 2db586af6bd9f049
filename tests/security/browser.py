"""A signed-in browser without a network."""

from typing import Any

from django.test import Client
from tests.office_stage import PASSWORD

HOST = "127.0.0.1"


class Browser(Client):
    """Django's client on an allowed host."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(SERVER_NAME=HOST, **kwargs)


def signed_in(username: str, **kwargs: Any) -> Browser:
    """A browser of this person."""
    browser = Browser(**kwargs)
    response = browser.post("/login/", {"username": username, "password": PASSWORD})
    assert response.status_code == 302, response.content
    return browser
