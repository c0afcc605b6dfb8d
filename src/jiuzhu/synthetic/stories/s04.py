"""Families that the loss of work brings into need: scenario S04."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=44), "wife": Person(age=42, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _newly_out_of_work(day)
    yield from _benefit_ran_out(day)
    yield from _nobody_works(day)
    yield from _contributions_stopped(day)
    yield from _posts_that_end(day)
    yield from _left_without_a_post(day)
    yield from _wages_owed(day)
    yield from _employers_gone(day)


def _paid(day: Days, *months: int, person: str = "self", status: int = 1) -> list[Row]:
    columns = {"insure_type": 1, "contribution_base": "4200", "pay_status": status}
    return [row("hr_pension_contribution", person, pay_month=day.month(month), **columns) for month in months]


def _hired(day: Days, person: str = "self", start: Any = None, status: int = 1, **columns: Any) -> Row:
    start = start or day.ago(days=50)
    return row("hr_employment_registration", person, start_date=start, employment_status=status, **columns)


def _post(day: Days, end: Any, person: str = "self", status: int = 1) -> Row:
    columns = {"start_date": day.ago(days=300), "end_date": end, "monthly_wage": "900", "post_status": status}
    return row("hr_public_welfare_post", person, **columns)


def _newly_out_of_work(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, rows: Sequence[Row] = (), status: int = 1, **others: Person) -> Story:
        lost = row("hr_unemployment_registration", "self", register_date=day.ago(days=days), unemployment_status=status)
        return Story(title, {"S04-E01": grade}, people={**COUPLE, **others}, rows=[lost, *rows])

    yield told("out of work for 29 days, nobody insured", "orange", 29)
    earlier = _paid(day, -3, -4, person="wife")
    yield told("the wife's job ended three months ago", "orange", 10, [*earlier, *_paid(day, -1, person="wife", status=2)])
    son = Person(age=22, father="self", hukou_status=2)
    yield told("the son works where he moved", "orange", 10, _paid(day, -1, person="son"), son=son)
    yield told("out of work for thirty days", None, 30)
    yield told("the wife paid two months ago", None, 10, _paid(day, -2, person="wife"))
    yield told("at work again", None, 10, status=2)


def _benefit_ran_out(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, end: int, rows: Sequence[Row] = (), status: int = 2) -> Story:
        columns = {"start_month": day.month(end - 11), "end_month": day.month(end), "benefit_status": status}
        return Story(title, {"S04-E02": grade}, rows=[row("hr_unemployment_benefit", "self", **columns), *rows])

    yield told("the benefit ended last month", "yellow", -1)
    yield told("worked before the benefit", "yellow", -1, [_hired(day, start=day.ago(years=3), status=2), *_paid(day, -13)])
    yield told("the benefit ended two months ago", None, -2)
    yield told("hired on the first of this month", None, -1, [_hired(day, start=day.month_day(0, 1))])
    yield told("still paid", None, -1, status=1)
    yield told("stopped for another reason", None, -1, status=3)


def _nobody_works(day: Days) -> Iterator[Story]:
    family = {**COUPLE, "son": Person(age=19, father="self", mother="wife"), "boy": Person(age=14, father="self")}

    def told(title: str, grade: str | None, people: dict[str, Person], rows: Sequence[Row] = ()) -> Story:
        return Story(title, {"S04-E03": grade}, low=True, people=people, rows=rows)

    alone = {"self": Person(age=59)}
    yield told("three able, none at work", "red", family)
    yield told("two able, none at work", "orange", COUPLE, _paid(day, -4))
    yield told("one able, none at work", "yellow", alone, [_hired(day, status=2), _post(day, day.ago(days=9), status=2)])
    yield told("one paid three months ago", None, family, _paid(day, -3, person="wife"))
    yield told("one at work", None, family, [_hired(day, "wife")])
    yield told("one on a public post", None, family, [_post(day, day.ahead(days=90), "son")])
    yield told("nobody fit for work", None, {"self": Person(age=40, labor_capacity=2)})
    yield told("sixteen today", "yellow", {"self": Person(born=day.ago(years=16))})
    yield told("too young or too old", None, {"self": Person(born=day.ago(years=60)), "boy": Person(age=15)})


def _contributions_stopped(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, newest: int, rows: Sequence[Row] = (), paid: int = 6, **who: Any) -> Story:
        months = [newest - back for back in range(paid)]
        return Story(title, {"S04-E04": grade}, people={"self": Person(**who)}, rows=[*_paid(day, *months), *rows])

    for grade, gap in (("red", 6), ("orange", 5), ("yellow", 4), ("blue", 3), (None, 2)):
        yield told(f"no contribution for {gap} months", grade, -gap - 1)
    yield told("arrears are no contributions", "blue", -4, _paid(day, -1, status=2))
    yield told("paid for five months only", None, -4, paid=5)
    yield told("sixty today", None, -4, born=day.ago(years=60))
    yield told("not sixty yet", "blue", -4, born=day.ago(years=60, days=-3))
    pension = row("hr_pension_payment", "self", benefit_type=5, start_date=day.ago(days=70), payment_status=1)
    yield told("receives a pension", None, -4, [pension], age=56)


def _posts_that_end(day: Days) -> Iterator[Story]:
    for grade, end, status in (("blue", 29, 1), ("blue", 0, 1), (None, 30, 1), (None, 10, 2), (None, -1, 1)):
        post = _post(day, day.ahead(days=end), status=status)
        yield Story(f"post of status {status}, ends in {end} days", {"S04-E05": grade}, rows=[post])


def _left_without_a_post(day: Days) -> Iterator[Story]:
    def told(title: str, grade: str | None, days: int, rows: Sequence[Row] = (), status: int = 1) -> Story:
        certified = row("hr_employment_difficulty", "self", cert_date=day.ago(days=days), difficulty_status=status)
        return Story(title, {"S04-E06": grade}, people={"self": Person(age=51)}, rows=[certified, *rows])

    for grade, days in (("red", 360), ("orange", 270), ("yellow", 216), ("blue", 180), (None, 179)):
        yield told(f"hard to employ for {days} days", grade, days)
    yield told("both jobs ended", "blue", 200, [_hired(day, status=2), _post(day, day.ago(days=30), status=2)])
    yield told("on a public post", None, 400, [_post(day, day.ahead(days=100))])
    yield told("has a job", None, 400, [_hired(day)])
    yield told("the certificate has ended", None, 400, status=3)


def _wages_owed(day: Days) -> Iterator[Story]:
    def owed(amount: str, case: str, status: int = 1) -> Row:
        return row("hr_wage_arrears", "self", case_no=f"S04-{case}", arrears_amount=amount, case_status=status)

    for grade, amount in (("red", "8000"), ("orange", "5000"), ("yellow", "3500"), ("blue", "2000"), (None, "1999.99")):
        rows = [owed("1000", f"A{amount}"), owed(amount, f"B{amount}")]
        yield Story(f"owed 1000 and {amount}", {"S04-E07": grade}, low=True, rows=rows)
    settled = [owed("2999.99", "C1"), owed("9000", "C2", status=2)]
    yield Story("the greater debt was paid", {"S04-E07": None}, low=True, rows=settled)
    yield Story("owed much, not in need", {"S04-E07": None}, rows=[owed("9000", "D")])


def _employers_gone(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=36), "boss": Person(age=50, apart=True, low=False)}

    def told(title: str, grade: str | None, firm: str, days: int = 20, org: int = 3, job: int = 1, low: bool = True) -> Story:
        """firm: the last character of the employer's code, another one for each story."""
        columns = {"uscc": f"91370502MA3CS04E8{firm}", "org_status": org, "status_date": day.ago(days=days)}
        rows = [
            row("market_enterprise_role", "boss", role=1, **columns),
            _hired(day, start=day.ago(years=2), status=job, employer_uscc="91370502MA3CS04E8" + ("Z" if firm == "Y" else firm)),
        ]
        return Story(title, {"S04-E08": grade}, low=low, people=people, rows=rows)

    yield told("the employer was closed 59 days ago", "yellow", "1", 59)
    yield told("the licence of the employer was revoked", "yellow", "2", 0, org=2)
    yield told("the employer was closed sixty days ago", None, "3", 60)
    yield told("the employer moved away", None, "4", org=4)
    yield told("had left before", None, "5", job=2)
    yield told("another firm was closed", None, "Y")
    yield told("the employer was closed, not in need", None, "6", low=False)
