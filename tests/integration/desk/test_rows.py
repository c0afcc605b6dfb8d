"""What one function writes for a line of a long list is what the page's own language would write, whatever stands in it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines

from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.portals.desk.overview import Linked
from jiuzhu.portals.desk.warnings import Line
from jiuzhu.rules.tree import Title

TODAY = date(2026, 11, 20)
ROW = """<tr {% if open and open.line.warning.pk == line.warning.pk %}class="open"{% endif %} data-row="{{ line.warning.warning_id }}">
{% if acts %}<td class="tick"><input class="ck" type="checkbox" name="w" value="{{ line.warning.warning_id }}~{{ line.warning.seen }}" aria-label="{% say '选择' 'Choose' %} {{ line.name|default:line.warning.warning_id }}" data-household="{{ line.family }}" {% if line.tasked %}data-tasked{% endif %}></td>{% endif %}
<td>{% grade line.warning.level %}{% if line.warning.changed == "raised" %}<span class="l2">{% say "升级" "raised" %}</span>{% elif line.warning.changed == "lowered" %}<span class="l2">{% say "降级" "lowered" %}</span>{% endif %}{% if line.warning.changed_at %}<span class="l2 num">{{ line.warning.changed_at|date:"m-d H:i" }}</span>{% endif %}</td>
<td><a class="m main-link" href="{% url 'warning' line.warning.warning_id %}{{ asked }}" hx-get="{% url 'warning' line.warning.warning_id %}{{ asked }}" hx-target="#drawer" hx-swap="innerHTML" hx-push-url="true">{{ line.name|default:line.warning.household_id|default:line.warning.indicator_id }}</a><span class="l2">{{ line.place }}{% if line.tasked %} · {% say "已有走访任务" "visit open" %}{% endif %}</span></td>
<td><span class="ell name" title="{% titled line.title %}">{% titled line.title %}</span><span class="l2">{% titled line.scenario %} · <span class="id">{{ line.warning.indicator_id }}</span></span></td>
<td class="r num"><b class="m">{% figure line.warning.value line.warning.unit %}</b><span class="l2">{% if line.warning.threshold and line.warning.unit %}{% say "阈值" "limit" %} {{ line.warning.threshold|grouped_digits }}{% endif %}</span></td>
<td>{% due line.warning.due_on today %}{% if line.raised_to %}<span class="l2">{% say "已上报" "raised to" %} {{ line.raised_to }}</span>{% endif %}</td></tr>
"""  # noqa: E501
NUMBER = (
    """{% if to.address and to.count %}<a href="{{ to.address }}" class="{{ kind|default:'' }}">"""
    """{{ to.count|stringformat:"d"|grouped_digits }}</a>{% else %}{{ to.count|stringformat:"d"|grouped_digits }}{% endif %}"""
)
ODD = "<b>\"王'&"


def written(text: str, *, english: bool, **given: Any) -> str:
    made = engines["django"].from_string(text).render({"request": SimpleNamespace(english=english), **given})
    return " ".join(made.split()).replace(" >", ">")


def line(number: int, **other: Any) -> Line:
    told = {
        "pk": number, "warning_id": f"w{number}", "indicator_id": "S01-E01", "scenario_id": "S01", "household_id": f"H{ODD}",
        "division_code": "370502001", "level": 4, "value": "31460.00", "threshold": "5000.00", "unit": "yuan", "kind": "warning",
        "changed": "new", "handling": "waiting", "due_on": date(2026, 11, 19), "checked_again": 2,
    }  # fmt: skip
    words = {
        "name": ODD,
        "place": f"街道{ODD}",
        "title": Title(ODD, f"E{ODD}"),
        "scenario": Title("场景", "scenario"),
        "family": 1200,
    }
    of_line = {key: other.pop(key) for key in ("name", "tasked", "raised_to", "family") if key in other}
    return Line(**{**words, **of_line, "warning": Warning(**told | other)})


LINES = (
    line(1),
    line(2, name="", tasked=True, changed="raised", changed_at=datetime(2026, 11, 18, 17, 5, tzinfo=UTC), raised_to=ODD),
    line(3, name="", household_id="", changed="lowered", threshold="", level=1, due_on=None),
    line(4, value="", unit="", threshold="3", due_on=TODAY, family=3),
)


@pytest.mark.parametrize("english", [False, True])
@pytest.mark.parametrize("acts", [(), ("release",)])
@pytest.mark.parametrize("opened", [None, SimpleNamespace(line=LINES[1])])
def test_a_line_of_the_list_of_warnings_is_written_as_the_page_would(english: bool, acts: tuple[str, ...], opened: Any):
    for one in LINES:
        given = {"english": english, "line": one, "today": TODAY, "asked": "?level=4&order=due", "acts": acts, "open": opened}
        assert written("{% load rows %}{% warning_row line today asked acts open %}", **given) == written(ROW, **given)


@pytest.mark.parametrize("to", [Linked(0, "/x"), Linked(1_234_567, ""), Linked(12, '/x?a=1&b="')])
@pytest.mark.parametrize("kind", ["", "red"])
def test_a_number_that_opens_its_list_is_written_as_the_page_would(to: Linked, kind: str):
    given = {"english": False, "to": to, "kind": kind}
    assert written("{% number to kind %}", **given) == written(NUMBER, **given)
