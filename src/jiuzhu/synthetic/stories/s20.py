"""Groups that need a second look: scenario S20."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jiuzhu.synthetic.story import Days, Person, Row, Story, row


def stories(day: Days) -> Iterator[Story]:
    yield from _without_guardian(day)
    yield from _veterans(day)
    yield from _workers(day)
    yield from _women_and_young(day)
    yield from _corrected(day)


def _without_guardian(day: Days) -> Iterator[Story]:
    def ill(risk: int, status: int = 1, guardian: str | None = None) -> Row:
        return row("health_mental_disorder", "self", risk_level=risk, manage_status=status, guardian_id_no=guardian)

    for grade, risk, status in (("red", 3, 1), ("red", 5, 2), (None, 2, 1), (None, 4, 3)):
        title = f"risk {risk}, care in state {status}, nobody to look after"
        yield Story(title, {"S20-E01": grade}, rows=[ill(risk, status)])
    family = {"self": Person(age=35), "brother": Person(age=40)}
    died = row("police_death_cancellation", "brother", death_date=day.ago(days=40), cancel_date=day.ago(days=38))
    yield Story("the guardian died", {"S20-E01": "red"}, people=family, rows=[ill(4, guardian="brother"), died])
    yield Story("the guardian lives", {"S20-E01": None}, people=family, rows=[ill(4, guardian="brother")])


def _veterans(day: Days) -> Iterator[Story]:
    for grade, days in (("blue", 179), (None, 180)):
        aid = row("veteran_hardship_aid", "self", aid_date=day.ago(days=days), amount="2000")
        yield Story(f"a veteran was helped {days} days ago", {"S20-E02": grade}, rows=[aid])
    aid = row("veteran_hardship_aid", "self", aid_date=day.ago(days=9), amount="2000")
    yield Story("a veteran of the base was helped", {"S20-E02": None}, low=True, rows=[aid])
    paid = row("veteran_preferential", "self", treat_status=1, monthly_amount="400")
    for grade, income in (("orange", "600"), ("yellow", "600.01"), ("yellow", "999.99"), (None, "1000")):
        yield Story(f"a veteran with {income}", {"S20-E08": grade}, low=True, member={"monthly_income": income}, rows=[paid])
    poor = {"monthly_income": "500"}
    yield Story("a veteran on dibao", {"S20-E08": None}, dibao=True, member=poor, rows=[paid])
    stopped = row("veteran_preferential", "self", treat_status=2, monthly_amount="400")
    yield Story("treatment as a veteran has stopped", {"S20-E08": None}, low=True, member=poor, rows=[stopped])


def _workers(day: Days) -> Iterator[Story]:
    def filed(category: int, days: int, status: int = 1) -> Row:
        return row("union_difficult_worker", "self", worker_category=category, cert_date=day.ago(days=days), file_status=status)

    for grade, category, days, status in (
        ("blue", 1, 30, 1),
        ("blue", 2, 400, 1),
        (None, 2, 29, 1),
        (None, 3, 90, 1),
        (None, 1, 90, 3),
    ):
        title = f"worker of category {category} on file for {days} days, state {status}"
        yield Story(title, {"S20-E03": grade}, rows=[filed(category, days, status)])
    yield Story("a worker of the base", {"S20-E03": None}, low=True, rows=[filed(1, 90)])
    for grade, category, days, status in (
        ("orange", 3, 59, 1),
        ("orange", 3, 0, 1),
        (None, 3, 60, 1),
        (None, 2, 9, 1),
        (None, 3, 9, 2),
    ):
        title = f"worker of category {category} struck {days} days ago, state {status}"
        yield Story(title, {"S20-E04": grade}, rows=[filed(category, days, status)])


def _women_and_young(day: Days) -> Iterator[Story]:
    def listed(dataset: str, category: int, days: int, status: int) -> Row:
        columns = {"support_category": category, "register_date": day.ago(days=days), "support_status": status}
        return row(dataset, "self", **columns)

    woman = {"self": Person(age=41, sex=2)}
    for grade, category, days, status in (
        ("blue", 1, 30, 1),
        ("blue", 2, 300, 1),
        (None, 2, 29, 1),
        (None, 3, 90, 1),
        (None, 1, 90, 2),
    ):
        rows = [listed("women_support", category, days, status)]
        title = f"woman of category {category} listed for {days} days, state {status}"
        yield Story(title, {"S20-E05": grade}, people=woman, rows=rows)
    rows = [listed("women_support", 1, 90, 1)]
    yield Story("a lone mother of the base", {"S20-E05": None}, low=True, people=woman, rows=rows)
    youth = {"self": Person(age=15)}
    for grade, category, days, status in (
        ("blue", 1, 179, 1),
        ("blue", 2, 0, 1),
        (None, 2, 180, 1),
        (None, 3, 9, 1),
        (None, 2, 9, 2),
    ):
        rows = [listed("youth_support", category, days, status)]
        title = f"young person of category {category} listed {days} days ago, state {status}"
        yield Story(title, {"S20-E06": grade}, people=youth, rows=rows)


def _corrected(day: Days) -> Iterator[Story]:
    def served(status: int = 1) -> Row:
        return row("justice_community_correction", "self", correction_status=status, start_date=day.ago(days=200))

    def family(days: int, **child: Any) -> dict[str, Person]:
        return {"self": Person(age=42), "girl": Person(born=day.ago(years=18, days=days), sex=2, father="self", **child)}

    yield Story("under correction, the girl is 17", {"S20-E07": "blue"}, low=True, people=family(-2), rows=[served()])
    yield Story("under correction, the girl is 18", {"S20-E07": None}, low=True, people=family(0), rows=[served()])
    yield Story("correction is over", {"S20-E07": None}, low=True, people=family(-2), rows=[served(2)])
    yield Story("the family has left the base", {"S20-E07": None}, low=True, people=family(-2), rows=[served()],
                household={"household_status": 2}, member={"member_status": 2})  # fmt: skip
    apart = family(-2, low=False)
    yield Story("the girl is not of the household", {"S20-E07": None}, low=True, people=apart, rows=[served()])
