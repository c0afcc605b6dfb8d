"""Data room and indicator studio by role: who reaches them, what they show, and what the wrong officer gets: nothing."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.calibration.models import Proposal, Shadow
from jiuzhu.casework.stewardship.models import ReturnedRows, Verdict
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.reasons import REASONS
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.explain import explain
from tests.integration.desk.conftest import AT, signed_in
from tests.support import aid
from tests.support.county import AS_OF, NOW, County
from tests.support.officers import account, give, officer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]
HERE, CODE, NAME = "370502", "S01-E01", "annual_self_pay_limit"
TRY = f"/indicators/{CODE}/try/?name={NAME}&value="


@pytest.fixture(scope="module")
def prepared(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county with an odd delivery that is held, and a second screening a day later."""
    folder = tmp_path_factory.mktemp("studio")
    shutil.copytree(county.workspace, folder / "w")
    aid.delivered(folder / "files", folder / "w", county.catalogue)
    public.run(folder / "w", as_of=AS_OF + timedelta(days=1), now=NOW + timedelta(days=1), catalogue=county.catalogue)
    return folder / "w"


@pytest.fixture
def workspace(prepared: Path, tmp_path: Path, settings: Any) -> Path:
    """Read by most tests; those that write take a copy."""
    settings.WORKSPACE, settings.PLACE_FOLDER, settings.CATALOGUE_FOLDERS = prepared, tmp_path / "place", [public.NATIONAL]
    return prepared


@pytest.fixture
def own_workspace(workspace: Path, tmp_path: Path, settings: Any) -> Path:
    shutil.copytree(workspace, tmp_path / "w")
    settings.WORKSPACE = tmp_path / "w"
    return tmp_path / "w"


def of_role(role: str, division: str = HERE) -> Client:
    return signed_in(officer(f"{role}-{division}", role, division))


class Said(str):
    """What a page says, without blanks: `in` leaves them out of the part that is looked for, too."""

    def __contains__(self, part: object) -> bool:
        return super().__contains__(re.sub(r"\s", "", str(part)))


def text(answer: Any) -> Said:
    """What the page says, tags left out."""
    return Said(re.sub(r"\s", "", html.unescape(re.sub(r"<[^>]+>", "", answer.content.decode()))))


def held_delivery(workspace: Path, national: Catalogue) -> str:
    (one,) = [one for one in public.held(workspace, as_of=AS_OF, catalogue=national) if not one.sent_back]
    return one.delivery


OPEN = {
    "/data/deliveries/": {"data_steward", "auditor"},
    "/data/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    "/data/quarantine/": {"data_steward", "department_officer"},
    "/data/datasets/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    "/data/datasets/medins_settlement/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    "/data/screenings/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    "/indicators/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    f"/indicators/{CODE}/": {"township_officer", "county_officer", "policy_officer", "data_steward", "auditor"},
    TRY + "4000": {"county_officer", "policy_officer"},
    "/indicators/proposals/": {"county_officer", "policy_officer", "auditor"},
}
PLACES = {"township_officer": "370502001", "policy_officer": "370500"}


@pytest.mark.parametrize(
    "role",
    ["township_officer", "county_officer", "policy_officer", "data_steward", "auditor", "department_officer", "grid_worker"],
)
def test_each_page_opens_to_its_roles_and_is_not_there_for_others(role: str, workspace: Path):
    client = of_role(role, PLACES.get(role, "370502001" if role == "grid_worker" else HERE))
    assert {address: client.get(address).status_code for address in OPEN} == {
        address: 200 if role in roles else 404 for address, roles in OPEN.items()
    }


@pytest.mark.parametrize("english", [False, True])
def test_every_page_stands_in_both_languages(english: bool, workspace: Path):
    for role in ("data_steward", "policy_officer"):
        client = of_role(role, PLACES.get(role, HERE))
        for address in (one for one, roles in OPEN.items() if role in roles):
            page = client.get(address + ("&" if "?" in address else "?") + ("lang=en" if english else "lang=zh"))
            assert f'lang="{"en" if english else "zh-CN"}"' in page.content.decode()


def test_a_held_delivery_stands_first_with_its_effect_and_reasons(workspace: Path):
    page = of_role("data_steward").get("/data/deliveries/")
    told = text(page)
    assert page.content.index(b'class="pnl hold') < page.content.index(b'class="pnl sum')
    assert "工会帮扶发放 2026-10： 60 行" in told
    assert "金额为零太多" in told
    assert "83.3%" in told
    assert f"只收可信的 {aid.ROWS - aid.ZEROS} 行" in told
    assert "某某" not in told
    assert "370502196301010001" not in told


