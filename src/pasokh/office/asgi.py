"""Django as an ASGI application; the composition root puts the live hub beside it."""

import os

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasokh.office.settings")


class OneThread(ASGIHandler):
    """Every request is answered in one go in one thread: middleware, view and all.

    Ours are synchronous. Django's own chain would hop between loop and thread at each middleware, and break between
    two hops where a browser goes meanwhile ("CurrentThreadExecutor already quit"): what was begun is finished here.
    """

    def __init__(self) -> None:
        super(ASGIHandler, self).__init__()
        self.load_middleware(is_async=False)

    async def run_get_response(self, request: HttpRequest) -> HttpResponseBase:
        """The response; what the handler's own would do, without its asynchronous chain."""
        response: HttpResponseBase = await sync_to_async(self.get_response, thread_sensitive=True)(request)
        response._handler_class = self.__class__  # type: ignore[attr-defined]  # noqa: SLF001 - as Django's does
        return response


django.setup(set_prefix=False)
application = OneThread()
