"""All settings, from the environment, with defaults that work for a first run.

The variables a production register needs are listed in ``docs/production.md``;
``manage.py check --deploy`` says what is missing.
"""

import datetime as dt
import ipaddress
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DEBUG = env.bool("DEBUG", True)
SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DEBUG=0 the register needs a secret of its own: "
            "set SECRET_KEY to at least 50 random characters and keep it between restarts."
        )
    SECRET_KEY = "for-a-first-run-on-your-own-machine-only-set-SECRET_KEY-in-production"  # noqa: S105

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# ── The register ───────────────────────────────────────────────────────────────

BASE_URL = env.str("PACTWATCH_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
"""Address that links in mails, briefs and calendars begin with; never the Host header."""

PACTWATCH_TIME_ZONE = env.str("PACTWATCH_TIME_ZONE", "America/New_York")
"""The city's time zone: civil days begin and end here."""

PACTWATCH_EXAMPLE = env.bool("PACTWATCH_EXAMPLE", DEBUG)
"""An example register may replay dated steps and send for another day. Never in production."""

PACTWATCH_DECIDE_DAYS = env.int("PACTWATCH_DECIDE_DAYS", 60)
"""Days before notice or expiry by which the city wants a decision, unless an agreement says."""

PACTWATCH_HOLIDAYS = env.str("PACTWATCH_HOLIDAYS", "US-PA")
"""Country and subdivision from which holiday rows are first filled."""


def _today_setting() -> dt.date | None:
    """The civil day on which the register is shown, or None for the real one."""
    text = env.str("PACTWATCH_TODAY", "")
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ImproperlyConfigured(
            f"PACTWATCH_TODAY is {text!r}: write a day such as 2018-06-15, or leave it empty."
        ) from error


def _hours_setting() -> tuple[dt.time, dt.time]:
    """Hours in which staff get mail; equal hours mean all day."""
    text = env.str("PACTWATCH_STAFF_HOURS", "")
    try:
        opens, closes = (dt.time.fromisoformat(t) for t in (text or "00:00-00:00").split("-"))
    except ValueError as error:
        raise ImproperlyConfigured(
            f"PACTWATCH_STAFF_HOURS is {text!r}: write hours as 07:00-19:00, or leave it empty."
        ) from error
    if opens > closes:
        raise ImproperlyConfigured(
            f"PACTWATCH_STAFF_HOURS is {text!r}: hours begin before they end, as in 07:00-19:00."
        )
    return opens, closes


def _networks_setting() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """Networks of the city's own that webhooks may call besides public addresses."""
    try:
        return [
            ipaddress.ip_network(text)
            for text in env.list("PACTWATCH_WEBHOOK_NETWORKS", default=[])
        ]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"PACTWATCH_WEBHOOK_NETWORKS: {error}; write networks such as 10.1.0.0/16."
        ) from error


PACTWATCH_STAFF_HOURS = _hours_setting()
PACTWATCH_STAFF_WORKING_DAYS = env.bool("PACTWATCH_STAFF_WORKING_DAYS", False)
"""Whether staff get mail on the city's working days only, unless it would come too late."""

PACTWATCH_WEBHOOK_NETWORKS = _networks_setting()
PACTWATCH_PING_URL = env.str("PACTWATCH_PING_URL", "")
"""Address that is called while all is well: who watches it hears when the calls stop."""

PACTWATCH_TODAY = _today_setting()
if PACTWATCH_TODAY and not PACTWATCH_EXAMPLE:
    raise ImproperlyConfigured(
        "PACTWATCH_TODAY moves the day on which deadlines are counted. It is for an example "
        "register only: unset it, or set PACTWATCH_EXAMPLE=1."
    )

# ── Django ─────────────────────────────────────────────────────────────────────

INSTALLED_APPS = [
    "config",
    "portal",
    "desk",
    "examples",
    "reports",
    "agreements",
    "parties",
    "sources",
    "revisions",
    "accounts",
    "simple_history",
    "django_filters",
    "csp",
    "config.admin_app.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",  # who may do what: agreements/permissions.py
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.register",
            ],
        },
    },
]

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'pactwatch.sqlite3'}")
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Language and time ──────────────────────────────────────────────────────────

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_TZ = True
TIME_ZONE = PACTWATCH_TIME_ZONE

# ── Files ──────────────────────────────────────────────────────────────────────

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# ── Mail ───────────────────────────────────────────────────────────────────────

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 30
DEFAULT_FROM_EMAIL = env.str("PACTWATCH_MAIL_FROM", "Pactwatch <pactwatch@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# ── History ────────────────────────────────────────────────────────────────────

SIMPLE_HISTORY_DATE_INDEX = False
SIMPLE_HISTORY_HISTORY_CHANGE_REASON_USE_TEXT_FIELD = True
SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS = True
SIMPLE_HISTORY_REVERT_DISABLED = True

# ── Headers ────────────────────────────────────────────────────────────────────

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    if env.bool("PACTWATCH_BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 63_072_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
