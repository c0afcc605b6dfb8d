"""Settings of the embedded form: one machine, a folder. JIUZHU_WORKSPACE says where everything kept lies, JIUZHU_DATABASE where the cases."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from jiuzhu.config.databases import database

WORKSPACE = Path(os.environ.get("JIUZHU_WORKSPACE", "var/demo")).resolve()


def _secret(workspace: Path) -> str:
    """The key that signs sessions: made once per workspace and kept beside its other keys, readable by the owner only."""
    path = workspace / "keys" / "sessions"
    if path.exists():
        return path.read_text(encoding="ascii")
    secret = secrets.token_urlsafe(48)
    if workspace.exists():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secret, encoding="ascii")
    return secret


SECRET_KEY = _secret(WORKSPACE)
# Read one after the other, as `jiuzhu --catalogue` does; a later folder adds.
CATALOGUE_FOLDERS = [Path(__file__).parents[3] / "catalogue"]
if (WORKSPACE / "invented").exists():  # numbers nobody ever set, for places where nobody lives
    CATALOGUE_FOLDERS.append(Path(__file__).parents[3] / "invented")
# Declarations of this place alone, read last by every run over the workspace; numbers released on the desk are rows here.
PLACE_FOLDER = WORKSPACE / "place"
KEYS = WORKSPACE / "keys"
KEYS_KNOWN = WORKSPACE / "keys.known"
# Signed heads of the event log, and its rows: in production two folders on other machines, each written to by appending only.
SEAL_KEEPER = Path(os.environ.get("JIUZHU_SEAL_KEEPER", WORKSPACE / "seals" / "keeper"))
SEAL_SINK = Path(os.environ.get("JIUZHU_SEAL_SINK", WORKSPACE / "seals" / "sink"))
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django_htmx",
    "jiuzhu.casework.trace",
    "jiuzhu.casework.accounts",
    "jiuzhu.casework.working_rules",
    "jiuzhu.casework.parties",
    "jiuzhu.casework.cases",
    "jiuzhu.casework.roads",
    "jiuzhu.casework.notices",
    "jiuzhu.casework.residents",
    "jiuzhu.casework.documents",
    "jiuzhu.casework.referrals",
    "jiuzhu.casework.verification",
    "jiuzhu.casework.dispatch",
    "jiuzhu.casework.reminders",
    "jiuzhu.casework.files",
    "jiuzhu.casework.visits",
    "jiuzhu.casework.decisions",
    "jiuzhu.casework.applications",
    "jiuzhu.casework.clients",
    "jiuzhu.casework.payments",
    "jiuzhu.casework.bundles",
    "jiuzhu.casework.reviews",
    "jiuzhu.casework.grievances",
    "jiuzhu.casework.stewardship",
    "jiuzhu.casework.calibration",
    "jiuzhu.casework.supervision",
    "jiuzhu.casework.keeping",
    "jiuzhu.portals.desk",
    "jiuzhu.portals.citizen",
    "jiuzhu.portals.api",
]
MIDDLEWARE = [
    "jiuzhu.config.behind_proxies.BehindProxies",
    "jiuzhu.config.headers.SafeHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "jiuzhu.config.live_session.LiveSession",
    "jiuzhu.config.resident_session.ResidentSession",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "jiuzhu.config.permitted.Permitted",
    "jiuzhu.config.choices.ChosenLanguage",
    "jiuzhu.config.choices.LargeType",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "jiuzhu.config.urls"
WSGI_APPLICATION = "jiuzhu.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("jiuzhu.portals.desk.joined.Loader", ["django.template.loaders.app_directories.Loader"])],
            "context_processors": ["django.template.context_processors.request", "jiuzhu.portals.desk.shell.shell"],
            "builtins": ["jiuzhu.portals.desk.templatetags.words"],
        },
    }
]
# Empty: one file on one machine. In production the address of a PostgreSQL.
DATABASES = {"default": database(os.environ.get("JIUZHU_DATABASE", ""), WORKSPACE)}
AUTH_USER_MODEL = "accounts.Officer"
# The first makes new hashes; a password kept by another, or at another cost, is hashed anew when its owner signs in (B7).
PASSWORD_HASHERS = [
    "jiuzhu.casework.accounts.passwords.Argon2",
    "jiuzhu.casework.accounts.passwords.Pbkdf2Sm3",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]
# Where people reach the platform, for the codes on printed papers; and where fonts for these lie.
PUBLIC_ADDRESS = os.environ.get("JIUZHU_ADDRESS", "http://127.0.0.1:8000")
# Source of catalogue/sources to the dotted path of what makes its gateway of that code (gateways/verification); the others are read
# from deliveries. Where everybody is invented, some departments are: one is slow, one answers later, one is down.
DEPARTMENTS: dict[str, str] = {}
if (WORKSPACE / "invented").exists():
    DEPARTMENTS = dict.fromkeys(
        ("police", "tax", "bank", "human_resources", "land_registry", "power"), "jiuzhu.config.invented_departments.department"
    )
# The dotted path of what makes the gateway to the platform of electronic licences (gateways/licences); "" for none.
LICENCES = "jiuzhu.config.invented_departments.licences" if (WORKSPACE / "invented").exists() else ""
PRINT_FONTS = ["/usr/share/fonts/opentype/noto", "/usr/share/fonts/noto-cjk"]
# A government single sign-on: {"issuer": …, "client_id": …, "secret_file": …, "gateway": dotted path of its class}; empty for none.
SINGLE_SIGN_ON: dict[str, str] = {}
# How many proxies of our own stand before the platform and write X-Forwarded-For.
PROXIES = 0
CSRF_FAILURE_VIEW = "jiuzhu.config.states.too_old"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600  # longer than a session may last, so that ours ends first and says why
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"without_values": {"()": "jiuzhu.config.logs.WithoutValues"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "without_values", "level": "WARNING"}},
    "root": {"handlers": ["stderr"]},
    "loggers": {"django.request": {"level": "ERROR"}},
}
