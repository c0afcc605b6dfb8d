"""Files as departments really write them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from jiuzhu.registry.ingest.landing import deliver
from jiuzhu.registry.ingest.records import records
from jiuzhu.registry.ingest.workspace import Workspace
from tests.integration.ingest.bills import bill, csv_text, id_number

Write = Callable[..., Path]


def taken(workspace: Workspace, catalogue: Any, *paths: Path) -> list[dict[str, Any]]:
    """The rows that arrived, after asserting that every file was accepted."""
    reports = deliver(paths, workspace, catalogue, workers=1)
    assert [report.state for report in reports] == ["accepted"] * len(reports), [str(report.error) for report in reports]
    table = records(workspace, "clinic_bill")
    return [] if table is None else sorted(table.to_pylist(), key=lambda row: row["record_id"])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_and_with_every_separator(
    workspace: Workspace, catalogue: Any, write: Write, encoding: str, separator: str
) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1, hospital="东营区人民医院")], separator).encode(encoding))
    assert [row["hospital"] for row in taken(workspace, catalogue, path)] == ["东营区人民医院"]


def test_columns_are_known_by_code_chinese_and_english_title(workspace: Workspace, catalogue: Any, write: Write) -> None:
    text = (
        csv_text([bill(1)])
        .replace("amount", "自付金额（元）*")
        .replace("visit_type", "Visit type")
        .replace("id_no", "公民身份号码")
    )
    assert taken(workspace, catalogue, write("clinic_bill-2026-11.csv", text))[0]["amount"] == 1230


def test_unknown_columns_are_passed_over_and_named(workspace: Workspace, catalogue: Any, write: Write) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1, 备注="无")]))
    report = deliver([path], workspace, catalogue, workers=1)[0]
    assert report.state == "accepted"
    assert "备注" in report.notes[0]


MESSY = {
    "bill_date": ("2026/1/5", date(2026, 1, 5)),
    "amount": ("1,234,567.80", 123456780),
    "change_amount": ("-¥20", -2000),
    "share_ratio": ("０．３３３３５", 3334),
    "stay_days": ("３ ", 3),
    "is_remote": ("是", True),
    "pay_month": ("2026年11月", 2026 * 12 + 10),
    "tax_quarter": ("2026年三季度", 2026 * 4 + 2),
    "academic_year": ("2026-2027学年", 2026),
    "seen_time": ("2026-11-20 08:00:00", 1795132800),
    "visit_type": ("普通门诊", 2),
    "data_date": ("46346", date(2026, 11, 20)),
    "hospital": ("　二院 ", "二院"),
}


def test_messy_cells_are_read_for_what_they_say(workspace: Workspace, catalogue: Any, write: Write) -> None:
    path = write("clinic_bill-2026-11.csv", csv_text([bill(1, **{name: text for name, (text, _) in MESSY.items()})]))
    row = taken(workspace, catalogue, path)[0]
    assert {name: row[name] for name in MESSY} == {name: value for name, (_, value) in MESSY.items()}


def test_title_lines_blank_lines_and_quoted_line_breaks_do_not_confuse_csv(
    workspace: Workspace, catalogue: Any, write: Write
) -> None:
    header, first, second, _ = csv_text([bill(1), bill(2)]).split("\n")
    text = f"东营区十一月账单,,,\n\n{header}\n{first}\n\n{second}\n"
    assert len(taken(workspace, catalogue, write("clinic_bill-2026-11.csv", text))) == 2


def test_gzip_and_zip_are_unpacked(workspace: Workspace, catalogue: Any, write: Write) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("clinic_bill-2026-10.csv", csv_text([bill(2)]))
        archive.writestr("clinic_bill/十月补充.csv", csv_text([bill(3)]))
        archive.writestr("__MACOSX/clinic_bill-2026-10.csv", b"\0")
    paths = [
        write("clinic_bill-2026-11.csv.gz", gzip.compress(csv_text([bill(1)]).encode())),
        write("bundle.zip", packed.getvalue()),
    ]
    assert [row["record_id"] for row in taken(workspace, catalogue, *paths)] == ["B000001", "B000002", "B000003"]


def test_json_lines_keep_every_digit(workspace: Workspace, catalogue: Any, write: Write) -> None:
    row = bill(1, amount=12.3, is_remote=True, visit_type=1, hospital=None)
    row["bank_account"] = 6222021234567890123
    path = write("clinic_bill-2026-11.jsonl", json.dumps(row, ensure_ascii=False) + "\n\n" + json.dumps(bill(2)) + "\n")
    first, second = taken(workspace, catalogue, path)
    assert (first["amount"], first["is_remote"], first["visit_type"], first["hospital"]) == (1230, True, 1, None)
    assert first["bank_account"] is not None
    assert second["bank_account"] is None


def test_a_bad_json_line_is_one_rejected_row(workspace: Workspace, catalogue: Any, write: Write) -> None:
    path = write(
        "clinic_bill-2026-11.jsonl", json.dumps(bill(1)) + "\n{not json\n[1]\n" + json.dumps({**bill(2), "name": {}}) + "\n"
    )
    report = deliver([path], workspace, catalogue, workers=1)[0]
    assert (report.received, report.accepted, report.reasons) == (4, 1, {"bad_line": 3})


def test_parquet_columns_of_any_plain_type_are_read(workspace: Workspace, catalogue: Any, tmp_path: Path) -> None:
    row = bill(1, bill_date=date(2026, 11, 2), amount=12.3, visit_type=1, is_remote=False, stay_days=4.0)
    path = tmp_path / "clinic_bill-2026-11.parquet"
    pq.write_table(pa.Table.from_pylist([row]), path)
    found = taken(workspace, catalogue, path)[0]
    assert (found["bill_date"], found["amount"], found["visit_type"], found["is_remote"], found["stay_days"]) == (
        date(2026, 11, 2),
        1230,
        1,
        False,
        4,
    )


def workbook(path: Path, fill: Callable[[Any, Any], None]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book, book.add_worksheet("说明"))
    return path


def test_a_workbook_with_title_rows_merged_cells_and_a_sheet_of_notes(
    workspace: Workspace, catalogue: Any, tmp_path: Path
) -> None:
    titles = [
        "记录标识",
        "公民身份号码",
        "姓名",
        "账单日期",
        "就诊类型",
        "自付金额",
        "医院",
        "行政区划代码",
        "数据日期",
        "所属月份",
    ]

    def fill(book: Any, notes: Any) -> None:
        notes.write(0, 0, "填报说明：按月报送")
        sheet = book.add_worksheet("账单")
        sheet.merge_range(0, 0, 0, 9, "东营区医疗账单（2026年11月）")
        sheet.write_row(2, 0, titles)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for number in (1, 2):
            row = 2 + number
            sheet.write_row(row, 0, [f"B{number}", id_number(number), "王伟"])
            sheet.write_datetime(row, 3, date(2026, 11, 2), day)  # type: ignore[arg-type]
            sheet.write_row(row, 4, [1, 12.3])
            sheet.write_row(row, 7, [370502001001, 46346])
            sheet.write_datetime(row, 9, date(2026, 11, 1), day)  # type: ignore[arg-type]
        sheet.merge_range(3, 6, 4, 6, "人民医院")

    path = workbook(tmp_path / "clinic_bill-2026-11.xlsx", fill)
    rows = taken(workspace, catalogue, path)
    assert [row["hospital"] for row in rows] == ["人民医院", "人民医院"]
    assert {(row["bill_date"], row["amount"], row["region_code"], row["data_date"], row["pay_month"]) for row in rows} == {
        (date(2026, 11, 2), 1230, "370502001001", date(2026, 11, 20), 2026 * 12 + 10)
    }
    assert [row["_row"] for row in rows] == [4, 5]


def test_a_table_may_stand_anywhere_in_its_sheet(workspace: Workspace, catalogue: Any, tmp_path: Path) -> None:
    def fill(book: Any, sheet: Any) -> None:
        sheet.write_row(6, 3, list(bill(1)))
        sheet.write_row(7, 3, list(bill(1).values()))
        sheet.write_row(9, 3, list(bill(2).values()))

    rows = taken(workspace, catalogue, workbook(tmp_path / "clinic_bill-2026-11.xlsx", fill))
    assert [(row["record_id"], row["_row"]) for row in rows] == [("B000001", 8), ("B000002", 10)]


def test_an_id_number_stored_as_a_number_has_lost_digits_and_is_rejected(
    workspace: Workspace, catalogue: Any, tmp_path: Path
) -> None:
    def fill(book: Any, sheet: Any) -> None:
        first, second = bill(1), bill(2, id_no=370502199001011234)
        sheet.write_row(0, 0, list(first))
        sheet.write_row(1, 0, list(first.values()))
        sheet.write_row(2, 0, list(second.values()))

    report = deliver([workbook(tmp_path / "clinic_bill-2026-11.xlsx", fill)], workspace, catalogue, workers=1)[0]
    assert (report.accepted, report.reasons) == (1, {"digits_lost": 1})


def test_a_folder_says_the_dataset_of_files_with_any_name(workspace: Workspace, catalogue: Any, write: Write) -> None:
    write("clinic_bill/十一月.csv", csv_text([bill(1, data_date="2026-10-31")]))
    path = write("clinic_bill/2026-11.full.csv", csv_text([bill(2)]))
    reports = deliver([path.parent.parent], workspace, catalogue, workers=1)
    assert sorted(report.period for report in reports) == ["2026-10", "2026-11"]
