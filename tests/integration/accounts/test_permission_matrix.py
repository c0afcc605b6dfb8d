"""Every operation by every role on things standing everywhere, beside a table written by hand; and every cell of ours counts."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from jiuzhu.casework.accounts import permissions
from jiuzhu.casework.accounts.permissions import Console, Resident, Scope, Viewer, allowed, allowed_each, visible
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.permissions import ADMINISTRATORS, RELATIONS, PermissionRow
from tests.support.officers import SINCE, give, officer
from tests.support.permission_matrix import SITUATIONS, expected

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A2")]
AT = datetime(2026, 11, 21, 1, tzinfo=UTC)
COUNTY = "370502"
ORACLE = expected()
TABLE = permissions.table()
MANY = 10**9
Cell = tuple[str, str, int]  # situation, state, how many at once


def viewer(role: str) -> Viewer:
    if role == "console":
        return Console()
    if role == "resident":
        return Resident("P-1")
    return AnonymousUser() if role == "anyone" else officer(role, role, COUNTY)


def cells(operation: str) -> list[Cell]:
    """Every situation in every state of the thing and in none, for one, for as many as some row allows, and for one more."""
    counts = {1, MANY} | {n + more for one in ORACLE.values() if (n := one.at_most) for more in (0, 1)}
    return list(product(SITUATIONS, ("", *TABLE.operations[operation].states), sorted(counts)))


def scope(cell: Cell) -> Scope:
    situation, state, count = cell
    return Scope(
        division_code=SITUATIONS[situation],
        state=state,
        assigned=situation in ("task", "kin with a task"),
        own_account=situation == "me",
        mandate=situation == "mandate",
        linked=situation.startswith("kin"),
        count=count,
    )


def told(who: Viewer, operation: str) -> dict[Cell, tuple[str, str]]:
    """What is granted, cell by cell: level and purpose."""
    asked = cells(operation)
    answers = allowed_each(who, operation, on=[scope(cell) for cell in asked], at=AT)
    return {cell: (grant.level, grant.purpose) for cell, grant in zip(asked, answers, strict=True) if grant}


def judged(role: str, operation: str) -> dict[Cell, tuple[str, str]]:
    """The same by the table written by hand."""
    answer = {}
    for cell in cells(operation):
        situation, state, count = cell
        one = ORACLE.get((role, operation, situation))
        if one and one.state in ("", state) and (one.at_most is None or count <= one.at_most):
            answer[cell] = (one.level, one.purpose)
    return answer


@pytest.mark.feature("SF163")
@pytest.mark.parametrize("role", TABLE.roles)
def test_every_operation_on_everything_everywhere_is_granted_as_written_by_hand(role: str):
    who = viewer(role)
    for operation in TABLE.operations:
        by_anyone = judged("anyone", operation)
        assert told(who, operation) == judged(role, operation) | (by_anyone if role != "console" else {}), operation


def test_the_judge_speaks_of_nothing_the_catalogue_does_not_know():
    assert {key[0] for key in ORACLE} == set(TABLE.roles)
    assert {key[1] for key in ORACLE} == set(TABLE.operations)


@pytest.mark.parametrize("role", [role for role in TABLE.roles if role not in ("console", "anyone", "resident")])
@pytest.mark.parametrize("why", ["ended", "not begun", "closed account", "no role", "another duty"])
def test_without_a_live_role_nothing_is_granted(role: str, why: str):
    span = {"ended": {"until": AT}, "not begun": {"since": datetime(2026, 11, 21, 2, tzinfo=UTC)}}.get(why, {})
    who = officer("someone", role, COUNTY, **span)
    if why == "closed account":
        who.is_active = False
        who.save()
    if why == "no role":
        who = officer("another", role, COUNTY, until=SINCE)
    if why == "another duty":
        who = officer("other", "grid_worker" if role in ADMINISTRATORS else "system_administrator", COUNTY, until=SINCE)
        give(who, role, COUNTY)
    for operation in TABLE.operations:
        assert told(who, operation) == judged("anyone", operation), operation
        asked_at_all = allowed(who, operation, on=None, at=AT)
        assert (asked_at_all is not None) == bool(judged("anyone", operation))


def test_a_purpose_that_is_named_must_be_the_one_of_the_row():
    for role, operation in sorted({key[:2] for key in ORACLE}):
        purposes = {one.purpose for key, one in ORACLE.items() if key[:2] == (role, operation)}
        who = permissions.Officer.objects.filter(account=role).first() or viewer(role)
        for purpose in TABLE.purposes:
            grant = allowed(who, operation, on=None, at=AT, purpose=purpose)
            assert (grant is not None) == (purpose in purposes or purposes == {""}), (role, operation, purpose)


def changed(row: PermissionRow) -> Iterator[PermissionRow | None]:
    """The row gone, and with each of its cells turned into every other word, number or nothing."""
    yield None
    yield from (replace(row, relation=other) for other in RELATIONS if other not in (row.relation, "mandate", "self", "assigned"))
    yield from (replace(row, state=other) for other in ("", *TABLE.operations[row.operation].states) if other != row.state)
    yield from (replace(row, purpose=other) for other in TABLE.purposes if other != row.purpose)
    yield from (replace(row, level=other) for other in LEVELS if other != row.level)
    yield from (replace(row, at_most=other) for other in (None, 1, 2, 10**6) if other != row.at_most)


@pytest.mark.parametrize("role", TABLE.roles)
def test_every_cell_that_is_changed_turns_the_matrix_red(role: str, monkeypatch: pytest.MonkeyPatch):
    who = viewer(role)
    rows = [row for row in TABLE.all_rows() if row.role == role]
    assert rows
    now = deepcopy(TABLE)
    monkeypatch.setattr(permissions, "table", lambda: now)
    powers = permissions.powers(who, at=AT)
    monkeypatch.setattr(permissions, "powers", lambda viewer, *, at: powers)
    for row in rows:
        key = (row.operation, role)
        judge = judged(role, row.operation) | (judged("anyone", row.operation) if role != "console" else {})
        for other in changed(row):
            if other is not None and other.relation in {one.relation for one in TABLE.rows[key] if one is not row}:
                continue  # the loader refuses it: the same row twice
            now.rows[key] = [one for one in TABLE.rows[key] if one is not row] + ([other] if other else [])
            assert told(who, row.operation) != judge, (row, other)
        now.rows[key] = TABLE.rows[key]


def warnings_everywhere() -> list[tuple[str, str, str]]:
    """Rows in every situation and state; (household, division, state). Households say whether a task or kin leads there.

    The kind of the subject stands for the state: the database keeps a warning's own state to what becomes of warnings.
    """
    states = {"", "open"} | {state for operation in TABLE.operations.values() for state in operation.states}
    kept = [(situation, code, state) for (situation, code), state in product(SITUATIONS.items(), sorted(states))]
    Warning.objects.bulk_create(
        Warning(
            warning_id=str(number), indicator_id="S01-E01", scenario_id="S01", subject_kind=state, household_id=situation,
            division_code=code[:12], level=4, value="", threshold="", unit="", kind="warning", side="entry",
            changed="new", first_seen=AT.date(), as_of=AT.date(),
        )
        for number, (situation, code, state) in enumerate(kept)
    )  # fmt: skip
    return kept


def test_a_list_holds_exactly_what_would_be_granted_one_by_one():
    kept = warnings_everywhere()
    assigned, linked = Q(household_id__in=("task", "kin with a task")), Q(household_id__startswith="kin")
    for role in TABLE.roles:
        who = viewer(role)
        for operation in TABLE.operations:
            rows = visible(Warning.objects.all(), who, operation, at=AT, state="subject_kind", assigned=assigned, linked=linked)
            seen = {int(number) for number in rows.values_list("warning_id", flat=True)}
            by_hand = {
                number
                for number, (situation, _, state) in enumerate(kept)
                if (one := ORACLE.get((role, operation, situation))) is not None
                and one.state in ("", state)
                and role not in ("anyone", "resident")
            }  # what is one's own, all that anyone or a resident has, is no row of a list
            assert seen == by_hand, (role, operation)


def test_roles_add_up_and_the_widest_row_counts():
    who = officer("both", "township_officer", "370502001")
    give(who, "policy_officer", "370500")
    near, far = (allowed(who, "warnings.list", on=Scope(code, "open"), at=AT) for code in ("370502001001", "370503001001"))
    assert (near.role, near.level, near.opens("personal")) == ("township_officer", "sensitive", True)
    assert (far.role, far.level, far.opens("personal")) == ("policy_officer", "internal", False)


def test_an_operation_the_catalogue_does_not_know_is_a_fault():
    with pytest.raises(KeyError, match=r"warnings\.burn"):
        allowed(viewer("auditor"), "warnings.burn", on=None, at=AT)
