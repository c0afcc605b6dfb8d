"""What one cell says: plain functions from the text of a cell to the whole number that the archive keeps.

These are the definition; `columns.py` does the same for whole columns and takes a short way for the usual spellings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from jiuzhu.registry.ingest.faults import Unfit

EPOCH = date(1970, 1, 1)
EXCEL_EPOCH = date(1899, 12, 30)
BEIJING = timezone(timedelta(hours=8))
# Marks that departments write into empty cells of columns that are not text.
EMPTY_MARKS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "\\N", "无", "空", "NULL", "null", "None", "N/A", "#N/A", "NaN", "nan"}
)
OPEN_END = {"长期", "永久", "长期有效"}
FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(9999, 12, 31)
LARGEST = 10**15

_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?|[+-]?\.\d+")
_CURRENCY = re.compile(r"^([+-]?)\s*[¥￥]\s*")
_SCIENTIFIC = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]?\d+")
_DATE = re.compile(r"(\d{4})([-/.年])(\d{1,2})([-/.月])(\d{1,2})日?([T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")
_MONTH = re.compile(r"(\d{4})[-/.年](\d{1,2})(?:月|[-/.月]0?1日?(?:[T ]0{1,2}:00(?::00)?)?)?")
_QUARTER = re.compile(r"(\d{4})(?:-?[Qq]([1-4])|年(?:第?([1-4一二三四])季度))")
_SCHOOL_YEAR = re.compile(r"(\d{4})\s*[-—–~/至]{1,2}\s*(\d{4})(?:学年)?")
_INSTANT = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(Z|[+-]\d{2}:?\d{2})?")
_REGION = re.compile(r"(?:[1-7][0-9]|8[12])(?:[0-9]{4}|[0-9]{7}|[0-9]{10})|0{6}|0{9}|0{12}")
_TRUE = frozenset({"1", "true", "t", "yes", "y", "是", "有", "1.0"})
_FALSE = frozenset({"0", "false", "f", "no", "n", "否", "无", "0.0"})
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_CODE = re.compile(r"([0-9A-Za-z]+)\s*[-:：.、 ]\s*(\S+)")


def plain(text: str) -> str:
    """The text with full-width digits and letters made narrow, and the marks gone that Excel puts around a number."""
    text = unicodedata.normalize("NFKC", text).strip()
    if text.startswith('="') and text.endswith('"'):
        text = text[2:-1]
    return text.lstrip("'`").strip()


def number(text: str, *, scale: int, whole: bool = False) -> int:
    """A decimal as a whole number times ten to the minus `scale`. Money (scale 2) is exact; other decimals round half up.

    Sixteen and more digits that do not fit are what a binary float looks like written out: those are read to fifteen.
    """
    text = _CURRENCY.sub(r"\1", text).removesuffix("元").strip()
    if _SCIENTIFIC.fullmatch(text):
        value = Decimal(text)
    elif _NUMBER.fullmatch(text):
        value = Decimal(text.replace(",", ""))
    else:
        raise Unfit("bad_number")
    if abs(value) >= LARGEST:
        raise Unfit("too_large")
    scaled = value.scaleb(scale)
    if scaled != scaled.to_integral_value() and len(value.as_tuple().digits) > 15:
        scaled = value.quantize(Decimal(1).scaleb(value.adjusted() - 14), ROUND_HALF_UP).scaleb(scale)
    if scaled != scaled.to_integral_value():
        if whole:
            raise Unfit("not_whole")
        if scale == 2:
            raise Unfit("below_a_fen")
        scaled = scaled.to_integral_value(ROUND_HALF_UP)
    return int(scaled)


def day(text: str) -> int:
    """Days since 1970-01-01."""
    if text in OPEN_END:
        return (LAST_DAY - EPOCH).days
    match = _DATE.fullmatch(text)
    if match:
        return _day(int(match[1]), int(match[3]), int(match[5]))
    if len(text) == 8 and text.isascii() and text.isdigit():
        return _day(int(text[:4]), int(text[4:6]), int(text[6:]))
    if len(text) == 14 and text.isascii() and text.isdigit():
        return _day(int(text[:4]), int(text[4:6]), int(text[6:8]))
    if _SERIAL.fullmatch(text):  # five digits: an Excel day between 1927 and 2173
        return (EXCEL_EPOCH + timedelta(days=int(text[:5])) - EPOCH).days
    raise Unfit("bad_date")


def _day(year: int, month: int, day_of_month: int) -> int:
    try:
        found = date(year, month, day_of_month)
    except ValueError:
        raise Unfit("bad_date") from None
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Unfit("bad_date")
    return (found - EPOCH).days


def month(text: str) -> int:
    """Months since year 0: year * 12 + month - 1."""
    match = _MONTH.fullmatch(text)
    if match:
        year, number_of_month = int(match[1]), int(match[2])
    elif len(text) == 6 and text.isascii() and text.isdigit():
        year, number_of_month = int(text[:4]), int(text[4:])
    else:
        raise Unfit("bad_month")
    if not (1 <= number_of_month <= 12 and year >= 1850):
        raise Unfit("bad_month")
    return year * 12 + number_of_month - 1


def quarter(text: str) -> int:
    """Quarters since year 0: year * 4 + quarter - 1."""
    match = _QUARTER.fullmatch(text)
    if not match or int(match[1]) < 1850:
        raise Unfit("bad_quarter")
    word = match[2] or match[3]
    return int(match[1]) * 4 + (_QUARTERS.get(word) or int(word)) - 1


def school_year(text: str) -> int:
    """The year in which it begins."""
    match = _SCHOOL_YEAR.fullmatch(text)
    if not match or int(match[2]) != int(match[1]) + 1 or int(match[1]) < 1850:
        raise Unfit("bad_school_year")
    return int(match[1])


def instant(text: str) -> int:
    """Seconds since 1970 UTC; without a zone it is Beijing time."""
    match = _INSTANT.fullmatch(text)
    if not match and len(text) == 14 and text.isascii() and text.isdigit():
        text = f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:]}"
        match = _INSTANT.fullmatch(text)
    if not match:
        raise Unfit("bad_instant")
    hour, second = int(match[4]), int(match[6] or 0)
    if hour == 24 and match[5] == "00" and second == 0:  # ISO 8601 lets a day end at 24:00
        hour, extra = 0, timedelta(days=1)
    else:
        extra = timedelta()
    try:
        moment = datetime(int(match[1]), int(match[2]), int(match[3]), hour, int(match[5]), second, tzinfo=_zone(match[7]))
        moment = (moment + extra).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unfit("bad_instant") from None
    if moment.year < FIRST_DAY.year:
        raise Unfit("bad_instant")
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def _zone(text: str | None) -> timezone:
    if not text:
        return BEIJING
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[-2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def flag(text: str) -> int:
    lower = text.lower()
    if lower in _TRUE:
        return 1
    if lower in _FALSE:
        return 0
    raise Unfit("bad_flag")


def code(text: str, codes: Mapping[str, str]) -> str:
    """The code of the list: given itself, as its label, both together, with zeros in front or as Excel's `1.0`.

    codes: code to label.
    """
    if text in codes:
        return text
    for key, label in codes.items():
        if text == label:
            return key
    match = _CODE.fullmatch(text)
    if match and codes.get(match[1]) == match[2]:
        return match[1]
    for key in codes:
        if _bare(text) == _bare(key):
            return key
    raise Unfit("code_not_listed")


def _bare(text: str) -> str:
    """A numeric code without leading zeros and trailing `.0`."""
    if text.endswith(".0"):
        text = text[:-2]
    return text.lstrip("0") or "0" if text.isdigit() else text.upper()


def region(text: str) -> str:
    """A division code of 6, 9 or 12 digits, or zeros for the whole country. Whether it exists is asked later, of its date."""
    if text.endswith(".0"):
        text = text[:-2]
    if _REGION.fullmatch(text):
        return text
    raise Unfit("bad_region")
