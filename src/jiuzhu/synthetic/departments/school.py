"""Education: who goes to which school, what it costs, who is helped."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic.people import STUDENT
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Numbers, between, choice
from jiuzhu.synthetic.town import Town, each_month, makes, some

SCHOOLS = [
    "东营市实验幼儿园",
    "东营区第一小学",
    "东营区实验中学",
    "东营市第一中学",
    "东营市中等专业学校",
    "东营职业学院",
    "中国石油大学（华东）",
]
# Months in which aid is paid: never more than half a year apart.
AID_MONTHS = (4, 10)


def school_year(town: Town) -> int:
    """The year in which the school year began."""
    return town.span.as_of.year - (town.span.as_of.month < 9)


def pupils(town: Town) -> tuple[Numbers, Numbers]:
    """Who is at school, and the stage: 1 before school to 7 college."""
    block = town.block
    begun = days_of_months(np.array([school_year(town) * 12 + 7]), 31)[0]
    age = np.floor((begun - block.birth) / 365.2425).astype(np.int64)
    stage = np.select(
        [age < 3, age < 6, age < 12, age < 15, age < 18, block.job == STUDENT],
        [0, 1, 2, 3, np.where(block.number_of % 3 == 0, 5, 4), np.where(block.number_of % 2 == 0, 6, 7)],
        0,
    )
    stage = np.where((age >= 18) & (block.job != STUDENT), 0, stage)
    person = np.flatnonzero((stage > 0) & block.alive)
    return person, stage[person]


@makes("edu_student_enrollment")
def enrolment(town: Town) -> Rows:
    block = town.block
    person, stage = pupils(town)
    years = np.array([0, 3, 6, 3, 3, 3, 3, 4])[stage]
    grade = block.number_of[person] % years + 1
    begun = days_of_months((school_year(town) - grade + 1) * 12 + 8)
    guardians = {"guardian1_id_no": block.father[person], "guardian2_id_no": block.mother[person]}
    return Rows(
        person,
        np.maximum(begun, town.span.first),
        {
            "school_name": Texts(SCHOOLS, stage - 1),
            "school_type": np.where(block.number_of[person] % 19 == 0, 2, 1),
            "stage": stage,
            "grade": grade,
            "enroll_date": begun,
            **{name: Maybe(block.ids.take(pa.array(other.clip(0))), other >= 0) for name, other in guardians.items()},
            "enroll_status": 1,
        },
    )


@makes("edu_tuition")
def tuition(town: Town) -> Rows:
    """Fees of those beyond compulsory school, this school year and the last."""
    r = town.r("edu_tuition")
    person, stage = pupils(town)
    paying = np.isin(stage, (1, 4, 6, 7))
    person, stage = person[paying], stage[paying]
    at, year = each_month(np.arange(len(person)), np.array([school_year(town) - 1, school_year(town)]))
    who, kind = person[at], stage[at]
    fee = np.select([kind == 1, kind == 4], [320_000, 160_000], 500_000) + between(r, -200, 600, len(who)) * 100
    poor = town.low[who]
    aid = np.where(poor, fee * 9 // 10, 0)
    return Rows(
        who,
        np.minimum(days_of_months(year * 12 + 8, 20), town.span.last),
        {
            "academic_year": year,
            "tuition_amount": fee,
            "boarding_amount": np.where(kind > 3, 80_000, 0),
            "textbook_amount": 0,
            "aid_deducted_amount": aid,
            "self_pay_amount": fee - aid,
        },
    )


@makes("edu_student_aid")
def aid(town: Town) -> Rows:
    """Every pupil of a family in the base, in April and in October."""
    block = town.block
    person, stage = pupils(town)
    poor = town.low[person]
    person, stage = person[poor], stage[poor]
    year = town.span.as_of.year
    months = np.array([y * 12 + m - 1 for y in range(year - 2, year + 1) for m in AID_MONTHS])
    at, month = each_month(np.arange(len(person)), months)
    who = person[at]
    day = days_of_months(month, 12) + block.number_of[who] % 9
    item = np.array([9, 1, 2, 2, 3, 4, 5, 5])[stage[at]]
    started = month // 12 - (month % 12 < 8)
    return Rows(who, day, {"aid_item": item, "academic_year": started, "amount": 62_500, "pay_date": day})


@makes("edu_dropout_watch")
def dropouts(town: Town) -> Rows:
    r = town.r("edu_dropout_watch")
    person, stage = pupils(town)
    chosen = (r.random(len(person)) < 0.002) & np.isin(stage, (2, 3))
    person = person[chosen]
    day = town.days(r, len(person), until=2)
    reason = choice(r, [2, 3, 9], [2, 5, 1], len(person))
    status = np.where(r.random(len(person)) < 0.95, 2, 1)
    return Rows(person, day, {"found_date": day, "dropout_type": 2, "reason": reason, "watch_status": status})


@makes("edu_student_loan")
def loans(town: Town) -> Rows:
    r = town.r("edu_student_loan")
    flags = (town.block.job == STUDENT) & town.block.alive
    person = some(r, flags, 0.2)
    columns = {"loan_year": school_year(town), "loan_amount": 1_000_000, "overdue_months": 0, "loan_status": 1}
    return Rows(person, None, columns)
