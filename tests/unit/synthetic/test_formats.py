"""Files look as each office writes them."""

from __future__ import annotations

import gzip
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import python_calamine

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.synthetic.formats import WORKBOOK, Deliveries, Style

TABLE = pa.table(
    {
        "record_id": ["1", "2"],
        "id_no": ["11010519491231002X", "370502198001011237"],
        "name": ["王芳", "李伟"],
        "paid": pa.array([Decimal("1234567.50"), None], pa.decimal128(18, 2)),
        "amount": pa.array([Decimal("1234567.50"), Decimal("0.00")], pa.decimal128(18, 2)),
        "sms_sent": [True, False],
        "pay_date": pa.array([date(2026, 11, 20), None], pa.date32()),
    }
)


def written(catalogue: Catalogue, folder: Path, style: Style) -> Path:
    deliveries = Deliveries(folder)
    dataset = catalogue.datasets["civil_assistance_payment"]
    deliveries.append(dataset, "2026-11", style, TABLE)
    deliveries.append(dataset, "2026-11", style, TABLE)
    deliveries.close()
    (path,) = folder.iterdir()
    return path


def test_csv_in_gbk_has_chinese_titles_once_and_words_for_yes_and_no(catalogue: Catalogue, tmp_path: Path) -> None:
    style = Style("csv", "gbk", titles=True, dates="chinese", grouped=True, yes="是", small_x=True)
    lines = written(catalogue, tmp_path, style).read_bytes().decode("gbk").splitlines()
    assert lines[0].startswith('"记录标识","公民身份号码","姓名"') or lines[0].startswith("记录标识,公民身份号码,姓名")
    assert len(lines) == 5
    assert "11010519491231002x" in lines[1]
    assert '"1,234,567.50"' in lines[1]
    assert "2026年11月20日" in lines[1]
    assert "是" in lines[1]
    assert "否" in lines[2]


def test_tabs_serial_days_and_a_byte_order_mark(catalogue: Catalogue, tmp_path: Path) -> None:
    content = written(catalogue, tmp_path, Style("csv", "utf-8-sig", delimiter="\t", dates="serial", yes="1")).read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    first = content.decode("utf-8-sig").splitlines()[1].split("\t")
    assert first[-1] == "46346"  # 2026-11-20 in a spreadsheet
    assert first[-2] == "1"


def test_packed_parts_read_as_one_file(catalogue: Catalogue, tmp_path: Path) -> None:
    path = written(catalogue, tmp_path, Style("jsonl", gz=True))
    assert path.name == "civil_assistance_payment-2026-11.jsonl.gz"
    rows = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    assert len(rows) == 4
    assert rows[0]["amount"] == 1234567.5
    assert rows[0]["pay_date"] == "2026-11-20"
    assert rows[1]["pay_date"] is None


def test_a_workbook_has_merged_titles_above_its_head(catalogue: Catalogue, tmp_path: Path) -> None:
    sheet = python_calamine.load_workbook(str(written(catalogue, tmp_path, WORKBOOK))).get_sheet_by_index(0)
    rows = sheet.to_python()
    assert rows[0][0] == "救助资金发放明细明细表"
    assert rows[2][:3] == ["记录标识", "公民身份号码", "姓名"]
    assert rows[3][4] == 1234567.5
    assert rows[3][-1] == date(2026, 11, 20)
    assert len(rows) == 7
