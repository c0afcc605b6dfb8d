"""What a line of a family's file says: a value with its source and age, or one of six silences, none of which is zero."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from jiuzhu.casework.files.told import groups_told, lacks
from tests.integration.files.conftest import AS_OF, GRANT, Make, item, row

PAID = item("paid", "medins_settlement", "self_pay_amount", "sum")
DEPOSIT = item("deposit", "bank_deposit", "balance")
SIGNED = {"sign_date": "2026-01-01", "valid_to": "2026-12-31", "revoked": "false"}


def states(family, grant=GRANT) -> list[tuple[int | None, str, str]]:
    return [(line.member, line.state, line.value.zh) for line in groups_told(family, grant)[0].lines]


@pytest.mark.feature("SF212")
def test_every_kind_of_silence_is_told_apart_and_none_of_them_is_zero(family: Make):
    illness = item("illness", "health_serious_illness", "disease_name")
    assert states(family(illness, silent={"health_serious_illness": "none"})) == [(None, "none", "")]
    assert states(family(illness, silent={"health_serious_illness": "old"})) == [(None, "late", "")]
    assert states(family(illness, silent={"health_serious_illness": "missing"})) == [(None, "missing", "")]
    assert states(family(DEPOSIT)) == [(None, "refused", "")]
    empty = row("civil_lowincome_member", self_care="")
    assert states(family(item("care", "civil_lowincome_member", "self_care"), rows=[empty])) == [(0, "empty", "")]
    below = replace(GRANT, level="personal")
    assert states(family(illness, rows=[row("health_serious_illness", disease_name="x")]), below) == [(None, "hidden", "")]
    zero = row("medins_settlement", settlement_date="2026-10-01", self_pay_amount="0.00")
    assert states(family(PAID, rows=[zero])) == [(0, "known", "0.00")]


def test_what_banks_hold_is_told_of_those_alone_who_have_a_live_authorisation(family: Make):
    rows = [
        row("bank_deposit", 0, balance="10.00", balance_date="2026-11-01"),
        row("bank_deposit", 1, balance="99.00", balance_date="2026-11-01"),
        row("civil_verification_authorisation", 0, **SIGNED),
    ]
    assert states(family(DEPOSIT, rows=rows)) == [(0, "known", "10.00"), (1, "refused", "")]
    for ended in ({"valid_to": "2026-11-19"}, {"sign_date": "2026-11-21"}, {"revoked": "true"}, {"revoked": ""}):
        told = states(family(DEPOSIT, rows=[*rows[:2], row("civil_verification_authorisation", 0, **SIGNED | ended)]))
        assert told == [(None, "refused", "")]


def test_each_line_names_its_source_its_day_and_its_age_and_marks_what_is_old_or_late(family: Make):
    grade = item("grade", "edu_student_enrollment", "grade")
    old = row("edu_student_enrollment", grade="3", enroll_date="2025-09-01", sent=AS_OF - timedelta(days=366))
    (line,) = groups_told(family(grade, rows=[old]), GRANT)[0].lines
    assert (line.source, line.sent, line.age, line.old, line.late) == ("医保", date(2025, 11, 19), 366, True, False)
    fresh = row("edu_student_enrollment", grade="3", enroll_date="2025-09-01", sent=AS_OF - timedelta(days=365))
    (line,) = groups_told(family(grade, rows=[fresh], late=frozenset({"edu_student_enrollment"})), GRANT)[0].lines
    assert (line.old, line.late) == (False, True)


def test_what_keeps_a_file_from_being_complete_is_told_by_whose_it_is_and_why_and_adds_up(family: Make):
    illness, drug = (item(name, "health_serious_illness", "disease_name") for name in ("illness", "drug"))
    school, grade = item("school", "edu_student_enrollment", "school_name"), item("grade", "edu_student_enrollment", "grade")
    rows = [
        row("edu_student_enrollment", 0, school_name="一中", grade=""),
        row("edu_student_enrollment", 1, school_name="", grade=""),
        row("medins_settlement", settlement_date="2026-10-01", self_pay_amount="0.00"),
    ]
    groups = groups_told(
        family(illness, drug, school, grade, DEPOSIT, PAID, rows=rows, silent={"health_serious_illness": "missing"}), GRANT
    )
    told = [(one.dataset.zh, one.state, one.items) for one in lacks(groups)]
    assert len({dataset for dataset, _, _ in told}) == 3
    assert [(state, items) for _, state, items in told] == [("empty", 2), ("missing", 2), ("refused", 1)]
    assert sum(one.items for one in lacks(groups)) == sum(len(group.missing) for group in groups) == 5
    assert lacks(groups_told(family(PAID, rows=rows), GRANT)) == ()


def test_the_newest_row_by_its_own_day_speaks(family: Make):
    kind = item("kind", "medins_settlement", "visit_type")
    rows = [
        row("medins_settlement", settlement_date="2026-10-02", visit_type="1", number="1"),
        row("medins_settlement", settlement_date="2026-11-02", visit_type="2", number="2"),
        row("medins_settlement", settlement_date="2026-09-02", visit_type="3", number="3"),
    ]
    assert states(family(kind, rows=rows)) == [(0, "known", "普通门诊")]


def test_sums_and_counts_of_twelve_months_equal_those_worked_out_by_hand(family: Make):
    chance = random.Random(5)
    rows, paid, times = [], 0, 0
    for number in range(300):
        day = AS_OF - timedelta(days=chance.randrange(800))
        fen = chance.randrange(100_000)
        rows.append(
            row("medins_settlement", number=str(number), settlement_date=str(day), self_pay_amount=f"{fen // 100}.{fen % 100:02}")
        )
        if day > date(2025, 11, 20):
            paid, times = paid + fen, times + 1
    counted = item("times", "medins_settlement", "", "count")
    told = states(family(PAID, counted, rows=rows))
    assert told == [(0, "known", f"{paid // 100}.{paid % 100:02}"), (0, "known", str(times))]


@pytest.mark.feature("SF212")
def test_completeness_counts_no_record_as_an_answer_and_names_what_is_missing(family: Make):
    illness = item("a", "health_serious_illness", "disease_name")
    items = [illness, *(item(code, "edu_student_enrollment", "grade") for code in "bc")]
    silent = {"health_serious_illness": "none", "edu_student_enrollment": "old"}
    told = groups_told(family(*items, silent=silent), GRANT)[0]
    assert (told.answered, told.percent, [one.code for one in told.missing]) == (1, 33, ["b", "c"])