def both(refused: Any, now: str, yours: str) -> None:
    """Somebody else was first: a page with what stands and what was sent, side by side."""
    told = text(refused)
    assert refused.status_code == 409
    assert "您提交的" in told
    assert now in told
    assert yours in told


@pytest.mark.requirement("G2")
def test_a_verdict_on_the_desk_takes_a_reason_and_a_release_two_persons(own_workspace: Path, national: Catalogue):
    first, second = officer("first", "data_steward", HERE), officer("second", "data_steward", HERE)
    delivery = held_delivery(own_workspace, national)
    address = f"/data/deliveries/{delivery}/verdict/"
    assert signed_in(first).post(address, {"word": "release", "because": " "}).status_code == 409
    assert not Verdict.objects.exists()
    assert signed_in(first).post(address, {"word": "release", "because": "asked them", "seen": "0"}).status_code == 302
    waiting = Verdict.objects.get()
    sign = f"/data/verdicts/{waiting.pk}/sign/"
    again = account("first at home", person=first.person)
    give(again, "data_steward", HERE)
    for one in (first, again):
        refused = signed_in(one).post(sign, {"because": "me again"})
        assert refused.status_code == 409
        assert "同一人" in text(refused)
    assert held_delivery(own_workspace, national) == delivery
    unseen = {"word": "send_back", "because": "columns slipped", "seen": "0"}
    both(signed_in(second).post(address, unseen), "asked them", "columns slipped")
    assert signed_in(second).post(sign, {"because": "asked them too"}).status_code == 302
    assert not public.held(own_workspace, as_of=AS_OF, catalogue=national)
    assert "没有被扣住的报送" in text(signed_in(second).get("/data/deliveries/"))


@pytest.mark.parametrize("role", ["county_officer", "auditor", "township_officer"])
def test_who_may_not_decide_gets_what_is_not_there(role: str, own_workspace: Path, national: Catalogue):
    client = of_role(role, PLACES.get(role, HERE))
    delivery = held_delivery(own_workspace, national)
    assert client.post(f"/data/deliveries/{delivery}/verdict/", {"word": "send_back", "because": "x"}).status_code == 404
    assert b"delivery-decide" not in client.get("/data/deliveries/").content
    assert of_role("data_steward", "370503").post(
        f"/data/deliveries/{delivery}/verdict/", {"word": "send_back", "because": "x"}
    ).status_code == 404  # fmt: skip
    assert not Verdict.objects.exists()


@pytest.mark.requirement("G2")
def test_rows_in_quarantine_go_back_and_are_answered_by_their_department(own_workspace: Path):
    steward = of_role("data_steward")
    page = steward.get("/data/quarantine/")
    assert "不是数字 · 帮扶金额" in text(page)
    (address,) = re.findall(r'action="(/data/quarantine/[^"]+/return/)"', page.content.decode())
    assert steward.post(address, {"because": "write digits"}).status_code == 302
    colleague = signed_in(officer("colleague", "data_steward", HERE))
    both(colleague.post(address, {"because": "leave it empty"}), "write digits", "leave it empty")
    union, medical = account("union"), account("medical")
    for who, department in ((union, "总工会"), (medical, "医疗保障")):
        give(who, "department_officer", HERE)
        office = who.assignments.get().office
        if department == "总工会":
            office.department = department
            office.save()
    rows = ReturnedRows.objects.get()
    assert "帮扶金额" not in text(signed_in(medical).get("/data/quarantine/"))
    assert signed_in(medical).post(f"/data/returned/{rows.pk}/answer/", {"word": "corrected", "words": "x"}).status_code == 404
    assert "write digits" in text(signed_in(union).get("/data/quarantine/"))
    assert (
        signed_in(union).post(f"/data/returned/{rows.pk}/answer/", {"word": "corrected", "words": "sent anew"}).status_code == 302
    )
    assert "sent anew" in text(steward.get("/data/quarantine/"))
    late = signed_in(union).post(f"/data/returned/{rows.pk}/answer/", {"word": "right_as_it_was", "words": "all is well"})
    both(late, "sent anew", "all is well")


def test_every_reason_of_a_rejected_row_has_words():
    assert REASONS.keys() == public.REASONS.keys()


