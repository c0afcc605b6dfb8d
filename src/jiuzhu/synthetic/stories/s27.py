"""Enterprises, shops, farms and taxes of people on benefit: scenario S27."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

COUPLE = {"self": Person(age=46), "wife": Person(age=45, sex=2, spouse="self")}


def stories(day: Days) -> Iterator[Story]:
    yield from _enterprises(day)
    yield from _shops(day)
    yield from _new_business(day)
    yield from _sales(day)
    yield from _farming()


def _office(day: Days, kind: int = 1, status: int = 1, *, since: date | None = None) -> Row:
    columns = {"role": kind, "org_status": status, "establish_date": since or day.ago(years=3)}
    return row("market_enterprise_role", "self", **columns)


def _shop(day: Days, employees: int = 0, status: int = 1, *, since: date | None = None, **columns: Any) -> Row:
    given = {"employee_count": employees, "business_status": status, "register_date": since or day.ago(years=3)}
    return row("market_individual_business", "self", **(given | columns))


def _enterprises(day: Days) -> Iterator[Story]:
    for grade, kind, status in (("red", 1, 1), ("red", 5, 1), (None, 2, 1), (None, 4, 1), (None, 1, 2), (None, 5, 3)):
        rows = [_office(day, kind, status)]
        title = f"office {kind} in an enterprise of state {status}"
        yield Story(f"{title}, dibao", {"S27-R01": grade}, dibao=True, rows=rows)
        yield Story(f"{title}, tekun", {"S27-R01": grade}, tekun=True, rows=rows)
        yield Story(f"{title}, on the margin", {"S27-R01": None}, edge=True, rows=rows)

    def share(amount: str, person: str = "self", status: int = 1) -> Row:
        return row("market_shareholding", person, subscribed_amount=amount, org_status=status, share_ratio="0.2")

    for grade, amount in (("red", "50000"), ("orange", "30000"), ("yellow", "20000"), ("blue", "10000"), (None, "9999.99")):
        yield Story(f"a share of {amount}", {"S27-R02": grade}, dibao=True, people=COUPLE, rows=[share(amount, "wife")])
        yield Story(f"a share of {amount}, tekun", {"S27-R02": None}, tekun=True, rows=[share(amount)])
    both = [share("4000"), share("6000", "wife")]
    yield Story("a share each", {"S27-R02": "blue"}, dibao=True, people=COUPLE, rows=both)
    closed = [share("9000"), share("50000", "wife", 3)]
    yield Story("one of two enterprises was closed", {"S27-R02": None}, dibao=True, people=COUPLE, rows=closed)


def _shops(day: Days) -> Iterator[Story]:
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("red", "three employees", [_shop(day, 3)]),
        ("orange", "two employees", [_shop(day, 2)]),
        ("orange", "an employee in each of three shops", [_shop(day, 1), _shop(day, 1), _shop(day, 1)]),
        (None, "nobody employed", [_shop(day)]),
        (None, "the shop was closed", [_shop(day, 5, 3)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S27-R03": grade}, dibao=True, rows=rows)
        yield Story(f"{title}, no dibao", {"S27-R03": None}, low=True, rows=rows)
    for grade, days, employees, status in (
        ("blue", 30, 0, 1),
        ("blue", 900, 0, 1),
        (None, 29, 0, 1),
        (None, 90, 1, 1),
        (None, 90, 0, 3),
    ):
        rows = [_shop(day, employees, status, since=day.ago(days=days))]
        title = f"a shop of {days} days with {employees} employees, state {status}"
        yield Story(title, {"S27-R04": grade}, dibao=True, rows=rows)
        yield Story(f"{title}, tekun", {"S27-R04": None}, tekun=True, rows=rows)


def _new_business(day: Days) -> Iterator[Story]:
    for grade, days in (("orange", 59), ("orange", 0), (None, 60)):
        since = day.ago(days=days)
        yield Story(f"an enterprise of {days} days", {"S27-R05": grade}, dibao=True, rows=[_office(day, 3, since=since)])
        yield Story(f"a new shop of {days} days", {"S27-R05": grade}, dibao=True, rows=[_shop(day, 2, since=since)])
        yield Story(f"a new shop of {days} days, no dibao", {"S27-R05": None}, edge=True, rows=[_shop(day, 2, since=since)])


def _sales(day: Days) -> Iterator[Story]:
    def sold(amount: str, quarter: int, number: str = "S27") -> Row:
        return row("tax_business", "self", uscc=f"92370502{number}", tax_quarter=day.quarter(quarter), sales_amount=amount)

    for grade, amount in (("red", "180000"), ("orange", "120000"), ("yellow", "90000"), ("blue", "60000"), (None, "59999.99")):
        yield Story(f"sales of {amount}", {"S27-R06": grade}, dibao=True, rows=[sold(amount, -1)])
    year = [sold("15000", back) for back in (-1, -2, -3, -4)]
    yield Story("sales of four quarters", {"S27-R06": "blue"}, dibao=True, rows=year)
    older = [sold("15000", back) for back in (-1, -2, -3, -5)]
    yield Story("sales of a fifth quarter", {"S27-R06": None}, dibao=True, rows=older)
    shops = [sold("30000", -1, "A"), sold("30000", -1, "B")]
    yield Story("sales of two shops", {"S27-R06": "blue"}, dibao=True, rows=shops)
    yield Story("high sales, no dibao", {"S27-R06": None}, low=True, rows=[sold("180000", -1)])

    def filed(amount: str, month: int, item: int = 5) -> Row:
        return row("tax_individual_income", "self", tax_month=day.month(month), income_item=item, income_amount=amount)

    for grade, amount in (("red", "25000"), ("orange", "15000"), ("yellow", "10000"), ("blue", "5000"), (None, "4999.99")):
        yield Story(f"{amount} of business income", {"S27-R07": grade}, dibao=True, rows=[filed(amount, -1)])
    kinds = [filed("2000", -12, 6), filed("2000", -6, 7), filed("1000", -1, 8)]
    yield Story("interest, rent and a sale", {"S27-R07": "blue"}, dibao=True, rows=kinds)
    late = [filed("2000", -13, 6), filed("4000", -6, 7), filed("90000", -1, 1), filed("90000", -2, 9)]
    yield Story("wages, a prize, and an old dividend", {"S27-R07": None}, dibao=True, rows=late)
    yield Story("business income, no dibao", {"S27-R07": None}, tekun=True, rows=[filed("25000", -1)])


def _farming() -> Iterator[Story]:
    for grade, role, status, amount in (("blue", 1, 1, "0"), ("blue", 1, 1, "5000"), (None, 2, 1, "5000"), (None, 1, 2, "5000")):
        rows = [row("market_farmer_coop", "self", role=role, coop_status=status, contribution_amount=amount)]
        title = f"role {role} with {amount} in a cooperative of state {status}"
        yield Story(title, {"S27-R08": grade}, dibao=True, rows=rows)
        yield Story(f"{title}, no dibao", {"S27-R08": None}, low=True, rows=rows)

    def farm(head: int, kind: int = 3, status: int = 1) -> Row:
        return row("agri_breeding", "self", stock_count=head, animal_type=kind, farm_status=status)

    for grade, head in (("red", 150), ("orange", 100), ("yellow", 75), ("blue", 50), (None, 49)):
        yield Story(f"{head} sheep", {"S27-R09": grade}, dibao=True, rows=[farm(head)])
    yield Story("sheep and fowl, neither many", {"S27-R09": None}, dibao=True, rows=[farm(40), farm(40, 4)])
    yield Story("the farm was given up", {"S27-R09": None}, dibao=True, rows=[farm(150, status=2)])
    yield Story("many sheep, no dibao", {"S27-R09": None}, edge=True, rows=[farm(150)])
