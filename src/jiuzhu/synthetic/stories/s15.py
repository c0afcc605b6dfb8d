"""People who do not get what they are entitled to: scenario S15."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _living_allowance(day)
    yield from _nursing_allowance(day)
    yield from _individual_protection(day)
    yield from _medical_insurance(day)
    yield from _old_age(day)
    yield from _pension_premium(day)
    yield from _job_help(day)
    yield from _medical_aid(day)
    yield from _care_subsidy(day)
    yield from _unrecognised_tekun(day)
    yield from _device(day)


def _certificate(day: Days, level: int, *, days: int = 400, **columns: Any) -> Row:
    given = {"disability_level": level, "issue_date": day.ago(days=days), "cert_status": 1}
    return row("dpf_disability_certificate", "self", **(given | columns))


def _injury_care(day: Days) -> Row:
    return row("hr_work_injury", "self", benefit_type=2, benefit_status=1, start_date=day.ago(years=2))


def _nursing(status: int = 1) -> Row:
    return row("civil_disability_nursing_allowance", "self", allowance_status=status)


def _living_allowance(day: Days) -> Iterator[Story]:
    held = _certificate(day, 4, days=30)
    yield Story("on dibao, certified thirty days ago", {"S15-E01": "orange"}, dibao=True, rows=[held])
    yield Story("certified 29 days ago", {"S15-E01": None}, dibao=True, rows=[_certificate(day, 4, days=29)])
    yield Story("the certificate has run out", {"S15-E01": None}, dibao=True, rows=[_certificate(day, 4, cert_status=2)])
    yield Story("disabled and not on dibao", {"S15-E01": None}, low=True, rows=[held])
    for status, grade in ((1, None), (3, "orange")):
        paid = row("civil_disability_living_allowance", "self", allowance_status=status)
        yield Story(f"living allowance in state {status}", {"S15-E01": grade}, dibao=True, rows=[held, paid])
    yield Story("a tekun person has what excludes it", {"S15-E01": None}, dibao=True, tekun=True, rows=[held])
    for other in (
        row("civil_orphan", "self", orphan_status=1),
        row("civil_unattended_child", "self", child_status=1),
        _injury_care(day),
    ):
        yield Story(f"excluded by {other.dataset}", {"S15-E01": None}, dibao=True, rows=[held, other])


def _nursing_allowance(day: Days) -> Iterator[Story]:
    for grade, level, days in (("orange", 1, 30), ("orange", 2, 300), (None, 2, 29), (None, 3, 300)):
        held = _certificate(day, level, days=days)
        yield Story(f"disabled of grade {level} for {days} days, no nursing", {"S15-E02": grade}, rows=[held])
    held = _certificate(day, 1)
    yield Story("the nursing allowance was stopped", {"S15-E02": "orange"}, rows=[held, _nursing(2)])
    yield Story("the nursing allowance is paid", {"S15-E02": None}, rows=[held, _nursing()])
    yield Story("nursed by the work injury fund", {"S15-E02": None}, rows=[held, _injury_care(day)])
    yield Story("nursed as a tekun person", {"S15-E02": None}, tekun=True, rows=[held])
    yield Story("an old certificate of grade 1 is frozen", {"S15-E02": None}, rows=[_certificate(day, 1, cert_status=4)])


def _individual_protection(day: Days) -> Iterator[Story]:
    ill = row("health_serious_illness", "self", treat_status=1, diagnose_date=day.ago(years=1))
    for grade, days, why in (
        ("orange", 15, _certificate(day, 2)),
        ("orange", 15, ill),
        (None, 14, ill),
        (None, 15, _certificate(day, 3)),
    ):
        title = f"on the dibao margin for {days} days, {why.dataset}"
        yield Story(title, {"S15-E03": grade}, edge=True, edge_member={"certified_date": day.ago(days=days)}, rows=[why])
    yield Story("protected already", {"S15-E03": None}, edge=True, dibao=True, rows=[ill])
    left = {"edge_status": 3}
    yield Story("no longer on the margin", {"S15-E03": None}, edge=True, edge_member=left, rows=[ill])


def _medical_insurance(day: Days) -> Iterator[Story]:
    """In the first sixty days of a year nobody is late."""
    late = (day.as_of - date(day.year(0), 1, 1)).days >= 60

    def paid(year: int, status: int = 1) -> Row:
        return row("medins_enrollment", "self", pay_year=day.year(year), pay_status=status)

    for grade, kind in (("red", "dibao"), ("red", "tekun"), ("orange", "edge"), ("orange", "rigid"), ("yellow", "low")):
        told: dict[str, Any] = {kind: True}
        yield Story(f"uninsured, {kind}", {"S15-E04": grade if late else None}, rows=[paid(-1)], **told)
    yield Story("enrolled and not paid", {"S15-E04": "red" if late else None}, dibao=True, rows=[paid(0, 2)])
    yield Story("insured this year", {"S15-E04": None}, dibao=True, rows=[paid(0)])
    yield Story("uninsured, not in the base", {"S15-E04": None}, rows=[paid(-1)])


def _old_age(day: Days) -> Iterator[Story]:
    def old(years: int, days: int = 0, hukou: int = 1) -> dict[str, Person]:
        return {"self": Person(born=day.ago(years=years, days=days), hukou_status=hukou)}

    for grade, years, days in ((None, 80, -2), ("blue", 80, 0), ("blue", 90, -2), ("yellow", 90, 0), ("orange", 100, 0)):
        yield Story(f"{years} in {-days} days, no allowance", {"S15-E05": grade}, people=old(years, days))
    yield Story("registered elsewhere", {"S15-E05": None}, people=old(85, hukou=2))
    for status, grade in ((1, None), (2, "blue")):
        allowance = row("civil_old_age_allowance", "self", allowance_status=status)
        yield Story(f"old-age allowance in state {status}", {"S15-E05": grade}, people=old(85), rows=[allowance])


def _contribution(day: Days, month: int, status: int = 1) -> Row:
    return row("hr_pension_contribution", "self", pay_month=day.month(month), pay_status=status, contribution_base="4000")


def _pension_premium(day: Days) -> Iterator[Story]:
    yield Story("on dibao, nobody pays the premium", {"S15-E06": "blue"}, dibao=True)
    yield Story("tekun, nobody pays the premium", {"S15-E06": "blue"}, tekun=True)
    yield Story("severely disabled, nobody pays", {"S15-E06": "blue"}, rows=[_certificate(day, 2)])
    yield Story("slightly disabled", {"S15-E06": None}, rows=[_certificate(day, 3)])
    for grade, years, days in (("blue", 16, 0), (None, 16, -2), ("blue", 60, -2), (None, 60, 0)):
        person = Person(born=day.ago(years=years, days=days))
        title = f"{years} in {-days} days"
        yield Story(title, {"S15-E06": grade}, dibao=True, people={"self": person})
    for grade, month, status in ((None, -1, 1), (None, -12, 1), ("blue", -13, 1), ("blue", -1, 2)):
        job = _contribution(day, month, status)
        yield Story(f"contribution of month {month} in state {status}", {"S15-E06": grade}, dibao=True, rows=[job])
    for grade, year, paid in ((None, 0, True), ("blue", -1, True), ("blue", 0, False)):
        pension = row("hr_resident_pension", "self", pay_year=day.year(year), paid_by_gov=paid)
        title = f"residents' pension of year {year}, by government: {paid}"
        yield Story(title, {"S15-E06": grade}, dibao=True, rows=[pension])


def _job_help(day: Days) -> Iterator[Story]:
    for grade, month in (("blue", -4), (None, -3), (None, -1)):
        yield Story(f"last contribution in month {month}", {"S15-E07": grade}, low=True, rows=[_contribution(day, month)])
    yield Story("in arrears with contributions", {"S15-E07": "blue"}, low=True, rows=[_contribution(day, -1, 2)])
    yield Story("cannot work", {"S15-E07": None}, low=True, people={"self": Person(labor_capacity=2)})
    for grade, years, days in ((None, 60, 0), ("blue", 60, -2), ("blue", 16, 0), (None, 16, -2)):
        person = Person(born=day.ago(years=years, days=days))
        title = f"jobless, {years} in {-days} days"
        yield Story(title, {"S15-E07": grade}, low=True, people={"self": person})
    for status, grade in ((1, None), (3, "blue")):
        helped = row("hr_employment_difficulty", "self", difficulty_status=status)
        yield Story(f"certified hard to place, state {status}", {"S15-E07": grade}, low=True, rows=[helped])


def _medical_aid(day: Days) -> Iterator[Story]:
    def bill(amount: str, **back: int) -> Row:
        return row("medins_settlement", "self", settlement_date=day.ago(**back), in_scope_self_pay_amount=amount)

    def aid(**back: int) -> Row:
        return row("medins_medical_aid", "self", aid_date=day.ago(**back))

    for grade, amount in (("red", "6000"), ("orange", "4000"), ("yellow", "3000"), ("blue", "2000"), (None, "1999.99")):
        yield Story(f"{amount} in scope, no aid", {"S15-E08": grade}, low=True, rows=[bill(amount, days=20)])
    edge = [bill("1000", months=6, days=-1), bill("1000", days=3)]
    yield Story("two bills of half a year", {"S15-E08": "blue"}, low=True, rows=edge)
    older = [bill("1000", months=6), bill("1999", days=3)]
    yield Story("one of the bills is too old", {"S15-E08": None}, low=True, rows=older)
    yield Story("aided a day after the first bill", {"S15-E08": None}, low=True, rows=[bill("6000", days=20), aid(days=19)])
    yield Story("aided on the day of the first bill", {"S15-E08": "red"}, low=True, rows=[bill("6000", days=20), aid(days=20)])
    yield Story("bills of somebody not in the base", {"S15-E08": None}, rows=[bill("6000", days=20)])


def _care_subsidy(day: Days) -> Iterator[Story]:
    people = {"self": Person(age=75)}

    def assessed(level: int) -> Row:
        return row("civil_elder_care_registry", "self", ability_level=level, assessed_date=day.ago(days=200))

    for grade, level in (("yellow", 3), ("yellow", 4), (None, 2)):
        yield Story(f"ability level {level}", {"S15-E09": grade}, dibao=True, people=people, rows=[assessed(level)])
    for other in (
        row("civil_elder_service_subsidy", "self", subsidy_status=1),
        _nursing(),
        row("medins_longterm_care", "self", care_status=1),
    ):
        yield Story(f"helped by {other.dataset}", {"S15-E09": None}, dibao=True, people=people, rows=[assessed(4), other])
    yield Story("not on dibao", {"S15-E09": None}, low=True, people=people, rows=[assessed(4)])


def _unrecognised_tekun(day: Days) -> Iterator[Story]:
    def pension(amount: str, kind: int = 1, status: int = 1) -> Row:
        return row("hr_pension_payment", "self", benefit_type=kind, monthly_amount=amount, payment_status=status)

    old = {"self": Person(age=70)}
    for grade, paid in (
        ("orange", [pension("999.99")]),
        ("orange", [pension("2000", 3)]),
        ("orange", [pension("2000", status=4)]),
        (None, [pension("1000")]),
        (None, [pension("600", 2), pension("400", 5)]),
    ):
        said = ", ".join(f"{one.columns['monthly_amount']} of kind {one.columns['benefit_type']}" for one in paid)
        yield Story(f"old, alone, pension {said}", {"S15-E10": grade}, people=old, rows=paid)
    for grade, years, days in (("orange", 60, 0), (None, 60, -2), (None, 16, 0), ("orange", 16, -2)):
        person = Person(born=day.ago(years=years, days=days))
        yield Story(f"alone, {years} in {-days} days", {"S15-E10": grade}, people={"self": person})
    for grade, level, kind in (("orange", 2, 4), ("orange", 3, 5), ("orange", 3, 6), (None, 3, 4), (None, 4, 6)):
        held = _certificate(day, level, disability_type=kind)
        yield Story(f"alone, disability of grade {level} and kind {kind}", {"S15-E10": grade}, rows=[held])
    family = {**old, "son": Person(age=45, father="self", apart=True)}
    for grade, able in ((None, True), ("orange", False)):
        owes = row("civil_support_obligor", "son", obligee_id_no="self", has_ability=able)
        yield Story(f"the son is able to support: {able}", {"S15-E10": grade}, people=family, rows=[owes])
    yield Story("recognised as tekun", {"S15-E10": None}, people=old, tekun=True)
    yield Story("old, alone, registered elsewhere", {"S15-E10": None}, people={"self": Person(age=70, hukou_status=2)})


def _device(day: Days) -> Iterator[Story]:
    for grade, year, need, status in (
        ("blue", -1, 2, 1),
        ("blue", 0, 2, 1),
        (None, -2, 2, 1),
        (None, -1, 1, 1),
        (None, -1, 2, 2),
    ):
        asked = row("dpf_service_need", "self", survey_year=day.year(year), assistive_device=need)
        held = _certificate(day, 4, cert_status=status)
        title = f"device need {need} in the survey of year {year}, certificate in state {status}"
        yield Story(title, {"S15-E11": grade}, rows=[asked, held])
