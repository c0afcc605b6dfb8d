"""The officers behind the windows: accounts over the townships, their tasks and families, sessions as the desk begins them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client

from jiuzhu.casework.accounts.models import Assignment, Officer, Person
from jiuzhu.casework.accounts.models import Office as OfficeRow
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch import actions
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.registry import public
from tests.support.signing_in import let_in

LEAST = 10  # warnings of a township that has windows
AT_ONCE = 400


class Office:
    """Half of what waits is released, so that there are tasks, cases and files."""

    def __init__(self, workspace: Path, count: int) -> None:
        at = datetime.now(UTC)
        with transaction.atomic():
            self._townships = _townships()
            self._officers = _officers(self._townships, count, at)
            released = _released(self._townships, at)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        open_tasks = _tasks()
        keys = public.family_keys(workspace, [one.case.household_key for tasks in open_tasks.values() for one in tasks])
        self._work: dict[str, dict[str, Any]] = {}
        for n, officer in enumerate(self._officers):
            tasks = open_tasks[self._townships[n % len(self._townships)]]
            self._work[officer.account] = {
                "tasks": [one.key for one in tasks],
                "cases": [one.case.key for one in tasks],
                "files": [keys[one.case.household_key] for one in tasks if one.case.household_key in keys],
            }
        self.told = (
            f"{len(self._officers):,} officers in {len(self._townships)} townships, {Warning.objects.count():,} warnings, "
            f"{released:,} released, {Task.objects.count():,} tasks"
        )

    def windows(self, count: int) -> list[dict[str, Any]]:
        """So many signed-in windows, each with its cookies and its work."""
        told, own = [], _own(self._officers, self._townships)
        with transaction.atomic():
            for officer in self._officers[:count]:
                client = Client()
                let_in(client, officer)
                cookies = {name: kept.value for name, kept in client.cookies.items()}
                told.append(
                    {"account": officer.account, "cookies": cookies, "own": own[officer.account], **self._work[officer.account]}
                )
        return told


def _townships() -> list[str]:
    from django.db.models import Count

    counted = Warning.objects.filter(state="open").order_by("township").values_list("township").annotate(n=Count("pk"))
    return [code for code, n in counted if n >= LEAST and len(code) == 9]


def _officers(townships: Sequence[str], count: int, at: datetime) -> list[Officer]:
    names = [f"window{n}" for n in range(count)]
    people = Person.objects.bulk_create(Person(staff_number=name, name=name) for name in names)
    made = Officer.objects.bulk_create(
        Officer(account=one.name, display_name=one.name, person=one, password="!") for one in people
    )
    offices = {
        code: OfficeRow.objects.get_or_create(department="民政", division_code=code, defaults={"tier": "township", "name": code})[
            0
        ]
        for code in townships
    }
    term = {"duty": "casework", "since": at - timedelta(days=9), "until": at + timedelta(days=9), "given_by": "bench"}
    places = {one.account: townships[n % len(townships)] for n, one in enumerate(made)}
    Assignment.objects.bulk_create(
        Assignment(officer=one, office=offices[place], role="township_officer", division_code=place, **term)
        for one in made
        for place in (places[one.account],)
    )
    return made


def _released(townships: Sequence[str], at: datetime) -> int:
    """Every second family of each township, by its first officer."""
    count = 0
    for n, code in enumerate(townships):
        waiting = Warning.objects.filter(township=code, queue="waiting", kind="warning").order_by("household_id", "pk")
        families: dict[str, list[str]] = defaultdict(list)
        for household, number in waiting.values_list("household_id", "warning_id"):
            families[household].append(number)
        chosen = tuple(number for numbers in list(families.values())[::2] for number in numbers)[:AT_ONCE]
        if chosen:
            officer = Officer.objects.get(account=f"window{n}")
            count += actions.release(chosen=These(chosen), because="released_as_found", by=officer, at=at).warnings
    return count


def _tasks() -> dict[str, list[Task]]:
    """Office to the visits that are open there."""
    told: dict[str, list[Task]] = defaultdict(list)
    for task in Task.objects.filter(state="open", kind="visit").select_related("case").order_by("due_on", "pk"):
        told[task.office].append(task)
    return told


def _own(officers: Sequence[Officer], townships: Sequence[str]) -> dict[str, list[list[str]]]:
    """Account to families that wait and that nobody else will release: their warnings, so that no two windows want the same."""
    families: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    waiting = Warning.objects.filter(queue="waiting", kind="warning").order_by("pk")
    for code, household, number in waiting.values_list("township", "household_id", "warning_id"):
        families[code][household].append(number)
    at_hand = {code: list(found.values()) for code, found in families.items()}
    told: dict[str, list[list[str]]] = {}
    among = -(-len(officers) // len(townships))
    for n, officer in enumerate(officers):
        told[officer.account] = at_hand.get(townships[n % len(townships)], [])[n // len(townships) :: among]
    return told
