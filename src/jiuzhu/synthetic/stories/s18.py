"""Families whose needs outgrow their income, and those who stand near a line: scenario S18."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _rigid_spending(day)
    yield from _left_over(day)
    yield from _lines()
    yield from _score()
    yield from _factors(day)
    yield from _dependents()


def _bill(day: Days, amount: str, person: str = "self", /, **back: int) -> Row:
    return row("medins_settlement", person, settlement_date=day.ago(**back), self_pay_amount=amount)


def _tuition(day: Days, amount: str, person: str = "self", year: int = 0) -> Row:
    return row("edu_tuition", person, academic_year=day.school_year(year), self_pay_amount=amount, tuition_amount=amount)


def _rehabilitation(day: Days, amount: str, person: str = "self", /, **back: int) -> Row:
    return row("dpf_rehab_subsidy", person, pay_date=day.ago(**back), self_pay_amount=amount)


def _rigid_spending(day: Days) -> Iterator[Story]:
    """Against an income of 20,000 a year: six tenths are 12,000."""
    income = {"annual_income_total": "20000"}
    for grade, amount in (("red", "20040"), ("orange", "15960"), ("yellow", "13800"), ("blue", "12000"), (None, "11999.99")):
        yield Story(f"{amount} to pay", {"S18-E01": grade}, low=True, household=income, rows=[_bill(day, amount, days=20)])
    family = {"self": Person(age=44), "wife": Person(age=43, sex=2, spouse="self"), "girl": Person(age=16, sex=2, father="self")}
    edge = {"months": 12, "days": -1}
    mixed = [_bill(day, "5000", "wife", **edge), _tuition(day, "4000", "girl"), _rehabilitation(day, "3000", **edge)]
    yield Story("illness, school and rehabilitation", {"S18-E01": "blue"}, low=True, people=family, household=income, rows=mixed)
    last_year = [
        _bill(day, "20000", "wife", months=12),
        _tuition(day, "20000", "girl", -1),
        _rehabilitation(day, "20000", months=12),
        _bill(day, "11999.99", days=3),
    ]
    yield Story("most was paid in the year before", {"S18-E01": None}, low=True, people=family, household=income, rows=last_year)
    yield Story("no income and a bill", {"S18-E01": "red"}, low=True, household={"annual_income_total": "0"},
                rows=[_bill(day, "10", days=3)])  # fmt: skip


def _left_over(day: Days) -> Iterator[Story]:
    """One person at a standard of 1,000: the line is 12,000 a year."""
    income = {"annual_income_total": "20000"}
    for grade, amount in (
        ("red", "25000"),
        ("red", "17000"),
        ("orange", "14000"),
        ("yellow", "11000"),
        ("blue", "8000.01"),
        (None, "8000"),
    ):
        title = f"20000 of income, {amount} to pay"
        yield Story(title, {"S18-E02": grade}, low=True, household=income, rows=[_bill(day, amount, days=20)])
    couple = {"self": Person(), "wife": Person(age=39, sex=2, spouse="self")}
    for grade, amount in (("blue", "8000.01"), (None, "8000")):
        title = f"two people, 32000 of income, {amount} to pay"
        yield Story(title, {"S18-E02": grade}, low=True, people=couple, household={"annual_income_total": "32000"},
                    rows=[_bill(day, amount, "wife", days=20)])  # fmt: skip


def _lines() -> Iterator[Story]:
    for grade, category, income in (
        ("red", 3, "250"),
        ("orange", 4, "500"),
        ("yellow", 6, "750"),
        ("blue", 3, "999.99"),
        (None, 3, "1000"),
        (None, 1, "400"),
        (None, 5, "400"),
    ):
        told = {"category": category, "monthly_income_per_capita": income}
        yield Story(f"family of category {category}, {income} a head", {"S18-E03": grade}, low=True, household=told)
    for grade, category, income in (
        ("blue", 6, "1000"),
        ("blue", 6, "1499.99"),
        (None, 6, "1500"),
        (None, 6, "999.99"),
        (None, 3, "1200"),
    ):
        told = {"category": category, "monthly_income_per_capita": income}
        yield Story(f"unrecognised, category {category}, {income} a head", {"S18-E04": grade}, low=True, household=told)


def _score() -> Iterator[Story]:
    for grade, score in (("red", "80"), ("orange", "70"), ("yellow", "65"), ("blue", "60"), (None, "59.99")):
        told = {"difficulty_score": score, "difficulty_score_prev": "50"}
        yield Story(f"index from 50 to {score}", {"S18-E05": grade}, low=True, household=told)
    first = {"difficulty_score": "80", "difficulty_score_prev": None}
    yield Story("the first index of a family", {"S18-E05": None}, low=True, household=first)


def _factors(day: Days) -> Iterator[Story]:
    family: Mapping[str, Person] = {
        "self": Person(age=45),
        "wife": Person(age=44, sex=2, spouse="self"),
        "boy": Person(age=16, father="self", mother="wife"),
    }
    ill = row("health_serious_illness", "wife", treat_status=1, diagnose_date=day.ago(years=1))
    severe = row("dpf_disability_certificate", "wife", disability_level=2)
    studies = row("edu_student_enrollment", "boy", stage=4, enroll_status=1)
    jobless = row("hr_unemployment_registration", "self", unemployment_status=1, register_date=day.ago(days=300))
    unsafe = row("housing_dilapidated", "self", danger_grade="C")
    found: list[tuple[str | None, Sequence[Row]]] = [
        ("red", [ill, severe, studies, jobless, unsafe]),
        ("orange", [ill, severe, studies, jobless]),
        ("yellow", [severe, jobless, unsafe]),
        (None, [ill, severe]),
        (None, [ill, severe, row("edu_student_enrollment", "boy", stage=3, enroll_status=1)]),
        (None, [ill, unsafe, row("health_serious_illness", "self", treat_status=1, diagnose_date=day.ago(years=1))]),
        (None, [ill, severe, row("housing_dilapidated", "self", danger_grade="B")]),
    ]
    for number, (grade, rows) in enumerate(found):
        yield Story(f"several hardships, {number}", {"S18-E06": grade}, low=True, people=family, rows=rows)
    apart = {**family, "self": Person(age=45, low=False)}
    title = "one of three hardships is that of a man outside the base"
    yield Story(title, {"S18-E06": None}, about="wife", low=True, people=apart, rows=[ill, studies, jobless])


def _dependents() -> Iterator[Story]:
    for grade, able, weak in (("orange", 1, 5), ("yellow", 1, 4), ("blue", 1, 3), ("blue", 0, 3), (None, 1, 2), (None, 2, 5)):
        grown = {f"able {number}": Person(age=40 - number) for number in range(1, able)}
        frail = {f"frail {number}": Person(age=60 + number, labor_capacity=2 + number % 2) for number in range(weak - (not able))}
        people = {"self": Person(labor_capacity=1 if able else 3), **grown, **frail}
        yield Story(f"{weak} who cannot work, {able} who can", {"S18-E07": grade}, low=True, people=people)
