"""The formats departments really send: what a table looks like as Parquet, CSV in its many kinds, XLSX or JSON lines."""

from __future__ import annotations

import datetime as dt
import gzip
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from jiuzhu.rules.tree import Column, Dataset
from jiuzhu.synthetic.tables import feed

EXCEL_EPOCH = 25_569  # the serial number Excel gives to 1970-01-01
SMALL = 400_000  # residents up to which small departments send workbooks
SMALL_COUNTY = 50_000  # residents up to which each dataset is one file
AT_ONCE = 10_000  # rows of a Parquet file that wait for one another


@dataclass(frozen=True)
class Style:
    """How one office writes its files.

    titles: Chinese column titles. dates: 2026-11-20, 2026/11/20, 20261120, 2026年11月20日 or Excel's serial number.
    grouped: amounts as 1,234.50. yes: the word for true. wide: digits of telephone numbers and addresses in full width.
    small_x: identity numbers end in x. gz: gzip.
    """

    kind: Literal["parquet", "csv", "xlsx", "jsonl"]
    encoding: str = "utf-8"
    delimiter: str = ","
    titles: bool = False
    dates: Literal["iso", "slash", "compact", "chinese", "serial"] = "iso"
    grouped: bool = False
    yes: Literal["是", "true", "1"] = "true"
    wide: bool = False
    small_x: bool = False
    gz: bool = False

    @property
    def ending(self) -> str:
        return f".{self.kind}" + (".gz" if self.gz else "")


PARQUET = Style("parquet")
_PLAIN = Style("csv")
STYLES: Mapping[str, Style] = {
    "公安": Style("csv", "gb18030", titles=True, dates="compact", yes="是"),
    "公安出入境": Style("csv", "gbk", titles=True, dates="compact"),
    "公安交管": Style("csv", "utf-8-sig", titles=True, dates="slash", yes="是"),
    "民政": Style("csv", "utf-8-sig", titles=True, yes="是"),
    "民政（殡葬）": Style("csv", "gbk", titles=True, dates="slash", wide=True),
    "人力资源社会保障": Style("csv", "gbk", delimiter="\t", titles=True, dates="compact", yes="1"),
    "医疗保障": Style("csv", gz=True),
    "卫生健康": Style("csv", "gbk", titles=True, dates="slash"),
    "教育": Style("csv", "gb18030", titles=True, dates="serial"),
    "残疾人联合会": Style("csv", "utf-8-sig", titles=True, dates="chinese", small_x=True),
    "住房城乡建设": Style("csv", "gbk", titles=True, dates="serial", grouped=True, yes="是"),
    "住房公积金管理中心": Style("csv", "utf-8-sig", grouped=True),
    "自然资源（不动产登记）": Style("csv", "gb18030", delimiter="\t", titles=True, grouped=True),
    "市场监督管理": Style("jsonl"),
    "税务": Style("csv", gz=True),
    "财政": Style("csv", "gbk", titles=True, dates="slash", yes="1"),
    "农业农村": Style("csv", "gb18030", titles=True, dates="chinese", grouped=True),
    "乡村振兴": Style("csv", "utf-8-sig", titles=True, dates="slash", yes="是"),
    "应急管理": Style("csv", "gbk", titles=True, dates="chinese", grouped=True, yes="是"),
    "司法行政": Style("csv", "gbk", titles=True, yes="是"),
    "人民法院": Style("csv", "utf-8-sig", titles=True, dates="chinese", yes="是"),
    "总工会": Style("csv", "gbk", titles=True, dates="chinese", grouped=True, small_x=True),
    "银行业金融机构": Style("jsonl", gz=True),
    "证券登记结算机构": Style("jsonl", gz=True),
    "保险业机构": Style("csv", "gb18030", titles=True),
    "通信": Style("csv", gz=True),
    "慈善总会": Style("csv", "gbk", titles=True, dates="slash", grouped=True, wide=True, small_x=True),
    "政务服务热线": Style("jsonl"),
    "政法（网格化）": Style("jsonl"),
}
WORKBOOK = Style("xlsx", titles=True, yes="是")
ODD = frozenset({"medins_settlement", "hr_pension_contribution", "telecom_status"})  # one period a year in the office's own form


