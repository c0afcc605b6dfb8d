"""Honesty, consent and the quality of checks: scenario S33."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _declared(day)
    yield from _consent(day)
    yield from _integrity(day)
    yield from _reports(day)
    yield from _licences_and_claims(day)


def _found(day: Days, days_ago: int, declared: str | None, verified: str, report: str = "2", **columns: Any) -> Row:
    given = {"household_id": "own", "report_no": report, "item_id": "VM04", "report_date": day.ago(days=days_ago)}
    values = {"declared_value": declared, "verified_value": verified, "is_discrepant": True, "conclusion": 2}
    return row("civil_verification_result", "self", **(given | values | columns))


def _declared(day: Days) -> Iterator[Story]:
    for grade, declared in (("red", "4000"), ("orange", "6000"), ("yellow", "7000"), ("blue", "8000"), (None, "8000.01")):
        yield Story(f"declared {declared} of 10000", {"S33-R01": grade}, low=True, rows=[_found(day, 20, declared, "10000")])
    older = [_found(day, 20, "10000", "10000", is_discrepant=False), _found(day, 400, "0", "10000", "1")]
    yield Story("the older report differed", {"S33-R01": None}, low=True, rows=older)
    hidden = [_found(day, 20, None, "3000"), _found(day, 20, "7000", "7000", item_id="VM05", is_discrepant=False)]
    yield Story("found and never declared", {"S33-R01": "yellow"}, low=True, rows=hidden)


def _signed(day: Days, number: str, valid_to: Any, **columns: Any) -> Row:
    given = {"auth_no": number, "household_id": "own", "sign_date": day.ago(years=2), "valid_to": valid_to, "revoked": False}
    return row("civil_verification_authorisation", "self", **(given | columns))


def _consent(day: Days) -> Iterator[Story]:
    for grade, days in (("orange", 30), ("yellow", 29), ("yellow", 1), (None, 0)):
        rows = [_signed(day, "1", day.ago(days=days)), _signed(day, "0", day.ago(days=900), sign_date=day.ago(years=4))]
        yield Story(f"the consent ended {days} days ago", {"S33-R02": grade}, dibao=True, rows=rows)
    for grade, days in (("orange", 5), (None, 4)):
        gone = _signed(day, "1", day.ahead(years=1), revoked=True, sign_date=day.ago(days=100), data_date=day.ago(days=days))
        yield Story(f"withdrew the consent {days} days ago", {"S33-R03": grade}, dibao=True, rows=[gone])
    again = [
        _signed(day, "1", day.ahead(years=1), revoked=True, sign_date=day.ago(days=100), data_date=day.ago(days=50)),
        _signed(day, "2", day.ahead(years=1), sign_date=day.ago(days=30)),
    ]
    yield Story("withdrew and signed again", {"S33-R03": None}, dibao=True, rows=again)


def _record(day: Days, days_ago: int, **columns: Any) -> Row:
    given = {"behaviour": 1, "found_date": day.ago(days=days_ago), "severity": 2, "record_status": 1}
    return row("civil_integrity_record", "self", **(given | columns))


def _integrity(day: Days) -> Iterator[Story]:
    asked = row("civil_assistance_application", "self", household_id="own", item_code=5, apply_date=day.ago(days=29), decision=4)
    for grade, severity, ends in (("red", 3, 29), ("orange", 2, 10), (None, 3, 30), (None, 1, 10)):
        banned = _record(day, 400, severity=severity, penalty_end_date=day.ago(days=ends))
        yield Story(f"penalty of grade {severity} ended {ends} days ago", {"S33-R04": grade}, low=True, rows=[asked, banned])
    early = row("civil_assistance_application", "self", household_id="own", item_code=5, apply_date=day.ago(days=30), decision=4)
    banned = _record(day, 400, severity=3, penalty_end_date=day.ahead(days=100))
    yield Story("applied thirty days ago", {"S33-R04": None}, low=True, rows=[early, banned])
    for grade, owed in (("red", "5000"), ("orange", "1000"), ("yellow", "100"), (None, "99.99")):
        yield Story(
            f"{owed} not given back", {"S33-R05": grade}, rows=[_record(day, 90, amount_involved=owed, recovered_amount=None)]
        )
    part = [_record(day, 200, amount_involved="6000", recovered_amount="5950"), _record(day, 89, amount_involved="9000")]
    yield Story("most is given back, the rest is new", {"S33-R05": None}, rows=part)


def _reports(day: Days) -> Iterator[Story]:
    callers = {"self": Person(), "caller": Person(apart=True, low=False)}
    for grade, days, topic in (("orange", 29, 6), (None, 30, 6), (None, 3, 9)):
        call = row("hotline_case", "caller", reported_id_no="self", topic=topic, call_date=day.ago(days=days))
        yield Story(f"reported {days} days ago, topic {topic}", {"S33-R06": grade}, low=True, people=callers, rows=[call])
    for grade, days, kind in (("orange", 29, 9), (None, 30, 9), (None, 3, 7)):
        seen = row("grid_report", "self", report_type=kind, report_date=day.ago(days=days), handle_status=2)
        yield Story(f"grid report of type {kind}, {days} days ago", {"S33-R07": grade}, low=True, rows=[seen])

    def visit(days: int, **columns: Any) -> Row:
        stamp = {"visit_date": day.ago(days=days), "visit_time": f"{day.ago(days=days)}T10:00:00+08:00", "household_id": "own"}
        return row("civil_home_visit", "self", **(stamp | {"finding": 0, "distance_m": "5", "photo_count": 2} | columns))

    yield Story("a visitor doubts the claim", {"S33-R07": "orange"}, low=True, rows=[visit(29, finding=4)])
    yield Story("one stamp far from home", {"S33-R08": "yellow"}, low=True, rows=[visit(29, distance_m="500.1")])
    yield Story(
        "two doubtful visits", {"S33-R08": "orange"}, low=True, rows=[visit(5, distance_m="800"), visit(9, photo_count=0)]
    )
    yield Story(
        "near enough, and one long ago", {"S33-R08": None}, low=True, rows=[visit(5, distance_m="500"), visit(30, photo_count=0)]
    )


def _licences_and_claims(day: Days) -> Iterator[Story]:
    def licence(days_ago: int, number: str, status: int = 2, kind: int = 3) -> Row:
        columns = {"licence_type": kind, "licence_no": number, "licence_status": status, "valid_to": day.ago(days=days_ago)}
        return row("e_licence", "self", **columns)

    yield Story("a permit ended thirty days ago", {"S33-R09": "blue"}, low=True, rows=[licence(30, "S33-A")])
    yield Story("a permit ended 29 days ago", {"S33-R09": None}, low=True, rows=[licence(29, "S33-B")])
    renewed = [licence(300, "S33-C"), licence(-900, "S33-D", status=1)]
    yield Story("a permit was renewed", {"S33-R09": None}, low=True, rows=renewed)
    family = {"self": Person(age=74), "son": Person(age=48, father="self", apart=True, low=False)}
    owes = row(
        "civil_support_obligor", "son", obligee_id_no="self", has_ability=True, verify_consent=True, support_amount_month="300"
    )
    for grade, months in (("red", 24), ("orange", 18), ("yellow", 15), ("blue", 12)):
        checked = row("civil_verification_result", "son", household_id=f"S33-{months}", report_date=day.ago(months=months))
        yield Story(
            f"the son was checked {months} months ago", {"S33-R10": grade}, dibao=True, people=family, rows=[owes, checked]
        )
    recent = row("civil_verification_result", "son", household_id="S33-11", report_date=day.ago(months=12, days=-2))
    yield Story("the son was checked within the year", {"S33-R10": None}, dibao=True, people=family, rows=[owes, recent])
    yield Story("the son was never checked", {"S33-R10": "blue"}, dibao=True, people=family, rows=[owes])
    for fitting, amount in (("red", "60000"), ("orange", "40000"), ("blue", "20000"), (None, "19999.99")):
        won = row("court_enforcement", "self", case_no=f"S33-{amount}", party_role=4, case_status=3, claim_amount=amount)
        yield Story(f"won {amount} in court", {"S33-R11": fitting}, dibao=True, rows=[won])
