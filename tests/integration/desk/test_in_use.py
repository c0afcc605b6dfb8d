"""The settings of a place in use: the framework's own checks find nothing, and cookies go over TLS only."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

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
