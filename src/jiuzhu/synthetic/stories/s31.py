"""Fund lines: what was paid wrongly, twice, too late or not at all: scenario S31."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def _pay(day: Days, month: int, person: str = "self", **columns: Any) -> Row:
    """A payment on the urban dibao line, in order in every way that is not named."""
    given = {"fund_line_code": "dibao_urban", "fund_line_name": "城市低保", "amount": "400", "pay_result": 1, "sms_sent": True}
    dates = {"pay_month": day.month(month), "pay_date": day.month_day(month, 10)}
    return row("civil_assistance_payment", person, **(given | dates | {"account_holder_id_no": person} | columns))


def stories(day: Days) -> Iterator[Story]:
    yield from _after_death(day)
    yield from _accounts(day)
    yield from _grounds(day)
    yield from _amounts(day)
    yield from _not_arrived(day)


def _after_death(day: Days) -> Iterator[Story]:
    old = {"self": Person(age=81)}
    died = day.month_day(-3, 15)
    cremated = row("civil_cremation", "self", death_date=died, cremation_date=died)
    for grade, amount in (("red", "1000"), ("orange", "250"), ("yellow", "200")):
        rows = [cremated, _pay(day, -1, amount=amount), _pay(day, -2, amount=amount)]
        yield Story(f"two months after death, {grade}", {"S31-R01": grade}, people=old, rows=rows)
    yield Story("paid for the month of death", {"S31-R01": None}, people=old, rows=[cremated, _pay(day, -3), _pay(day, -4)])
    bounced = [row("health_death_certificate", "self", death_date=died, issue_date=died), _pay(day, -1, pay_result=2)]
    yield Story("the bank sent it back", {"S31-R01": None}, people=old, rows=bounced)


def _accounts(day: Days) -> Iterator[Story]:
    twice = [_pay(day, -1), _pay(day, -1)]
    yield Story("twice in one month on one line", {"S31-R02": "red"}, dibao=True, rows=twice)
    other_line = [_pay(day, -1), _pay(day, -1, fund_line_code="old_age", fund_line_name="高龄津贴"), _pay(day, -2)]
    yield Story("two lines, two months", {"S31-R02": None}, dibao=True, rows=other_line)
    family = {"self": Person(age=70), "wife": Person(age=68, sex=2, spouse="self"), "stranger": Person(apart=True, low=False)}
    for grade, months in (("red", 3), ("orange", 2), ("blue", 1)):
        rows = [_pay(day, -n, account_holder_id_no="stranger") for n in range(1, months + 1)]
        yield Story(f"a stranger's account for {months} months", {"S31-R03": grade}, dibao=True, people=family, rows=rows)
    yield Story(
        "the wife's account", {"S31-R03": None}, dibao=True, people=family, rows=[_pay(day, -1, account_holder_id_no="wife")]
    )
    carer = {"self": Person(age=75), "carer": Person(apart=True, low=False)}
    yield Story("the caregiver's account", {"S31-R03": None}, tekun=True, people=carer, tekun_person={"caregiver_id_no": "carer"},
                rows=[_pay(day, -1, account_holder_id_no="carer", fund_line_code="tekun_basic")])  # fmt: skip
    yield from _shared(day)


def _shared(day: Days) -> Iterator[Story]:
    words = ("self", "second", "third", "fourth", "fifth")
    for grade, count in (("red", 5), ("orange", 3), ("yellow", 2)):
        people = {word: Person(age=60, apart=word != "self") for word in words[:count]}
        rows = [_pay(day, -1, word, bank_account=f"622848000000000{count}") for word in people]
        yield Story(f"one account for {count} households", {"S31-R04": grade}, dibao=True, people=people, rows=rows)
    couple = {"self": Person(age=60), "wife": Person(age=58, sex=2, spouse="self")}
    rows = [_pay(day, -1, word, bank_account="6228480000000006") for word in couple]
    yield Story("one account for one family", {"S31-R04": None}, dibao=True, people=couple, rows=rows)
    apart = {"self": Person(age=60), "second": Person(age=58, apart=True)}
    rows = [_pay(day, -n, word, bank_account="6228480000000007") for n, word in enumerate(apart, start=1)]
    yield Story("one account after another", {"S31-R04": None}, dibao=True, people=apart, rows=rows)


def _grounds(day: Days) -> Iterator[Story]:
    left = row("civil_exit_record", "self", household_id="own", exit_item=1, exit_date=day.month_day(-5, 10))
    for grade, months in (("red", 3), ("orange", 2), ("blue", 1)):
        rows = [left, *(_pay(day, -n) for n in range(1, months + 1))]
        yield Story(f"paid for {months} months after the exit", {"S31-R05": grade}, low=True, rows=rows)
    yield Story("paid for the month after the exit", {"S31-R05": None}, low=True, rows=[left, _pay(day, -4)])
    pension = [left, _pay(day, -1, fund_line_code="old_age", fund_line_name="高龄津贴")]
    yield Story("another benefit goes on", {"S31-R05": None}, low=True, rows=pension)
    yield Story("paid without any approval", {"S31-R06": "red"}, dibao=True, rows=[_pay(day, -1, approval_no=None)])
    for fitting, decision in (("red", 4), (None, 1)):
        number = f"S31-R06-{decision}"
        asked = row(
            "civil_assistance_application", "self", application_no=number, household_id="own", item_code=1, decision=decision
        )
        paid = _pay(day, -1, approval_no=number)
        yield Story(f"paid on an application with decision {decision}", {"S31-R06": fitting}, dibao=True, rows=[asked, paid])
    urgent = row("civil_temporary_assistance", "self", case_no="S31-R06-L", approve_date=day.month_day(-1, 5), amount="900")
    yield Story(
        "paid on a case of temporary assistance",
        {"S31-R06": None},
        low=True,
        rows=[urgent, _pay(day, -1, approval_no="S31-R06-L")],
    )


def _amounts(day: Days) -> Iterator[Story]:
    """The standards are 1,000 for dibao, 1,300 and 300 for tekun."""
    for grade, amount in (("red", "1575"), ("orange", "1260"), ("yellow", "1050"), (None, "1049.99")):
        yield Story(f"{amount} on the dibao line", {"S31-R07": grade}, dibao=True, rows=[_pay(day, -1, amount=amount)])
    care = [_pay(day, -1, fund_line_code="tekun_basic", amount="1300"), _pay(day, -1, fund_line_code="tekun_care", amount="315")]
    yield Story("too much for care", {"S31-R07": "yellow"}, tekun=True, rows=care)
    before = [_pay(day, -n) for n in range(2, 8)]
    for grade, amount in (("red", "800"), ("orange", "700"), ("yellow", "640"), ("blue", "200"), (None, "599.99")):
        rows = [*before, _pay(day, -1, amount=amount)]
        yield Story(f"400 for half a year, then {amount}", {"S31-R08": grade}, dibao=True, rows=rows)
    yield Story("a first payment is no swing", {"S31-R08": None}, dibao=True, rows=[_pay(day, -1, amount="900")])
    for grade, month in (("yellow", -1), (None, -2)):
        card = row(
            "finance_subsidy_card",
            "self",
            project_code="DB",
            project_name="低保金",
            amount="400",
            pay_date=day.month_day(month, 18),
        )
        yield Story(f"also by card, month {month}", {"S31-R12": grade}, dibao=True, rows=[_pay(day, -1), card])


def _not_arrived(day: Days) -> Iterator[Story]:
    missed = "red" if day.as_of.day >= 10 else None
    yield Story("not paid last month", {"S31-E09": missed}, dibao=True, rows=[_pay(day, -2)])
    yield Story("paid last month", {"S31-E09": None}, dibao=True, rows=[_pay(day, -1)])
    for grade, days in (("red", 30), ("orange", 20), ("yellow", 15), ("blue", 10), (None, 9)):
        failed = _pay(day, -1, pay_result=2, pay_date=day.ago(days=days))
        yield Story(f"sent back {days} days ago", {"S31-E10": grade}, dibao=True, rows=[failed])
    again = [_pay(day, -1, pay_result=2, pay_date=day.ago(days=20)), _pay(day, -1, pay_date=day.ago(days=12))]
    yield Story("sent back and paid again", {"S31-E10": None}, dibao=True, rows=again)
    for grade, days in (("blue", 3), (None, 2)):
        unsaid = _pay(day, -1, sms_sent=False, pay_date=day.ago(days=days))
        yield Story(f"no message for {days} days", {"S31-E11": grade}, dibao=True, rows=[unsaid])
