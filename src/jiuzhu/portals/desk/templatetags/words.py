"""Words and shapes that every desk page uses: two languages side by side, grades, icons, figures."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

SHAPES = {
    "red": "M3.6 0h4.8L12 3.6v4.8L8.4 12H3.6L0 8.4V3.6z",
    "orange": "M6 .6 12 11.4H0z",
    "yellow": "M6 0l6 6-6 6-6-6z",
    "blue": "M6 .5a5.5 5.5 0 1 0 0 11a5.5 5.5 0 1 0 0 -11z",
}
GRADES = {
    4: ("red", "红色", "Red"),
    3: ("orange", "橙色", "Orange"),
    2: ("yellow", "黄色", "Yellow"),
    1: ("blue", "蓝色", "Blue"),
}
UNITS = {
    "yuan": ("元", "yuan"),
    "days": ("天", "days"),
    "months": ("个月", "months"),
    "hours": ("小时", "hours"),
    "minutes": ("分钟", "minutes"),
    "years": ("岁", "years"),
    "persons": ("人", "persons"),
    "times": ("次", "times"),
    "ratio": ("倍", "×"),
    "m2": ("平方米", "m²"),
    "m3": ("立方米", "m³"),
    "kwh": ("度", "kWh"),
    "kw": ("千瓦", "kW"),
    "level": ("级", "level"),
    "points": ("分", "points"),
}


@register.simple_tag(takes_context=True)
def say(context: dict[str, Any], zh: str, en: str) -> str:
    """The Chinese text, or the English one on an English page. Both stand together, so neither is ever forgotten."""
    return en if context["request"].english else zh


@register.simple_tag(takes_context=True)
def titled(context: dict[str, Any], title: Any) -> str:
    """A catalogue title in the page's language."""
    if title is None:
        return ""
    return str(title.en if context["request"].english else title.zh)


@register.simple_tag(takes_context=True)
def worded(context: dict[str, Any], text: Any) -> str:
    """What somebody typed as it is, a title in the page's language; a dash for nothing."""
    return (text if isinstance(text, str) else titled(context, text)) or "—"


@register.simple_tag(takes_context=True)
def grade(context: dict[str, Any], level: int, suffix: object = "") -> SafeString:
    """Shape, word and colour of a grade: never colour alone. suffix: a number beside it, nought too."""
    name, zh, en = GRADES[level]
    word = en if context["request"].english else zh if suffix == "" else zh[0]
    return format_html(
        '<span class="g {}"><svg viewBox="0 0 12 12" aria-hidden="true"><path d="{}"/></svg>{} {}</span>',
        name,
        SHAPES[name],
        word,
        suffix,
    )


@register.simple_tag
def form_key() -> SafeString:
    """The key that a changing form carries; each form of each page has its own (G1)."""
    return format_html('<input type="hidden" name="key" value="{}">', secrets.token_urlsafe(24))


@register.simple_tag
def icon(name: str) -> SafeString:
    """An outline icon from the page's sprite."""
    return format_html('<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.simple_tag(takes_context=True)
def unit_word(context: dict[str, Any], unit: str) -> str:
    zh, en = UNITS.get(unit, (unit, unit))
    return en if context["request"].english else zh


@register.simple_tag(takes_context=True)
def figure(context: dict[str, Any], text: str, unit: str) -> SafeString:
    """A figure with thousands separators and its unit; nothing where there is none."""
    if not text:
        return mark_safe("—")
    if not unit:  # a rule without a measure: it holds or it does not
        return format_html("{}", "holds" if context["request"].english else "成立")
    return format_html('{} <small class="mut">{}</small>', grouped_digits(text, unit), unit_word(context, unit))


@register.filter
def grouped_digits(text: str, unit: str = "") -> str:
    """Decimal text with thousands separators: money keeps two decimals, other figures only those that say something."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    if unit == "yuan":
        return f"{value:,.2f}"
    return f"{value:,f}".rstrip("0").rstrip(".") if "." in text else f"{value:,f}"


@register.simple_tag(takes_context=True)
def due(context: dict[str, Any], day: date | None, today: date) -> SafeString:
    """How long is left, in words; today and overdue stand out by weight and word as well as by colour."""
    english = context["request"].english
    if day is None:
        return format_html('<span class="due unk">{}</span>', "calendar missing" if english else "日历未载入")
    left = (day - today).days
    if left < 0:
        return format_html('<span class="due over">{}</span>', f"{-left} d overdue" if english else f"逾期 {-left} 天")
    if left == 0:
        return format_html('<span class="due now">{}</span>', "today" if english else "今天")
    return format_html('<span class="due">{}</span>', f"in {left} d" if english else f"剩 {left} 天")


@register.filter
def yuan(fen: int) -> str:
    """Whole fen as yuan with thousands separators: `1,234.50`."""
    sign, whole = ("−", -fen) if fen < 0 else ("", fen)
    return f"{sign}{whole // 100:,}.{whole % 100:02}"


@register.filter
def named(names: Mapping[str, str], account: str) -> str:
    """The name shown for an account, the account where it has none, a dash where there is nobody."""
    return names.get(account) or account or "—"
