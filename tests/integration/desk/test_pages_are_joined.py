"""Neighbouring texts of a page are joined when it is first read: what is shown stays the same, in both languages."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, engines
from django.template.base import TextNode

from jiuzhu.portals.desk import joined
from jiuzhu.portals.desk.templatetags.words import Said

PAGE = (
    '甲{% say "一" "one" %}乙{% icon "down" %}{% if yes %}{% say "二" "two" %}丙'
    '{% for n in many %}<b>{{ n }}</b>{% say "次" "times" %}{% empty %}{% say "无" "none" %}丁{% endfor %}'
    '{% else %}{% say "三" "three" %}戊{% endif %}{% with a=yes %}己{% say "四" "four" %}{{ a }}{% endwith %}'
)


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("yes", [False, True])
@pytest.mark.parametrize("many", [[], [1, "<2>"]])
def test_a_joined_page_shows_what_the_page_as_written_shows(english: bool, yes: bool, many: list[object]) -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    plain, made = engine.from_string(PAGE), engine.from_string(PAGE)
    joined.join(made.nodelist)
    asked = {"request": SimpleNamespace(english=english), "yes": yes, "many": many}
    assert made.render(Context(asked)) == plain.render(Context(asked))
    assert len(made.nodelist) < len(plain.nodelist)


def test_a_page_of_the_desk_is_read_joined_and_no_two_texts_stand_beside_one_another() -> None:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    for path in sorted((Path(joined.__file__).parent / "templates" / "desk").glob("*.html")):
        nodes = engine.get_template(f"desk/{path.name}").nodelist
        every = [nodes, *(within for node in nodes for within in joined._within(node))]
        beside = [(one, two) for some in every for one, two in pairwise(some)]
        assert not [pair for pair in beside if all(isinstance(one, TextNode | Said) for one in pair)], path.name
