"""Django's settings, all taken from the environment by `configuration.configure`."""

import os
import secrets
import time
from pathlib import Path

from django.utils.csp import CSP

from pasokh.office.configuration import APP_ROLE, OWNER_ROLE, configure, django_database

HERE = Path(__file__).parent
CONFIGURATION = configure(os.environ, lambda: secrets.token_urlsafe(48))

SECRET_KEY = CONFIGURATION.secret
DEBUG = CONFIGURATION.debug
ALLOWED_HOSTS = list(CONFIGURATION.hosts)
CSRF_TRUSTED_ORIGINS = list(CONFIGURATION.origins)
PUBLIC_URL = CONFIGURATION.public_url
VOICE = os.environ.get("PASOKH_VOICE", "on") != "off" or bool(os.environ.get("PASOKH_PHONES_URL"))
"""Whether calls can come: without a switch nobody's desk asks for a telephone or a microphone."""


def CLOCK() -> int:  # noqa: N802 - a setting
    """The office's clock, in milliseconds; tests put their own here."""
    return time.time_ns() // 1_000_000


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "ninja",
    "pasokh.office.tenancy",
    "pasokh.office.audit",
    "pasokh.office.people",
    "pasokh.office.account",
    "pasokh.office.supervise",
    "pasokh.office.desk",
    "pasokh.office.crm",
    "pasokh.office.follow_ups",
    "pasokh.office.day",
    "pasokh.office.post",
    "pasokh.office.notices",
    "pasokh.office.files",
    "pasokh.office.hours",
    "pasokh.office.watch",
    "pasokh.office.figures",
    "pasokh.office.figures_analysis",
    "pasokh.office.figure_alerts",
    "pasokh.office.goals",
    "pasokh.office.figures_import",
    "pasokh.office.styleguide",
    "pasokh.office.policy",
    "pasokh.office.welcome",
    "pasokh.office.setup",
    "pasokh.office.vocabulary",
    "pasokh.office.pauses",
    "pasokh.office.widgets",
    "pasokh.office.canned",
    "pasokh.office.telephony",
    "pasokh.office.exchange",
    "pasokh.office.voice_quality",
    "pasokh.office.recordings",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "pasokh.office.static_files.StaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "pasokh.office.tenancy.middleware.OrganisationMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "pasokh.office.account.middleware.BrowserMiddleware",
    "pasokh.office.errors.ErrorMiddleware",
]
ROOT_URLCONF = "pasokh.office.urls"
ASGI_APPLICATION = "pasokh.office.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "pasokh.office.filters"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "pasokh.office.context.page",
            ],
        },
    }
]

FORM_RENDERER = "pasokh.office.form_html.FormRenderer"

ANSWER_SECONDS = 2.0
"""How long a form waits for the engine's answer before it says that the change is taken and will apply later."""

DATABASES = {
    "default": django_database(CONFIGURATION, APP_ROLE, pool=CONFIGURATION.pool),
    "owner": django_database(CONFIGURATION, OWNER_ROLE, limits=False),
}
"""`default` serves requests and the worker under a role that owns nothing; `owner` migrates."""
DATABASE_ROUTERS = ["pasokh.office.routers.OwnerMigrates"]

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = ["pasokh.office.people.sign_in.OrganisationBackend"]
PASSWORD_HASHERS = ["pasokh.office.people.passwords.PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
    ),
    {"NAME": "pasokh.office.account.breaches.BreachListValidator"},
]
BREACH_LIST_URL = CONFIGURATION.breach_list
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"

SESSION_ENGINE = "pasokh.office.people.sessions"
SESSION_COOKIE_NAME = "pasokh_session"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CONFIGURATION.https
CSRF_COOKIE_NAME = "pasokh_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = CONFIGURATION.https
CSRF_FAILURE_VIEW = "pasokh.office.pages.csrf_failure"
LANGUAGE_COOKIE_NAME = "pasokh_language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = CONFIGURATION.https
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 86_400

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if CONFIGURATION.https else None
SECURE_HSTS_SECONDS = 31_536_000 if CONFIGURATION.https else 0
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

LANGUAGE_CODE = CONFIGURATION.language
LANGUAGES = [("fa", "فارسی"), ("uk", "Українська"), ("en", "English")]
LOCALE_PATHS = [HERE / "locale"]
"""Texts of templates; those of the Python code are messages of `pasokh.i18n.catalogue`."""
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
ZONE = CONFIGURATION.zone
"""Where an organisation without a zone of its own is."""

STATIC_URL = "/static/"
STATICFILES_DIRS = [HERE / "static"]
STATIC_ROOT = CONFIGURATION.static_root
WHITENOISE_USE_FINDERS = CONFIGURATION.static_root is None
WHITENOISE_AUTOREFRESH = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if CONFIGURATION.static_root is None
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
FILES_HOME = CONFIGURATION.home / "files"
"""Where attachments lie."""
FACTS_HOME = CONFIGURATION.home / "facts"
"""Where facts lie, a folder for each organisation."""
SIP_HOST = CONFIGURATION.sip_host
"""Where desk phones register; empty = where the office is."""
PROMPTS_HOME = CONFIGURATION.prompts
"""Where made voices lie."""
RECORDINGS_HOME = CONFIGURATION.recordings_home
"""Where sealed recordings lie."""
RECORDINGS_SPOOL = CONFIGURATION.recordings_spool
"""Where the switch of this node leaves its recordings."""
RECORDINGS_NODE = CONFIGURATION.node
"""What the switch of this node is called."""
SCANNER_URL = CONFIGURATION.scanner_url
"""The virus scanner that looks at them; empty = none."""
LOGGING_CONFIG = None
"""The composition root sets up logging for all roles."""
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
