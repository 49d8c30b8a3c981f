"""All settings, from the environment, with defaults that work for a first run.

The variables a production register needs are listed in ``docs/production.md``;
``manage.py check --deploy`` says what is missing.
"""

import datetime as dt
import ipaddress
import warnings
from collections.abc import Callable
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _yes_or_no(name: str, default: bool) -> bool:
    """Read a variable that is 1 or 0, and nothing that could be taken for either."""
    text = env.str(name, "").strip().lower()
    words = {"1": True, "true": True, "yes": True, "on": True, "": default}
    words |= {"0": False, "false": False, "no": False, "off": False}
    if text not in words:
        raise ImproperlyConfigured(f"{name} is {text!r}: write 1 or 0.")
    return words[text]


LOCAL = _yes_or_no("DEBUG", True)
"""On somebody's own machine: defaults that work at once, none of which suit a public register."""

DEBUG = LOCAL and _yes_or_no("DEBUG_PAGES", False)
"""Django's pages for developers instead of the register's own for what is wrong."""

SECRET_KEY = env.str("SECRET_KEY", "")
if not SECRET_KEY:
    if not LOCAL:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. With DEBUG=0 the register needs a secret of its own: "
            "set SECRET_KEY to at least 50 random characters and keep it between restarts."
        )
    SECRET_KEY = "for-a-first-run-on-your-own-machine-only-set-SECRET_KEY-in-production"  # noqa: S105

SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
"""Former keys: what was signed or encrypted under them is still read."""

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# ── The register ───────────────────────────────────────────────────────────────

BASE_URL = env.str("PACTWATCH_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
"""Address that links in mails, briefs and calendars begin with; never the Host header."""


def _time_zone() -> str:
    """The name of a time zone that this machine knows."""
    name = env.str("PACTWATCH_TIME_ZONE", "America/New_York")
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:  # not known, a folder, no name at all
        raise ImproperlyConfigured(
            f"PACTWATCH_TIME_ZONE is {name!r}: write a time zone such as America/New_York."
        ) from error
    return name


PACTWATCH_TIME_ZONE = _time_zone()
"""The city's time zone: civil days begin and end here."""

PACTWATCH_EXAMPLE = _yes_or_no("PACTWATCH_EXAMPLE", LOCAL)
"""An example register may replay dated steps and send for another day. Never in production."""


def _days(name: str, default: str) -> int:
    """A number of days, 0 or more."""
    text = env.str(name, default).strip()
    if not (text.isascii() and text.isdigit() and len(text) <= 5):
        raise ImproperlyConfigured(f"{name} is {text!r}: write a number of days such as 60.")
    return int(text)


PACTWATCH_DECIDE_DAYS = _days("PACTWATCH_DECIDE_DAYS", "60")
"""Days before notice or expiry by which the city wants a decision, unless an agreement says."""

PACTWATCH_BRIEF_DAYS = _days("PACTWATCH_BRIEF_DAYS", "0")
"""Days before a decision on which briefs are issued by themselves, to be released; 0: never."""

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
PACTWATCH_STAFF_WORKING_DAYS = _yes_or_no("PACTWATCH_STAFF_WORKING_DAYS", False)
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

SECOND_FACTOR_DEMANDED = not (PACTWATCH_EXAMPLE and LOCAL)
"""Whether who may vote or publish needs a second factor; not in an example on one's own machine."""

SECOND_FACTOR_PERMISSIONS = ("agreements.vote", "agreements.publish", "agreements.manage_people")
SECOND_FACTOR_ROOMS = {"desk", "admin", "api"}

# ── Single sign-on: on where its server is set (docs/single-sign-on.md) ────────

PACTWATCH_SSO_SERVER_URL = env.str("PACTWATCH_SSO_SERVER_URL", "").rstrip("/")
"""Issuer of the city's OpenID Connect provider."""

PACTWATCH_SSO_NAME = env.str("PACTWATCH_SSO_NAME", "City sign-in")
"""What the sign-in page calls it."""

PACTWATCH_SSO_TRUST_EMAIL = _yes_or_no("PACTWATCH_SSO_TRUST_EMAIL", False)
"""Take the provider's addresses for verified: for a directory of the city's own, and no other."""

_sso_app = {
    "provider_id": "city",
    "name": PACTWATCH_SSO_NAME,
    "client_id": env.str("PACTWATCH_SSO_CLIENT_ID", ""),
    "secret": env.str("PACTWATCH_SSO_SECRET", ""),
    "settings": {"server_url": PACTWATCH_SSO_SERVER_URL, "oauth_pkce_enabled": True},
}
if PACTWATCH_SSO_SERVER_URL:
    if not PACTWATCH_SSO_SERVER_URL.startswith("https://") and not LOCAL:
        raise ImproperlyConfigured("PACTWATCH_SSO_SERVER_URL must begin with https://.")
    if not (_sso_app["client_id"] and _sso_app["secret"]):
        raise ImproperlyConfigured(
            "PACTWATCH_SSO_SERVER_URL is set: set PACTWATCH_SSO_CLIENT_ID and "
            "PACTWATCH_SSO_SECRET too, or unset it."
        )
    if not (find_spec("requests") and find_spec("jwt")):
        raise ImproperlyConfigured(
            "PACTWATCH_SSO_SERVER_URL is set, and single sign-on is not installed: install "
            "requirements/sso.txt, or unset it."
        )
_sso_apps = ["allauth.socialaccount", "allauth.socialaccount.providers.openid_connect"]

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
    "django_htmx",
    "simple_history",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    *(_sso_apps if PACTWATCH_SSO_SERVER_URL else []),
    "config.admin_app.RegisterAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "config.middleware.same_origin_resources",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.middleware.kept_by_no_cache",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.second_factor.SecondFactorMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.days_are_days",
]

