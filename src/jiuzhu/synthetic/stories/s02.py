"""Families whom their children's schooling brings into need: scenario S02."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.classes import by_class
from jiuzhu.synthetic.story import Days, Person, Row, Story, row

STUDENT = {"self": Person(age=19)}


def stories(day: Days) -> Iterator[Story]:
    yield from _fees_of_a_student(day)
    yield from _fees_of_a_family(day)
    yield from _several_students(day)
    yield from _admitted_or_gone(day)
    yield from _loans(day)
    yield from _sick_families(day)
    yield from _without_aid(day)


def _fees(day: Days, amount: str, person: str = "self", year: int = 0) -> Row:
    columns = {"academic_year": day.school_year(year), "tuition_amount": amount, "self_pay_amount": amount}
    return row("edu_tuition", person, **columns)


def _studies(day: Days, stage: int, person: str = "self", days_ago: int = 400, status: int = 1) -> Row:
    return row("edu_student_enrollment", person, stage=stage, enroll_status=status, enroll_date=day.ago(days=days_ago))


def _fees_of_a_student(day: Days) -> Iterator[Story]:
    for grade, amount in (("red", "20000"), ("orange", "15000"), ("yellow", "12000"), ("blue", "10000")):
        yield Story(f"fees of {amount}", {"S02-E01": grade}, low=True, people=STUDENT, rows=[_fees(day, amount)])
    past = [_fees(day, "9999.99"), _fees(day, "15000", year=-1)]
    yield Story("a fen short; last year's fees were higher", {"S02-E01": None}, low=True, people=STUDENT, rows=past)
    yield Story("high fees of a family not in need", {"S02-E01": None}, people=STUDENT, rows=[_fees(day, "30000")])
    two = {"self": Person(age=45), "son": Person(age=20, father="self"), "girl": Person(age=17, sex=2, father="self")}
    split = [_fees(day, "9000", "son"), _fees(day, "9000", "girl")]
    yield Story("two students, each below the limit", {"S02-E01": None}, about="son", low=True, people=two, rows=split)


def _fees_of_a_family(day: Days) -> Iterator[Story]:
    """An income of 40,000: three tenths are 12,000."""
    family = {"self": Person(age=45), "son": Person(age=20, father="self"), "girl": Person(age=17, sex=2, father="self")}

    def told(title: str, grade: str | None, rows: list[Row], income: str = "40000") -> Story:
        return Story(title, {"S02-E03": grade}, low=True, people=family, household={"annual_income_total": income}, rows=rows)

    for grade, amount in (("red", "18000"), ("orange", "12000"), ("yellow", "8400"), ("blue", "6000"), (None, "5999.99")):
        yield told(f"two students, fees of 6000 and {amount}", grade, [_fees(day, "6000", "son"), _fees(day, amount, "girl")])
    yield told("no income, some fees", "red", [_fees(day, "500", "girl")], "0")
    yield told("no income, last year's fees", None, [_fees(day, "0", "girl"), _fees(day, "9000", "girl", -1)], "0")


def _several_students(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=48)}
    family |= {word: Person(age=age, father="self") for word, age in (("tall", 21), ("middle", 19), ("small", 16))}

    def told(title: str, grade: str | None, rows: list[Row]) -> Story:
        return Story(title, {"S02-E02": grade}, low=True, people=family, rows=rows)

    three = [_studies(day, 7, "tall"), _studies(day, 6, "middle"), _studies(day, 5, "small")]
    yield told("three beyond school age", "red", three)
    yield told("two beyond school age", "orange", [*three[:1], _studies(day, 4, "small")])
    yield told("one of the two still at junior school", None, [*three[:1], _studies(day, 3, "small")])
    yield told("one of the two on leave", None, [*three[:1], _studies(day, 4, "small", status=2)])
    yield told("a doctoral student and one other", None, [*three[:1], _studies(day, 8, "middle")])
    again = [_studies(day, 7, "tall", 60), _studies(day, 6, "tall", 1200)]
    yield told("one student on two courses", None, again)


def _admitted_or_gone(day: Days) -> Iterator[Story]:
    for grade, stage, days in (("blue", 7, 89), ("blue", 6, 0), (None, 7, 90), (None, 4, 30), (None, 8, 30)):
        admitted = _studies(day, stage, days_ago=days)
        title = f"admitted at stage {stage}, {days} days ago"
        yield Story(title, {"S02-E04": grade}, low=True, people=STUDENT, rows=[admitted])
    yield Story("admitted, not in need", {"S02-E04": None}, people=STUDENT, rows=[_studies(day, 7, days_ago=30)])
    pupil = {"self": Person(age=13)}
    for grade, status, days in (("orange", 1, 59), ("orange", 1, 0), (None, 1, 60), (None, 2, 20), (None, 3, 20)):
        away = row("edu_dropout_watch", "self", found_date=day.ago(days=days), watch_status=status)
        title = f"away from school, status {status}, found {days} days ago"
        yield Story(title, {"S02-E05": grade}, low=True, people=pupil, rows=[away])
    away = row("edu_dropout_watch", "self", found_date=day.ago(days=5), watch_status=1)
    yield Story("away from school, not in need", {"S02-E05": None}, people=pupil, rows=[away])


def _loans(day: Days) -> Iterator[Story]:
    graduate = {"self": Person(age=25)}

    def loan(months: int, status: int = 3, year: int = -4) -> Row:
        return row(
            "edu_student_loan", "self", loan_year=day.year(year), loan_amount="8000", overdue_months=months, loan_status=status
        )

    for grade, months in (("red", 9), ("orange", 6), ("yellow", 5), ("blue", 3), (None, 2)):
        rows = [loan(months), loan(1, year=-3)]
        yield Story(f"loan {months} months overdue", {"S02-E06": grade}, low=True, people=graduate, rows=rows)
    settled = [loan(2), loan(12, status=2, year=-3)]
    yield Story("the long overdue loan was paid back", {"S02-E06": None}, low=True, people=graduate, rows=settled)
    yield Story("overdue, not in need", {"S02-E06": None}, people=graduate, rows=[loan(12)])


def _sick_families(day: Days) -> Iterator[Story]:
    family = {
        "self": Person(age=40),
        "girl": Person(age=9, sex=2, father="self"),
        "boy": Person(age=13, father="self"),
    }

    def told(title: str, grade: str | None, rows: list[Row], **more: Any) -> Story:
        return Story(title, {"S02-E07": grade}, people=family, rows=rows, **({"dibao": True} | more))

    pupils = [_studies(day, 2, "girl"), _studies(day, 3, "boy")]
    blind = row("dpf_disability_certificate", "self", disability_type=1, disability_level=2, issue_date=day.ago(years=6))
    ill = {"diagnose_date": day.ago(years=2), "treat_status": 1}
    yield told("a blind father", "yellow", [*pupils, blind])
    yield told("a father in treatment", "yellow", [pupils[0], row("health_serious_illness", "self", **ill)])
    yield told("one pupil is ill, the other well", "yellow", [*pupils, row("health_serious_illness", "girl", **ill)])
    yield told("the only pupil is the one who is ill", None, [pupils[0], row("health_serious_illness", "girl", **ill)])
    yield told("a slight disability", None, [*pupils, row("dpf_disability_certificate", "self", disability_level=3)])
    yield told("nobody at school yet", None, [_studies(day, 1, "girl"), blind])
    yield told("a family of the base without dibao", None, [*pupils, blind], dibao=False, low=True)


def _without_aid(day: Days) -> Iterator[Story]:
    aided = {days: row("edu_student_aid", "self", pay_date=day.ago(days=days), amount="1000") for days in (199, 200)}
    yield from by_class("at school without aid", "S02-E08", [_studies(day, 5)], outsiders=None, people={"self": Person(age=17)})
    young = {"self": Person(age=17)}
    rows = [_studies(day, 4), aided[200]]
    yield Story("the aid was two hundred days ago", {"S02-E08": "yellow"}, low=True, people=young, rows=rows)
    yield Story("the aid was a day later", {"S02-E08": None}, low=True, people=young, rows=[rows[0], aided[199]])
    yield Story("has left school", {"S02-E08": None}, dibao=True, people=young, rows=[_studies(day, 5, status=4)])
    yield Story("doctoral students are not counted", {"S02-E08": None}, dibao=True, people=STUDENT, rows=[_studies(day, 8)])
