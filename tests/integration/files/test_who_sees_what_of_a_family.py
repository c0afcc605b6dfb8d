"""Rights of data at the grass roots: rows by division, fields by role, on the pages of a real county; and the page that says so."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client, override_settings

from jiuzhu.casework.accounts import reach
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Scope, allowed, table
from jiuzhu.casework.trace.models import Event
from jiuzhu.registry import public
from tests.integration.desk.conftest import signed_in
from tests.support.casework import AT, case, task, warning
from tests.support.county import NOW, County
from tests.support.officers import account, give, officer

pytestmark = pytest.mark.django_db
WHY = {"because": "窗口咨询临时救助"}
LEVELS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    return html.unescape(answer.content.decode()) if answer.status_code == 200 else f"status {answer.status_code}"


@pytest.mark.feature("SF218")
@pytest.mark.requirement("A3", "A4")
def test_rows_follow_the_division_and_fields_the_role_from_the_list_to_the_file(county: County):
    rows = [one for one in county.warnings if one["kind"] == "warning" and one["household_id"] and one["side"] == "entry"]
    keys = public.family_keys(county.workspace, [one["household_id"] for one in rows])
    by_township: dict[str, list[dict[str, str]]] = {}
    for one in rows:
        if one["household_id"] in keys:
            by_township.setdefault(keys[one["household_id"]][:9], []).append(one)
    here, there = sorted(by_township, key=lambda code: -len(by_township[code]))[:2]
    told: dict[str, Any] = {"by": "test", "purpose": "test", "at": NOW}
    family = {code: by_township[code][0]["household_id"] for code in (here, there)}
    cases = {}
    for code in (here, there):
        one = by_township[code][0]
        village = keys[family[code]].partition("-")[0]
        cases[code] = case(household_key=family[code], division_code=village)
        opened = task(cases[code])
        warning(
            one["warning_id"], indicator_id=one["indicator_id"], scenario_id=one["indicator_id"][:3], household_id=family[code],
            division_code=village, level=LEVELS[one["grade"]], subject_kind=one["subject_kind"], case=cases[code], handling="released",
            released_at=AT, released_by="test", task=opened,
        )  # fmt: skip
    people = public.household(county.workspace, family[here], **told).people
    known = public.identities(county.workspace, people, full=True, **told)
    numbers = [one.number for one in known.values() if one.number]
    grid = officer("grid", "grid_worker", keys[family[here]].partition("-")[0])
    task(cases[here], kind="second_visit", owner=grid, given_by="test", given_at=AT)
    with override_settings(WORKSPACE=county.workspace):
        clients = {
            "township": signed_in(officer("township", "township_officer", here)),
            "county": signed_in(officer("county", "county_officer", "370502")),
            "grid": signed_in(grid),
            "steward": signed_in(officer("steward", "data_steward", "370502")),
            "system": signed_in(officer("system", "system_administrator", "370502")),
        }
        for client in clients.values():
            for code in (here, there):
                client.post(f"/households/{keys[family[code]]}/", WHY)
        # Rows: what lies in another township is not there, for lists and for addresses typed by hand.
        for address in ("/warnings/?tab=working", "/cases/", "/tasks/"):
            for code, marks in ((there, (cases[there].key, by_township[there][0]["warning_id"])),):
                assert not any(mark in page(clients["township"], address) for mark in marks), (address, code)
        assert cases[here].key in page(clients["township"], "/cases/")
        assert {
            cases[here].key in page(clients["county"], "/cases/"),
            cases[there].key in page(clients["county"], "/cases/"),
        } == {True}
        opens = {
            (who, code): clients[who].get(f"/households/{keys[family[code]]}/").status_code
            for who in clients
            for code in (here, there)
        }
        assert opens == {
            ("township", here): 200, ("township", there): 404, ("county", here): 200, ("county", there): 200, ("grid", here): 200,
            ("grid", there): 404, ("steward", here): 404, ("steward", there): 404, ("system", here): 404, ("system", there): 404,
        }  # fmt: skip
        # Fields: whole numbers for nobody, sensitive items for those who decide, names for those who go there.
        file = {who: page(clients[who], f"/households/{keys[family[here]]}/?group=all") for who in ("township", "county", "grid")}
        for text in file.values():
            assert all(one.name in text for one in known.values())
            assert not any(number in text for number in numbers)
        sensitive = [item.title.zh for item in _items(county) if _level(county, item) == "sensitive"]
        assert len(sensitive) > 10
        hidden = {who: _hidden(text) for who, text in file.items()}
        assert (hidden["township"], hidden["county"]) == (set(), set())
        assert set(sensitive) <= hidden["grid"]
        assert "看完整号" in file["township"]
        assert "看完整号" not in file["grid"]
        refused = clients["grid"].post(f"/households/{keys[family[here]]}/number/0/", {"because": "核对银行账号"})
        assert refused.status_code == 404
        looked = Event.objects.filter(operation="family.open", outcome="done").values_list("who", flat=True).distinct()
        assert set(looked) == {"township", "county", "grid"}


def _items(county: County) -> list[Any]:
    return [item for item in public.catalogue_of(county.workspace).family_file.items.values() if item.column]


def _level(county: County, item: Any) -> str:
    return public.catalogue_of(county.workspace).columns(item.dataset)[item.column].level


def _hidden(text: str) -> set[str]:
    """Items whose line says that the role does not see it."""
    lines = re.findall(r"<tr><td>([^<]+)</td><td class=\"ink2\">.*?</tr>", text, re.S)
    shut = re.findall(r"<tr><td>([^<]+)</td><td class=\"ink2\">(?:(?!</tr>).)*按角色不显示", text, re.S)
    assert len(lines) > 100
    return set(shut)


@pytest.mark.parametrize("role", [role for role, one in table().roles.items() if one.tiers])
def test_the_page_of_what_one_may_see_says_what_is_granted_and_no_more(role: str):
    who = officer("x", role, "370502")
    told = reach.reach(who, at=AT)
    here = {"own": "370502", "child": "370502001011", "sibling": "370503", "elsewhere": "110101", "parent": "370500"}
    for operation in reach.LOOKS:
        lines = [one for one in told if one.operation == operation]
        for relation, code in here.items():
            grants = [
                allowed(who, operation, on=Scope(code, state), at=AT) for state in table().operations[operation].states or ("",)
            ]
            said = {one.level for one in lines if relation in one.where or (relation == "own" and "child" in one.where)}
            assert {one.level for one in grants if one is not None} <= said
            assert bool(said) == any(grants)
        mine = allowed(who, operation, on=Scope("110101001001", "open", assigned=True), at=AT)
        assert any("assigned" in one.where for one in lines) == (mine is not None and mine.relation == "assigned")


def test_the_page_says_it_in_words_and_what_was_handed_down_by_whom(national: object):
    who: Officer = officer("zhou", "township_officer", "370502001")
    body = signed_in(who).get("/account/").content.decode()
    part = body[body.index('id="reach"') :]
    assert "打开家庭档案" in part
    assert "本辖区及以下、有任务交给我的" in part
    assert "证件号只显示首尾" in part
    english = signed_in(who).get("/account/?lang=en", follow=True).content.decode()
    assert "own division and all below" in english
    nobody = account("nobody")
    assert "现在没有可查看的数据" in signed_in(nobody).get("/account/").content.decode()
    give(nobody, "grid_worker", "370502001011")
    part = signed_in(nobody).get("/account/").content.decode()
    assert "病情、财产等敏感项不显示" in part
