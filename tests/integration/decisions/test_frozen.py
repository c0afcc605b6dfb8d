"""A decision can be computed again years later, byte by byte, and says what it stood on: rule, numbers, facts, sources, unknowns."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from jiuzhu.casework.decisions import actions, freezing, queries, rulebooks
from jiuzhu.casework.decisions.actions import Choice
from jiuzhu.casework.decisions.facts import DECLARATION, REPORT, VISIT, Told, gathered
from jiuzhu.casework.decisions.models import Proposal, Rulebook
from jiuzhu.casework.decisions.refusals import Blocked, MovedOn
from jiuzhu.casework.trace.own_keys import destroy
from jiuzhu.rules import judging
from jiuzhu.rules.tree import Title
from tests.support.deciding import AT, NUMBERS, Room

DAY = timedelta(days=1)
SET = {name: value for name, value in NUMBERS.items() if name != "dibao.urban_monthly"}


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """The place's own folder, whose numbers an office changes."""
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    return Path(settings.PLACE_FOLDER)


def standard(folder: Path, yuan: object, since: str, name: str = "dibao.urban_monthly") -> None:
    """The standard of the county, or another number of it, from that day on, beside those written before."""
    path = folder / "parameters" / "own.csv"
    rows = path.read_text() if path.exists() else "item,division,place,from,to,value,unit,source,confidence,set_by\n"
    path.write_text(f"{rows}{name},370502,here,{since},,{yuan},yuan,invented,high,county\n")


@pytest.mark.django_db
@pytest.mark.requirement("F6")
def test_a_decision_comes_out_again_byte_by_byte_after_rules_numbers_and_facts_changed(folder: Path) -> None:
    room = Room()
    standard(folder, 770, "2026-01-01")
    made = room.confirmed(numbers=SET)
    first = freezing.recomputed(made.proposal)
    assert made.fen == 810_00
    # A new standard, another text of the programme, other laws: whoever asks now is judged otherwise …
    standard(folder, 900, "2026-11-01")
    changed = folder.parent / "catalogue"
    changed.mkdir()
    national = Path(django_settings.CATALOGUE_FOLDERS[0])
    for part in ("application", "codes", "tables", "parameters", "programmes", "places"):
        shutil.copytree(national / part, changed / part)
    shutil.copy(national / "laws.toml", changed)
    text = (changed / "programmes" / "dibao.toml").read_text()
    (changed / "programmes" / "dibao.toml").write_text(text.replace("income < standard * months", "income <= standard * months"))
    rulebooks._read.cache_clear()
    other = judging.rulebook(changed, folder)
    now = freezing.freeze(freezing.opened(made.proposal).gathered(), "dibao", Rulebook.objects.get_or_create(
        version=other.version, defaults={"content": other.packed(), "kept_at": AT})[0])  # fmt: skip
    assert now.answer("dibao")["amount"] == "1200"
    # … and what was decided stays what it was.
    assert freezing.recomputed(made.proposal) == first == freezing.opened(made.proposal).assessment
    assert freezing.is_same(Proposal.objects.get(pk=made.proposal_id))


@pytest.mark.django_db
@pytest.mark.requirement("F5")
def test_what_a_decision_stands_on_is_told_with_rule_numbers_facts_sources_and_what_was_unknown() -> None:
    room = Room()
    proposal = room.proposed()
    told = queries.basis(proposal)
    savings = next(one for one in told.facts if one.path.endswith("financial_assets") and one.source == REPORT)
    assert (savings.value, savings.on, savings.others) == ("320.15", date(2026, 11, 2), {DECLARATION: Title("0 元", "0 yuan")})
    income = next(one for one in told.facts if one.path == "counted_income")
    assert (income.value, income.source, income.on) == ("18000", DECLARATION, date(2026, 10, 30))
    assert told.rulebook == proposal.rulebook.version
    assert {one["name"] for one in told.numbers} >= {"dibao.urban_monthly", "income.window_months"}
    assert all(test["says"]["zh"] and test["says"]["en"] for test in told.answer["tests"])
    assert [line["value"] for line in told.answer["lines"]][-1] == "810"
    assert {one["code"] for one in told.alternatives} >= {"tekun", "near_dibao", "rigid", "temporary_assistance"}


