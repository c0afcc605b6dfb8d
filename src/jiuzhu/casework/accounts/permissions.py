"""Whether somebody may do something to a thing standing somewhere: found in the table of the catalogue, by live roles, each time.

Nothing is remembered from one instant to the next, so a role that ended gives nothing from the next request on (A11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Model, Q, QuerySet

from jiuzhu.casework.accounts import places
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.trace.actions import Actor
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.granting import RESIDENT, load_granted
from jiuzhu.rules.permissions import PermissionRow, Permissions

WITHIN = "within"  # own and child as one
PLACELESS = ("anyone", "console", RESIDENT)  # who act nowhere in particular
DELEGABLE = frozenset({"own", "child"})  # what is handed down stays below; never what lies beside or above


NOTHING, EVERYTHING = Q(pk__in=[]), ~Q(pk__in=[])
Kept = TypeVar("Kept", bound=Model)


class NotAllowed(Exception):
    """No row of the table grants this. A portal answers it as it answers what is not there (A3)."""


@dataclass(frozen=True)
class Console:
    """Whoever has a shell on the machine, its files and its keys: sets up the first accounts, runs commands."""

    who: str = "console"


@dataclass(frozen=True)
class Resident:
    """Somebody who proved on the citizen's pages who they are. who: the key of their party.

    They do what concerns themselves, or somebody they stand for by a mandate; nowhere else do they hold anything.
    """

    who: str


@dataclass(frozen=True)
class Scope:
    """What an operation is done to, as far as permission asks.

    division_code: where it stands, "" for nowhere. state: of the thing, "" where it has none. assigned: a task on it is the
    viewer's. own_account, mandate: it is the viewer's own, or of somebody the viewer stands for. household: the one it concerns;
    if that is near to the viewer's person (A9), or `linked` says so, nothing else counts. count: how many people or households it
    covers at once.
    """

    division_code: str = ""
    state: str = ""
    assigned: bool = False
    own_account: bool = False
    mandate: bool = False
    linked: bool = False
    household: str = ""
    count: int = 1


@dataclass(frozen=True)
class Power:
    """A live role. only: the one operation that was delegated; delegated_by: the account that handed it down, or ""."""

    role: str
    division_code: str
    only: str = ""
    delegated_by: str = ""


@dataclass(frozen=True)
class Present:
    """An account with the roles it held at one instant, so that the many questions of one request read them once.

    near: the households near to the officer's person. Asked about another instant, it reads them anew.
    """

    officer: Officer
    at: datetime
    powers: tuple[Power, ...]
    near: frozenset[str] = frozenset()


Viewer = Officer | Present | Console | Resident | AnonymousUser | None


@dataclass(frozen=True)
class Grant:
    """Why something is allowed: the role and the row of the table it rests on."""

    operation: str
    role: str
    division_code: str
    relation: str
    purpose: str
    level: str
    at_most: int | None
    delegated_by: str = ""

    def opens(self, level: str) -> bool:
        """Whether fields of that level may be shown."""
        return LEVELS.index(level) <= LEVELS.index(self.level)


def allowed(viewer: Viewer, operation: str, *, on: Scope | None, at: datetime, purpose: str = "") -> Grant | None:
    """The widest grant for this, or None: what no row grants is refused.

    on: the thing; None asks whether the viewer may do this at all in a division of theirs. purpose: a code of the catalogue;
    without one, the grant says for which purpose it holds. Raises KeyError for an operation the catalogue does not know.
    """
    return allowed_each(viewer, operation, on=[on], at=at, purpose=purpose)[0]


def allowed_each(
    viewer: Viewer, operation: str, *, on: Sequence[Scope | None], at: datetime, purpose: str = ""
) -> list[Grant | None]:
    """`allowed` for each of many things, in their order, the roles being asked for once."""
    rows = list(_rows(viewer, table().operations[operation].code, purpose, at))
    near = near_households(viewer, at=at) if any(one is not None and one.household for one in on) else frozenset()
    found: dict[Scope | None, Grant | None] = {}
    told = []
    for one in on:
        # Beyond being near or not, the household says nothing: things that stand alike, such as the rows of a list, are asked once.
        seen = (
            replace(one, linked=one.linked or one.household in near, household="") if one is not None and one.household else one
        )
        if seen not in found:
            granted = (_grant(power, row, purpose) for power, row in rows if _holds(power, row, seen))
            found[seen] = max(granted, key=_width, default=None)
        told.append(found[seen])
    return told


def require(viewer: Viewer, operation: str, *, on: Scope | None, at: datetime, purpose: str = "") -> Grant:
    """As `allowed`. Raises NotAllowed."""
    grant = allowed(viewer, operation, on=on, at=at, purpose=purpose)
    if grant is None:
        raise NotAllowed(f"{operation}: no row of permissions.csv grants this to any role that {key_of(viewer)} holds now")
    return grant


def visible(
    queryset: QuerySet[Kept],
    viewer: Viewer,
    operation: str,
    *,
    at: datetime,
    purpose: str = "",
    division: str = "division_code",
    state: str = "state",
    assigned: Q | None = None,
    linked: Q | None = None,
    household: str = "",
) -> QuerySet[Kept]:
    """The rows on which `allowed` would grant this operation.

    division, state: the columns that say where a row stands and in which state. assigned, linked: which rows are the viewer's
    by a task, or concern the viewer's kin; a step that keeps such hands them in. household: the column that names the household
    a row concerns; those near to the viewer's person are then linked by themselves (A9).
    """
    if household and (near := near_households(viewer, at=at)):
        linked = Q(**{f"{household}__in": near}) | (linked if linked is not None else NOTHING)
    plain, kin = NOTHING, NOTHING
    reached: dict[tuple[Power, str], set[str]] = {}
    for power, row in _rows(viewer, table().operations[operation].code, purpose, at):
        reached.setdefault((power, row.state), set()).add(row.relation)
    for (power, only_state), relations in reached.items():
        for relation in _merged(relations):
            reach = _reach(power, relation, division, assigned)
            if only_state:
                reach &= Q(**{state: only_state})
            if relation == "linked":
                kin |= reach
            else:
                plain |= reach
    if linked is None:
        return queryset.filter(plain)
    return queryset.filter((plain & ~linked) | (kin & linked))


def whole_divisions(viewer: Viewer, operation: str, *, at: datetime) -> frozenset[str]:
    """The divisions of which `visible` gives every row, if these are all it gives; none where that is not as plain.

    Not plain is what hangs on a row: its state, a task, or that it concerns the viewer's kin (A9).
    """
    reached: dict[str, set[tuple[str, str]]] = {}
    for power, row in _rows(viewer, table().operations[operation].code, "", at):
        reached.setdefault(power.division_code, set()).add((row.relation, row.state))
    plain = all(told == {(one, "") for one in DELEGABLE} for told in reached.values())
    return frozenset(reached) if plain and not near_households(viewer, at=at) else frozenset()


def mask(item: Kept, grant: Grant | None) -> Kept:
    """The row with every field emptied whose level the grant does not open (A4). It is never to be saved afterwards."""
    for level, names in _by_level(type(item)).items():
        if grant is None or not grant.opens(level):
            for name, emptied in names:
                setattr(item, name, emptied)
    return item


@cache
def _by_level(model: type[Model]) -> dict[str, list[tuple[str, str | None]]]:
    """Level to the attributes of that level, each with what stands there when it is emptied."""
    told: dict[str, list[tuple[str, str | None]]] = {}
    for name, level in getattr(model, "levels", {}).items():
        field = model._meta.get_field(name)
        emptied = "" if field.get_internal_type() in ("CharField", "TextField") else None
        told.setdefault(level, []).append((field.attname, emptied))
    return told


def powers(viewer: Viewer, *, at: datetime) -> tuple[Power, ...]:
    """The roles live at that instant, first given first, then what was delegated.

    Nothing counts of a closed account, of a role whose duty is not the person's, or of a delegation whose role has ended.
    """
    if isinstance(viewer, Console):
        return (Power("console", places.NATION),)
    if isinstance(viewer, Present):
        return viewer.powers if viewer.at == at else powers(viewer.officer, at=at)
    own = (Power("anyone", places.NATION),)
    if isinstance(viewer, Resident):
        return (*own, Power(RESIDENT, places.NATION))
    return own if not isinstance(viewer, Officer) or viewer.pk is None else own + _held(viewer, at)[0]


def near_households(viewer: Viewer, *, at: datetime) -> frozenset[str]:
    """The households that are near to the viewer's person at that instant, whichever account of theirs asks."""
    if isinstance(viewer, Present):
        return viewer.near if viewer.at == at else near_households(viewer.officer, at=at)
    if not isinstance(viewer, Officer) or viewer.pk is None:
        return frozenset()
    return _held(viewer, at)[1]


