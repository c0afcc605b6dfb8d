"""The same help twice: scenario S22."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row

ELSEWHERE = "371602"


def stories(day: Days) -> Iterator[Story]:
    yield from _dibao_twice(day)
    yield from _with_tekun(day)
    yield from _work_injury(day)
    yield from _care_and_children()
    yield from _old_age_and_rent()
    yield from _pensions()
    yield from _one_cause(day)
    yield from _several_bodies(day)
    yield from _insured_twice(day)
    yield from _without_basis(day)


def _dibao(number: str, status: int = 1, **columns: Any) -> Row:
    return row("civil_dibao_member", "self", dibao_no=f"S22-{number}", household_id="own", dibao_status=status, **columns)


def _living(**columns: Any) -> Row:
    return row("civil_disability_living_allowance", "self", **({"allowance_status": 1, "monthly_amount": "160"} | columns))


def _nursing(**columns: Any) -> Row:
    return row("civil_disability_nursing_allowance", "self", **({"allowance_status": 1, "monthly_amount": "160"} | columns))


def _dibao_twice(day: Days) -> Iterator[Story]:
    both = [_dibao("A1", dibao_type=1), _dibao("A2", dibao_type=2)]
    yield Story("urban and rural dibao", {"S22-R01": "red", "S22-R03": None}, dibao=True, rows=both)
    ended = [_dibao("B1", dibao_type=1), _dibao("B2", 3, dibao_type=2, end_date=day.ago(days=90))]
    yield Story("rural dibao has ended", {"S22-R01": None}, dibao=True, rows=ended)
    away = [_dibao("C1"), _dibao("C2", region_code=ELSEWHERE)]
    yield Story("dibao in two counties", {"S22-R01": "red", "S22-R03": "red"}, dibao=True, rows=away)
    stopped = [_dibao("D1"), _dibao("D2", 2, region_code=ELSEWHERE)]
    yield Story("dibao of the other county was stopped", {"S22-R03": None}, dibao=True, rows=stopped)


def _with_tekun(day: Days) -> Iterator[Story]:
    for grade, days in (("red", 1), ("red", 300), (None, 0)):
        since = {"approve_date": day.ago(days=days)}
        yield Story(f"on dibao and tekun for {days} days", {"S22-R02": grade}, dibao=True, tekun=True, tekun_person=since)
    ended = {"tekun_status": 3}
    yield Story("on dibao, tekun has ended", {"S22-R02": None}, dibao=True, tekun=True, tekun_person=ended)
    for allowance in (_living, _nursing):
        for grade, days, status in (("orange", 1, 1), (None, 0, 1), (None, 30, 2)):
            paid = allowance(start_date=day.ago(days=days), allowance_status=status)
            title = f"tekun and {paid.dataset} for {days} days, state {status}"
            yield Story(title, {"S22-R04": grade}, tekun=True, rows=[paid])
        late = {"approve_date": day.as_of}
        paid = allowance(start_date=day.ago(days=90))
        yield Story(f"tekun since today, {paid.dataset}", {"S22-R04": None}, tekun=True, tekun_person=late, rows=[paid])


def _work_injury(day: Days) -> Iterator[Story]:
    def injury(days: int, kind: int = 2, status: int = 1) -> Row:
        return row("hr_work_injury", "self", benefit_type=kind, benefit_status=status, start_date=day.ago(days=days))

    for allowance in (_living, _nursing):
        paid = allowance()
        for grade, days, kind, status in (("orange", 1, 2, 1), (None, 0, 2, 1), (None, 30, 1, 1), (None, 30, 2, 2)):
            title = f"{paid.dataset}, injury benefit {kind} in state {status} for {days} days"
            yield Story(title, {"S22-R05": grade}, rows=[paid, injury(days, kind, status)])
    yield Story("nursed after an injury only", {"S22-R05": None}, rows=[injury(30)])


def _care_and_children() -> Iterator[Story]:
    def elder(kind: int, status: int = 1) -> Row:
        return row("civil_elder_service_subsidy", "self", subsidy_type=kind, subsidy_status=status)

    care = row("medins_longterm_care", "self", care_status=1)
    ended = row("medins_longterm_care", "self", care_status=2)
    orphan, child = row("civil_orphan", "self", orphan_status=1), row("civil_unattended_child", "self", child_status=1)
    old, young = {"self": Person(age=82)}, {"self": Person(age=12)}
    found: list[tuple[str | None, Sequence[Row]]] = [
        ("orange", [_nursing(), elder(2), care]),
        ("yellow", [_nursing(), care]),
        ("yellow", [elder(2), care]),
        (None, [elder(1), care]),
        (None, [_nursing(), elder(2, 2), ended]),
    ]
    for number, (grade, rows) in enumerate(found):
        yield Story(f"nursing paid by several, {number}", {"S22-R06": grade}, people=old, rows=rows)
    yield Story("orphan and unattended", {"S22-R07": "orange"}, people=young, rows=[orphan, child])
    yield Story("orphan and tekun", {"S22-R07": "orange"}, people=young, tekun=True, rows=[orphan])
    yield Story("an orphan", {"S22-R07": None}, people=young, rows=[orphan])
    left = row("civil_unattended_child", "self", child_status=3)
    yield Story("once unattended, now an orphan", {"S22-R07": None}, people=young, rows=[orphan, left])
    for grade, allowance, amount in (("yellow", orphan, "1"), ("yellow", child, "160"), (None, orphan, "0.99")):
        rows = [allowance, _living(monthly_amount=amount)]
        yield Story(f"{allowance.dataset} and {amount} for living", {"S22-R08": grade}, people=young, rows=rows)
    yield Story("a disabled child that is no orphan", {"S22-R08": None}, people=young, rows=[_living()])
    over = [orphan, _living(allowance_status=3)]
    yield Story("an orphan whose living allowance has ended", {"S22-R08": None}, people=young, rows=over)


def _old_age_and_rent() -> Iterator[Story]:
    def allowance(status: int = 1, **columns: Any) -> Row:
        return row("civil_old_age_allowance", "self", allowance_status=status, **columns)  # each on an account of its own

    old = {"self": Person(age=84)}
    yield Story("allowance on two accounts", {"S22-R09": "orange"}, people=old, rows=[allowance(), allowance()])
    away = [allowance(), allowance(region_code=ELSEWHERE)]
    yield Story("allowance in two places", {"S22-R09": "orange"}, people=old, rows=away)
    yield Story("one allowance", {"S22-R09": None}, people=old, rows=[allowance()])
    yield Story("the other was stopped", {"S22-R09": None}, people=old, rows=[allowance(), allowance(2)])

    def housed(kind: int, status: int = 1, **columns: Any) -> Row:
        return row("housing_public_rental", "self", support_type=kind, support_status=status, **columns)

    yield Story("a flat and a rent subsidy", {"S22-R10": "orange"}, rows=[housed(1), housed(2)])
    yield Story("a flat, the subsidy has ended", {"S22-R10": None}, rows=[housed(1), housed(2, 2)])
    yield Story("a flat alone", {"S22-R10": None}, rows=[housed(1)])


def _pensions() -> Iterator[Story]:
    def pension(kind: int, status: int = 1) -> Row:
        return row("hr_pension_payment", "self", benefit_type=kind, payment_status=status, monthly_amount="300")

    old = {"self": Person(age=66)}
    for grade, kinds in (("yellow", (1, 3)), ("yellow", (2, 3)), (None, (1, 2)), (None, (3, 4)), (None, (3,))):
        title = f"pensions of kinds {', '.join(map(str, kinds))}"
        yield Story(title, {"S22-R11": grade}, people=old, rows=[pension(kind) for kind in kinds])
    yield Story("one of two pensions is suspended", {"S22-R11": None}, people=old, rows=[pension(1), pension(3, 2)])


def _one_cause(day: Days) -> Iterator[Story]:
    def aid(reason: int, person: str = "self", **back: int) -> Row:
        columns = {"household_id": "own", "reason": reason, "approve_date": day.ago(**back), "amount": "900"}
        return row("civil_temporary_assistance", person, **columns)

    couple = {"self": Person(age=50), "wife": Person(age=49, sex=2, spouse="self")}
    first = aid(6, months=12, days=-1)
    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("yellow", "twice for unemployment", [first, aid(6, "wife", days=9)]),
        ("orange", "three times for unemployment", [first, aid(6, days=9), aid(6, "wife", days=100), aid(2, days=8)]),
        (None, "twice for two causes", [first, aid(7, days=9)]),
        (None, "the first help is a year old", [aid(6, months=12), aid(6, days=9)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S22-R12": grade}, low=True, people=couple, rows=rows)


def _several_bodies(day: Days) -> Iterator[Story]:
    def temporary(amount: str, days: int = 20, reason: int = 1) -> Row:
        columns = {"amount": amount, "reason": reason, "approve_date": day.ago(days=days)}
        return row("civil_temporary_assistance", "self", **columns)

    def charity(amount: str, days: int = 20, reason: int = 1) -> Row:
        return row("charity_assistance", "self", amount=amount, reason=reason, aid_date=day.ago(days=days))

    def union(amount: str, days: int = 20, item: int = 2) -> Row:
        return row("union_assistance", "self", amount=amount, aid_item=item, pay_date=day.ago(days=days))

    bill = row("medins_settlement", "self", settlement_date=day.ago(days=89), self_pay_amount="10000")
    for grade, amount in (("red", "20000"), ("orange", "15000"), ("yellow", "12000"), ("blue", "10000"), (None, "9999.99")):
        yield Story(f"helped with {amount} for a bill of 10000", {"S22-R13": grade}, rows=[bill, temporary(amount)])
    three = [temporary("4000", 59), charity("3000", 59), union("3000", 59)]
    yield Story("three bodies cover the bill", {"S22-R13": "blue"}, rows=[bill, *three])
    for one in (temporary("3000", 60), charity("3000", 60), union("3000", 60), temporary("3000", 9, 6), charity("3000", 9, 2)):
        rows = [bill, temporary("4000"), charity("3000"), one]
        yield Story(f"{one.dataset} does not count", {"S22-R13": None}, rows=rows)
    rows = [bill, temporary("9000"), union("3000", item=1)]
    yield Story("the union helped with living", {"S22-R13": None}, rows=rows)
    old = row("medins_settlement", "self", settlement_date=day.ago(days=90), self_pay_amount="10000")
    yield Story("helped, and the bill is ninety days old", {"S22-R13": "red"}, rows=[old, charity("500")])
    yield Story("bills and no help", {"S22-R13": None}, rows=[bill])


def _insured_twice(day: Days) -> Iterator[Story]:
    def insured(kind: int, subsidy: str | None, year: int = 0, status: int = 1) -> Row:
        columns = {"insure_type": kind, "subsidy_amount": subsidy, "pay_year": day.year(year), "pay_status": status}
        return row("medins_enrollment", "self", **columns)

    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("blue", "employee, and subsidised as a resident", [insured(1, None), insured(2, "1")]),
        (None, "the subsidy is next to nothing", [insured(1, None), insured(2, "0.99")]),
        (None, "the subsidy was of last year", [insured(1, None), insured(2, "380", -1)]),
        (None, "not paid as an employee", [insured(1, None, status=2), insured(2, "380")]),
        (None, "a resident only", [insured(2, "380")]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S22-R14": grade}, rows=rows)


def _without_basis(day: Days) -> Iterator[Story]:
    def ended(days: int) -> Row:
        return _dibao(f"E{days}", 3, end_date=day.ago(days=days), start_date=day.ago(years=2))

    found: list[tuple[str | None, str, Sequence[Row]]] = [
        ("orange", "dibao ended thirty days ago", [ended(30), _living(basis=1)]),
        (None, "dibao ended 29 days ago", [ended(29), _living(basis=1)]),
        (None, "dibao ended, but the margin is the basis", [ended(30), _living(basis=2)]),
        (None, "dibao and the allowance have ended", [ended(30), _living(basis=1, allowance_status=3)]),
        (None, "dibao goes on under a new number", [ended(30), _dibao("E"), _living(basis=1)]),
        (None, "one dibao ended long ago, one of late", [ended(300), ended(10), _living(basis=1)]),
    ]
    for grade, title, rows in found:
        yield Story(title, {"S22-R15": grade}, low=True, rows=rows)
