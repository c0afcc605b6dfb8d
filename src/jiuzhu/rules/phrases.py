"""The words a rule is told in, Chinese and English: one template for each thing a tree can say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

Language = Literal["zh", "en"]

# Around what a page sets in strong type: numbers, windows, grades.
STRONG, PLAIN = "\x02", "\x03"

LABELS: Mapping[Language, str] = {"zh": "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥", "en": "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}

_WORD, _MARKS = "[\u4e00-\u9fff“”（），]", f"[{STRONG}{PLAIN}]*"

PHRASES: Mapping[str, tuple[str, str]] = {
    # logic
    "and": ("{0}，且{1}", "{0}, and {1}"),
    "or": ("{0}，或者{1}", "{0}, or {1}"),
    "bracket": ("（{0}）", "({0})"),
    "not": ("并非{0}", "it is not so that {0}"),
    "comma": ("{0}、{1}", "{0}, {1}"),
    "options": ("{0}或{1}", "{0} or {1}"),
    "list": ("{0}与{1}", "{0} and {1}"),
    # comparisons
    "==": ("{0}为{1}", "{0} is {1}"),
    "!=": ("{0}不为{1}", "{0} is not {1}"),
    "<": ("{0}低于 {1}", "{0} is below {1}"),
    "<=": ("{0}不超过 {1}", "{0} is at most {1}"),
    ">": ("{0}超过 {1}", "{0} is above {1}"),
    ">=": ("{0}达到 {1}", "{0} is at least {1}"),
    "< day": ("{0}早于{1}", "{0} is before {1}"),
    "<= day": ("{0}不晚于{1}", "{0} is not after {1}"),
    "> day": ("{0}晚于{1}", "{0} is after {1}"),
    ">= day": ("{0}不早于{1}", "{0} is not before {1}"),
    "in": ("{0}为{1}", "{0} is {1}"),
    "not in": ("{0}不是{1}", "{0} is not {1}"),
    # arithmetic and functions
    "+": ("{0}加{1}", "{0} plus {1}"),
    "-": ("{0}减{1}", "{0} less {1}"),
    "*": ("{0}乘以 {1}", "{0} times {1}"),
    "given": ("有{0}", "there is {0}"),
    "not given": ("没有{0}", "there is no {0}"),
    "number": ("“{0}”计 1 否则计 0", "1 if {0}, else 0"),
    "abs": ("{0}的绝对值", "{0}, whichever its sign"),
    "least": ("{0}中最小的", "the least of {0}"),
    "greatest": ("{0}中最大的", "the greatest of {0}"),
    "least day": ("{0}中最早的", "the earliest of {0}"),
    "greatest day": ("{0}中最晚的", "the latest of {0}"),
    "same": ("{0}与{1}相同", "{0} and {1} are the same"),
    "not same": ("{0}与{1}不同", "{0} and {1} are not the same"),
    "days": ("{0}到{1}的天数", "the days from {0} to {1}"),
    "months": ("{0}到{1}的足月数", "the full months from {0} to {1}"),
    "years": ("{0}到{1}的足年数", "the full years from {0} to {1}"),
    "hours": ("{0}到{1}的小时数", "the hours from {0} to {1}"),
    "minutes": ("{0}到{1}的分钟数", "the minutes from {0} to {1}"),
    "year": ("{0}的年份", "the year of {0}"),
    "birthday": ("{0}起满 {1} 年的那天", "the day {1} years after {0}"),
    "per": ("按“{0}”表对应{1}的系数", "the number of the table “{0}” for {1}"),
    "case": ("若{0}，取{1}", "if {0}, {1}"),
    "cases": ("{0}；{1}", "{0}; {1}"),
    "otherwise": ("否则取{0}", "otherwise {0}"),
    "none": ("无", "none"),
    # moments
    "as_of": ("当日", "the day itself"),
    "now": ("此刻", "this moment"),
    "year_start": ("本年 1 月 1 日", "1 January of the year"),
    "month_start": ("本月 1 日", "the first of the month"),
    # facts and persons
    "fact": ("{0}", "{0}"),
    "not fact": ("不符合“{0}”", "not “{0}”"),
    "member fact": ("有成员{0}", "a member for whom holds: {0}"),
    "not member fact": ("没有成员{0}", "no member for whom holds: {0}"),
    "via": ("{0}的{1}", "{1} of the {0}"),
    "via fact": ("{0}：{1}", "the {0}: {1}"),
    "not via fact": ("{0}不符合“{1}”", "the {0}: not “{1}”"),
    "any": ("{0}中有人{1}", "one of the {0}: {1}"),
    "not any": ("{0}中没有人{1}", "none of the {0}: {1}"),
    "all": ("{0}中每个人都{1}", "each of the {0}: {1}"),
    "not all": ("{0}中并非每个人都{1}", "not each of the {0}: {1}"),
    "count members": ("{0}中符合“{1}”的人数", "the number of the {0} with: {1}"),
    "count all members": ("{0}人数", "the number of the {0}"),
    "sum members": ("{0}的{1}之和", "the sum over the {0} of {1}"),
    "min members": ("{0}的{1}中最小的", "the least among the {0} of {1}"),
    "max members": ("{0}的{1}中最大的", "the greatest among the {0} of {1}"),
    "such members": ("{0}（{1}）", "{0} ({1})"),
    "household": ("家庭成员", "members of the household"),
    # rows
    "rows": ("“{0}”", "“{0}”"),
    "rows where": ("“{0}”（{1}）", "“{0}” ({1})"),
    "exists": ("{1}有{0}记录", "there is a record of {0}{1}"),
    "not exists": ("{1}没有{0}记录", "there is no record of {0}{1}"),
    "count": ("{1}{0}的记录数", "the number of records of {0}{1}"),
    "sum": ("{1}{0}的{2}之和", "the sum of the {2} in {0}{1}"),
    "min": ("{1}{0}中最低的{2}", "the lowest {2} in {0}{1}"),
    "max": ("{1}{0}中最高的{2}", "the highest {2} in {0}{1}"),
    "min day": ("{1}{0}中最早的{2}", "the earliest {2} in {0}{1}"),
    "max day": ("{1}{0}中最晚的{2}", "the last {2} in {0}{1}"),
    "latest": ("{1}最近一条{0}的{2}", "the {2} of the newest record of {0}{1}"),
    "first": ("{1}最早一条{0}的{2}", "the {2} of the first record of {0}{1}"),
    "distinct": ("{1}{0}中不同{2}的个数", "the number of different values of {2} in {0}{1}"),
    "run days": ("{0}连续的天数", "the unbroken run of days in {0}{1}"),
    "run months": ("{0}连续的月数", "the unbroken run of months in {0}{1}"),
    "since": ("{0}的{2}保持现状的起始日", "the day since which the {2} in {0} has been as it is"),
    "each max": ("按{0}分别计算后最大的{1}", "the greatest, over each {0}, of {1}"),
    "each min": ("按{0}分别计算后最小的{1}", "the least, over each {0}, of {1}"),
    "each sum": ("按{0}分别计算后相加的{1}", "the sum, over each {0}, of {1}"),
    "by": ("{0}中以“{1}”指明本人的", "{0} naming this person as “{1}”"),
    "newest": ("最近 {1} 期的{0}", "the newest {1} dates of {0}"),
    "after": ("{0}之后", " after {0}"),
    "at": ("（按{0}计）", " (by {0})"),
    # windows
    "window": ("最近 {0}", " in the last {0}"),
    "closed months window": ("最近 {0} 个已送达月份", " in the newest {0} months delivered"),
    "closed quarters window": ("最近 {0} 个已送达季度", " in the newest {0} quarters delivered"),
    "ahead": ("今后 {0}内", " within the next {0}"),
    "window before": ("最近 {1}之前的 {0}", " in the {0} before the last {1}"),
    "closed months window before": (
        "最近 {1} 个已送达月份之前的 {0} 个月份",
        " in the {0} months delivered before the newest {1}",
    ),
    "closed quarters window before": (
        "最近 {1} 个已送达季度之前的 {0} 个季度",
        " in the {0} quarters delivered before the newest {1}",
    ),
    "this year": ("本年", " this year"),
    "school year": ("本学年", " this school year"),
    "last month": ("上个自然月", " last month"),
    "this month": ("本月", " this month"),
    # the rule
    "yes": ("{0}为“是”", "{0} is yes"),
    "not yes": ("{0}为“否”", "{0} is no"),
    "labelled": ("{0}（记作{1}）", "{0} (call it {1})"),
    "person": ("个人", "A person"),
    "living household": ("家庭", "A household"),
    "hukou household": ("户籍家庭", "A household of the hukou register"),
    "about": ("{0}：{1}", "{0}: {1}"),
    "ratio": ("{0}，与{1}相比", "the ratio of {0} to {1}"),
    "measured": ("{0}，{1}", "{0}: {1}"),
    "then": ("{0}；{1}", "{0}; {1}"),
    "at least": ("达到 {0}", "at least {0}"),
    "at most": ("不超过 {0}", "at most {0}"),
    "below": ("低于 {0}", "below {0}"),
    "above": ("超过 {0}", "above {0}"),
    "times": ("{0} 倍", "{0} times that"),
    "times ratio": ("该限值的 {0} 倍", "{0} times that"),
    "raises warning": ("{0}即{1}预警", "{0} raises {2} {1} warning"),
    "raises hint": ("{0}即{1}提示", "{0} raises {2} {1} hint"),
    "grade": ("{0}为{1}", "{0} makes it {1}"),
    "rest": ("其余为{0}", "all others {0}"),
    "reached": ("{0}的，", "once {0}, "),
    "also": ("{0}的，也按{1}处理", "it is {1} also if {0}"),
    "sentence": ("{0}。", "{0}."),
    "local limit": ("当地限值", "the local limit"),
}

GRADE_WORDS: Mapping[str, tuple[str, str]] = {
    "red": ("红色", "red"),
    "orange": ("橙色", "orange"),
    "yellow": ("黄色", "yellow"),
    "blue": ("蓝色", "blue"),
}

UNIT_WORDS: Mapping[str, tuple[str, str]] = {
    "yuan": ("元", "yuan"),
    "days": ("天", "days"),
    "months": ("个月", "months"),
    "years": ("年", "years"),
    "hours": ("小时", "hours"),
    "minutes": ("分钟", "minutes"),
    "quarters": ("个季度", "quarters"),
    "weeks": ("周", "weeks"),
    "persons": ("人", "persons"),
    "members": ("人", "members"),
    "children": ("名儿童", "children"),
    # Whatever is counted without a measure word of its own: calls, cars, homes. The phrase before says what.
    "times": ("", ""),
    "records": ("条记录", "records"),
    "vehicles": ("辆", "vehicles"),
    "homes": ("套住房", "homes"),
    "units": ("处", "units"),
    "premises": ("处", "premises"),
    "households": ("户", "households"),
    "trips": ("次", "trips"),
    "visits": ("次走访", "visits"),
    "payments": ("笔", "payments"),
    "kinds": ("种", "kinds"),
    "regions": ("个地区", "regions"),
    "enterprises": ("家", "enterprises"),
    "factors": ("项", "factors"),
    "level": ("级", ""),
    "grade": ("级", ""),
    "points": ("分", "points"),
    "head": ("头", "head"),
    "heads": ("头", "head"),
    "pieces": ("件", "pieces"),
    "stays": ("次住院", "stays"),
    "accounts": ("个账户", "accounts"),
    "policies": ("份保单", "policies"),
    "notices": ("份通知", "notices"),
    "calls": ("次来电", "calls"),
    "seats": ("席", "seats"),
    "items": ("项", "items"),
    "cards": ("张", "cards"),
    "plots": ("块", "plots"),
    "licences": ("份证照", "licences"),
    "certificates": ("份证书", "certificates"),
    "standards": ("倍标准", "standards"),
    "m2": ("平方米", "m²"),
    "m3": ("立方米", "m³"),
    "m": ("米", "m"),
    "km": ("公里", "km"),
    "kwh": ("度", "kWh"),
    "kw": ("千瓦", "kW"),
    "mu": ("亩", "mu"),
    "tonnes": ("吨", "tonnes"),
    "kg": ("公斤", "kg"),
    "litres": ("升", "litres"),
    "degrees": ("度", "degrees"),
    "person": ("人", "person"),
    "month": ("月", "month"),
    "year": ("年", "year"),
    "day": ("天", "day"),
    "hour": ("小时", "hour"),
    "quarter": ("季度", "quarter"),
    "household": ("户", "household"),
}


def phrase(key: str, lang: Language, *parts: str) -> str:
    return PHRASES[key][lang == "en"].format(*parts)


def strong(text: str) -> str:
    return f"{STRONG}{text}{PLAIN}"


def spaced(text: str) -> str:
    """Chinese as it is set: a blank between a figure and a word, none between two words, no doubled 的."""
    text = re.sub(rf"({_WORD}{_MARKS}) +(?={_MARKS}{_WORD})", r"\1", text.replace("的的", "的"))
    text = re.sub(rf"([\u4e00-\u9fff])({_MARKS})(?=[0-9])", r"\1 \2", text)
    return re.sub(rf"([0-9%])({_MARKS})(?=[\u4e00-\u9fff])", r"\1\2 ", text)


def lowered(text: str) -> str:
    """A title within an English sentence; a word in capitals keeps them."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def yes_or_no(title: str, *, negative: bool) -> str:
    """The title of a yes/no column as part of a Chinese sentence: 是否异地就医 becomes 异地就医, or 非异地就医."""
    if title.startswith("有无"):
        return ("无" if negative else "有") + title[2:]
    return ("非" if negative else "") + title.removeprefix("是否")


def number_words(value: Decimal, unit: str, lang: Language) -> str:
    """A number as people write it: 5,000 元, 40%, 1.5 倍."""
    if unit == "ratio":
        if abs(value) < 1:
            return f"{_plain(value * 100)}%"
        return f"{_plain(value)} 倍" if lang == "zh" else _plain(value)
    words = unit_words(unit, lang)
    if lang == "en" and value == 1:
        words = words.removesuffix("s")
    return f"{_plain(value)} {words}".strip()


def unit_words(unit: str, lang: Language) -> str:
    parts = [UNIT_WORDS.get(word, (word, word))[lang == "en"] for word in unit.split("/")] if unit else []
    return "/".join(part for part in parts if part)


def _plain(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
