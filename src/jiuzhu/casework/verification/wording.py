"""A report in words, for page and paper alike: grouped by what it is about, people side by side, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from jiuzhu.casework.verification.declared import number_titles, verifying
from jiuzhu.rules.phrases import Language
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import BEIJING

TITLES = {
    "whole": Title(zh="社会救助家庭经济状况核对报告", en="Report on the means of a family"),
    "partial": Title(zh="社会救助家庭经济状况核对报告（部分）", en="Report on the means of a family (partial)"),
    "supplement": Title(zh="社会救助家庭经济状况补充核对报告", en="Supplementary report on the means of a family"),
    "recheck": Title(zh="社会救助家庭经济状况复核报告", en="Report on the means of a family, checked again"),
}
STATES = {
    "consistent": Title(zh="一致", en="consistent"),
    "inconsistent": Title(zh="不一致", en="differs"),
    "not_declared": Title(zh="未申报", en="not declared"),
    "none": Title(zh="无记录", en="no record"),
    "late": Title(zh="未返回", en="late"),
    "refused": Title(zh="拒绝", en="refused"),
}
ABOUT = {
    "income": Title(zh="收入（近 12 个月，元）", en="Income (12 months, yuan)"),
    "property": Title(zh="财产", en="Property"),
    "expenditure": Title(zh="支出（近 12 个月，元）", en="Spending (12 months, yuan)"),
    "benefit": Title(zh="在享待遇", en="Benefits received"),
    "identity": Title(zh="身份与家庭", en="Identity and family"),
}
LIMITS = {
    "income_per_head": Title(zh="人均月收入", en="Income a month per head"),
    "assets_per_head": Title(zh="人均金融资产", en="Financial assets per head"),
    "vehicles": Title(zh="机动车船", en="Vehicles and vessels"),
    "residence": Title(zh="住房", en="Homes"),
    "shops": Title(zh="非住宅房屋", en="Business premises"),
    "businesses": Title(zh="经营主体", en="Businesses"),
}
HELD = {
    "within": Title(zh="以内", en="within"),
    "over": Title(zh="超过", en="over"),
    "unknown": Title(zh="有未知", en="not known yet"),
    "unset": Title(zh="未设限额", en="no number is set"),
}
LEVELS = {
    "national": Title(zh="国家", en="National"),
    "province": Title(zh="省级", en="Province"),
    "city": Title(zh="市级", en="City"),
    "county": Title(zh="区县", en="County"),
    "region": Title(zh="外地", en="Another region"),
}


@dataclass(frozen=True)
class Cell:
    """state: of STATES; word: it in words. told: what was declared, how it differs, why it is late or refused."""

    found: str
    state: str
    word: str
    told: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One item, everybody side by side. differs: somebody's cell needs a look."""

    code: str
    title: str
    day: str
    cells: tuple[Cell, ...]
    differs: bool


@dataclass(frozen=True)
class Group:
    title: str
    rows: tuple[Line, ...]


@dataclass(frozen=True)
class Limited:
    title: str
    found: str
    limit: str
    state: str
    word: str
    source: str


def groups(said: Mapping[str, Any], lang: Language, *, only: str = "", all_items: bool = False) -> tuple[list[Group], str]:
    """The items grouped, and a sentence about those left out: where nobody has a record they are counted, not shown.

    only: a state; then the items in which somebody has it.
    """
    people = [one["person"] for one in said["people"]]
    cells = {(row["item"], row["person"]): row for row in said["rows"]}
    answer, left_out = [], 0
    for about, title in ABOUT.items():
        lines = []
        for code, item in said["items"].items():
            mine = [cells[code, person] for person in people if (code, person) in cells]
            if item["about"] != about:
                continue
            if only and all(row["state"] != only for row in mine):
                continue
            if not all_items and not only and all(row["state"] == "none" and not row["declared"] for row in mine):
                left_out += 1
                continue
            lines.append(_line(code, item, mine, lang))
        if lines:
            answer.append(Group(_said(title, lang), tuple(lines)))
    zh = f"另有 {left_out} 项，各人均无记录。“无记录”不等于“没有”；“未返回”不按零计算。"
    en = f"Of {left_out} further items nobody has a record. “No record” is not “none”; what is late is never counted as nought."
    return answer, (zh if lang == "zh" else en) if not only else ""


