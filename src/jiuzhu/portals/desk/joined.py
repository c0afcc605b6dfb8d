"""Pages made ready once: what stands beside one another and is the same for every reader is one piece.

A page of the desk is hundreds of short texts, each in two languages, between the few things that vary. Django walks them one by one, each
time; here neighbours that vary by language alone are joined when the page is first read.
"""

from __future__ import annotations

from typing import Any

from django.template.base import Node, NodeList, TextNode
from django.template.defaulttags import IfNode
from django.template.loaders import base, cached

from jiuzhu.portals.desk.templatetags.words import Said


class Loader(cached.Loader):
    """As Django's own that keeps what it read, with neighbours joined before anybody else sees it."""

    def get_template(self, template_name: str, skip: Any = None) -> Any:
        key = self.cache_key(template_name, skip)
        if key not in self.get_template_cache:
            found = base.Loader.get_template(self, template_name, skip)
            join(found.nodelist)
            self.get_template_cache[key] = found
        return self.get_template_cache[key]


def join(nodes: NodeList) -> None:
    """Join neighbours of a page, and of all that stands within its parts."""
    joined: list[Node] = []
    for node in nodes:
        for within in _within(node):
            join(within)
        before = joined[-1] if joined else None
        if before is not None and isinstance(node, TextNode | Said) and isinstance(before, TextNode | Said):
            joined[-1] = _together(before, node)
        else:
            joined.append(node)
    nodes[:] = joined


def _within(node: Node) -> list[NodeList]:
    found = [value for value in vars(node).values() if isinstance(value, NodeList)]
    return found + [nodes for _, nodes in node.conditions_nodelists] if isinstance(node, IfNode) else found


def _together(first: TextNode | Said, second: TextNode | Said) -> TextNode | Said:
    parts = [(one.s, one.s) if isinstance(one, TextNode) else (one.zh, one.en) for one in (first, second)]
    zh, en = ("".join(texts) for texts in zip(*parts, strict=True))
    joined = TextNode(zh) if zh == en else Said(zh, en)
    joined.token, joined.origin = first.token, first.origin  # type: ignore[union-attr]
    return joined
