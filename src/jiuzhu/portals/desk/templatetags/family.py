"""How a line of a family's file is said: a value, or which kind of silence stands in its place, each unlike the others and unlike 0."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from jiuzhu.casework.files.told import Line
from jiuzhu.portals.desk.templatetags.words import GRADES, SHAPES, UNITS, grouped_digits, icon
from jiuzhu.rules.tree import Title

register = template.Library()

SILENCES = {
    "none": ("none", Title("无记录", "no record")),
    "late": ("clock", Title("来源迟报", "source is late")),
    "missing": ("unknown", Title("从未报送", "never delivered")),
    "refused": ("refused", Title("未授权，不能查", "not authorised")),
    "empty": ("unknown", Title("未填，未知", "left empty, unknown")),
    "hidden": ("refused", Title("按角色不显示", "not shown to your role")),
}


@register.simple_tag(takes_context=True)
def told(context: dict[str, Any], line: Line | None) -> SafeString:
    """The value with its unit, or the silence; nothing at all for no line."""
    english = context["request"].english
    if line is None:
        return mark_safe('<span class="mut">—</span>')
    if line.state != "known":
        shape, word = SILENCES[line.state]
        return format_html('<span class="sil {}">{}{}</span>', line.state, icon(shape), word.en if english else word.zh)
    text = line.value.en if english else line.value.zh
    if not line.unit:
        return format_html("{}", text)
    unit = UNITS.get(line.unit, (line.unit, line.unit))[english]
    least = "≥ " if line.late and line.item.how != "newest" else ""
    return format_html(
        '<span class="num">{}{}</span> <small class="mut">{}</small>', least, grouped_digits(text, line.unit), unit
    )


@register.simple_tag(takes_context=True)
def silence(context: dict[str, Any], state: str) -> SafeString:
    """The word and shape of one kind of silence."""
    shape, word = SILENCES[state]
    return format_html('<span class="sil {}">{}{}</span>', state, icon(shape), word.en if context["request"].english else word.zh)


@register.simple_tag(takes_context=True)
def how_fresh(context: dict[str, Any], line: Line) -> SafeString:
    """The state of a line in a word and a shape: fresh, old, known though the source is late; the silences say it themselves."""
    english = context["request"].english
    if line.state != "known":
        return mark_safe("")
    if line.late:
        return format_html('<span class="st warn">{}{}</span>', icon("clock"), "source is late" if english else "来源迟报")
    if line.old:
        return format_html('<span class="st warn">{}{}</span>', icon("wrong"), "over a year old" if english else "超过一年")
    return format_html('<span class="st ok">{}{}</span>', icon("ok"), "in force" if english else "有效")


@register.simple_tag
def shape(level: int) -> SafeString:
    """The shape of a grade inside a picture."""
    name = GRADES[level][0]
    return format_html('<path class="shape {}" d="{}"/>', name, SHAPES[name])


@register.filter
def of(lines: Any, code: str) -> Any:
    """What a mapping holds under a code, None where nothing."""
    return lines.get(code)
