"""Settings of a place in use: behind a proxy that speaks TLS, cookies over TLS only, and nothing that the demo allows.

JIUZHU_HOSTS names the hosts it answers to, JIUZHU_PROXIES how many proxies of its own stand before it (1).
JIUZHU_SIGN_ON, if set, is a TOML file with the table of settings.SINGLE_SIGN_ON.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

from jiuzhu.config.settings import *  # noqa: F403

ALLOWED_HOSTS = [host for host in os.environ.get("JIUZHU_HOSTS", "").split(",") if host]
PROXIES = int(os.environ.get("JIUZHU_PROXIES", "1"))
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 86400
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    *MIDDLEWARE,  # noqa: F405
]
if "JIUZHU_SIGN_ON" in os.environ:
    SINGLE_SIGN_ON = tomllib.loads(Path(os.environ["JIUZHU_SIGN_ON"]).read_text(encoding="utf-8"))
