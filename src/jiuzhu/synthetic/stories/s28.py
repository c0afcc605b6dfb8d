"""Families on dibao whose income has grown: scenario S28."""

from __future__ import annotations

from collections.abc import Iterator

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _income_per_head(day)
    yield from _insurance_and_fund(day)
    yield from _pensions(day)
    yield from _undeclared(day)


def _earned(day: Days, month: int, amount: str, item: int = 1) -> Row:
    return row("tax_individual_income", "self", tax_month=day.month(month), income_item=item, income_amount=amount)


def _income_per_head(day: Days) -> Iterator[Story]:
    """One person at a standard of 1,000: six months of the line are 6,000."""
    for grade, amount in (("red", "12000"), ("orange", "9000"), ("yellow", "7200"), ("blue", "6000")):
        yield Story(f"half a year's wages, {grade}", {"S28-R01": grade}, dibao=True, rows=[_earned(day, -2, amount)])
    yield Story("wages one fen below the line", {"S28-R01": None}, dibao=True, rows=[_earned(day, -1, "5999.99")])
    pension = row(
        "hr_pension_payment", "self", benefit_type=3, monthly_amount="500", payment_status=1, start_date=day.ago(years=3)
    )
    yield Story("wage and pension together", {"S28-R01": "blue"}, dibao=True, rows=[_earned(day, -6, "3000"), pension])
    old = [_earned(day, -7, "9000"), _earned(day, -6, "2999.99"), pension]
    yield Story("the great wage was seven months ago", {"S28-R01": None}, dibao=True, rows=old)
    edge = {"category": 3, "monthly_income_per_capita": "2250"}
    yield Story("near-dibao family above its own line", {"S28-R02": "orange"}, low=True, household=edge)
    yield Story(
        "near-dibao family just below", {"S28-R02": None}, low=True, household=edge | {"monthly_income_per_capita": "1499.99"}
    )
    fees = [_earned(day, -1, "5000", 2), _earned(day, -3, "5000", 3)]
    yield Story("fees of a quarter", {"S28-R09": "orange"}, dibao=True, rows=fees)
    late = [_earned(day, -1, "4999.99", 2), _earned(day, -4, "5000", 2)]
    yield Story("fees of an earlier quarter", {"S28-R09": None}, dibao=True, rows=late)


def _paid(day: Days, month: int, base: str, kind: int = 1) -> Row:
    columns = {"insure_type": kind, "pay_status": 1, "contribution_base": base, "pay_month": day.month(month)}
    return row("hr_pension_contribution", "self", **columns)


def _insurance_and_fund(day: Days) -> Iterator[Story]:
    """The minimum wage is 2,200."""
    yield Story("first month of a job", {"S28-R03": "orange"}, dibao=True, rows=[_paid(day, -1, "2200")])
    yield Story("second month of a job", {"S28-R03": None}, dibao=True, rows=[_paid(day, -1, "2200"), _paid(day, -2, "2200")])
    yield Story("pays for himself", {"S28-R03": None}, dibao=True, rows=[_paid(day, -1, "2200", 3)])
    yield Story("paid on thrice the limit", {"S28-R04": "red"}, dibao=True, rows=[_paid(day, -1, "9900")])
    lower = [_paid(day, -1, "3299.99"), _paid(day, -2, "9900")]
    yield Story("the newest base is lower", {"S28-R04": None}, dibao=True, rows=lower)
    account = row("hpf_account", "self", account_status=1, monthly_deposit="300", balance="30000")
    yield Story("pays into the housing fund", {"S28-R05": "orange", "S28-R06": "yellow"}, dibao=True, rows=[account])
    small = row("hpf_account", "self", account_status=1, monthly_deposit="99.99", balance="19999.99")
    yield Story("pays little into the housing fund", {"S28-R05": None, "S28-R06": None}, dibao=True, rows=[small])


def _pension(day: Days, amount: str, days_ago: int, kind: int = 1) -> Row:
    columns = {"benefit_type": kind, "monthly_amount": amount, "payment_status": 1, "start_date": day.ago(days=days_ago)}
    return row("hr_pension_payment", "self", **columns)


def _pensions(day: Days) -> Iterator[Story]:
    old = {"self": Person(age=66)}
    yield Story("a new pension", {"S28-R07": "orange"}, dibao=True, people=old, rows=[_pension(day, "900", 59)])
    yield Story("a pension for sixty days", {"S28-R07": None}, dibao=True, people=old, rows=[_pension(day, "900", 60)])
    yield Story(
        "lives on a pension above the line", {"S28-R08": "orange"}, dibao=True, people=old, rows=[_pension(day, "1500", 900)]
    )
    yield Story("the pension is below the line", {"S28-R08": None}, dibao=True, people=old, rows=[_pension(day, "999.99", 900)])
    two = old | {"wife": Person(age=64, sex=2, spouse="self")}
    yield Story("a pension for two", {"S28-R08": None}, dibao=True, people=two, rows=[_pension(day, "1500", 900)])


def _undeclared(day: Days) -> Iterator[Story]:
    post = row("hr_public_welfare_post", "self", start_date=day.ago(days=100), end_date=day.ahead(days=200), monthly_wage="836",
               post_status=1)  # fmt: skip
    yield Story(
        "the wage of a public post was not counted",
        {"S28-R10": "orange"},
        low=True,
        member={"monthly_income": "200"},
        rows=[post],
    )
    yield Story("it was counted", {"S28-R10": None}, low=True, member={"monthly_income": "536.01"}, rows=[post])
    benefit = {"start_month": day.month(-4), "end_month": day.month(8), "benefit_status": 1}
    for grade, amount in (("red", "900"), (None, "299.99")):
        paid = row("hr_unemployment_benefit", "self", monthly_amount=amount, **benefit)
        yield Story(f"unemployment benefit of {amount}", {"S28-R11": grade}, dibao=True, rows=[paid])
    inside, outside = day.ago(days=100), day.ago(months=12)
    farm = [
        row("agri_subsidy", "self", amount="2500", pay_date=inside),
        row("rural_collective_dividend", "self", amount="1500", pay_date=inside),
    ]
    yield Story("dividends and subsidies of the year", {"S28-R12": "orange"}, dibao=True, rows=farm)
    past = [
        row("agri_subsidy", "self", amount="1999.99", pay_date=inside),
        row("agri_subsidy", "self", amount="1500", pay_date=outside),
    ]
    yield Story("a subsidy of last year", {"S28-R12": None}, dibao=True, rows=past)
    for grade, amount in (("orange", "3300"), (None, "2199.99")):
        away = row("rural_migrant_work", "self", start_date=day.ago(days=200), end_date=None, monthly_income=amount)
        yield Story(f"works away for {amount} a month", {"S28-R13": grade}, dibao=True, rows=[away])
    back = row("rural_migrant_work", "self", start_date=day.ago(days=200), end_date=day.ago(days=3), monthly_income="5000")
    yield Story("has come back", {"S28-R13": None}, dibao=True, rows=[back])
    family = {"self": Person(age=30, sex=2), "father": Person(age=58, apart=True, low=False)}
    for grade, amount in (("orange", "600"), (None, "199.99")):
        ruling = row("court_support_judgment", "self", party_role=2, counterparty_id_no="father", monthly_amount=amount,
                     effective_date=day.ago(years=1), end_date=day.ahead(years=3))  # fmt: skip
        yield Story(f"support of {amount} by judgment", {"S28-R14": grade}, dibao=True, people=family, rows=[ruling])