@pytest.mark.feature("SF204")
def test_the_room_counts_what_came_and_says_when_each_department_is_due(workspace: Path, national: Catalogue):
    told = text(of_role("data_steward").get("/data/deliveries/?state=all"))
    counter = public.counter(workspace, as_of=known.day(AT), catalogue=national)
    for word, (number, whole) in (("来源部门", counter.bodies), ("数据类", counter.datasets), ("数据项", counter.items)):
        assert f"{word} {number} / {whole}" in told
    assert counter.bodies[0] > 40
    for body in national.bodies.values():
        assert body.title.zh in told


@pytest.mark.feature("SF012")
def test_a_dataset_names_owner_purpose_basis_retention_consumers_access_and_use(own_workspace: Path, national: Catalogue):
    steward = of_role("data_steward")
    dataset = national.datasets["union_assistance"]
    page = "/data/datasets/union_assistance/"
    assert "还没有人对它做过什么" in text(steward.get(page))
    steward.post(
        f"/data/deliveries/{held_delivery(own_workspace, national)}/verdict/",
        {"word": "send_back", "because": "slipped", "seen": "0"},
    )
    told = text(steward.get(page))
    assert dataset.department in told
    assert dataset.owner in told
    assert dataset.purpose.zh in told
    assert national.laws[dataset.legal_basis].title in told
    assert dataset.keep.replace("months", "个月").replace("years", "年") in told
    readers = [one for one in national.indicators.values() if "union_assistance" in national.datasets_read(one)]
    assert readers
    assert all(one.title.zh in told for one in readers)
    assert "放行或退回报送 数据管理、本机操作" in told
    assert "放行或退回报送 数据管理 1 2026-11-21" in told


def test_all_indicators_stand_under_their_scenarios_with_kind_grades_and_counts(workspace: Path, national: Catalogue):
    page = of_role("county_officer").get("/indicators/")
    told = text(page)
    assert all(f'href="/indicators/{code}/"' in page.content.decode() for code in national.indicators)
    assert len(national.indicators) == 291
    found = len([row for row in public.warnings(workspace, by="test", at=NOW) if row["indicator_id"] == CODE])
    title = national.indicators[CODE].title.zh
    line = told[told.index(f"{title}{CODE}") :]
    assert re.match(rf"{title}{CODE}进入·预警(红\d+)(橙\d+)(黄\d+)(蓝\d+){found}0", line)
    few = text(of_role("auditor").get("/indicators/?q=S01-E01"))
    assert "1 / 291" in few


def test_one_indicator_tells_its_rule_numbers_data_and_examples(workspace: Path, national: Catalogue):
    one = national.indicators[CODE]
    told = text(of_role("county_officer").get(f"/indicators/{CODE}/"))
    assert explain(one, national, "zh", division=HERE) in told
    assert explain(one, national, "en", division=HERE) in told
    row = national.parameters.value(CODE, NAME, HERE, AS_OF)
    assert row is not None
    for part in (NAME, str(row.value), row.since.isoformat(), national.source(row.source, "zh"), "医疗费用结算", "历次发布"):
        assert part in told


@pytest.mark.parametrize("part", [True, False])
def test_a_try_on_the_desk_says_what_the_registry_says(part: bool, workspace: Path):
    headers = {"HX-Request": "true", "HX-Target": "tried"} if part else {}
    page = of_role("county_officer").get(TRY + "100", headers=headers)
    told = public.what_if(workspace, public.OtherNumber(CODE, NAME, Decimal(100), HERE))
    said = text(page)
    assert told.tried > told.live
    assert f"多 {told.tried - told.live} 件" in said
    assert f"线上 {told.live}，试算 {told.tried}" in said
    assert f"新增 {len(told.added)}，不再有 {len(told.lost)}" in said
    assert (b"<html" in page.content) != part
    assert "年龄 · " in said
    assert "性别 · " in said
    assert "户口 · " in said


@pytest.mark.parametrize("value", ["x", "-5", "1e400"])
def test_what_cannot_be_tried_is_said_and_the_page_stays(value: str, workspace: Path):
    page = of_role("county_officer").get(TRY + value)
    assert page.status_code == 200


