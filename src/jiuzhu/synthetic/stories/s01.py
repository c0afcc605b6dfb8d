"""Families that illness brings into need: scenario S01."""

from __future__ import annotations

from collections.abc import Iterator

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def bill(amount: str, day: object, person: str = "self", **columns: object) -> Row:
    return row("medins_settlement", person, settlement_date=day, self_pay_amount=amount, **columns)


def stories(day: Days) -> Iterator[Story]:
    yield from _yearly_bills(day)
    yield from _single_bills(day)
    yield from _burden(day)
    yield from _treatment(day)


def _yearly_bills(day: Days) -> Iterator[Story]:
    inside, outside = day.ago(days=20), day.ago(months=12)
    for grade, amount in (("red", "30000"), ("orange", "29999.99"), ("yellow", "10000"), ("blue", "5000")):
        yield Story(f"low income, a year's bills, {grade}", {"S01-E01": grade}, low=True, rows=[bill(amount, inside)])
    bills = [bill("4999.99", inside), bill("9000", outside)]
    yield Story("low income, one fen short; an older bill is out of the year", {"S01-E01": None}, low=True, rows=bills)
    yield Story(
        "registered resident, bills of five times the limit", {"S01-E02": "red", "S01-E01": None}, rows=[bill("50000", inside)]
    )
    yield Story("registered resident, one fen short", {"S01-E02": None}, rows=[bill("9999.99", inside)])
    yield Story("bills of a low-income person are not a resident's", {"S01-E02": None, "S01-E01": "orange"}, low=True,
                rows=[bill("20000", inside)])  # fmt: skip
    aid = row("medins_medical_aid", "self", aid_date=day.ago(days=60))
    yield Story("still much to pay after aid", {"S01-E09": "yellow"}, rows=[aid, bill("15000", inside)])
    old = row("medins_medical_aid", "self", aid_date=day.ago(months=12))
    yield Story("the aid was longer than a year ago", {"S01-E09": None}, rows=[old, bill("15000", inside)])
    yield Story("treated far away", {"S01-E11": "orange"}, rows=[bill("16000", day.ago(days=100), is_remote=True)])
    yield Story("treated at home", {"S01-E11": None}, rows=[bill("16000", day.ago(days=100), is_remote=False)])


def _single_bills(day: Days) -> Iterator[Story]:
    yield Story("one long stay", {"S01-E03": "orange"}, rows=[bill("40000", day.ago(days=29), visit_type=1)])
    yield Story("the stay was thirty days ago", {"S01-E03": None}, rows=[bill("40000", day.ago(days=30), visit_type=1)])
    two = [bill("15000", day.ago(days=n), visit_type=1) for n in (3, 9)]
    yield Story("two stays below the limit are not one above it", {"S01-E03": None}, rows=two)
    month = [bill("800", day.month_day(-1, 2), visit_type=3), bill("700", day.month_day(-1, 31), visit_type=3)]
    yield Story("chronic illness, three times the month's limit", {"S01-E05": "orange"}, rows=month)
    late = [bill("2000", day.month_day(-2, 31), visit_type=3), bill("499.99", day.month_day(-1, 1), visit_type=3)]
    yield Story("chronic illness, the big bill was a month earlier", {"S01-E05": None}, rows=late)
    surge = [bill("6000", day.ago(days=89)), bill("4000", day.ago(days=90))]
    yield Story("six times the quarter's mean", {"S01-E08": "orange"}, rows=surge)
    steady = [bill("3000", day.ago(days=10)), bill("4001", day.ago(days=200))]
    yield Story("just under three times", {"S01-E08": None}, rows=steady)


def _burden(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=50), "wife": Person(age=48, sex=2, spouse="self")}
    yield Story("half the year's income", {"S01-E04": "yellow"}, low=True, people=family, household={"annual_income_total": "40000"},
                rows=[bill("15000", day.ago(days=40)), bill("5000", day.ago(days=50), "wife")])  # fmt: skip
    yield Story("just under two fifths", {"S01-E04": None}, low=True, people=family, household={"annual_income_total": "40000"},
                rows=[bill("15999.99", day.ago(days=40), "wife")])  # fmt: skip
    yield Story("no income, one bill", {"S01-E04": "red"}, low=True, people=family, household={"annual_income_total": "0"},
                rows=[bill("300", day.ago(days=40))])  # fmt: skip
    ill = [
        row("medins_chronic", "self", chronic_status=1),
        row("health_serious_illness", "wife", treat_status=1, diagnose_date=day.ago(years=2)),
    ]
    yield Story("husband and wife ill", {"S01-E10": "yellow"}, low=True, people=family, rows=ill)
    one = [
        row("medins_chronic", "self", chronic_status=1),
        row("health_serious_illness", "self", treat_status=1, diagnose_date=day.ago(years=2)),
    ]
    yield Story("one of them ill twice over", {"S01-E10": None}, low=True, people=family, rows=one)


def _treatment(day: Days) -> Iterator[Story]:
    def stay(first: object, last: object) -> Row:
        return bill("100", last, visit_type=1, admission_date=first, discharge_date=last)

    today = day.as_of
    yield Story("in hospital for four months on end", {"S01-E06": "orange"},
                rows=[stay(day.month_day(-3, 10), day.month_day(-2, 3)), stay(day.month_day(-1, 5), today)])  # fmt: skip
    yield Story("a month without hospital between", {"S01-E06": None},
                rows=[stay(day.month_day(-3, 10), day.month_day(-3, 20)), stay(day.month_day(-1, 5), today)])  # fmt: skip
    found = row("health_serious_illness", "self", diagnose_date=day.ago(days=29), treat_status=1)
    yield Story("diagnosed while on dibao", {"S01-E07": "red"}, dibao=True, rows=[found])
    yield Story("diagnosed, on the low-income margin", {"S01-E07": "orange"}, edge=True, rows=[found])
    yield Story("diagnosed, nobody's case so far", {"S01-E07": "blue"}, rows=[found])
    old = row("health_serious_illness", "self", diagnose_date=day.ago(days=30), treat_status=1)
    yield Story("diagnosed thirty days ago", {"S01-E07": None}, dibao=True, rows=[old])