# What the gate asks for every request, so in one statement, which both databases read: own roles, what was handed down, and whom
# the officer's person is near to. Times are four for each.
_HELD = """
    SELECT 'role' AS part, a.since AS since, a.id AS row, a.role AS role, a.division_code AS code, '' AS only, '' AS by, '' AS within
    FROM accounts_assignment a JOIN accounts_officer o ON o.id = a.officer_id JOIN accounts_person p ON p.id = o.person_id
    WHERE a.officer_id = %s AND o.is_active AND a.duty = p.duty AND a.since <= %s AND a.until > %s
    UNION ALL
    SELECT 'down', d.since, d.id, a.role, d.division_code, d.operation, o.account, a.division_code
    FROM accounts_delegation d JOIN accounts_officer t ON t.id = d.taker_id JOIN accounts_person tp ON tp.id = t.person_id
    JOIN accounts_assignment a ON a.id = d.assignment_id JOIN accounts_officer o ON o.id = a.officer_id
    JOIN accounts_person p ON p.id = o.person_id
    WHERE d.taker_id = %s AND t.is_active AND o.is_active AND tp.duty = 'casework' AND p.duty = 'casework' AND a.duty = 'casework'
        AND d.since <= %s AND d.until > %s AND a.since <= %s AND a.until > %s
    UNION ALL
    SELECT 'near', k.since, k.id, k.household, '', '', '', ''
    FROM accounts_kinlink k
    WHERE k.person_id = %s AND k.since <= %s AND (k.until IS NULL OR k.until > %s) AND k.household <> ''
    ORDER BY 1 DESC, 2, 3
"""


