"""The overview: each number equals the list behind it, and a plain count; nobody sees beyond their own divisions."""

from __future__ import annotations

import csv
import io
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.supervision import overview as counting
from jiuzhu.casework.supervision.overview import Stage, families, overview
from jiuzhu.casework.trace.models import Event
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.map_drawing import picture, step_of
from jiuzhu.registry import public
from jiuzhu.registry.public import Listed
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Title
from tests.integration.desk.conftest import signed_in
from tests.support.officers import officer

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
TODAY = date(2026, 11, 21)
PLACES = [
    "370502001011", "370502001013", "370502002027", "370502104238", "370503001001", "370503001", "370602001001", "500101001001",
]  # fmt: skip
SCENARIOS = ("S01", "S15", "S04")


def planted(seed: int, count: int) -> list[Warning]:
    chance = random.Random(seed)
    made = []
    for number in range(count):
        scenario = chance.choice(SCENARIOS)
        kind, state = chance.choice(("warning", "warning", "hint")), chance.choice(("open", "open", "closed"))
        handling = "lapsed" if state == "closed" else "waiting" if kind == "hint" else chance.choice(("waiting", "snoozed"))
        due = None if chance.random() < 0.1 else TODAY + timedelta(days=chance.randrange(-12, 20))
        made.append(
            Warning(
                warning_id=f"W{number:05}", indicator_id=f"{scenario}-E01", scenario_id=scenario, subject_kind="person",
                household_id=f"H{chance.randrange(80)}", division_code=chance.choice(PLACES), level=chance.randrange(1, 5),
                value="", threshold="", unit="", kind=kind, side="entry",
                state=state, handling=handling, changed="new", as_of=TODAY, due_on=due,
                released_at=AT if handling == "lapsed" and chance.random() < 0.5 else None,
                snoozed_until=TODAY if handling == "snoozed" else None,
                first_seen=TODAY - timedelta(days=chance.randrange(500)),
            )
        )  # fmt: skip
    return Warning.objects.bulk_create(made)


def base_of(seed: int, count: int = 300) -> Listed:
    chance = np.random.default_rng(seed)
    codes = tuple(sorted(PLACES))
    day = (TODAY - date(1970, 1, 1)).days
    met = np.where(chance.random(count) < 0.3, -1, day - chance.integers(0, 800, count)).astype(np.int32)
    place, category, people = (chance.integers(low, high, count).astype(np.int32) for low, high in ((0, 8), (1, 8), (1, 6)))
    at = {code: 100 * (number + 1) for number, code in enumerate(codes)}
    return Listed(np.arange(count, dtype=np.int32), place, category, people, met, codes, at, day)


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch, national: Catalogue) -> Listed:
    made = base_of(2)
    monkeypatch.setattr(counting, "_listed", lambda: made)
    monkeypatch.setattr(public, "family_numbers", lambda _, positions: [f"H{one}" for one in positions])
    monkeypatch.setattr(public, "family_keys", lambda _, numbers: {one: f"370502001011-{one}" for one in numbers})
    monkeypatch.setattr(public, "names", lambda *_, **__: {})
    monkeypatch.setattr(public, "latency", lambda _: None)
    monkeypatch.setattr(known, "catalogue", lambda: national)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    return made


def inside(item: Warning, digits: str) -> bool:
    return item.division_code.startswith(digits)


@pytest.mark.parametrize(
    ("division", "digits", "below"),
    [("370000", "37", 4), ("370500", "3705", 6), ("370502", "370502", 9), ("370502001", "370502001", 12)],
)
@pytest.mark.feature("SF031")
def test_every_number_of_every_part_equals_a_plain_count(base: Listed, division: str, digits: str, below: int):
    items = [one for one in planted(1, 900) if one.state == "open" and one.kind == "warning" and inside(one, digits)]
    viewer = officer("p", "policy_officer", "370000")
    told = overview(viewer=viewer, division=division, today=TODAY, at=AT)
    for part in told.parts:
        stem = part.code.rstrip("0") if len(part.code) == 6 and below < 6 else part.code
        mine = [one for one in items if one.division_code[:below].ljust(6, "0") == part.code]
        assert dict(part.levels) == Counter(one.level for one in mine)
        assert part.overdue == sum(one.due_on is not None and one.due_on < TODAY for one in mine)
        assert part.today == sum(one.due_on == TODAY for one in mine)
        assert part.soon == sum(one.due_on is not None and TODAY < one.due_on <= TODAY + timedelta(days=7) for one in mine)
        assert part.entitled == sum(one.scenario_id == "S15" for one in mine)
        homes = [one for one in range(300) if base.codes[base.place[one]].startswith(stem)]
        assert part.listed == len(homes)
        assert part.unseen == sum(base.met[one] < base.as_of_day - 365 for one in homes)
        assert part.people == sum(count for code, count in base.people_at.items() if code.startswith(stem))
    assert told.total.open == len(items)
    assert sum(told.months.values()) == sum(one.first_seen >= date(2025, 12, 1) for one in items)