@pytest.mark.django_db
@pytest.mark.requirement("F5")
def test_what_nobody_stated_is_named_as_missing_and_never_taken_for_nought() -> None:
    room = Room()
    item = room.item()
    people = room.people(item.case)
    facts = room.facts(item, members=[{"name": one.key, "age": 40} for one in people])
    with pytest.raises(Blocked, match="financial_assets"):
        actions.propose(item=item, gathered=facts, by=room.clerk, at=AT)
    why = Choice(grants=True, fen=810_00, because="the bank answers late; her book was seen at home")
    told = queries.basis(actions.propose(item=item, gathered=facts, by=room.clerk, at=AT, choice=why))
    missing = [gap["name"] for gap in told.answer["missing"]]
    assert (told.answer["outcome"], told.answer["amount"]) == ("unknown", None)
    assert "financial_assets" in missing


@pytest.mark.django_db
def test_what_moved_since_the_notice_is_sent_back_or_confirmed_with_a_reason(folder: Path) -> None:
    room = Room()
    standard(folder, 770, "2026-01-01")
    item = room.reported(numbers=SET)
    standard(folder, 900, "2026-11-09")
    with pytest.raises(MovedOn):
        actions.confirm(item=item, by=room.reviewer, at=AT + 9 * DAY)
    made = actions.confirm(item=item, because="the new standard comes by the raise of all", by=room.reviewer, at=AT + 9 * DAY)
    assert (made.fen, made.changed) == (810_00, True)


@pytest.mark.django_db
def test_nothing_that_was_frozen_can_be_changed_and_an_erased_case_opens_no_more() -> None:
    made = Room().proposed()
    for change in ({"fen": 1}, {"content": b""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=made.pk).update(**change)
    assert b"financial" not in bytes(made.content)
    destroy(made.item.case.key)
    assert freezing.recomputed(made) is None


def test_of_three_sources_what_was_found_leads_and_nothing_that_was_said_is_lost() -> None:
    said = {"residence_kind": "urban", "members": [{"name": "A", "age": 40, "disabled": False}],
            "incomes": [{"member": "A", "kind": "wage", "amount": "12000"}, {"member": "A", "kind": "other", "amount": "300"}]}  # fmt: skip
    found = {"members": [{"name": "A", "disabled": True}], "incomes": [
        {"member": "A", "kind": "wage", "amount": "14400.00"}, {"member": "A", "kind": "pension", "amount": "1200"}]}  # fmt: skip
    seen = {"members": [{"name": "A", "disabled": False, "health": "bad"}]}
    told = [
        Told(DECLARATION, date(2026, 10, 1), said),
        Told(REPORT, date(2026, 11, 1), found),
        Told(VISIT, date(2026, 10, 9), seen),
    ]
    made = gathered(told)
    member = made.facts["members"][0]
    assert (member["disabled"], member["age"], member["health"]) == (True, 40, "bad")
    assert made.others["members/A/disabled"] == {VISIT: False, DECLARATION: False}
    wage, pension, other = made.facts["incomes"]
    assert (wage["amount"], wage["found"]) == ("12000", "14400.00")
    assert made.sources["incomes/1/found"] == {"source": REPORT, "on": "2026-11-01"}
    assert made.sources["incomes/1/amount"] == {"source": DECLARATION, "on": "2026-10-01"}
    assert (pension["source"], other["source"]) == (REPORT, DECLARATION)
    believed = gathered(told, chosen={"members/A/disabled": VISIT})
    assert believed.facts["members"][0]["disabled"] is False
    assert believed.others["members/A/disabled"] == {REPORT: True}