def style_of(dataset: Dataset, period: int, residents: int) -> Style:
    """Large feeds come as Parquet, save now and then as a file of the office's own kind; small ones as each office likes."""
    office, form = STYLES.get(dataset.department, _PLAIN), feed(dataset.code, "form")
    small = residents <= SMALL
    if form == "parquet" and not (small and dataset.code in ODD and period % 12 == 5):
        return PARQUET
    return WORKBOOK if form == "workbook" and small else office


class Deliveries:
    """Delivery files being written; each table appended becomes the next rows of its file.

    What is written into a Parquet file at once is remembered until it is closed, a kilobyte a column: of the small feeds of a
    province, whose people are invented county by county, a few rows would cost more memory than the rows themselves.

    Parquet files and workbooks stay open until `close`; text files are opened for each table, so that a province does not
    need thousands of open files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._parquet: dict[Path, Any] = {}
        self._waiting: dict[Path, list[pa.Table]] = {}
        self._workbooks: dict[Path, tuple[Dataset, list[pa.Table]]] = {}
        self.files: dict[Path, int] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def append(self, dataset: Dataset, label: str, style: Style, table: pa.Table) -> None:
        ending = (".full" if dataset.delivered == "full" else "") + style.ending
        path = self.folder / ("-".join(word for word in (dataset.code, label) if word) + ending)
        new = path not in self.files
        self.files[path] = self.files.get(path, 0) + len(table)
        match style.kind:
            case "parquet":
                self._append_parquet(path, table)
            case "xlsx":
                self._workbooks.setdefault(path, (dataset, []))[1].append(table)
            case "csv":
                _append(path, _csv(dataset.columns, style, table, head=new), style.gz)
            case "jsonl":
                _append(path, _jsonl(table), style.gz)

    def _append_parquet(self, path: Path, table: pa.Table) -> None:
        if path not in self._parquet:
            options = {"compression": "snappy", "write_statistics": False, "store_schema": False}
            self._parquet[path] = pa.parquet.ParquetWriter(path, table.schema, **options)
        waiting = self._waiting.setdefault(path, [])
        waiting.append(_alike(table, self._parquet[path].schema))
        if sum(len(one) for one in waiting) >= AT_ONCE:
            self._write_parquet(path)
        else:  # a copy: a slice would keep alive all of the table it was cut from
            waiting[-1] = waiting[-1].take(pa.array(range(len(table))))

    def _write_parquet(self, path: Path) -> None:
        waiting = self._waiting.pop(path, [])
        if waiting:
            self._parquet[path].write_table(pa.concat_tables(waiting).unify_dictionaries().combine_chunks())

    def close(self) -> None:
        for path, writer in self._parquet.items():
            self._write_parquet(path)
            writer.close()
        for path, (dataset, tables) in self._workbooks.items():
            _workbook(path, dataset, pa.concat_tables([_alike(table, tables[0].schema) for table in tables]))


def _alike(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The table with texts numbered, or not, as in the tables before it."""
    for place, wanted in enumerate(schema):
        if table.schema.field(place).type != wanted.type:
            column = table.column(place).cast(pa.string())
            column = column.dictionary_encode() if pa.types.is_dictionary(wanted.type) else column
            table = table.set_column(place, wanted, column)
    return table


def _append(path: Path, content: bytes, gz: bool) -> None:
    with path.open("ab") as file:
        file.write(gzip.compress(content, compresslevel=1, mtime=0) if gz else content)


def _csv(columns: Mapping[str, Column], style: Style, table: pa.Table, *, head: bool) -> bytes:
    texts = [as_text(columns.get(name), style, table[name].combine_chunks()) for name in table.column_names]
    named = pa.table(texts, names=headings(columns, style, table.column_names))
    out = io.BytesIO()
    try:
        pa.csv.write_csv(named, out, pa.csv.WriteOptions(include_header=head, delimiter=style.delimiter, quoting_style="none"))
    except pa.ArrowInvalid:  # a comma or a quotation mark inside a cell
        out = io.BytesIO()
        pa.csv.write_csv(named, out, pa.csv.WriteOptions(include_header=head, delimiter=style.delimiter, quoting_style="needed"))
    if style.encoding in ("utf-8", "utf-8-sig"):
        return (b"\xef\xbb\xbf" if head and style.encoding == "utf-8-sig" else b"") + out.getvalue()
    return out.getvalue().decode().encode(style.encoding)