CSRF_FAILURE_VIEW = "desk.gate.kept"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",  # who may do what: agreements/permissions.py
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:overview"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
"""Seconds for which a link to set a password is good, an invitation's too."""

SESSION_COOKIE_AGE = 12 * 60 * 60
"""Seconds: a working day. A session also ends with the browser."""

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # nobody signs up: the address is the one that was invited
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = {"follow": "10/h/ip"}  # beside those of signing in
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # the form answers alike, and a stranger gets no mail
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(BASE_URL).scheme or "http"
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Pactwatch"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = LOCAL
if PACTWATCH_SSO_SERVER_URL:
    SOCIALACCOUNT_ADAPTER = "accounts.sso.SingleSignOnAdapter"
    SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
    SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
    SOCIALACCOUNT_ONLY = False
    SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_sso_app]}}

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


def _database() -> dict[str, Any]:
    """The database that ``DATABASE_URL`` names: SQLite or PostgreSQL, nothing else."""
    found: dict[str, Any] = {}
    # A port that is no number, a bracket left open; and no warning that prints the password.
    with suppress(ValueError), warnings.catch_warnings(action="ignore"):
        found = env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'pactwatch.sqlite3'}")
    if found.get("ENGINE") not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"}:
        raise ImproperlyConfigured(  # without the address: it may hold a password
            "DATABASE_URL names no database that the register knows: write "
            "postgres://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
        )
    return found


DATABASES = {"default": _database()}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    # Compiling a statement takes a second where it runs for some milliseconds: measured.
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", "-c jit=off")


def _address(name: str, read: Callable[..., dict[str, Any]], default: str) -> dict[str, Any]:
    """Read a variable that is an address. Says which one is wrong, without what stands in it."""
    try:
        return read(name, default=default)
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(
            f"{name} is no address that the register knows: see docs/production.md."
        ) from error


CACHES = {"default": _address("CACHE_URL", env.cache_url, "dbcache://cache")}
"""Shared by all processes: rate limits count in it. Its table is made by ``migrate``."""
if CACHES["default"]["BACKEND"].endswith("DatabaseCache"):
    CACHES["default"].setdefault("OPTIONS", {})["MAX_ENTRIES"] = 100_000
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
        if LOCAL
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

MEDIA_ROOT = Path(env.str("PACTWATCH_FILES", str(BASE_DIR / "files"))).resolve()
"""Folder of the kept documents: backed up with the database, and served by nothing but a view."""

WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = LOCAL
"""On one's own machine files are served from where they are; else from ``collectstatic``."""

# ── Mail ───────────────────────────────────────────────────────────────────────

EMAIL_CONFIG = _address("EMAIL_URL", env.email_url, "consolemail://")
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
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
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
if PACTWATCH_SSO_SERVER_URL:  # the form that begins a sign-in leads on to the provider
    _provider = urlsplit(PACTWATCH_SSO_SERVER_URL)
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"].append(
        f"{_provider.scheme}://{_provider.netloc}"
    )
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "browsing-topics")
}

if not LOCAL:
    SECURE_SSL_REDIRECT = _yes_or_no("SECURE_SSL_REDIRECT", True)
    if _yes_or_no("PACTWATCH_BEHIND_PROXY", False):
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
        ALLAUTH_TRUSTED_PROXY_COUNT = 1  # rate limits count the visitor's address, not the proxy's
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
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "pactwatch": {"level": "INFO"},
        "django.request": {"level": "ERROR"},  # what a visitor mistypes is no fault of the register
    },
}