def _held(officer: Officer, at: datetime) -> tuple[tuple[Power, ...], frozenset[str]]:
    """The roles of an account and the households near to its person, at that instant."""
    now = connection.ops.adapt_datetimefield_value(at)
    asked = [officer.pk, now, now, officer.pk, now, now, now, now, officer.person_id, now, now]
    held: list[Power] = []
    near: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(_HELD, asked)
        for part, _, _, role, code, only, by, whole in cursor.fetchall():
            if part == "near":
                near.add(role)
            elif part == "role" or places.within(code, whole):
                held.append(Power(role, code, only, by))
    # `role`, `near`, `down`: the database gave them in that order, and in their own by time.
    return tuple(held), frozenset(near)


def present(viewer: Viewer, *, at: datetime) -> Viewer:
    """The viewer for one request; whoever is not signed in stays as they are."""
    if not isinstance(viewer, Officer):
        return viewer
    held, near = _held(viewer, at) if viewer.pk is not None else ((), frozenset())
    return Present(viewer, at, (Power("anyone", places.NATION), *held), near)


def staff(viewer: Viewer) -> Officer | None:
    """The account behind a viewer, if there is one."""
    if isinstance(viewer, Present):
        return viewer.officer
    return viewer if isinstance(viewer, Officer) and viewer.pk is not None else None