@pytest.mark.requirement("F2", "G2")
def test_a_number_takes_two_persons_on_the_desk(own_workspace: Path, settings: Any):
    author, other = officer("author", "county_officer", HERE), officer("other", "policy_officer", "370500")
    give(author, "policy_officer", "370500")
    at_home = account("author at home", person=author.person)
    give(at_home, "policy_officer", "370500")
    sent = {"name": NAME, "value": "4000", "because": "bills rose"}
    assert signed_in(author).post(f"/indicators/{CODE}/propose/", sent | {"because": ""}).status_code == 409
    assert signed_in(author).post(f"/indicators/{CODE}/propose/", sent).status_code == 302
    number = Proposal.objects.get().number
    decide = f"/indicators/proposals/{number}/decide/"
    release = {"word": "release", "because": "agreed", "holds_from": "2026-12-10"}
    for one in (author, at_home):
        refused = signed_in(one).post(decide, release)
        assert refused.status_code == 409
        assert "同一人" in text(refused)
    assert not (settings.PLACE_FOLDER / "parameters").exists()
    assert of_role("county_officer").post(decide, release).status_code == 404
    assert signed_in(other).post(decide, release).status_code == 302
    late = officer("late", "policy_officer", "370500")
    both(signed_in(late).post(decide, {"word": "decline", "because": "too dear"}), "agreed", "too dear")
    page = text(signed_in(other).get("/indicators/proposals/"))
    assert "自 2026-12-10 起生效，已写成一行：place/parameters/indicators.csv" in page
    assert "2026-12-10" in (settings.PLACE_FOLDER / "parameters" / "indicators.csv").read_text(encoding="utf-8")


def test_a_shadow_run_begins_and_ends_on_the_desk(own_workspace: Path):
    client = of_role("county_officer")
    assert client.post(f"/indicators/{CODE}/shadow/", {"name": NAME, "value": "3000"}).status_code == 302
    shadow = Shadow.objects.get()
    assert (shadow.value, shadow.until) == ("3000", known.day(AT) + timedelta(days=30))
    assert f"{NAME} = 3000" in text(client.get(f"/indicators/{CODE}/"))
    assert of_role("auditor").post(f"/indicators/{CODE}/shadow/{shadow.pk}/end/").status_code == 404
    assert client.post(f"/indicators/{CODE}/shadow/{shadow.pk}/end/").status_code == 302
    assert client.post(f"/indicators/{CODE}/shadow/999/end/").status_code == 404


@pytest.mark.feature("SF192")
def test_the_monthly_screening_is_told_with_what_it_changed(workspace: Path):
    """The oracle counts warnings of both releases by their numbers."""
    (later, on), (earlier, before) = public.screenings(workspace)
    assert (on, before) == (date(2026, 11, 21), AS_OF)
    was, now = (
        {row["warning_id"]: row["grade"] for row in public.warnings(workspace, release=name, by="test", at=NOW)}
        for name in (earlier, later)
    )
    grades = ["blue", "yellow", "orange", "red"]
    both = was.keys() & now.keys()
    raised = sum(grades.index(now[one]) > grades.index(was[one]) for one in both)
    sums = [len(was), len(now), len(now.keys() - was.keys()), len(was.keys() - now.keys()), raised]
    told = public.difference(workspace, earlier, later, division=HERE)
    mine = [sum(getattr(one, name) for one in told) for name in ("before", "after", "new", "gone", "raised")]
    assert mine == sums
    assert sums[2] + sums[3] > 0
    page = text(of_role("county_officer").get("/data/screenings/"))
    assert "合计 " + " ".join(f"{number:,}" for number in sums) in page
    assert "已排查" in page
    township = text(of_role("township_officer", "370502001").get("/data/screenings/"))
    here = [one for one in told if one.township == "370502001"]
    assert f"合计 {sum(one.before for one in here):,} {sum(one.after for one in here):,}" in township


def test_the_desk_goes_with_the_calendar_unless_the_county_is_invented(own_workspace: Path, now: Callable[[datetime], None]):
    assert known.day(AT) == AS_OF + timedelta(days=1)
    (own_workspace / "invented").unlink()
    assert known.day(AT + timedelta(days=30)) == date(2026, 12, 21)


def test_before_the_first_release_the_pages_say_so(tmp_path: Path, settings: Any):
    settings.WORKSPACE, settings.PLACE_FOLDER = tmp_path / "empty", tmp_path / "place"
    steward: Officer = officer("steward", "data_steward", HERE)
    for address, words in (
        ("/data/deliveries/", "没有被扣住的报送"),
        ("/data/quarantine/", "没有被隔离的行"),
        ("/data/screenings/", "还没有两次排查可比"),
        ("/indicators/", "291 / 291"),
        (f"/indicators/{CODE}/", "还没有发布"),
    ):
        page = signed_in(steward).get(address)
        assert page.status_code == 200
        assert words in text(page)
    assert "没有提议" in text(of_role("policy_officer", "370500").get("/indicators/proposals/"))
