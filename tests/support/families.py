"""Cases, tasks and warnings for tests of what comes after them: put straight into the tables."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO
from itertools import count

from PIL import Image

from jiuzhu.casework.accounts.models import Assignment, Office, Officer
from jiuzhu.casework.cases.models import Case, Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.parties.keys import new_key
from tests.support.officers import SINCE, UNTIL, account

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)  # ten in the morning in Beijing, a Friday
TODAY = date(2026, 11, 20)
TOWNSHIP, VILLAGE, COUNTY = "370502001", "370502001001", "370502"
_numbers = count(1)


def family(division: str = VILLAGE, household: str = "") -> Case:
    return Case.objects.create(
        key=new_key("C"), division_code=division, household_key=household, opened_at=NOW, opened_because="warning"
    )


def task(case: Case, kind: str = "visit", *, owner: Officer | None = None, due_on: date | None = date(2026, 11, 24)) -> Task:
    given = {"owner": owner, "given_by": "test", "given_at": NOW} if owner else {}
    return Task.objects.create(
        key=new_key("T"), case=case, round=case.round, kind=kind, division_code=case.division_code, office=case.division_code[:9],
        made_at=NOW, due_on=due_on, because="warning", priority=3, **given,
    )  # fmt: skip


def warning(of: Task, indicator: str = "S01-E01", *, side: str = "entry", kind: str = "warning") -> Warning:
    """A released warning, or a read hint, of the task's family."""
    number = next(_numbers)
    released = {"handling": "released", "released_at": NOW, "released_by": "test"} if kind == "warning" else {"handling": "read"}
    return Warning.objects.create(
        warning_id=f"W{number:06}", indicator_id=indicator, scenario_id=indicator[:3], subject_kind="person", household_id=of.case.household_key,
        division_code=of.division_code, level=3, value="1", threshold="1", unit="", kind=kind, side=side, changed="new",
        first_seen=date(2026, 11, 16), as_of=date(2026, 11, 16), case=of.case, task=of, **released,
    )  # fmt: skip


def department(name: str, division: str = COUNTY, *, account_name: str = "") -> Officer:
    """An officer of a department's office, which is opened if it is not there."""
    office, _ = Office.objects.get_or_create(department=name, division_code=division, defaults={"tier": "county", "name": name})
    made = account(account_name or name)
    Assignment.objects.create(
        officer=made, office=office, role="department_officer", duty="casework", division_code=division, since=SINCE, until=UNTIL,
        given_by="test",
    )  # fmt: skip
    return made


def photograph(*, size: tuple[int, int] = (640, 480), place: bool = True, kind: str = "JPEG") -> bytes:
    """A picture as a phone makes it: with the place where it was taken and the name of the device in it."""
    picture, target = Image.new("RGB", size, (90, 120, 80)), BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "secret-device"
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: (37.0, 27.0, 11.5), 3: "E", 4: (118.0, 30.0, 2.5)})
    picture.save(target, kind, exif=exif)
    return target.getvalue()
