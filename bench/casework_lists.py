"""How long the lists of casework take: 200,000 open warnings under every kind of filter, and 50,000 released in one act.

    python -m bench.casework_lists [--warnings 200000] [--release 50000]

The database is the one the settings name (SQLite in a folder that is thrown away; JIUZHU_DATABASE chooses another). Each list is
asked as the desk asks it: one page with its counts. Times are CPU time of this process and of the database, which other work on the
machine does not lengthen, each query on one core; the best of five, and the worst beside it.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TIMES = 5
PROVINCE = "370000"


def main() -> None:
    parser = argparse.ArgumentParser(description="time the lists of casework")
    parser.add_argument("--warnings", type=int, default=200_000)
    parser.add_argument("--release", type=int, default=50_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("JIUZHU_WORKSPACE", folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiuzhu.config.settings")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection, transaction

        call_command("migrate", verbosity=0)
        with transaction.atomic():
            viewers = _fill(asked.warnings)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
            if connection.vendor == "postgresql":
                cursor.execute("VACUUM dispatch_warning")
                cursor.execute("SET max_parallel_workers_per_gather = 0")
        print(f"{connection.vendor}, {asked.warnings:,} open warnings; milliseconds, best and worst of {TIMES}")
        worst = _lists(viewers)
        print(f"slowest list: {worst:.0f} ms")
        _release(viewers["county"], asked.release)


def _fill(number: int) -> dict[str, Any]:
    """Open warnings over a province: 16 cities of 10 counties of 12 townships of 30 villages, 33 scenarios, households of two each."""
    from jiuzhu.casework.accounts.models import Assignment, Office, Officer, Person
    from jiuzhu.casework.dispatch.models import Load, Warning
    from jiuzhu.casework.trace.bulk import insert_many

    drawn = random.Random(7)
    scenarios = [f"S{n:02}" for n in range(1, 34)]
    rows = []
    for n in range(number):
        county = f"37{drawn.randint(1, 16):02}{drawn.randint(1, 10):02}" if n % 3 else "370502"
        place = f"{county}{drawn.randint(1, 12):03}{drawn.randint(1, 30):03}"
        scenario = drawn.choice(scenarios)
        first_seen, due_on = TODAY - timedelta(days=drawn.randint(0, 90)), TODAY + timedelta(days=drawn.randint(-5, 20))
        indicator = f"{scenario}-E{drawn.randint(1, 9):02}"
        level, side = drawn.choice((1, 1, 2, 2, 3, 4)), drawn.choice(("entry", "entry", "exit"))
        household = f"{place}{n // 2:08}"
        rows.append((f"w{n}", indicator, scenario, household, place, place, level, side, first_seen, due_on))
    same = {
        "subject_kind": "person",
        "value": "1",
        "threshold": "1",
        "unit": "yuan",
        "kind": "warning",
        "changed": "new",
        "as_of": TODAY,
    }
    columns = (
        "warning_id", "indicator_id", "scenario_id", "household_id", "division_code", "registry_division", "level", "side",
        "first_seen", "due_on",
    )  # fmt: skip
    insert_many(Warning, same=same, columns=columns, rows=rows)
    Load.objects.create(
        release="r", as_of=TODAY, loaded_at=AT, issued=number, opened=number, raised=0, lowered=0, closed=0, brought=number
    )
    viewers = {}
    for account, role, division in (
        ("township", "township_officer", "370502001"), ("county", "county_officer", "370502"), ("province", "policy_officer", PROVINCE),
    ):  # fmt: skip
        person = Person.objects.create(staff_number=account, name=account)
        officer = Officer.objects.create_officer(account, "unused", display_name=account, person=person)
        tier = {"370502001": "township", "370502": "county", PROVINCE: "province"}[division]
        office, _ = Office.objects.get_or_create(
            department="民政", division_code=division, defaults={"tier": tier, "name": division}
        )
        term = {"since": AT - timedelta(days=9), "until": AT + timedelta(days=900), "given_by": "bench"}
        Assignment.objects.create(officer=officer, office=office, role=role, duty="casework", division_code=division, **term)
        viewers[account] = officer
    return viewers


def _lists(viewers: dict[str, Any]) -> float:
    from jiuzhu.casework.dispatch import queries

    filters = {
        "all, by grade": queries.Filter(),
        "all, by day": queries.Filter(order="due"),
        "all, by household": queries.Filter(order="household"),
        "all, by indicator": queries.Filter(order="indicator"),
        "all, newest first": queries.Filter(order="newest"),
        "red": queries.Filter(levels=(4,)),
        "red, by day, backwards": queries.Filter(levels=(4,), order="due", down=True),
        "one scenario": queries.Filter(scenarios=("S07",)),
        "one indicator": queries.Filter(indicator="S07-E03"),
        "one village": queries.Filter(divisions=("370502003011",)),
        "two townships, exit side": queries.Filter(divisions=("370502003", "370502007"), side="exit"),
        "one week": queries.Filter(since=date(2026, 11, 1), until=date(2026, 11, 7)),
        "nearly three months": queries.Filter(since=date(2026, 8, 25)),
        "due within the week": queries.Filter(due_until=date(2026, 11, 27)),
        "almost nothing": queries.Filter(
            indicator="S33-E09", levels=(4,), side="exit", since=date(2026, 11, 18), order="household"
        ),
        "nothing at all": queries.Filter(indicator="S01-E77"),
    }
    slowest = 0.0
    for who, viewer in viewers.items():
        for name, wanted in filters.items():
            best, worst = _timed(lambda viewer=viewer, wanted=wanted: _page(viewer, wanted))
            deep_best, deep_worst = _timed(lambda viewer=viewer, wanted=wanted: _deep(viewer, wanted))
            slowest = max(slowest, best, deep_best)
            print(
                f"{who:<10} {name:<26} page and counts {best:7.1f} {worst:7.1f}   a page far down {deep_best:7.1f} {deep_worst:7.1f}"
            )
    return slowest


def _page(viewer: Any, wanted: Any) -> None:
    from jiuzhu.casework.dispatch import counting, queries

    queries.page(viewer=viewer, wanted=wanted, at=AT, size=40)
    counting.counts(viewer=viewer, wanted=wanted, at=AT)


def _deep(viewer: Any, wanted: Any) -> None:
    """The last page, reached from its own end: what counting rows would make the slowest of all."""
    from dataclasses import replace

    from jiuzhu.casework.dispatch import queries

    end = queries.page(viewer=viewer, wanted=replace(wanted, down=not wanted.down), at=AT, size=40)
    if end.after:
        queries.page(viewer=viewer, wanted=wanted, at=AT, size=40, before=end.after)


def _now() -> float:
    """CPU seconds of this process, and of the database's where it is another one: other work on the machine does not lengthen them."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return time.process_time()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        number = cursor.fetchone()[0]
    return time.process_time() + int(Path(f"/proc/{number}/schedstat").read_text().split()[0]) / 1e9


def _timed(act: Callable[[], None]) -> tuple[float, float]:
    took = []
    for _ in range(TIMES):
        began = _now()
        act()
        took.append((_now() - began) * 1000)
    return min(took), max(took)


def _release(viewer: Any, number: int) -> None:
    from jiuzhu.casework.dispatch import actions
    from jiuzhu.casework.dispatch.chosen import These
    from jiuzhu.casework.dispatch.models import Warning

    of_county = Warning.objects.filter(division_code__startswith="370502").order_by("pk")
    numbers = tuple(of_county.values_list("warning_id", flat=True)[:number])
    began, spent = time.perf_counter(), _now()
    told = actions.release(chosen=These(numbers), because="released_as_found", by=viewer, at=AT)
    took, cpu = time.perf_counter() - began, _now() - spent
    print(
        f"{told.warnings:,} warnings of {told.households:,} households released in {took:.1f} s ({cpu:.1f} s CPU): {told.new_tasks:,} tasks"
    )


if __name__ == "__main__":
    main()
