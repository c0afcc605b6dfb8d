"""A new standard: everybody who rises is raised in one act from its first month, and nobody is cut by it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.accounts.permissions import NotAllowed
from jiuzhu.casework.cases.events import hear
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.decisions import freezing, queries, rejudging, rulebooks
from jiuzhu.casework.decisions.models import Batch, Decision
from jiuzhu.casework.decisions.raising import FALLS, RISES, SAME, preview, raise_all
from jiuzhu.casework.decisions.refusals import EnginesDiffer, MovedOn
from jiuzhu.casework.notices import letters
from jiuzhu.casework.notices.models import Notice
from jiuzhu.casework.payments import drawing, ledger
from jiuzhu.casework.payments.grants import amounts, terms_of
from jiuzhu.casework.payments.models import BudgetLine, Due
from jiuzhu.casework.roads.models import Taken
from jiuzhu.casework.trace.models import Event
from jiuzhu.engines.programmes.many import Brief, OneByOne, judged_many
from jiuzhu.rules.programmes.family import family_of
from tests.integration.decisions.test_frozen import SET, standard
from tests.support.deciding import AT, NUMBERS, Room
from tests.support.families import COUNTY

pytestmark = pytest.mark.django_db
WHERE = {"programme": "dibao", "division_code": COUNTY, "from_month": "2027-01"}
NOW = AT + timedelta(days=90)  # 31 January 2027


@pytest.fixture
def room(tmp_path: Path, settings: Any) -> Room:
    settings.PLACE_FOLDER = tmp_path / "place"
    (settings.PLACE_FOLDER / "parameters").mkdir(parents=True)
    standard(settings.PLACE_FOLDER, 770, "2026-01-01")
    return Room()


def test_a_new_standard_raises_all_who_rise_pays_the_difference_back_once_and_cuts_nobody(room: Room, settings: Any) -> None:
    plain = room.confirmed(numbers=SET)
    # The second brought its standard along with its facts, so it does not move; the third has savings the new limit does not allow.
    fixed = room.confirmed(numbers=NUMBERS, income=9000)
    limit = "dibao.asset.financial_per_capita_multiple"
    standard(settings.PLACE_FOLDER, 24, "2026-01-01", limit)
    without = {name: value for name, value in NUMBERS.items() if name != limit}
    falls = room.confirmed(numbers=without, income=9000)
    line = BudgetLine.objects.create(code="dibao-2027", division_code=COUNTY, programme="dibao", year=2027)
    ledger.appropriate(line, 1_000_000_00, about="budget 2027", at=AT)
    standard(settings.PLACE_FOLDER, 900, "2027-01-01")
    standard(settings.PLACE_FOLDER, 0, "2027-01-01", limit)
    told = preview(**WHERE, viewer=room.reviewer, at=NOW)
    assert {line.item.pk: line.becomes for line in told.lines} == {
        plain.item_id: RISES, fixed.item_id: SAME, falls.item_id: FALLS,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        raise_all(**WHERE, by=room.clerk, at=NOW)
    with pytest.raises(MovedOn):
        raise_all(**WHERE, by=room.reviewer, at=NOW, seen=(2, 1))
    batch = raise_all(**WHERE, by=room.reviewer, at=NOW, seen=(1, told.fen))
    # (900 x 12 x 3 - 18,000) x 3 / 36 = 1,200 instead of 810
    assert (batch.raised, batch.same, batch.left, batch.fen) == (1, 1, 1, 390_00)
    made = Decision.objects.get(batch=batch)
    assert (made.fen, made.from_month, made.item_id) == (1200_00, "2027-01", plain.item_id)
    assert freezing.is_same(made.proposal)
    owed = dict(terms_of())
    assert sorted(amounts(terms, "2027-02")["2027-01"] for terms in owed.values()) == sorted([1200_00, fixed.fen, falls.fen])
    assert Taken.objects.filter(step="raise").count() == Event.objects.filter(operation="dibao.raise").count() == 1
    assert list(Task.objects.filter(kind="review").values_list("case", flat=True)) == [falls.item.case_id]
    hear(at=NOW)
    hear(at=NOW)
    letter = Notice.objects.get(kind="N10", case=plain.item.case)
    text = letters.read(letter).text
    assert "从2027-01起由每月810元调整为1200元。理由和依据：城市低保月标准由770元调整为900元" in text.zh
    assert "from 810 to 1200 yuan" in text.en
    assert Notice.objects.filter(kind="N10").count() == 1
    again = preview(**WHERE, viewer=room.reviewer, at=NOW)
    assert [line.becomes for line in again.lines].count(RISES) == 0
    assert Batch.objects.count() == 1
    assert drawing.draw(division_code=COUNTY, programme="dibao", month="2027-02", by=room.reviewer, at=NOW).added
    dues = Due.objects.filter(grant__case=plain.item.case, month__in=("2026-12", "2027-01", "2027-02"))
    assert dict(dues.values_list("month", "fen")) == {"2026-12": 810_00, "2027-01": 1200_00, "2027-02": 1200_00}


def test_where_the_judge_of_one_family_comes_to_something_else_nobody_is_raised(
    room: Room, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.confirmed(numbers=SET)
    standard(settings.PLACE_FOLDER, 900, "2027-01-01")
    judged = rejudging.judged_many

    def wrong(*told: Any) -> list[list[Brief]]:
        return [[replace(one, would_be=Decimal("1201")) for one in some] for some in judged(*told)]

    monkeypatch.setattr(rejudging, "judged_many", wrong)
    with pytest.raises(EnginesDiffer, match="nothing was decided"):
        raise_all(**WHERE, by=room.reviewer, at=NOW)
    assert not Batch.objects.exists()


def test_a_text_that_columns_cannot_say_is_judged_family_by_family_and_raises_all_the_same(room: Room, settings: Any) -> None:
    plain = room.confirmed(numbers=SET)
    own = settings.PLACE_FOLDER / "places" / COUNTY / "programmes" / "dibao.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        'amends = "dibao"\nbasis = [{ law = "L05", article = "13", says = "of this place" }]\n[tests]\n'
        "income = { holds = \"income < standard * months * size and 'a' < 'b'\", "
        'title = { zh = "收入", en = "income" }, basis = [{ law = "L02", article = "18" }] }\n',
        encoding="utf-8",
    )
    standard(settings.PLACE_FOLDER, 900, "2027-01-01")
    catalogue = rulebooks.catalogue(rulebooks.in_force(at=NOW))
    facts = freezing.opened(plain.proposal).facts
    family = family_of({**facts, "on": "2027-01-01"}, catalogue.programmes)
    with pytest.raises(OneByOne):
        judged_many(catalogue, [family], ["dibao"])
    (line,) = preview(**WHERE, viewer=room.reviewer, at=NOW).lines
    assert (line.becomes, line.new) == (RISES, 1200_00)
    assert raise_all(**WHERE, by=room.reviewer, at=NOW).raised == 1


def test_a_raised_benefit_is_raised_again_and_read_and_computed_as_any_other(room: Room, settings: Any) -> None:
    room.confirmed(numbers=SET)
    for month, standard_then, fen in (("2027-01", 900, 1200_00), ("2027-02", 1000, 1500_00)):
        standard(settings.PLACE_FOLDER, standard_then, f"{month}-01")
        batch = raise_all(**{**WHERE, "from_month": month}, by=room.reviewer, at=NOW)
        made = Decision.objects.get(batch=batch)
        assert (made.fen, made.from_month) == (fen, month)
        assert freezing.is_same(made.proposal)
        told = queries.basis(made.proposal)
        assert told is not None
        assert told.answer["amount"] == str(fen // 100)
        assert all(test["says"]["zh"] for test in told.answer["tests"])
