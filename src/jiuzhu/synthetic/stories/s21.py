"""Benefits that outlive the person: scenario S21."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _dead(day)
    yield from _declared(day)
    yield from _certification(day)
    yield from _trace(day)
    yield from _centenarians(day)
    yield from _pension(day)
    yield from _visits(day)


BENEFITS = (
    row("civil_orphan", "self", orphan_status=1),
    row("civil_unattended_child", "self", child_status=1),
    row("civil_disability_living_allowance", "self", allowance_status=1),
    row("civil_disability_nursing_allowance", "self", allowance_status=1),
    row("civil_old_age_allowance", "self", allowance_status=1),
    row("civil_elder_service_subsidy", "self", subsidy_status=1),
)
OLD_AGE = BENEFITS[4]


def _dead(day: Days) -> Iterator[Story]:
    for code, dataset, column in (
        ("S21-R01", "police_death_cancellation", "death_date"),
        ("S21-R02", "civil_cremation", "cremation_date"),
        ("S21-R03", "health_death_certificate", "issue_date"),
    ):
        for grade, days in (("red", 1), ("red", 40), (None, 0)):
            columns: dict[str, Any] = {"death_date": day.ago(days=days + 2), column: day.ago(days=days)}
            gone = row(dataset, "self", **columns)
            yield Story(f"{dataset} {days} days ago, on dibao", {code: grade}, dibao=True, rows=[gone])
        gone = row(dataset, "self", **{"death_date": day.ago(days=9), column: day.ago(days=5)})
        yield Story(f"{dataset}, receives nothing", {code: None}, low=True, rows=[gone])
        yield Story(f"{dataset}, tekun", {code: "red"}, tekun=True, rows=[gone])
        for benefit in BENEFITS:
            yield Story(f"{dataset}, {benefit.dataset}", {code: "red"}, rows=[gone, benefit])
        stopped = row("civil_old_age_allowance", "self", allowance_status=2)
        yield Story(f"{dataset}, the allowance was stopped", {code: None}, rows=[gone, stopped])


def _declared(day: Days) -> Iterator[Story]:
    for grade, kind, days, revoked in (
        ("red", 1, 1, False),
        ("red", 2, 300, False),
        (None, 1, 0, False),
        (None, 1, 30, True),
        (None, 3, 30, False),
    ):
        columns = {"judgment_type": kind, "effective_date": day.ago(days=days), "is_revoked": revoked}
        judged = row("court_person_status", "self", **columns)
        title = f"judgment of type {kind} {days} days ago, revoked: {revoked}"
        yield Story(title, {"S21-R04": grade}, dibao=True, rows=[judged])
        yield Story(f"{title}, receives nothing", {"S21-R04": None}, rows=[judged])


def _certified(day: Days, days: int, until: int = -300) -> Row:
    return row("civil_survival_certification", "self", cert_date=day.ago(days=days), valid_to=day.ago(days=until))


def _certification(day: Days) -> Iterator[Story]:
    for grade, days in (("red", 90), ("orange", 89), ("orange", 30), ("yellow", 29), ("yellow", 1), (None, 0)):
        yield Story(f"certified until {days} days ago", {"S21-R05": grade}, rows=[_certified(day, 500, days), OLD_AGE])
    nursing = BENEFITS[3]
    yield Story("tekun, certification run out", {"S21-R05": "orange"}, tekun=True, rows=[_certified(day, 500, 40)])
    yield Story("nursed, certification run out", {"S21-R05": "orange"}, rows=[_certified(day, 500, 40), nursing])
    yield Story("on dibao alone, certification run out", {"S21-R05": None}, dibao=True, rows=[_certified(day, 500, 40)])
    both = [_certified(day, 500, 135), _certified(day, 20)]
    yield Story("certified again", {"S21-R05": None}, rows=[*both, OLD_AGE])


def _trace(day: Days) -> Iterator[Story]:
    def traces(days: int) -> list[Row]:
        past = day.ago(days=days)
        return [
            row("medins_settlement", "self", settlement_date=past),
            row("travel_record", "self", travel_date=past),
            row("telecom_status", "self", last_active_date=past),
            row("civil_home_visit", "self", visit_date=past, visit_time=f"{past}T09:00:00+08:00", finding=0),
            _certified(day, days),
        ]

    yield Story("no trace at all", {"S21-R06": "yellow"}, dibao=True)
    yield Story("all traces are 180 days old", {"S21-R06": "yellow"}, rows=[*traces(180), OLD_AGE])
    for trace in traces(179):
        yield Story(f"{trace.dataset} 179 days ago", {"S21-R06": None}, dibao=True, rows=[trace])
    past = day.ago(days=9)
    missed = row("civil_home_visit", "self", visit_date=past, visit_time=f"{past}T09:00:00+08:00", finding=5)
    yield Story("a visitor found nobody", {"S21-R06": "yellow"}, dibao=True, rows=[missed])
    yield Story("no trace, and no benefit", {"S21-R06": None}, low=True)


def _centenarians(day: Days) -> Iterator[Story]:
    for grade, days, last in (("yellow", 0, 90), (None, 0, 89), (None, -2, 90)):
        people = {"self": Person(born=day.ago(years=100, days=days), sex=2)}
        title = f"100 in {-days} days, certified {last} days ago"
        yield Story(title, {"S21-R07": grade}, people=people, rows=[_certified(day, last), OLD_AGE])
    hundred = {"self": Person(age=102, sex=2)}
    yield Story("102, never certified, on dibao", {"S21-R07": "yellow"}, dibao=True, people=hundred)
    yield Story("102, without any benefit", {"S21-R07": None}, people=hundred)


def _pension(day: Days) -> Iterator[Story]:
    def paid(status: int, days: int | None = None) -> Row:
        when = {} if days is None else {"data_date": day.ago(days=days)}
        return row("hr_pension_payment", "self", benefit_type=3, monthly_amount="200", payment_status=status, **when)

    for number, (grade, rows) in enumerate(
        (
            ("red", [paid(1, 40), paid(3, 1), paid(3)]),
            ("red", [paid(1, 90), paid(3, 60)]),
            (None, [paid(1, 1), paid(3)]),
            (None, [paid(1, 60), paid(4, 30), paid(4)]),
        )
    ):
        yield Story(f"pension of changing state, {number}", {"S21-R08": grade}, dibao=True, rows=rows)
    yield Story("pension ended, no benefit", {"S21-R08": None}, rows=[paid(1, 40), paid(3, 20), paid(3)])


def _visits(day: Days) -> Iterator[Story]:
    def visits(*days: int, finding: int = 5, person: str = "self") -> list[Row]:
        return [
            row(
                "civil_home_visit",
                person,
                household_id="own",
                visit_date=day.ago(days=one),
                visit_time=f"{day.ago(days=one)}T15:00:00+08:00",
                finding=finding,
            )
            for one in days
        ]

    couple = {"self": Person(age=66), "wife": Person(age=64, sex=2, spouse="self")}
    yield Story("nobody home twice", {"S21-R09": "yellow"}, dibao=True, rows=visits(89, 3))
    yield Story("nobody home three times", {"S21-R09": "orange"}, tekun=True, rows=visits(89, 40, 3))
    each = [*visits(20), *visits(9, person="wife")]
    yield Story("each of two missed once", {"S21-R09": "yellow"}, dibao=True, people=couple, rows=each)
    yield Story("the first time was ninety days ago", {"S21-R09": None}, dibao=True, rows=visits(90, 3))
    yield Story("seen once", {"S21-R09": None}, dibao=True, rows=[*visits(30), *visits(3, finding=3)])
    yield Story("nobody home, and no benefit", {"S21-R09": None}, low=True, rows=visits(89, 3))
