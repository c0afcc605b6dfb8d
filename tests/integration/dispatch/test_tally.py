"""The numbers kept beside the warnings are those one would count, whoever writes; and what a province reads off is what stands there."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from jiuzhu.casework.accounts.bonds import KinLink
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import whole_divisions
from jiuzhu.casework.dispatch import counting, queries, tally
from jiuzhu.casework.dispatch.models import Tally, Warning
from jiuzhu.casework.dispatch.queries import Filter
from tests.support.casework import AT, TODAY, case, task, warning
from tests.support.officers import SINCE, account, give, officer

pytestmark = pytest.mark.django_db
PROVINCE = "370000"
PLACES = ("370502001011", "370502002007", "370503001001", "371002001001", "110101001001")


def kept() -> dict[tuple[object, ...], int]:
    told: Counter[tuple[object, ...]] = Counter()
    for *cell, n in Tally.objects.values_list("queue", "county", "scenario_id", "side", "level", "n"):
        told[tuple(cell)] += n
    return {cell: n for cell, n in told.items() if n}


def counted() -> dict[tuple[object, ...], int]:
    return dict(Counter((one.queue, one.township[:6], one.scenario_id, one.side, one.level) for one in Warning.objects.all()))


def some(n: int, seed: int = 7) -> list[Warning]:
    drawn = random.Random(seed)
    return [
        warning(
            f"w{seed}-{one}", division_code=drawn.choice(PLACES), level=drawn.randint(1, 4), side=drawn.choice(("entry", "exit")),
            scenario_id=(scenario := drawn.choice(("S01", "S02", "S03"))), indicator_id=f"{scenario}-E0{drawn.randint(1, 2)}",
            kind=drawn.choice(("warning", "warning", "hint")), household_id=f"H{drawn.randint(1, n // 2)}",
            first_seen=date(2026, 11, drawn.randint(1, 19)), due_on=date(2026, 11, drawn.randint(20, 28)),
        )
        for one in range(n)
    ]  # fmt: skip


def related(to: Officer, household: str) -> None:
    KinLink.objects.create(person=to.person, household=household, key="K1", because="address", since=SINCE, told_by="x")


def test_the_numbers_are_those_one_would_count_whoever_writes():
    made = some(30)
    assert kept() == counted()
    Warning.objects.bulk_create([Warning(**told) for told in _copies(made[:5])])
    assert kept() == counted()
    waiting = Warning.objects.filter(kind="warning")
    waiting.filter(level=4).update(handling="snoozed", snoozed_until=TODAY)
    waiting.filter(level=3).update(
        state="closed", handling="handled", outcome="helped", handled_at=AT, handled_by="zhou", division_code="370102001001"
    )
    of = task(case())
    waiting.filter(level=1).update(handling="released", case=of.case, task=of, released_at=AT, released_by="zhou")
    assert kept() == counted()
    for n, one in enumerate(Warning.objects.filter(kind="hint")):
        one.level, one.scenario_id, one.side, one.as_of = 1 + n % 4, "S09", "oversight", TODAY
    Warning.objects.bulk_update([one], ["level", "scenario_id", "side", "as_of"])
    one.kind = "warning"
    one.save()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dispatch_warning SET level = 5 - level, due_on = NULL WHERE division_code LIKE '3705%'")
        cursor.execute("UPDATE dispatch_warning SET division_code = '371002001002' WHERE division_code = '371002001001'")
    assert kept() == counted()


def test_what_acts_left_beside_the_numbers_is_folded_into_them_and_changes_none():
    some(20)
    tally.fold()
    Warning.objects.filter(level=4).update(level=3)
    some(4, seed=8)
    tally.fold()
    assert kept() == counted()
    assert tally.fold() == 0
    assert Tally.objects.count() == len(
        {tuple(row) for row in Tally.objects.values_list("queue", "county", "scenario_id", "side", "level")}
    )


FILTERS = (
    Filter(), Filter(queue="hints"), Filter(queue=queries.ALL), Filter(queue=""), Filter(queue="closed"), Filter(levels=(4, 2)),
    Filter(side="exit"), Filter(scenarios=("S01", "S03"), levels=(1,)), Filter(divisions=("370502",)),
    Filter(divisions=("370500",), side="entry", levels=(3,)), Filter(divisions=("370502001", "371002")), Filter(indicator="S01-E01"),
    Filter(since=date(2026, 11, 8), scenarios=("S02",)), Filter(due_until=date(2026, 11, 24), divisions=("370503",)),
    Filter(order="household", down=True),
)  # fmt: skip


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize("near", [False, True])
def test_what_a_province_reads_off_is_what_stands_there(wanted: Filter, near: bool):
    gao = officer("gao", "policy_officer", PROVINCE)
    some(60)
    Warning.objects.filter(pk__in=list(Warning.objects.filter(kind="warning").values_list("pk", flat=True)[::4])).update(
        handling="snoozed", snoozed_until=TODAY
    )
    hidden = ""
    if near:
        hidden = "H1"
        related(gao, hidden)
    shown = [
        one for one in Warning.objects.all() if one.division_code.startswith("37") and (not near or one.household_id != hidden)
    ]
    told = counting.counts(viewer=gao, wanted=wanted, at=AT)

    def fits(one: Warning, asked: Filter) -> bool:
        queue = {"": ("waiting", "released", "snoozed", "hints"), queries.ALL: ("waiting", "released", "snoozed")}.get(
            asked.queue, (queries.QUEUES.get(asked.queue, ""),)
        )
        return (
            one.queue in queue
            and asked.side in ("", one.side)
            and (not asked.levels or one.level in asked.levels)
            and (not asked.scenarios or one.scenario_id in asked.scenarios)
            and asked.indicator in ("", one.indicator_id)
            and (not asked.divisions or any(one.division_code.startswith(code.removesuffix("00")) for code in asked.divisions))
            and (asked.since is None or one.first_seen >= asked.since)
            and (asked.due_until is None or (one.due_on is not None and one.due_on <= asked.due_until))
        )

    def of(asked: Filter) -> list[Warning]:
        return [one for one in shown if fits(one, asked)]

    assert told.total == len(of(wanted))
    assert told.households == len({one.household_id for one in of(wanted)})
    assert {k: n for k, n in told.by_level.items() if n} == Counter(one.level for one in of(replace(wanted, levels=())))
    assert {k: n for k, n in told.by_scenario.items() if n} == Counter(
        one.scenario_id for one in of(replace(wanted, scenarios=()))
    )
    assert {k: n for k, n in told.by_place.items() if n} == Counter(one.township[:6] for one in of(replace(wanted, divisions=())))
    open_ones = {name: queue for name, queue in queries.QUEUES.items() if name != "closed"}
    assert told.by_queue == {name: sum(one.queue == queue for one in shown) for name, queue in open_ones.items()}


def test_numbers_are_read_off_only_where_everything_of_a_place_is_seen():
    gao, li = officer("gao", "policy_officer", PROVINCE), officer("li", "township_officer", "370502001")
    assert whole_divisions(gao, "warnings.list", at=AT) == {PROVINCE}
    give(li, "policy_officer", "371000")
    assert whole_divisions(li, "warnings.list", at=AT) == {"370502001", "371000"}
    assert whole_divisions(account("nobody"), "warnings.list", at=AT) == frozenset()
    assert not whole_divisions(li, "tasks.read", at=AT)  # some by a task alone
    related(gao, "H1")
    assert not whole_divisions(gao, "warnings.list", at=AT)


def _copies(made: list[Warning]) -> list[dict[str, object]]:
    columns = [one.attname for one in Warning._meta.concrete_fields if not one.generated and not one.primary_key]
    return [{name: getattr(one, name) for name in columns} | {"warning_id": f"copy-{one.pk}"} for one in made]
