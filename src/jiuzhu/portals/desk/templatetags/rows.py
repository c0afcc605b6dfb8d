"""Rows of the long lists, written by one function each: forty times a page Django's walk through a row would be half of its price."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template.base import Node, Parser, Token
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from jiuzhu.portals.desk.templatetags.words import Shown, address, due, figure, grade, grouped_digits, titled

register = template.Library()
CHANGES = {"raised": ("升级", "raised"), "lowered": ("降级", "lowered")}


@register.tag
def warning_row(parser: Parser, token: Token) -> Node:
    """`{% warning_row line today asked acts open %}`: a line of the list of warnings.

    asked: the query of the page's address; acts: whether lines can be ticked; open: the warning that stands open beside the list.
    """
    _, *given = token.split_contents()
    return Shown(_warning_row, [parser.compile_filter(word) for word in given])


def _warning_row(english: bool, line: Any, today: date, asked: str, acts: Any, opened: Any) -> SafeString:
    """All that is not written here or made by a tag is escaped."""
    one = line.warning
    number = escape(one.warning_id)
    stands_open = ' class="open"' if opened and opened.line.warning.pk == one.pk else ""
    cells = [
        f'<tr{stands_open} data-row="{number}">\n',
        f"{_tick(english, line, number)}\n" if acts else "",
        f"<td>{grade(english, one.level)}{_changed(english, one)}</td>\n",
        f"<td>{_family(english, line, asked)}</td>\n",
        f'<td><span class="ell name" title="{(title := titled(english, line.title))}">{title}</span><span class="l2">'
        f'{titled(english, line.scenario)} · <span class="id">{escape(one.indicator_id)}</span></span></td>\n',
        f'<td class="r num"><b class="m">{figure(english, one.value, one.unit)}</b><span class="l2">{_limit(english, one)}</span></td>\n',
        f"<td>{due(english, one.due_on, today)}{_raised(english, line)}</td></tr>\n",
    ]
    return mark_safe("".join(cells))


def _tick(english: bool, line: Any, number: str) -> str:
    word, tasked = "Choose" if english else "选择", " data-tasked" if line.tasked else ""
    named = escape(line.name) if line.name else number
    return (
        f'<td class="tick"><input class="ck" type="checkbox" name="w" value="{number}~{escape(line.warning.seen)}" '
        f'aria-label="{word} {named}" data-household="{line.family}"{tasked}></td>'
    )


def _changed(english: bool, one: Any) -> str:
    word = f'<span class="l2">{CHANGES[one.changed][english]}</span>' if one.changed in CHANGES else ""
    at = f'<span class="l2 num">{timezone.localtime(one.changed_at):%m-%d %H:%M}</span>' if one.changed_at else ""
    return word + at


def _family(english: bool, line: Any, asked: str) -> str:
    one = line.warning
    to = escape(address("warning", one.warning_id) + asked)
    named = escape(line.name or one.household_id or one.indicator_id)
    tasked = (" · visit open" if english else " · 已有走访任务") if line.tasked else ""
    return (
        f'<a class="m main-link" href="{to}" hx-get="{to}" hx-target="#drawer" hx-swap="innerHTML" hx-push-url="true">{named}</a>'
        f'<span class="l2">{escape(line.place)}{tasked}</span>'
    )


def _limit(english: bool, one: Any) -> str:
    if not (one.threshold and one.unit):
        return ""
    return f"{'limit' if english else '阈值'} {escape(grouped_digits(one.threshold))}"


def _raised(english: bool, line: Any) -> str:
    return f'<span class="l2">{"raised to" if english else "已上报"} {escape(line.raised_to)}</span>' if line.raised_to else ""
