"""What may be done with a release and with the stream that follows it: take them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jiuzhu.casework.dispatch.models import Load, Warning
from jiuzhu.casework.trace.actions import Actor, Subject, record

BY_ITSELF = Actor("system:dispatch")
LEVELS = {"red": 4, "orange": 3, "yellow": 2, "blue": 1}
KEPT = ("subject_kind", "household_id", "division_code", "value", "threshold", "unit", "kind", "side")
CHANGED = (*KEPT, "level", "level_before", "state", "changed", "changed_at", "first_seen", "as_of", "due_on")


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
    or lowered; one no longer issued closes; one that comes back opens again with its old number. Nothing is deleted (F7).
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
        item = _issued(row, before, as_of, due)
        counts[item.changed] += 1
        (new if before is None else touched).append(item)
    for item in standing.values():
        if item.warning_id not in seen and item.state == Warning.State.OPEN:
            _close(item, as_of)
            counts[Warning.Change.CLOSED] += 1
            touched.append(item)
    Warning.objects.bulk_create(new, batch_size=2000)
    Warning.objects.bulk_update(touched, CHANGED, batch_size=500)
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
        _follow(entry, as_of, due, at)
        load.stream_number = entry["number"]
    if load.stream_number > stood:
        load.save(update_fields=["stream_number"])
        on = Subject("stream", str(load.stream_number))
        record("stream.take_in", by=BY_ITSELF, at=at, on=on, before={"number": stood}, after={"number": load.stream_number})
    return load.stream_number


def _follow(entry: Mapping[str, Any], as_of: date, due: Callable[[str], date | None], at: datetime) -> None:
    before = Warning.objects.filter(warning_id=entry["warning_id"]).first()
    if entry["grade"] in LEVELS:
        item = _issued(entry, before, as_of, due)
    elif before is not None and before.state == Warning.State.OPEN:
        item = before
        _close(item, as_of)
    else:
        return  # what could not be decided is no warning
    if item.changed != Warning.Change.SAME:
        item.changed_at = at
    item.save()


def _close(item: Warning, as_of: date) -> None:
    item.state, item.changed, item.changed_at, item.as_of = Warning.State.CLOSED, Warning.Change.CLOSED, None, as_of


def _issued(row: Mapping[str, str], before: Warning | None, as_of: date, due: Callable[[str], date | None]) -> Warning:
    level = LEVELS[row["grade"]]
    item = before or Warning(warning_id=row["warning_id"], indicator_id=row["indicator_id"], scenario_id=row["indicator_id"][:3])
    if before is None or before.state == Warning.State.CLOSED:
        item.changed, item.level_before, item.first_seen = Warning.Change.NEW, None, as_of
        item.due_on = due(row["indicator_id"])
    elif level != before.level:
        item.changed = Warning.Change.RAISED if level > before.level else Warning.Change.LOWERED
        item.level_before = before.level
    else:
        item.changed = Warning.Change.SAME
    if item.changed != Warning.Change.SAME:
        item.changed_at = None
    item.state, item.level, item.as_of = Warning.State.OPEN, level, as_of
    for name in KEPT:
        setattr(item, name, row[name])
    return item
