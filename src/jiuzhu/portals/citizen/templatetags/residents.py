"""Words that pages of residents look up by a code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

from jiuzhu.rules.tree import Title

register = template.Library()


@register.simple_tag(takes_context=True)
def titled_by(context: dict[str, Any], titles: Mapping[str, Title], code: str) -> str:
    """The title of a code in the page's language, the code itself where none is known."""
    title = titles.get(code)
    return code if title is None else title.en if context["request"].english else title.zh


@register.filter
def of(table: Mapping[str, str], key: str) -> str:
    """What stands under a key, "" for nothing."""
    return table.get(key, "")