def limits(said: Mapping[str, Any], lang: Language) -> list[Limited]:
    told = []
    for one in said["limits"]:
        least = "≥ " if one["at_least"] else ""
        source = " · ".join(_rests_on(rest, lang) for rest in one["rests_on"] if rest["value"])
        limit = one["limit"] or "—"
        told.append(
            Limited(
                _said(LIMITS[one["code"]], lang),
                least + one["found"],
                limit,
                one["state"],
                _said(HELD[one["state"]], lang),
                source,
            )
        )
    return told


def _rests_on(rest: Mapping[str, Any], lang: Language) -> str:
    """A number in words, with what it was and since when."""
    title = number_titles().get(rest["name"])
    return f"{_said(title, lang) if title else rest['name']} {rest['value']} ({rest['since']})"


def under(said: Mapping[str, Any], place: str, lang: Language) -> str:
    """The line below the title: number, place, when it was asked for and issued, until when it is valid."""
    begun, issued = (_minute(said[name]) for name in ("begun_at", "issued_at"))
    if lang == "zh":
        return f"编号 {said['number']} · {place} · 委托 {begun}，报告 {issued} · 有效至 {said['valid_until']}"
    return f"{said['number']} · {place} · asked {begun}, issued {issued} · valid until {said['valid_until']}"


def end(said: Mapping[str, Any], lang: Language) -> list[str]:
    """What the report comes to, and what it may be used for."""
    names = verifying().bodies
    late = [_said(names[one].title, lang) if one in names else one for one in said["late"]]
    over = [one for one in limits(said, lang) if one.state == "over"]
    differ = said["counts"]["inconsistent"]
    join = "、" if lang == "zh" else ", "
    told = []
    if over:
        shown = join.join(one.title for one in over)
        told.append(f"超过当日限额：{shown}。" if lang == "zh" else f"Over the numbers of that day: {shown}.")
    if differ:
        told.append(
            f"{differ} 处与申报不一致，须入户核实。"
            if lang == "zh"
            else f"{differ} answers differ from what was declared: to be seen at home."
        )
    if late:
        shown = join.join(late)
        told.append(
            f"未返回的来源：{shown}；返回后出补充报告。"
            if lang == "zh"
            else f"Sources that are late: {shown}; a supplement follows."
        )
    told.append(
        "本报告供审核确认参考，不单独作为认定或拒绝的依据。当事人可以提出异议。"
        if lang == "zh"
        else "This report informs a decision and is never its only ground. Whoever it is about may object."
    )
    return told


def placed(number: int, lang: Language) -> str:
    return f"第 {number} 人" if lang == "zh" else f"person {number}"


def _line(code: str, item: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: Language) -> Line:
    days = [row["data_date"] for row in rows if row["data_date"]]
    cells = tuple(_cell(row, lang) for row in rows)
    return Line(code, item[lang], max(days)[5:] if days else "—", cells, any(cell.state == "inconsistent" for cell in cells))


def _cell(row: Mapping[str, Any], lang: Language) -> Cell:
    told = []
    if row["declared"]:
        told.append(f"{'报' if lang == 'zh' else 'declared'} {row['declared']}")
    if row["state"] == "inconsistent":
        by = Decimal(row["found"]) - Decimal(row["declared"])
        words = ("多", "少") if lang == "zh" else ("more by", "less by")
        told.append(f"{words[by < 0]} {abs(by)}")
    if row["why"]:
        told.append(row["why"])
    found = {"true": "有" if lang == "zh" else "yes"}.get(row["found"], row["found"])
    return Cell(found, row["state"], _said(STATES[row["state"]], lang), tuple(told))


def _minute(text: str) -> str:
    return datetime.fromisoformat(text).astimezone(BEIJING).strftime("%m-%d %H:%M")


def _said(title: Title, lang: Language) -> str:
    return title.zh if lang == "zh" else title.en
