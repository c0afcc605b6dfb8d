"""What must hold of every address of the desk, also of one that is made tomorrow: the addresses come from the platform itself."""

from __future__ import annotations

import io
import json
import logging
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session as WebSession
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.module_loading import import_string

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.permissions import table
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.trace.models import Event
from jiuzhu.config.permitted import SEEN
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.datasets import LEVELS
from tests.integration.desk.conftest import AT
from tests.support.county import County
from tests.support.officers import officer
from tests.support.signing_in import let_in
from tests.support.whole_desk import ACTS, LOOKS, missing
from tests.support.whole_world import KIN_NUMBER, MARK, MET_NUMBER, PHONE, World, canary, world

# Posted, because what they say belongs into no address, and still looks.
LOOKED_AT = frozenset({"household", "incidents", "household-number", "household-looks", "family-trace"})
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk_of_all(county: County, national: Catalogue, tmp_path: Path, settings: Any, now: object) -> World:
    shutil.copytree(county.workspace, tmp_path / "w")
    settings.WORKSPACE, settings.PLACE_FOLDER, settings.CATALOGUE_FOLDERS = tmp_path / "w", tmp_path / "place", [public.NATIONAL]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.LICENCES = "somewhere"
    settings.SINGLE_SIGN_ON = {"issuer": "https://sso.example", "client_id": "x", "secret_file": "", "gateway": ""}
    return world(tmp_path / "w", national, AT)


def kept(asked: World) -> dict[str, list[Any]]:
    """Every row of every table but the record's own and those of web sessions, and every file the acts may write."""
    found: dict[str, list[Any]] = {}
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in ("trace", "sessions"):
            found[model._meta.label] = list(model.objects.order_by("pk").values_list())
    for folder in (asked.workspace, asked.workspace.parent / "place"):
        files = (path for path in folder.rglob("*") if path.is_file() and "looks" not in path.name and path.suffix != ".lock")
        found[folder.name] = sorted((str(path.relative_to(folder)), path.stat().st_size) for path in files)
    return found


def without_the_record() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE trace_event RENAME TO gone")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE gone RENAME TO trace_event")


@pytest.mark.requirement("C1")
def test_no_address_is_left_out(desk_of_all: World):
    assert list(missing(desk_of_all)) == []


@pytest.mark.requirement("C1")
def test_without_the_record_nothing_is_seen_or_done_and_with_it_each_writes_its_event(desk_of_all: World):
    lines = [*LOOKS.items(), *ACTS.items()]
    before, gone = kept(desk_of_all), without_the_record()
    next(gone)
    had = []
    for name, line in lines:
        answer = line(desk_of_all).send(name, desk_of_all)
        changed = [part for part, rows in kept(desk_of_all).items() if rows != before[part]]
        shown = answer is not None and answer.status_code != 500
        if name in LOOKS and line is LOOKS[name] and answer is not None and answer.status_code == 302:
            shown = bool(answer.content)  # it leads on, and shows nothing
        if shown or changed:
            had.append((name, answer and answer.status_code, changed))
    assert had == []
    next(gone, None)
    told = []
    for name, line in lines:
        asked = line(desk_of_all)
        events, was = Event.objects.count(), kept(desk_of_all)
        answer = asked.send(name, desk_of_all)
        new = Event.objects.order_by("pk")[events:]
        operations = [one.operation for one in new if one.outcome == "done"]
        acted = asked.posted is None or set(operations) - {SEEN}
        changed = asked.posted is None or kept(desk_of_all) != was or name in LOOKED_AT
        written = operations or (answer.status_code == 302 and asked.posted is None)
        if answer.status_code >= 400 or not written or not acted or not changed:
            why = answer.context.get("refusal") if answer.context else None
            told.append((name, answer.status_code, operations, changed, str(why)))
    assert told == [], "\n".join(map(str, told))


# Free text about deliveries, numbers and staff, which the registry's own books and the sources read too: no family's words.
IN_CLEAR = {
    "stewardship.Verdict.because", "stewardship.Verdict.second_because", "stewardship.ReturnedRows.because",
    "stewardship.ReturnedRows.answer_words", "calibration.Proposal.because", "calibration.Proposal.decided_because",
}  # fmt: skip
# Typed by nobody of a family: the secret of an authenticator, and why the books and the bank differ (payments/test_sending.py).
NOT_PLANTED = {"accounts.SecondFactor.secret", "payments.Discrepancy.because"}
SECRETS = (MARK, KIN_NUMBER, MET_NUMBER, PHONE, "37.4591", "118.5917", "secret-device")
# Names of what is typed into an address: codes, days, accounts of staff, words of the catalogue.
TYPED_INTO_ADDRESSES = {
    "q",
    "who",
    "wanted",
    "since",
    "until",
    "day",
    "month",
    "name",
    "value",
    "due_from",
    "due_until",
    "indicator",
    "from",
    "to",
}