def actor(viewer: Viewer, grant: Grant, *, acting_for: str = "") -> Actor:
    """Who acts, for the record: the account, the role it acted by, and for whom.

    acting_for: the key of the resident for whom it acts by mandate (A12); else whoever handed the role down.
    """
    code = "" if grant.role in PLACELESS else grant.division_code[:12]
    return Actor(key_of(viewer), grant.role, code, acting_for or grant.delegated_by)


def asker(viewer: Viewer, *, at: datetime) -> Actor:
    """Who was refused, for the record: with the place of the first role they hold, so that whoever supervises there sees it."""
    held = [power.division_code for power in powers(viewer, at=at) if power.role not in PLACELESS]
    return Actor(key_of(viewer), division_code=held[0][:12] if held else "")


def key_of(viewer: Viewer) -> str:
    if isinstance(viewer, Console | Resident):
        return viewer.who
    if isinstance(viewer, Present):
        return viewer.officer.account
    return viewer.account if isinstance(viewer, Officer) else "anyone"


def table() -> Permissions:
    """The table of the folders the settings name; a fault in it stops the start."""
    return _loaded(tuple(settings.CATALOGUE_FOLDERS))  # asked a hundred times a page


@lru_cache(maxsize=4)
def _loaded(folders: tuple[str | Path, ...]) -> Permissions:
    return load_granted(*map(Path, folders))


def _rows(viewer: Viewer, operation: str, purpose: str, at: datetime) -> Iterator[tuple[Power, PermissionRow]]:
    for power in powers(viewer, at=at):
        if power.only and power.only != operation:
            continue
        for row in table().of(operation, power.role):
            for_this = not purpose or not row.purpose or row.purpose == purpose
            if for_this and (not power.delegated_by or row.relation in DELEGABLE):
                yield power, row


def _grant(power: Power, row: PermissionRow, purpose: str) -> Grant:
    return Grant(
        row.operation, power.role, power.division_code, row.relation, row.purpose or purpose, row.level, row.at_most,
        power.delegated_by,
    )  # fmt: skip


def _holds(power: Power, row: PermissionRow, on: Scope | None) -> bool:
    if on is None:
        return True
    fits = not row.state or row.state == on.state
    return fits and row.relation in _relations(power, on) and (row.at_most is None or on.count <= row.at_most)


def _relations(power: Power, on: Scope) -> Iterable[str]:
    """How the thing stands to the holder of the power. Kin beats everything else."""
    if on.linked:
        return ("linked",)
    if power.role == "console":
        return ("own",)
    flags = {"assigned": on.assigned, "self": on.own_account, "mandate": on.mandate}
    held = [name for name, holds in flags.items() if holds]
    place = None if power.role in ("anyone", RESIDENT) else places.relation(power.division_code, on.division_code)
    return [*held, place] if place else held


def _merged(relations: set[str]) -> set[str]:
    """`own` and `child` together are one range of codes, which an index serves; apart they are two conditions joined by OR."""
    return (relations - DELEGABLE) | {WITHIN} if relations >= DELEGABLE else relations


def _reach(power: Power, relation: str, column: str, assigned: Q | None) -> Q:
    if power.role == "console" or relation == "linked":
        return EVERYTHING
    if relation == "assigned":
        return assigned if assigned is not None else NOTHING
    if relation in ("self", "mandate") or power.role in ("anyone", RESIDENT):
        return NOTHING
    if relation == WITHIN:
        return places.inside(power.division_code, column)
    return places.standing(power.division_code, relation, column)  # type: ignore[arg-type]


def _width(grant: Grant) -> tuple[Any, ...]:
    return LEVELS.index(grant.level), grant.at_most is None, grant.at_most or 0, not grant.delegated_by
