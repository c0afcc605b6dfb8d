"""Many presses on one case at the same moment: windows that show the same page, each pressed twice. One result a case, told alike.

`make prove-presses` does it with 200 cases and says how long it took.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from jiuzhu.casework.cases.models import Case, Plan, Task
from jiuzhu.casework.trace.models import Answer, Event
from tests.integration.desk.conftest import signed_in, warning
from tests.support import families
from tests.support.officers import officer

CASES = int(os.environ.get("PRESSED_CASES", "40"))
WINDOWS, PRESSES = 4, 8
TOWNSHIP = "370502001"
pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True), pytest.mark.requirement("G1", "G2")]


@pytest.fixture(autouse=True)
def sent_again() -> None:
    """Not here: a form sent once more at once could not tell its own entries of the record from those of the other hands."""


def pressed(press: Callable[[Client, int, int], Any]) -> tuple[list[Counter[int]], list[set[str]], float]:
    """Eight threads of two officers press at once, case after case: two for each window. Gives of each case the statuses, and where
    those that were not refused led; and the seconds it took."""
    officers = [officer(name, "township_officer", TOWNSHIP) for name in ("zhou", "li")]
    cookies = [signed_in(one).cookies for one in officers]
    ready = threading.Barrier(PRESSES, timeout=60)
    answers: list[list[Any]] = [[] for _ in range(CASES)]

    def hand(number: int) -> None:
        window = number // 2
        client = Client()
        client.cookies = cookies[window % 2]
        for case in range(CASES):
            ready.wait()
            answers[case].append(press(client, case, window))
        connection.close()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(PRESSES)]
    begun = time.perf_counter()
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    took = time.perf_counter() - begun
    statuses = [Counter(answer.status_code for answer in of) for of in answers]
    return statuses, [{answer["Location"] for answer in of if answer.status_code == 302} for of in answers], took


def told(what: str, took: float, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n{what}: {CASES} cases x {PRESSES} presses at once, {CASES} results, {took:.1f} s")


def test_a_warning_pressed_eight_times_at_once_is_released_once(desk: None, capsys: pytest.CaptureFixture[str]):
    for case in range(CASES):
        warning(f"w{case}")

    def press(client: Client, case: int, window: int) -> Any:
        sent = {"w": [f"w{case}"], "key": f"{case}-{window}", "confirmed": "1", "because": "released_as_found", "words": ""}
        return client.post("/warnings/release/", sent)

    statuses, led, took = pressed(press)
    assert statuses == [Counter({302: 2, 409: 6})] * CASES
    assert led == [{"/warnings/"}] * CASES
    assert Task.objects.count() == Case.objects.count() == Answer.objects.count() == CASES
    assert Event.objects.filter(operation="warnings.release", outcome="done").count() == CASES
    told("releases", took, capsys)


def test_a_plan_saved_from_four_windows_at_once_has_one_next_version(desk: None, capsys: pytest.CaptureFixture[str]):
    cases = [families.family(TOWNSHIP, f"H{number}") for number in range(CASES)]

    def press(client: Client, case: int, window: int) -> Any:
        sent = {"goal": f"the text of window {window}", "seen": "0", "key": f"{case}-{window}"}
        return client.post(f"/cases/{cases[case].key}/plan/", sent)

    statuses, _, took = pressed(press)
    assert statuses == [Counter({302: 2, 409: 6})] * CASES
    assert list(Plan.objects.order_by("case").values_list("case", "number")) == [(one.pk, 1) for one in cases]
    assert Event.objects.filter(operation="cases.plan", outcome="done").count() == CASES
    told("plans", took, capsys)
