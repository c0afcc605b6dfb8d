"""One invented dataset with every kind of column, and ways to write files of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from jiuzhu.rules.cited import CodeList
from jiuzhu.rules.tree import Column, Dataset, Title, Type

KINDS = {
    "money": Type("number", "yuan", 2),
    "decimal": Type("number", "ratio", 4),
    "integer": Type("number", "persons", 0),
    "flag": Type("flag"),
    "date": Type("date"),
    "month": Type("month"),
    "quarter": Type("quarter"),
    "school_year": Type("number"),
    "instant": Type("instant"),
    "text": Type("text"),
    "code": Type("number"),
}


def column(
    name: str, zh: str, holds: str, *, required: bool = False, identity: str = "", codes: str = "", negative: bool = False
) -> Column:
    kind = Type("person") if identity == "id" else Type("thing") if identity else KINDS[holds]
    return Column(
        name,
        Title(zh, name.replace("_", " ").capitalize()),
        holds,
        kind,
        required,
        identity,
        "personal",
        "none",
        negative,
        codes,
        "",
    )


def dataset(code: str, *columns: Column, rows: str = "event") -> Dataset:
    keys = [
        column("record_id", "记录标识", "text", required=True),
        *columns,
        column("region_code", "行政区划代码", "text", required=True),
        column("data_date", "数据日期", "date", required=True),
    ]
    named = {one.name: one for one in keys}
    title = Title("账单", "Bills")
    return Dataset(
        code,
        title,
        "医保",
        "county",
        "monthly",
        rows,
        (),
        "bill_date",
        "person",
        "changes",
        60,
        False,
        "",
        "L01",
        "救助处",
        "",
        named,
        "",
    )


BILLS = dataset(
    "clinic_bill",
    column("id_no", "公民身份号码", "text", required=True, identity="id"),
    column("name", "姓名", "text", required=True, identity="name"),
    column("phone", "联系电话", "text", identity="phone"),
    column("living_address", "居住地址", "text", identity="address"),
    column("bank_account", "收款账号", "text", identity="bank"),
    column("bill_date", "账单日期", "date", required=True),
    column("visit_type", "就诊类型", "code", required=True, codes="1:住院|2:普通门诊|3:药店"),
    column("amount", "自付金额", "money", required=True),
    column("change_amount", "变动金额", "money", negative=True),
    column("share_ratio", "所占份额", "decimal"),
    column("stay_days", "住院天数", "integer"),
    column("is_remote", "是否异地", "flag"),
    column("pay_month", "所属月份", "month"),
    column("tax_quarter", "所属季度", "quarter"),
    column("academic_year", "学年", "school_year"),
    column("seen_time", "就诊时间", "instant"),
    column("hospital", "医院", "text"),
    column("complaint", "说明", "text", identity="text"),
    column("father_id_no", "父亲身份号码", "text", identity="id"),
    column("father_name", "父亲姓名", "text", identity="name"),
)
STATES = dataset(
    "household_state",
    column("id_no", "公民身份号码", "text", required=True, identity="id"),
    column("name", "姓名", "text", required=True, identity="name"),
    column("status", "户籍状态", "code", required=True, codes="1:正常|2:迁出|3:死亡注销"),
    column("income", "年收入", "money"),
    rows="state",
)
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(number: int) -> str:
    """An invented right number."""
    digits = f"370502{1950 + number % 60}{number % 12 + 1:02}{number % 28 + 1:02}{number % 1000:03}"
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


def bill(number: int, **cells: Any) -> dict[str, Any]:
    """A good row; `cells` replace some."""
    row = {
        "record_id": f"B{number:06}",
        "id_no": id_number(number),
        "name": "王" + "伟芳娜秀英敏静丽强磊"[number % 10],
        "bill_date": "2026-11-02",
        "visit_type": "1",
        "amount": "12.30",
        "region_code": "370502001001",
        "data_date": "2026-11-20",
    }
    return {**row, **cells}


def csv_text(rows: Sequence[Mapping[str, Any]], separator: str = ",") -> str:
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [separator.join(names)]
    for row in rows:
        cells = (str(row.get(name, "")) for name in names)
        lines.append(separator.join(f'"{cell}"' if separator in cell or "\n" in cell else cell for cell in cells))
    return "\n".join(lines) + "\n"


def catalogue_of(*datasets: Dataset) -> Any:
    """What ingest needs of a catalogue."""
    codes: Mapping[str, CodeList] = {}
    return SimpleNamespace(datasets={one.code: one for one in datasets}, codes=codes, bodies={})