def secrets_in(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def stored() -> Iterator[tuple[str, str]]:
    """Every value in the database as text, with the field it stands in; bytes as they are."""
    for model in apps.get_models(include_auto_created=True):
        for row in model.objects.values():
            for name, value in row.items():
                if value not in (None, ""):
                    told = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    yield f"{model._meta.label}.{name}", told


@pytest.mark.requirement("B1", "B6")
def test_what_is_typed_or_known_of_a_family_stands_in_clear_in_no_table_address_log_session_or_file_name(
    desk_of_all: World, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    log = io.StringIO()
    handler = logging.StreamHandler(log)
    told = settings.LOGGING["formatters"][settings.LOGGING["handlers"]["stderr"]["formatter"]]
    assert settings.LOGGING["root"]["handlers"] == ["stderr"]
    handler.setFormatter(import_string(told["()"])())
    monkeypatch.setattr(logging.root, "handlers", [*logging.root.handlers, handler])
    monkeypatch.setattr(logging.root, "level", logging.DEBUG)
    addresses, typed = set(), set()
    for name, line in (*LOOKS.items(), *ACTS.items(), *LOOKS.items()):
        asked = line(desk_of_all)
        answer = asked.send(name, desk_of_all)
        assert answer.status_code < 500
        page = "" if answer.streaming else answer.content.decode("utf-8", "replace")
        addresses |= {answer.request["PATH_INFO"] + "?" + answer.request["QUERY_STRING"], answer.headers.get("Location", "")}
        addresses |= set(re.findall(r'(?:href|src|action)="([^"]*)"', page))
        for form in re.findall(r"<form\b(?![^>]*method=.post)[^>]*>.*?</form>", page, re.DOTALL):
            typed |= set(re.findall(r'<input\b(?=[^>]*type="(?:text|search)"|(?![^>]*type=))[^>]*name="([^"]*)"', form))
    assert len(addresses) > 300
    assert [one for one in addresses if secrets_in(one)] == []
    assert typed <= TYPED_INTO_ADDRESSES
    clear = {where for where, value in stored() if secrets_in(value)}
    assert clear - IN_CLEAR == set()
    empty = {f"{model._meta.label}.{name}" for model in apps.get_models() for name, level in getattr(model, "levels", {}).items()
             if level == "sealed"} - {where for where, _ in stored()}  # fmt: skip
    assert empty - NOT_PLANTED == set(), (
        f"nothing was planted, so nothing was proved, of {', '.join(sorted(empty - NOT_PLANTED))}"
    )
    for one in WebSession.objects.all():
        assert not secrets_in(json.dumps(one.get_decoded(), ensure_ascii=False))
    assert not getattr(caches["default"], "_cache", {})
    for folder in (
        desk_of_all.workspace,
        Path(settings.SEAL_KEEPER).parent,
        Path(settings.SEAL_SINK).parent,
        Path(settings.KEYS),
    ):
        assert not [path.name for path in folder.rglob("*") if secrets_in(path.name)]

    def broken(*_: object, **__: object) -> None:
        raise ValueError(f"cannot read '{canary('fault')}'")

    monkeypatch.setattr(cases, "confirm", broken)
    assert ACTS["case-confirm"](desk_of_all).send("case-confirm", desk_of_all).status_code == 500
    said = log.getvalue() + "".join(capfd.readouterr())
    assert "ValueError" in log.getvalue()
    assert not secrets_in(said)


# What is planted, by its level: identity and typed reasons are personal; what a family said or needs is sensitive.
PLANTED = {
    "personal": (canary("name"), canary("reason"), canary("kin"), canary("emergency")),
    "sensitive": tuple(map(canary, ("says", "visit-note", "goal", "advice", "asked", "who", "said", "sentence"))),
}


@pytest.mark.requirement("A4")
def test_no_address_answers_any_role_with_anything_above_its_highest_level(desk_of_all: World):
    for name in ("case-plan", "case-advice", "referral"):
        assert ACTS[name](desk_of_all).send(name, desk_of_all).status_code < 400
    highest = {
        role: max((LEVELS.index(row.level) for row in table().all_rows() if row.role == role), default=0)
        for role in table().roles
    }
    shown: dict[str, set[str]] = {}
    for role, one in table().roles.items():
        if not one.tiers:
            continue
        place = next(each for each in ("370502", "370502001", "370502001011", "370500") if places.tier(each) in one.tiers)
        client = Client(raise_request_exception=False)
        let_in(client, officer(f"of-{role}", role, place))
        pages = {name: client.get(reverse(name, args=line(desk_of_all).given)) for name, line in LOOKS.items()}
        told = {name: page.content.decode("utf-8", "replace") for name, page in pages.items()}
        for level, values in PLANTED.items():
            seen = {(name, value) for name, text in told.items() for value in values if value in text}
            shown.setdefault(level, set()).update(value for _, value in seen)
            assert highest[role] >= LEVELS.index(level) or not seen, (role, level, seen)
    assert shown["personal"] >= {canary("name"), canary("reason")}
    assert shown["sensitive"] >= {canary("says"), canary("goal"), canary("asked"), canary("said")}
