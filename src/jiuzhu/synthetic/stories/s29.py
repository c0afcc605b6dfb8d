"""Public money and dibao in one hand: scenario S29."""

from __future__ import annotations

from collections.abc import Iterator

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def _payroll(day: Days, person: str, kind: int, pay: str = "5200", status: int = 1, month: int = -1) -> Row:
    columns = {
        "unit_name": "县某单位",
        "staff_type": kind,
        "gross_pay": pay,
        "payroll_status": status,
        "pay_month": day.month(month),
    }
    return row("finance_payroll", person, **columns)


def stories(day: Days) -> Iterator[Story]:
    yield Story("a civil servant on dibao", {"S29-R01": "red"}, dibao=True, rows=[_payroll(day, "self", 1)])
    yield Story("hired outside the establishment", {"S29-R01": None}, dibao=True, rows=[_payroll(day, "self", 4)])
    left = [_payroll(day, "self", 2, month=-2), _payroll(day, "self", 2, status=2)]
    yield Story("has left the payroll", {"S29-R01": None}, dibao=True, rows=left)
    for grade, days in (("red", 1), (None, 0)):
        post = row("staffing_personnel", "self", staffing_status=1, entry_date=day.ago(days=days))
        yield Story(f"holds a post for {days} days", {"S29-R02": grade}, dibao=True, rows=[post])
    yield from _obligors(day)
    yield from _village_officers(day)


def _obligors(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=72), "son": Person(age=45, father="self", apart=True, low=False)}

    def owes(**columns: object) -> Row:
        given = {"obligee_id_no": "self", "has_ability": True, "verify_consent": True, "support_amount_month": None}
        return row("civil_support_obligor", "son", **(given | columns))

    pay = _payroll(day, "son", 1, "3000")
    yield Story(
        "the son is a civil servant and pays nothing", {"S29-R03": "yellow"}, dibao=True, people=family, rows=[owes(), pay]
    )
    paying = [owes(support_amount_month="500"), pay]
    yield Story("the son pays already", {"S29-R03": None}, dibao=True, people=family, rows=paying)
    yield Story("the son did not consent", {"S29-R03": None}, dibao=True, people=family, rows=[owes(verify_consent=False), pay])
    little = [owes(), _payroll(day, "son", 1, "2999.99")]
    yield Story("the son earns little", {"S29-R03": None}, dibao=True, people=family, rows=little)


def _village_officers(day: Days) -> Iterator[Story]:
    family = {"self": Person(age=60), "brother": Person(age=52, low=False)}
    yield Story(
        "brother of a village officer", {"S29-R04": "yellow"}, dibao=True, people=family, rows=[_payroll(day, "brother", 5)]
    )
    for status, left in ((2, "has moved away"), (4, "is struck off")):
        apart = {**family, "brother": Person(age=52, low=False, hukou_status=status)}
        yield Story(f"the officer {left}", {"S29-R04": None}, dibao=True, people=apart, rows=[_payroll(day, "brother", 5)])
    stopped = [_payroll(day, "brother", 5, status=2)]
    yield Story("the brother is no officer any more", {"S29-R04": None}, dibao=True, people=family, rows=stopped)
    yield Story(
        "an officer's family without dibao", {"S29-R04": None}, low=True, people=family, rows=[_payroll(day, "brother", 5)]
    )
