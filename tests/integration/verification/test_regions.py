"""Another region is asked by a numbered letter with the authorisation in it, and asks us by the same; neither trusts the other's word."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from jiuzhu.casework.cases.models import Member
from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.verification import asking, meetings, regions, reporting, rounds
from jiuzhu.casework.verification.models import Letter, Meeting, Request
from jiuzhu.casework.verification.refusals import NotNow
from jiuzhu.crypto.signing import new_signing_key
from jiuzhu.gateways.verification.base import Question, Unreachable
from jiuzhu.gateways.verification.region import NotSigned, Region, opened, sealed
from jiuzhu.registry import public
from jiuzhu.registry.public.verified import Told
from jiuzhu.registry.release.household import KnownRow
from tests.support.verifying import AT, TODAY, Home, later, number

pytestmark = pytest.mark.django_db
HERE, THERE = "370502", "320400"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[dict[str, Any]]:
    """The registry of the other region: it knows one person, with one car. Gives the letters it read anything for."""
    read: list[dict[str, Any]] = []

    def rows(workspace: object, people: dict[int, public.Warrant], datasets: list[str], **_: Any) -> dict[int, dict[str, Told]]:
        read.append({"people": people, "datasets": datasets})
        car = KnownRow(
            "traffic_vehicle", "V-1", 0, "police", TODAY, 0, {"vehicle_class": "1", "vehicle_status": "1", "brand_model": "x"}
        )
        return {
            7: {one: Told("rows", (car,), TODAY) if one == "traffic_vehicle" else Told("none", (), TODAY) for one in datasets}
        }

    monkeypatch.setattr(public, "verification", rows)
    monkeypatch.setattr(public, "person_of", lambda _, text, **__: 7 if text == number("19700101", 1) else None)
    monkeypatch.setattr(regions, "workspace", lambda: tmp_path)
    return read


@dataclass
class Post:
    """The line between two regions: a letter is carried off, and its reply lies there when it is fetched."""

    letters: list[bytes] = field(default_factory=list)
    replies: dict[str, bytes] = field(default_factory=dict)

    def __call__(self, letter: bytes) -> bytes:
        said = opened(letter, signing_key().public)
        if "fetch" in said:
            return self.replies[said["fetch"]]
        self.letters.append(letter)
        raise Unreachable("the letter is on its way")

    def answered(self, *, at: datetime = AT) -> None:
        for letter in self.letters:
            number = opened(letter, signing_key().public)["question"]["number"]
            self.replies[number] = regions.answered(letter, platforms={HERE: signing_key().public}, at=at)


def asked(home: Home, post: Post) -> tuple[Request, dict[str, Any]]:
    home.signed(home.head)
    made = home.ask(home.head, regions={home.head.key: THERE})
    other = Region(HERE, THERE, post, signing_key(), signing_key().public)
    departments = {**home.departments(), f"region:{THERE}": other}
    asking.collect(made, at=AT, departments=departments, seconds=5)
    return made, departments


@pytest.mark.feature("SF282")
def test_a_letter_carries_the_authorisation_and_the_reply_joins_what_is_found_here(home: Home, elsewhere: list[Any]) -> None:
    post = Post()
    made, departments = asked(home, post)
    # While the other region is silent nothing is called none.
    assert {one.state for one in reporting.rows_of(made, AT) if one.item in ("VC29", "VC30", "VM01")} == {"late"}
    post.answered()
    asking.chase(made, at=later(1), departments=departments)
    rows = {one.item: one for one in reporting.rows_of(made, AT)}
    assert (rows["VC29"].state, rows["VC29"].found) == ("not_declared", "1")
    assert rows["VC30"].state == "none"
    (read,) = elsewhere
    assert read["people"][7].number in post.letters[0].decode()
    kept = Letter.objects.get()
    assert (kept.sender, kept.state, kept.authorisation) == (HERE, "answered", read["people"][7].number)
    assert "brand_model" not in json.dumps([dict(one) for row in rows.values() for one in row.detail])
    before = dict(post.replies)
    post.answered(at=later(9))
    assert post.replies == before
    assert len(elsewhere) == 1  # answered from what was kept, nothing is read again
    assert Event.objects.filter(operation="verification.reply", outcome="done").count() == 1


@pytest.mark.requirement("K1")
def test_a_letter_opens_nothing_that_was_not_signed(home: Home, elsewhere: list[Any], tmp_path: Path) -> None:
    signed = home.signed(home.head, consents=("register",))
    copy = asking.copy_of(signed)
    platforms = {HERE: signing_key().public}

    def told(**other: Any) -> dict[str, Any]:
        question = {"number": "Q-1", "purpose": "assistance", "on": TODAY, "division": HERE, "columns": {"traffic_vehicle": ("vehicle_class",)},
                    "authorisation": copy, "id_number": number("19700101", 1)} | other  # fmt: skip
        sent: list[bytes] = []

        at = question.pop("at", AT)

        def line(letter: bytes) -> bytes:
            sent.append(regions.answered(letter, platforms=platforms, at=at))
            return sent[-1]

        Region(HERE, THERE, line, signing_key(), signing_key().public).ask(Question(**question))
        return opened(sent[-1], signing_key().public)

    forged = type(copy)(copy.number, copy.statement.replace("register", "register finance"), copy.signature)
    assert told(number="Q-2", authorisation=forged)["why"] == "授权书验签不通过"
    assert told(number="Q-3", columns={"bank_deposit": ("balance",)})["why"] == "授权书未包括所查内容"
    assert told(number="Q-4", purpose="judicial_aid")["why"] == "授权书与请求不符"
    assert told(number="Q-5", at=AT + timedelta(days=800))["why"] == "授权书不在有效期"
    assert not elsewhere
    assert Event.objects.filter(operation="verification.reply", outcome="refused").count() == 4
    stranger = new_signing_key(tmp_path / "stranger.pem")
    with pytest.raises(NotSigned):
        regions.answered(sealed({"from": HERE, "question": {"number": "Q-6"}}, stranger), platforms=platforms, at=AT)
    with pytest.raises(NotSigned):
        regions.answered(sealed({"from": "110101"}, stranger), platforms=platforms, at=AT)
    with pytest.raises(NotSigned):
        regions.answered(b"{}", platforms=platforms, at=AT)


@pytest.mark.feature("SF227")
def test_a_meeting_with_a_region_that_was_asked_is_kept_beside_its_letters_and_never_changed(
    home: Home, elsewhere: list[Any]
) -> None:
    post = Post()
    made, departments = asked(home, post)
    post.answered()
    asking.chase(made, at=later(1), departments=departments)
    # The letter of the case carries the authorisation; the meeting is about the person it was sent for.
    assert meetings.regions_of(made) == [THERE]
    told = meetings.Minutes(
        THERE, later(2), 25, "ours: window; theirs: Zhou", "the register of homes", "the car is a neighbour's, signed over in May"
    )
    kept = meetings.keep(request=made, told=told, by=home.officer, at=later(3))
    ((row, opened_minutes),) = meetings.meetings_of(made)
    assert (row, opened_minutes) == (kept, told)
    assert "neighbour" not in row.settled
    event = Event.objects.get(operation="verification.meet")
    assert [one.key for one in event.subjects.all()] == [home.head.key]
    never_asked = replace(told, region="110101")
    to_come, silent = replace(told, held_at=later(9)), replace(told, settled=" ")
    for wrong in (never_asked, to_come, silent):
        with pytest.raises(NotNow):
            meetings.keep(request=made, told=wrong, by=home.officer, at=later(3))
    with pytest.raises(DatabaseError), transaction.atomic():
        Meeting.objects.update(settled="nothing")


def test_at_the_desk_another_region_is_asked_for_one_person_and_its_meeting_is_written_down(
    home: Home, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: later(3))
    monkeypatch.setattr(rounds, "connected", lambda: {f"region:{THERE}": object()})
    Member.objects.create(case=home.case, party=home.head, since=TODAY)
    home.signed(home.head)
    client.force_login(home.officer)
    begun = reverse("verification-begin", args=[home.case.key])
    assert client.post(begun, {"template": "dibao", "region-1": THERE, "key": "a" * 24}).status_code == 302
    made = Request.objects.get()
    assert meetings.regions_of(made) == [THERE]
    report = reporting.issue(request=made, by=home.officer, at=later(3))
    address = reverse("verification-report", args=[report.key])
    assert "跨区域远程连线" in client.get(address).content.decode()
    said = {
        "region": THERE,
        "held_at": "2026-11-20T13:00",
        "minutes": "20",
        "participants": "both",
        "shown": "",
        "settled": "the son lives there",
    }
    assert client.post(f"{reverse('verification-meet', args=[report.key])}", {**said, "key": "b" * 24}).status_code == 302
    assert "the son lives there" in client.get(address).content.decode()
