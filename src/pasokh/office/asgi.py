"""Django as an ASGI application; the composition root puts the live hub beside it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pasokh.office.settings")
application = get_asgi_application()