def followed(client: Client, address: str) -> int:
    """How many the list behind an address says it has."""
    body = client.get(address).content.decode()
    found = re.search(r"(\d[\d,]*) 条预警|class=\"sub num\">(\d[\d,]*) 户", body)
    assert found is not None, address
    return int((found[1] or found[2]).replace(",", ""))


@pytest.mark.feature("SF031", "SF215", "SF216")
def test_each_number_of_the_page_is_a_link_to_a_list_of_exactly_so_many(base: Listed):
    planted(7, 500)
    client = signed_in(officer("county", "county_officer", "370502"))
    body = client.get("/overview/").content.decode()
    link = r'<a href="(/(?:warnings|overview/families)/\?[^"]+)"[^>]*>\s*([\d,]+)</a>'
    links = {(unescape(address), int(text.replace(",", ""))) for address, text in re.findall(link, body)}
    kinds = {re.sub(r"\d{6,12}|\d{4}-\d\d-\d\d", "", address) for address, _ in links}
    assert len(links) > 25
    assert len(kinds) > 9
    for address, count in links:
        assert followed(client, address) == count, address


@pytest.mark.feature("SF194", "SF284", "SF129")
def test_families_nobody_met_in_a_year_are_counted_by_village_and_listed_longest_ago_first(base: Listed):
    viewer = officer("zhou", "township_officer", "370502001")
    told = overview(viewer=viewer, division="370502001", today=TODAY, at=AT)
    assert {part.code for part in told.parts} == {"370502001011", "370502001013"}
    for part in told.parts:
        found = families(viewer=viewer, division=part.code, categories=(), unseen=True, skip=0, limit=500, at=AT)
        assert found.count == part.unseen == len(found.shown)
        days = [one.met or date.min for one in found.shown]
        assert days == sorted(days)
        assert all(one.met is None or one.met < TODAY - timedelta(days=365) for one in found.shown)
        assert all(one.division == part.code for one in found.shown)
    event = Event.objects.order_by("-number").first()
    assert event is not None
    assert (event.operation, event.subject_count) == ("families.list", len(found.shown))


def test_pages_of_a_list_hold_each_family_once(base: Listed):
    viewer = officer("county", "county_officer", "370502")
    asked: dict[str, Any] = {"viewer": viewer, "division": "370502", "categories": (1, 6), "unseen": False, "limit": 7, "at": AT}
    first = families(skip=0, **asked)
    numbers = [one.number for skip in range(0, first.count, 7) for one in families(skip=skip, **asked).shown]
    assert len(numbers) == len(set(numbers)) == first.count
    inside_county = [one for one in range(300) if base.codes[base.place[one]].startswith("370502")]
    assert first.count == sum(base.category[one] in (1, 6) for one in inside_county)


@pytest.mark.feature("SF031")
@pytest.mark.requirement("A3")
def test_beyond_the_own_divisions_an_overview_is_not_there_and_its_counts_do_not_move(base: Listed):
    planted(3, 200)
    client = signed_in(officer("zhou", "township_officer", "370502001"))

    def seen() -> str:
        body = client.get("/overview/?division=370502001").content.decode()
        return re.sub(r'value="[A-Za-z0-9]{64}"', "", body)  # the token of a form, new each time

    own = seen()
    for division in ("370502", "370502002", "370503001", "500101", "999999", "nonsense", "37"):
        answer = client.get("/overview/", {"division": division})
        assert answer.status_code == 404
        assert answer.content == client.get("/nowhere/").content
        assert client.get("/overview/families/", {"division": division}).status_code == 404
        assert client.get("/overview/export.csv", {"division": division}).status_code == 404
    Warning.objects.exclude(division_code__startswith="370502001").update(level=4, due_on=TODAY)
    assert seen() == own


