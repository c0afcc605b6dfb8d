"""What is heard: warnings were released, so the units that are told of their kind get one reminder each."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from jiuzhu.casework.cases.events import event_of, listens
from jiuzhu.casework.cases.models import Announcement
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.reminders import told
from jiuzhu.casework.reminders.models import Reminder
from jiuzhu.casework.trace.actions import Actor, Subject, record

BY_ITSELF = Actor("system:reminders")


@listens("warnings.released", name="reminders")
def remind(announcement: Announcement, at: datetime) -> int:
    """Put one reminder a unit, indicator and township; gives how many. A second time puts none."""
    numbers = list(event_of(announcement).subjects.filter(kind="warning").values_list("key", flat=True))
    levels: dict[tuple[str, str], list[int]] = defaultdict(list)
    rows = Warning.objects.filter(warning_id__among=numbers).values_list("indicator_id", "township", "level")
    for indicator, township, level in rows.iterator(chunk_size=5_000):
        levels[indicator, township].append(level)
    declared = told.indicators()
    near = told.units({township for _, township in levels})
    chosen = told.choices({office.pk for some in near.values() for office in some})
    made = [
        Reminder(
            office=office, announcement=announcement, indicator_id=code, township=township, warnings=len(found), level=max(found), put_at=at
        )
        for (code, township), found in sorted(levels.items())
        if code in declared
        for office in told.told_of(declared[code], max(found), near[township], chosen)
    ]  # fmt: skip
    before = Reminder.objects.filter(announcement=announcement).count()
    Reminder.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    put = Reminder.objects.filter(announcement=announcement).count() - before
    if put:
        offices = {one.office_id: one.office for one in made}
        subjects = [Subject("office", str(key), one.division_code) for key, one in sorted(offices.items())]
        record("reminders.put", by=BY_ITSELF, at=at, subjects=subjects, after={"reminders": put})
    return put
