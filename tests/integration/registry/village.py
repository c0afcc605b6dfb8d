"""A village of a few families, and its deliveries as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.vocabulary.id_number import check_character

DAY = date(2026, 11, 20)
PLACE = "370502001001"


def number(person: int) -> str:
    """The id number of an invented person, born 1970 and later."""
    first = f"370502{1970 + person % 30}0{1 + person % 9}15{person:03}"
    return first + check_character(first)


def instant(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 16, tzinfo=UTC)


def few(catalogue: Catalogue, *codes: str) -> Catalogue:
    """The catalogue with these indicators only: what is tried here is the way, not the rules."""
    return replace(catalogue, indicators={code: catalogue.indicators[code] for code in codes})


def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> Path:
    """One delivery; columns are those of all rows."""
    lines = list(rows)
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(dict.fromkeys(column for line in lines for column in line)), restval="")
        writer.writeheader()
        writer.writerows(lines)
    return path


def person(one: int, household: str, day: str = "2026-11-01", **other: Any) -> dict[str, Any]:
    """A line of the register of residents."""
    text = number(one)
    told = {"record_id": f"p{one}", "id_no": text, "name": f"东方{chr(0x4E00 + one)}", "hukou_household_no": household}
    told |= {"relation_to_head": "01", "sex": 1 if int(text[16]) % 2 else 2, "ethnicity": "01"}
    told |= {"birth_date": f"{text[6:10]}-{text[10:12]}-{text[12:14]}", "hukou_type": 2, "hukou_address": f"胜安村{one}号"}
    return {**told, "hukou_status": 1, "region_code": PLACE, "data_date": day, **other}


def member(one: int, household: str, day: str = "2026-11-01", **other: Any) -> dict[str, Any]:
    """A line of the low-income base."""
    known = person(one, "")
    told = {"record_id": f"m{one}", "id_no": known["id_no"], "name": known["name"], "household_id": household}
    told |= {"relation_to_head": "01", "birth_date": known["birth_date"], "labor_capacity": 1, "is_main_laborer": "否"}
    told |= {"health_status": 1, "is_living_alone": "否", "is_local_hukou": "是", "member_status": 1}
    return {**told, "region_code": PLACE, "data_date": day, **other}


def bill(record: str, one: int, yuan: str, day: str, **other: Any) -> dict[str, Any]:
    """A settled medical bill."""
    known = person(one, "")
    told = {"record_id": record, "id_no": known["id_no"], "name": known["name"], "settlement_no": f"N{record}", "visit_type": 2}
    told |= {"hospital_name": "县医院", "diagnosis_code": "I10", "total_amount": yuan, "basic_fund_amount": "0"}
    told |= {"self_pay_amount": yuan, "in_scope_self_pay_amount": yuan, "aid_amount": "0", "settlement_date": day}
    return {**told, "region_code": PLACE, "data_date": day, **other}


def files(folder: Path) -> list[Path]:
    """Six people in two families, one of them in the low-income base, and a year of bills."""
    register = [person(one, "K1" if one <= 3 else "K2") for one in range(1, 7)]
    base = [member(one, "H1") for one in (1, 2)]
    months = ["2025-12", *(f"2026-{month:02}" for month in range(1, 12))]
    paths = [write(folder, "police_population-2026-11.csv", register), write(folder, "civil_lowincome_member-2026-11.csv", base)]
    for at, month in enumerate(months):
        paid = [bill(f"{month}-{one}", one, f"{500 * one + at}.50", f"{month}-10") for one in (1, 2, 4)]
        paths.append(write(folder, f"medins_settlement-{month}.csv", paid))
    return paths


def deliver(workspace: Path, catalogue: Catalogue, paths: Iterable[Path]) -> None:
    reports = public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=DAY)
    told = [(report.file, report.state, report.error) for report in reports if report.state not in ("accepted", "duplicate")]
    assert told == []
    assert sum(report.rejected for report in reports) == 0


def run(workspace: Path, catalogue: Catalogue, day: date = DAY, **other: Any) -> public.RunReport:
    return public.run(workspace, as_of=day, now=instant(day), catalogue=catalogue, **other)


def released(workspace: Path, catalogue: Catalogue) -> Path:
    """The village with its first release, in a workspace whose folder takes the files too."""
    deliver(workspace, catalogue, files(workspace.parent / "in"))
    public.mark_invented(workspace)
    run(workspace, catalogue)
    return workspace


def content(workspace: Path, release: str) -> dict[str, bytes]:
    """Every file of a release."""
    folder = workspace / "releases" / release
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
