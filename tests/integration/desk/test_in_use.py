"""The settings of a place in use: the framework's own checks find nothing, and cookies go over TLS only."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from jiuzhu.config.behind_proxies import BehindProxies

SCRIPT = """
import json, django
from django.conf import settings
django.setup()
from django.core.management import call_command
call_command("check", deploy=True, fail_level="WARNING")
names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY", "CSRF_COOKIE_HTTPONLY",
         "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE", "SECURE_SSL_REDIRECT", "DEBUG", "ALLOWED_HOSTS")
print(json.dumps({name: getattr(settings, name) for name in names}))
"""


@pytest.mark.requirement("B8")
def test_the_settings_in_use_pass_every_check_of_the_framework_and_send_cookies_over_tls_only(tmp_path):
    told = {
        "DJANGO_SETTINGS_MODULE": "jiuzhu.config.production",
        "JIUZHU_HOSTS": "aid.example",
        "JIUZHU_WORKSPACE": str(tmp_path),
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=os.environ | told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout
    kept = json.loads(done.stdout.splitlines()[-1])
    assert kept.pop("DEBUG") is False
    assert kept.pop("ALLOWED_HOSTS") == ["aid.example"]
    assert {kept.pop(name) for name in ("SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_SAMESITE")} == {"Lax"}
    assert set(kept.values()) == {True}


@pytest.mark.parametrize(
    ("proxies", "passed", "came_from"),
    [
        (0, "198.51.100.7", "127.0.0.1"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9", "198.51.100.7"),
        (2, "203.0.113.9", "127.0.0.1"),
    ],
)
def test_where_a_request_came_from_is_told_by_our_own_proxies_alone(settings, proxies: int, passed: str, came_from: str):
    settings.PROXIES = proxies
    seen = BehindProxies(lambda request: HttpResponse(request.META["REMOTE_ADDR"]))
    assert seen(RequestFactory().get("/", headers={"X-Forwarded-For": passed})).content.decode() == came_from
