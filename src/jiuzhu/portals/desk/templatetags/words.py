"""Words and shapes that every desk page uses: two languages side by side, grades, icons, figures."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django import template
from django.template import defaultfilters, defaulttags
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.template.defaulttags import URLNode
from django.urls import get_script_prefix, reverse
from django.utils.html import escape, format_html
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
    "households": ("户", "households"),
    "working_days": ("个工作日", "working days"),
    "times": ("次", "times"),
    "ratio": ("倍", "×"),
    "m2": ("平方米", "m²"),
    "m3": ("立方米", "m³"),
    "kwh": ("度", "kWh"),
    "kw": ("千瓦", "kW"),
    "level": ("级", "level"),
    "points": ("分", "points"),
}


class Said(Node):
    """The Chinese text, or the English one on an English page. A page says a hundred of them, so they are made out when it is read."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en

    def render(self, context: Any) -> str:
        return self.en if english(context) else self.zh

    render_annotated = render  # nothing in it can fail


def english(context: Any) -> bool:
    """Whether the page is in English: asked for every text of a page, so without a walk through all that is known there."""
    request = getattr(context, "request", None) or context["request"]
    return bool(request.english)


class Shown(Node):
    """A tag whose text is made by `make` of the page's language and the values it is given; escaped there, if need be."""

    def __init__(self, make: Callable[..., str], given: Sequence[FilterExpression]) -> None:
        self.make, self.given = make, given

    def render(self, context: Any) -> str:
        return self.make(english(context), *[one.resolve(context) for one in self.given])


def shown(make: Callable[..., str]) -> Callable[..., str]:
    """`{% name value … %}`: as Django's simple tags, which put the call together anew each time."""

    def compiled(parser: Parser, token: Token) -> Shown:
        _, *given = token.split_contents()
        return Shown(make, [parser.compile_filter(word) for word in given])

    register.tag(make.__name__, compiled)
    return make


@register.tag
def say(parser: Parser, token: Token) -> Said:
    """`{% say "中文" "English" %}`: both stand together, so neither is ever forgotten; what varies is said beside it."""
    _, *given = token.split_contents()
    texts = [_plain(parser.compile_filter(word)) for word in given]
    if len(texts) != 2 or None in texts:
        raise template.TemplateSyntaxError(
            f"{token.contents}: say takes two texts in quotes, the Chinese one and the English one"
        )
    return Said(*(text for text in texts if text is not None))


def _plain(word: FilterExpression) -> str | None:
    """A text in quotes; None for anything that is found out only when the page is made."""
    return str(word.var) if isinstance(word.var, str) and not word.filters else None


class Address(URLNode):
    """As Django's own, which reads its table anew for each row of a list: here the address of a row is put around its key."""

    def render(self, context: Any) -> str:
        if self.kwargs or len(self.args) > 1 or self.asvar:
            return str(super().render(context))
        name = self.view_name.resolve(context)
        if not self.args:
            return _around(name, get_script_prefix(), "")[0]
        return address(name, str(self.args[0].resolve(context)))


_KEY = re.compile(r"[A-Za-z0-9_-]+")


def address(name: str, key: str) -> str:
    """The address of that name for one thing. Raises NoReverseMatch."""
    if not _KEY.fullmatch(key):
        return reverse(name, args=[key])
    before, after = _around(name, get_script_prefix(), "1" if key.isdigit() else "a")
    return f"{before}{key}{after}"


@lru_cache(maxsize=1_000)
def _around(name: str, prefix: str, like: str) -> tuple[str, str]:
    """What stands before and after a key of that kind (digits, or not) in an address; prefix: of all addresses. Raises NoReverseMatch."""
    if not like:
        return reverse(name), ""
    before, _, after = reverse(name, args=[like * 40]).partition(like * 40)
    return before, after


@register.tag
def url(parser: Parser, token: Token) -> Node:
    made = defaulttags.url(parser, token)
    return Address(made.view_name, made.args, made.kwargs, made.asvar)


@shown
def titled(english: bool, title: Any) -> str:
    """A catalogue title in the page's language; nothing for none, as a value that is not there is "" here."""
    return _escaped(str(title.en if english else title.zh)) if title else ""


@lru_cache(maxsize=1 << 14)
def _escaped(text: str) -> str:
    return escape(text)


@shown
def worded(english: bool, text: Any) -> str:
    """What somebody typed as it is, a title in the page's language; a dash for nothing."""
    return (escape(text) if isinstance(text, str) else titled(english, text)) or "—"


@shown
@lru_cache(maxsize=256)
def grade(english: bool, level: int, suffix: object = "") -> SafeString:
    """Shape, word and colour of a grade: never colour alone. suffix: a number beside it, nought too."""
    name, zh, en = GRADES[level]
    word = en if english else zh if suffix == "" else zh[0]
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


@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    """An outline icon from the page's sprite."""
    return format_html('<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><use href="#i-{}"/></svg>', name)


class Icon(Node):
    def __init__(self, name: FilterExpression) -> None:
        self.name = name

    def render(self, context: Any) -> str:
        return icon(self.name.resolve(context))


@register.tag("icon")
def _icon(parser: Parser, token: Token) -> Node:
    """`{% icon "name" %}`; where the name is written there, the icon is made when the page is read."""
    _, word = token.split_contents()
    name = parser.compile_filter(word)
    plain = _plain(name)
    return Icon(name) if plain is None else TextNode(icon(plain))


@shown
def unit_word(english: bool, unit: str) -> str:
    zh, en = UNITS.get(unit, (unit, unit))
    return escape(en if english else zh)


@shown
def figure(english: bool, text: str, unit: str) -> SafeString:
    """A figure with thousands separators and its unit; nothing where there is none."""
    if not text:
        return mark_safe("—")
    if not unit:  # a rule without a measure: it holds or it does not
        return mark_safe("holds" if english else "成立")
    return format_html('{} <small class="mut">{}</small>', grouped_digits(text, unit), unit_word(english, unit))


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


@shown
def number(english: bool, to: Any, kind: str = "") -> SafeString:
    """A number that opens the list behind it, of which an overview has hundreds; plain where there is none. kind: a class of its link."""
    if to.address and to.count:
        return mark_safe(f'<a href="{_escaped(to.address)}" class="{_escaped(kind)}">{to.count:,d}</a>')
    return mark_safe(f"{to.count:,d}")


@register.filter(is_safe=True)
@lru_cache(maxsize=1 << 14, typed=True)
def floatformat(value: Any, digits: int = -1) -> str:
    """As Django's own, of which a map asks hundreds, most of them again."""
    return str(defaultfilters.floatformat(value, digits))


@shown
@lru_cache(maxsize=4096)
def due(english: bool, day: date | None, today: date) -> SafeString:
    """How long is left, in words; today and overdue stand out by weight and word as well as by colour."""
    if not day:
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