def test_who_may_count_but_not_list_gets_numbers_without_links(base: Listed):
    planted(3, 200)
    steward = officer("steward", "data_steward", "370502")
    body = signed_in(steward).get("/overview/").content.decode()
    assert "/warnings/?" not in body
    assert "/overview/families/" not in body
    with pytest.raises(NotAllowed):
        families(viewer=steward, division="370502", categories=(), unseen=False, skip=0, limit=5, at=AT)


@pytest.mark.parametrize("role", ["department_officer", "grid_worker", "system_administrator", "surveyor"])
def test_a_role_without_the_operation_finds_no_overview_and_no_board(base: Listed, role: str):
    client = signed_in(officer(role, role, "370502" if role != "grid_worker" else "370502001011"))
    assert {client.get(address).status_code for address in ("/overview/", "/board/", "/overview/export.csv")} == {404}


@pytest.mark.feature("SF031")
def test_the_table_can_be_taken_away_as_counted_and_that_is_kept(base: Listed):
    planted(9, 300)
    client = signed_in(officer("county", "county_officer", "370502"))
    rows = list(csv.DictReader(io.StringIO(client.get("/overview/export.csv").content.decode("utf-8-sig"))))
    told = overview(viewer=Officer.objects.get(account="county"), division="370502", today=TODAY, at=AT)
    assert [int(row["open"]) for row in rows] == [*(part.open for part in told.parts), told.total.open]
    assert sum(int(row["unseen"]) for row in rows[:-1]) == int(rows[-1]["unseen"]) == told.total.unseen
    assert Event.objects.filter(operation="overview.export", subject_key="370502").count() == 1


def test_stages_that_a_step_offers_stand_after_what_was_issued(base: Listed, monkeypatch: pytest.MonkeyPatch):
    items = planted(4, 100)
    monkeypatch.setattr(counting, "_STAGES", [])
    counting.offer_stages(lambda warnings, division: [Stage(Title("红", "red"), warnings.filter(level=4).count())])
    told = overview(viewer=officer("p", "policy_officer", "370000"), division="370000", today=TODAY, at=AT)
    mine = [one for one in items if one.kind == "warning" and inside(one, "37")]
    released = sum(one.released_at is not None for one in mine)
    assert [stage.count for stage in told.stages] == [len(mine), released, 0, 0, 0, sum(one.level == 4 for one in mine)]


@pytest.mark.feature("SF031")
def test_a_province_is_drawn_whole_by_its_prefectures_and_a_county_by_tiles_of_its_townships(base: Listed):
    planted(1, 100)
    viewer = officer("nation", "policy_officer", "000000")
    country = picture("000000", overview(viewer=viewer, division="000000", today=TODAY, at=AT).parts)
    assert len(country.shapes) + len(country.bare) == 34
    assert len(country.lines) == len(public.boundaries().lines)
    province = picture("370000", overview(viewer=viewer, division="370000", today=TODAY, at=AT).parts)
    assert (len(province.shapes), province.tiles, province.lines) == (16, False, ())
    county = picture("370502", overview(viewer=viewer, division="370502", today=TODAY, at=AT).parts)
    assert county.tiles
    townships = [one for one in public.divisions().children("370502", on=TODAY) if not one.is_zone]
    assert {shape.part.code for shape in county.shapes} >= {one.code for one in townships}
    for shape in province.shapes:
        assert shape.step == (0 if not shape.part.people else step_of(shape.part.per_ten_thousand, province.limits))
        numbers = [float(text) for text in re.findall(r"-?\d+\.\d", shape.path)]
        assert min(numbers) >= 0
        assert max(numbers) <= max(province.width, province.height)


def test_before_the_first_release_the_pages_open_and_say_so(monkeypatch: pytest.MonkeyPatch, national: Catalogue):
    monkeypatch.setattr(known, "catalogue", lambda: national)
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    client = signed_in(officer("county", "county_officer", "370502"))
    for address in ("/overview/", "/board/", "/overview/families/"):
        assert client.get(address).status_code == 200
    assert "没有数据" in client.get("/overview/").content.decode()
