"""Families whose income falls at once: scenario S05."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _wages_of_a_family(day)
    yield from _contribution_base(day)
    yield from _shops_closed(day)
    yield from _sales(day)
    yield from _pensions(day)
    yield from _housing_fund(day)
    yield from _support(day)
    yield from _came_home(day)


def _earned(day: Days, month: int, amount: str, item: int = 1, person: str = "self") -> Row:
    return row("tax_individual_income", person, tax_month=day.month(month), income_item=item, income_amount=amount)


def _wages_of_a_family(day: Days) -> Iterator[Story]:
    """Ten thousand in the quarter before the last three months."""
    couple = {"self": Person(age=40), "wife": Person(age=39, sex=2, spouse="self")}
    before = [_earned(day, -4, "3000"), _earned(day, -6, "3000"), _earned(day, -5, "4000", 2, "wife")]

    def told(title: str, grade: str | None, rows: Sequence[Row]) -> Story:
        return Story(title, {"S05-E01": grade}, people=couple, rows=rows)

    for grade, amount in (("red", "500"), ("orange", "2000"), ("yellow", "3500"), ("blue", "4500"), (None, "4500.01")):
        yield told(f"500 and {amount} are left", grade, [*before, _earned(day, -3, amount), _earned(day, -1, "500", 2, "wife")])
    yield told("dividends are no wages", "red", [*before, _earned(day, -2, "9000", 6)])
    yield from _who_counts(day, couple, before)
    yield told("the wages fell earlier", None, [*before, _earned(day, -7, "60000"), _earned(day, -1, "9000")])
    yield told("had no wages to lose", None, [_earned(day, -7, "60000")])


def _who_counts(day: Days, couple: dict[str, Person], before: Sequence[Row]) -> Iterator[Story]:
    """The register keeps who left under the old number; the couple earned 10,000 before, a daughter 9,000."""

    def told(title: str, grade: str | None, status: int, rows: Sequence[Row], who: str = "daughter") -> Story:
        family = couple | {who: Person(age=40 if who == "self" else 20, hukou_status=status)}
        return Story(title, {"S05-E01": grade}, about="wife", people=family, rows=[*before, *rows])

    early, late = _earned(day, -5, "9000", 1, "daughter"), _earned(day, -2, "9000", 1, "daughter")
    yield told("the daughter who lost her wages has moved away", None, 2, [early, _earned(day, -1, "5000.01")])
    yield told("the wages of the daughter who has moved away go on", "red", 2, [early, late, _earned(day, -1, "500")])
    yield told("the daughter who lost her wages is struck off", None, 4, [early, _earned(day, -1, "5000.01")])
    yield told("who earned most of it died", "yellow", 3, [_earned(day, -2, "4000", 2, "wife")], "self")


def _contribution_base(day: Days) -> Iterator[Story]:
    def paid(base: str, *months: int) -> list[Row]:
        columns = {"insure_type": 1, "pay_status": 1, "contribution_base": base}
        return [row("hr_pension_contribution", "self", pay_month=day.month(month), **columns) for month in months]

    year = [*paid("4000", *range(-7, -1)), *paid("6000", *range(-13, -7))]
    for grade, base in (("red", "750"), ("orange", "1500"), ("yellow", "2250"), ("blue", "3000"), (None, "3000.01")):
        yield Story(f"a base of {base} after 5000", {"S05-E02": grade}, rows=[*paid(base, -1), *year])
    months = [*paid("2400", -1), *paid("4000", -4, -9), *paid("9000", -14)]
    yield Story("two months paid in the year before", {"S05-E02": "blue"}, rows=months)
    yield Story("the first month insured", {"S05-E02": None}, rows=[*paid("1000", -1), *paid("9000", -14)])
    yield Story("not insured any more", {"S05-E02": None}, rows=[*paid("1000", -2), *paid("5000", *range(-12, -2))])


def _shops_closed(day: Days) -> Iterator[Story]:
    def shop(days: int) -> Row:
        return row(
            "market_individual_business",
            "self",
            business_status=3,
            register_date=day.ago(years=5),
            cancel_date=day.ago(days=days),
        )

    def paid(month: int) -> Row:
        return row("hr_pension_contribution", "self", insure_type=3, pay_status=1, pay_month=day.month(month))

    other = row("market_individual_business", "self", business_status=1, register_date=day.ago(years=1))
    yield Story("closed the shop 59 days ago", {"S05-E03": "blue"}, rows=[shop(59)])
    yield Story("closed the shop, last insured two months ago", {"S05-E03": "blue"}, rows=[shop(0), paid(-2)])
    yield Story("closed the shop sixty days ago", {"S05-E03": None}, rows=[shop(60)])
    yield Story("closed one of two shops", {"S05-E03": None}, rows=[shop(9), other])
    yield Story("closed the shop and was insured last month", {"S05-E03": None}, rows=[shop(9), paid(-1)])


def _sales(day: Days) -> Iterator[Story]:
    """A mean of 100,000 a quarter; the mean of a firm with sales in two quarters only is that of four."""

    def sold(*amounts: str) -> list[Row]:
        return [
            row("tax_business", "self", tax_quarter=day.quarter(-1 - n), sales_amount=amount) for n, amount in enumerate(amounts)
        ]

    for grade, amount in (("orange", "10000"), ("yellow", "25000"), ("blue", "40000"), (None, "40000.01")):
        rows = sold(amount, "90000", "110000", "60000", "140000")
        yield Story(f"sales of {amount}", {"S05-E04": grade}, rows=rows)
    yield Story("sold in two quarters of the year before", {"S05-E04": "blue"}, rows=sold("40000", "0", "200000", "0", "200000"))
    old = sold("40000", "50000", "50000", "50000", "50000", "900000")
    yield Story("the great sales were six quarters ago", {"S05-E04": None}, rows=old)


def _pensions(day: Days) -> Iterator[Story]:
    old = {"self": Person(age=71)}

    def told(title: str, grade: str | None, months: int, *rows: Row, low: bool = True, status: int = 2) -> Story:
        columns = {
            "benefit_type": 3,
            "last_pay_month": day.month(-months),
            "payment_status": status,
            "start_date": day.ago(years=9),
        }
        return Story(title, {"S05-E05": grade}, low=low, people=old, rows=[row("hr_pension_payment", "self", **columns), *rows])

    for grade, months in (("red", 4), ("orange", 3), ("blue", 2), (None, 1)):
        yield told(f"last paid {months} months ago", grade, months)
    yield told("ended for another reason", None, 5, status=4)
    yield told("struck off as dead", None, 5, row("police_death_cancellation", "self", death_date=day.ago(days=70)))
    yield told("certified dead", None, 5, row("health_death_certificate", "self", death_date=day.ago(days=70)))
    yield told("not in need", None, 5, low=False)


def _housing_fund(day: Days) -> Iterator[Story]:
    for grade, days, status, low in (("blue", 59, 2, True), ("blue", 0, 2, True), (None, 60, 2, True), (None, 5, 3, True),
                                     (None, 5, 2, False)):  # fmt: skip
        account = row("hpf_account", "self", account_status=status, status_date=day.ago(days=days))
        yield Story(f"account of status {status} for {days} days", {"S05-E06": grade}, low=low, rows=[account])


def _support(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=35, sex=2), "father": Person(age=60, apart=True, low=False)}

    def told(
        title: str, grade: str | None, amount: str, *, status: int = 1, asks: int = 4, gets: int = 2, low: bool = True
    ) -> Story:
        sued = {"party_role": asks, "case_status": status, "claim_amount": "7200", "filing_date": day.ago(days=200)}
        owed = {"party_role": gets, "counterparty_id_no": "father", "monthly_amount": amount, "effective_date": day.ago(years=2)}
        rows = [row("court_enforcement", "self", **sued), row("court_support_judgment", "self", **owed)]
        return Story(title, {"S05-E07": grade}, low=low, people=family, rows=rows)

    for grade, amount in (("red", "900"), ("orange", "600"), ("yellow", "450"), ("blue", "300"), (None, "299.99")):
        yield told(f"support of {amount} is not paid", grade, amount)
    yield told("the court gave up", "orange", "600", status=2)
    yield told("paid in the end", None, "600", status=3)
    yield told("is the debtor of the case", None, "600", asks=1)
    yield told("is the one who must pay support", None, "600", gets=1)
    yield told("not in need", None, "900", low=False)


def _came_home(day: Days) -> Iterator[Story]:
    def away(start: int, end: int | None, months: int) -> Row:
        left: dict[str, Any] = {"start_date": day.ago(days=start), "end_date": None if end is None else day.ago(days=end)}
        return row("rural_migrant_work", "self", months_worked_year=months, monthly_income="4000", **left)

    yield Story("came home 59 days ago", {"S05-E08": "yellow"}, low=True, rows=[away(200, 59, 5)])
    yield Story(
        "came home today after an earlier journey", {"S05-E08": "yellow"}, low=True, rows=[away(100, 0, 3), away(400, 300, 5)]
    )
    yield Story("came home sixty days ago", {"S05-E08": None}, low=True, rows=[away(200, 60, 5)])
    yield Story("worked for half the year", {"S05-E08": None}, low=True, rows=[away(200, 10, 6)])
    yield Story("has left again", {"S05-E08": None}, low=True, rows=[away(200, 30, 5), away(12, None, 0)])
    yield Story("not in need", {"S05-E08": None}, rows=[away(200, 10, 5)])