def headings(columns: Mapping[str, Column], style: Style, names: list[str]) -> list[str]:
    """The first line: codes, or Chinese titles where no two columns share one."""
    titles = [columns[name].title.zh if name in columns else name for name in names]
    return [title if style.titles and titles.count(title) == 1 else name for title, name in zip(titles, names, strict=True)]


def as_text(column: Column | None, style: Style, values: pa.Array) -> pa.Array:
    """A column as this office writes it."""
    kind = values.type
    if pa.types.is_dictionary(kind):
        values, kind = values.cast(pa.string()), pa.string()
    if pa.types.is_boolean(kind):
        no = {"是": "否", "true": "false", "1": "0"}[style.yes]
        return pc.if_else(values, style.yes, no)
    if pa.types.is_date(kind):
        return _dates(values, style)
    if pa.types.is_decimal(kind):
        return _amounts(values, style)
    if column is not None and column.identity == "id" and style.small_x:
        return pc.replace_substring(values, "X", "x")
    if column is not None and column.identity in ("phone", "address") and style.wide:
        return pa.array([None if text is None else text.translate(_WIDE) for text in values.to_pylist()], pa.string())
    return values.cast(pa.string())


_WIDE = str.maketrans("0123456789", "".join(chr(ord("０") + i) for i in range(10)))


def _dates(values: pa.Array, style: Style) -> pa.Array:
    if style.dates == "serial":
        return pc.add(values.cast(pa.int32()), EXCEL_EPOCH).cast(pa.string())
    text = values.cast(pa.string())
    match style.dates:
        case "slash":
            return pc.replace_substring(text, "-", "/")
        case "compact":
            return pc.replace_substring(text, "-", "")
        case "chinese":
            return pc.replace_substring_regex(text, r"^(\d+)-(\d+)-(\d+)$", r"\1年\2月\3日")
    return text


def _amounts(values: pa.Array, style: Style) -> pa.Array:
    if style.grouped:
        return pa.array([None if value is None else f"{value:,}" for value in values.to_pylist()], pa.string())
    return values.cast(pa.string())


def _jsonl(table: pa.Table) -> bytes:
    """One JSON object a line; amounts as numbers, days as texts, empty cells null."""
    columns = []
    for column in table.columns:
        kind = column.type
        wanted = (
            pa.float64()
            if pa.types.is_decimal(kind)
            else kind
            if pa.types.is_boolean(kind) or pa.types.is_integer(kind)
            else pa.string()
        )
        columns.append(column.cast(wanted))
    out = io.BytesIO()
    pl.DataFrame(pa.table(columns, names=table.column_names)).write_ndjson(out)
    return out.getvalue()


def _workbook(path: Path, dataset: Dataset, table: pa.Table) -> None:
    """A sheet with a merged title above two lines of head, as offices print it."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"created": dt.datetime(2020, 1, 1)})  # noqa: DTZ001 - a fixed day, so that a seed gives the same bytes
    sheet = book.add_worksheet("Sheet1")
    last = max(len(table.column_names) - 1, 1)
    sheet.merge_range(0, 0, 0, last, f"{dataset.title.zh}明细表", book.add_format({"bold": True, "align": "center"}))
    sheet.merge_range(1, 0, 1, last, f"填报单位：{dataset.department}")
    sheet.write_row(2, 0, headings(dataset.columns, WORKBOOK, table.column_names))
    for number, name in enumerate(table.column_names):
        column = table[name]
        if pa.types.is_boolean(column.type):
            column = pc.if_else(column, "是", "否")
        numeric = pa.types.is_decimal(column.type)
        values = [float(v) if numeric and v is not None else v for v in column.to_pylist()]
        sheet.write_column(3, number, values)
    book.close()
