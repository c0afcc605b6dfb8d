"""The first accounts of a workspace are opened at the machine, with roles that end."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.accounts.models import Assignment, Office, Officer
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.cli.main import main

pytestmark = pytest.mark.django_db
PERSON = ("--staff-number", "s-1", "--name", "周")


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run `jiuzhu officers` with a line on standard input: exit code and standard error."""

    def ask(*words: str, password: str = "a long enough one") -> tuple[int, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        code = main(["officers", *words, "--workspace", str(tmp_path)])
        return code, capsys.readouterr().err

    return ask


def test_an_account_is_opened_and_given_a_role_until_a_day(asked: Any):
    assert asked("open", "keeper", *PERSON, "--division", "370502", "--duty", "security_administrator")[0] == 0
    assert asked("assign", "keeper", "security_administrator", "--division", "370502", "--until", "2099-01-01")[0] == 0
    assert Officer.objects.get().check_password("a long enough one")
    given = Assignment.objects.get()
    assert (given.role, given.division_code, given.until) == (
        "security_administrator",
        "370502",
        datetime(2098, 12, 31, 16, tzinfo=UTC),
    )
    acts = ["offices.open", "accounts.open", "roles.assign"]
    assert list(Event.objects.order_by("pk").values_list("who", "role", "operation")) == [
        ("console", "console", act) for act in acts
    ]


REFUSED = {
    "a short password": (("open", "li", *PERSON, "--division", "370502"), "too short", "short"),
    "a taken account": (("open", "zhou", "--staff-number", "s-9", "--name", "李", "--division", "370502"), "cannot be opened", ""),
    "a duty there is not": (("open", "li", "--staff-number", "s-9", "--name", "李", "--division", "370502", "--duty", "x"), "duty of", ""),
    "an office nowhere": (("open", "li", *PERSON, "--division", "379999"), "not in force", ""),
    "no such account": (("assign", "li", "auditor", "--division", "370502", "--until", "2099-01-01"), "no account 'li'", ""),
    "a role of another duty": (
        ("assign", "zhou", "audit_administrator", "--division", "370502", "--until", "2099-01-01"), "nobody holds both", "",
    ),
    "a role of another tier": (("assign", "zhou", "township_officer", "--division", "370502", "--until", "2099-01-01"), "township", ""),
    "a day that has passed": (("assign", "zhou", "auditor", "--division", "370502", "--until", "2020-01-01"), "ends after", ""),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_with_the_reason(what: str, asked: Any):
    words, why, password = REFUSED[what]
    assert asked("open", "zhou", *PERSON, "--division", "370502")[0] == 0
    code, told = asked(*words, **({"password": password} if password else {}))
    assert (code, why in told) == (1, True), told
    assert (Officer.objects.count(), Assignment.objects.count(), Office.objects.count()) == (1, 0, 1)
