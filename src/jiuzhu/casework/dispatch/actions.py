"""What may be done with a release and with the stream that follows it: take them in.

What people do with warnings is in `releasing.py` and `handling.py`, and stands here by name too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.dispatch.handling import (
    handled,
    lift_snoozes,
    reopen,
    replace,
    settle_hints,
    snooze,
    transfer,
    transfer_case,
)
from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.dispatch.releasing import effect, release, take_back
from jiuzhu.casework.dispatch.rising import escalate_unreleased
from jiuzhu.casework.trace.actions import Actor, Subject, record

BY_ITSELF = Actor("system:dispatch")
LEVELS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
KEPT = ("subject_kind", "household_id", "value", "threshold", "unit", "kind", "side")
FOLLOWING = (
    *KEPT, "registry_division", "division_code", "level", "level_before", "state", "handling", "stands", "changed", "changed_at",
    "first_seen", "due_on", "snoozed_until", "task", "checked_again", "tier_up", "raised_to", "rises_on",
)  # fmt: skip
# What becomes of the handling of a warning that the catalogue has since made a hint, and the other way round.
AS_OTHER_KIND = {
    "hint": {"snoozed": "waiting", "released": "waiting", "handled": "visited"},
    "warning": {"read": "waiting", "visited": "handled", "dismissed": "handled"},
}


class EntryMissing(Exception):
    """The stream was read from beyond where this desk stands: something between would be lost."""


@transaction.atomic
def take_release(
    *,
    release: str,
    as_of: date,
    warnings: Iterable[Mapping[str, str]],
    due: Callable[[str], date | None],
    at: datetime,
    stream_number: int = 0,
) -> Load:
    """Bring the desk to what `release` says; the same release twice changes nothing.

    warnings: one mapping a warning with the columns of `jiuzhu warnings`; names and id numbers are left behind here.
    due: indicator id to the day by which its warnings must be decided. stream_number: the last entry of the stream that the
    release says already; later ones are taken anew by `take_stream`. A warning issued again stays the same row, raised
    or lowered; one no longer issued closes; one that comes back opens again with its old number. What people have closed stays
    closed while it stands as it did, and opens again once it is raised. Nothing is deleted (F7).
    """
    known = Load.objects.filter(release=release).first()
    if known is not None and Load.objects.order_by("-pk").first() == known:
        return known
    standing = {item.warning_id: item for item in Warning.objects.all()}
    new: list[Warning] = []
    touched: list[Warning] = []
    counts = dict.fromkeys(Warning.Change.values, 0)
    seen: set[str] = set()
    for row in warnings:
        seen.add(row["warning_id"])
        before = standing.get(row["warning_id"])
        was = _followed(before)
        item = _issued(row, before, as_of, due)
        counts[item.changed] += 1
        if before is None:
            new.append(item)
        elif _followed(item) != was:
            touched.append(item)
    for item in standing.values():
        if item.warning_id not in seen and item.stands:
            counts[Warning.Change.CLOSED] += _gone(item)
            touched.append(item)
    Warning.objects.bulk_create(new, batch_size=1000)
    Warning.objects.bulk_update(touched, FOLLOWING, batch_size=500)
    Warning.objects.filter(stands=True).exclude(as_of=as_of).update(as_of=as_of)
    if known is not None:
        known.delete()
    load = Load.objects.create(
        release=release,
        as_of=as_of,
        loaded_at=at,
        issued=len(seen),
        opened=counts[Warning.Change.NEW],
        raised=counts[Warning.Change.RAISED],
        lowered=counts[Warning.Change.LOWERED],
        closed=counts[Warning.Change.CLOSED],
        stream_number=stream_number,
        brought=len(new) + (known.brought if known is not None else 0),
    )
    record("releases.take_in", by=BY_ITSELF, at=at, on=Subject("release", release), after={"issued": len(seen), **counts})
    return load


@transaction.atomic
def take_stream(*, entries: Iterable[Mapping[str, Any]], as_of: date, due: Callable[[str], date | None], at: datetime) -> int:
    """Act on entries of the stream, in order and each once; gives the number of the last one acted on.

    entries: mappings with the fields of `StreamEntry`; those acted on before are passed over. Where this desk stands is
    kept in the same transaction, so a crash leaves both or neither. What could not be decided any more closes, as it does
    by a release. Raises EntryMissing if one is left out.
    """
    load = Load.objects.select_for_update().order_by("-pk").first()
    if load is None:
        raise EntryMissing("no release was taken in yet; take the current one first")
    stood = load.stream_number
    for entry in entries:
        if entry["number"] <= load.stream_number:
            continue
        if entry["number"] != load.stream_number + 1:
            raise EntryMissing(
                f"this desk stands at entry {load.stream_number} of the stream and was given {entry['number']}; "
                "read the stream from where it stands"
            )
        load.brought += _follow(entry, as_of, due, at)
        load.stream_number = entry["number"]
    if load.stream_number > stood:
        load.save(update_fields=["stream_number", "brought"])
        on = Subject("stream", str(load.stream_number))
        record("stream.take_in", by=BY_ITSELF, at=at, on=on, before={"number": stood}, after={"number": load.stream_number})
    return load.stream_number


def _follow(entry: Mapping[str, Any], as_of: date, due: Callable[[str], date | None], at: datetime) -> int:
    """Act on one entry; gives how many warnings it brought for the first time."""
    before = Warning.objects.select_for_update().filter(warning_id=entry["warning_id"]).first()
    if entry["grade"] in LEVELS:
        item = _issued(entry, before, as_of, due)
    elif before is not None and before.stands:
        item = before
        _gone(item)
        item.as_of = as_of
    else:
        return 0  # what could not be decided is no warning
    if item.changed != Warning.Change.SAME:
        item.changed_at = at
    item.save()
    return int(before is None)


def _followed(item: Warning | None) -> tuple[Any, ...]:
    return () if item is None else tuple(getattr(item, "task_id" if name == "task" else name) for name in FOLLOWING)


def _gone(item: Warning) -> bool:
    """The registry issues it no longer; whether that closes it, or it was closed before."""
    item.stands, item.changed_at = False, None
    closes = item.state == Warning.State.OPEN
    if closes:
        item.state, item.handling, item.snoozed_until = Warning.State.CLOSED, Warning.Handling.LAPSED, None
        item.changed = Warning.Change.CLOSED
    return closes


def _issued(row: Mapping[str, str], before: Warning | None, as_of: date, due: Callable[[str], date | None]) -> Warning:
    level = LEVELS[row["grade"]]
    item = before or Warning(warning_id=row["warning_id"], indicator_id=row["indicator_id"], scenario_id=row["indicator_id"][:3])
    came = before is None or not before.stands
    raised = before is not None and level > before.level
    if came:
        item.changed, item.level_before, item.first_seen = Warning.Change.NEW, None, as_of
    elif level != item.level:
        item.changed = Warning.Change.RAISED if raised else Warning.Change.LOWERED
        item.level_before = item.level
    else:
        item.changed = Warning.Change.SAME
    if item.changed != Warning.Change.SAME:
        item.changed_at = None
    _placed(item, row["division_code"])
    for name in KEPT:
        setattr(item, name, row[name])
    item.level, item.as_of, item.stands = level, as_of, True
    item.handling = AS_OTHER_KIND[item.kind].get(item.handling, item.handling)
    if before is None:
        item.due_on = due(item.indicator_id)
    elif item.state == Warning.State.CLOSED and (came or raised):
        _opened_again(item, due)
    if item.handling == Warning.Handling.SNOOZED and raised:
        item.handling = Warning.Handling.WAITING
    if item.handling != Warning.Handling.SNOOZED:
        item.snoozed_until = None
    return item


def _opened_again(item: Warning, due: Callable[[str], date | None]) -> None:
    if item.handling != Warning.Handling.LAPSED:
        item.checked_again += 1
    item.state, item.handling, item.task = Warning.State.OPEN, Warning.Handling.WAITING, None
    item.due_on = due(item.indicator_id)
    item.tier_up, item.raised_to, item.rises_on = 0, "", None


def _placed(item: Warning, division: str) -> None:
    """Where the registry puts it, unless people passed it on and the registry has not moved it since."""
    if division != item.registry_division:
        item.registry_division = item.division_code = division
        item.tier_up, item.raised_to, item.rises_on = 0, "", None


__all__ = [
    "LEVELS", "EntryMissing", "effect", "escalate_unreleased", "handled", "lift_snoozes", "release", "reopen", "replace", "settle_hints", "snooze",
    "take_back", "take_release", "take_stream", "transfer", "transfer_case",
]  # fmt: skip
