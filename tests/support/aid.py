"""Three months of one small dataset, the last of them odd: two thirds of its amounts are zero."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from tests.support.county import AS_OF

HEAD = "record_id,id_no,name,aid_item,amount,pay_date,region_code,data_date"
ROWS, ZEROS = 60, 50


def month(folder: Path, period: str, zeros: int, wrong: int = 0) -> Path:
    """A file of one month: so many rows, so many of them of nothing, and so many with an amount that is none."""
    lines = [HEAD]
    for number in range(ROWS):
        amount = "0.00" if number < zeros else f"{400 + number}.00"
        day = f"{period}-{number % 18 + 1:02}"
        lines.append(f"{period}-{number},370502196301010001,某某,1,{amount},{day},370502002055,{period}-18")
    lines += [
        f"{period}-w{number},370502196301010001,某某,1,much,{period}-03,370502002055,{period}-18" for number in range(wrong)
    ]
    path = folder / f"union_assistance-{period}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def delivered(folder: Path, workspace: Path, catalogue: Catalogue, as_of: date = AS_OF) -> public.DeliveryReport:
    """Two ordinary months and an odd one; gives the report of the odd one, which is held."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [month(folder, "2026-08", 0), month(folder, "2026-09", 0, wrong=2), month(folder, "2026-10", ZEROS)]
    return public.deliver(paths, workspace=workspace, catalogue=catalogue, as_of=as_of)[-1]
