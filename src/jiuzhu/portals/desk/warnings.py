"""The list of warnings and the drawer that explains one of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import Grant, Scope, allowed, allowed_each, key_of, mask, require
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.cases.queries import visit_is_open, who_may_take
from jiuzhu.casework.cases.tasks import office_of
from jiuzhu.casework.dispatch import counting, queries
from jiuzhu.casework.dispatch.filters import saved_filters
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.dispatch.witnesses import Witness, Witnesses, witnesses
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.evidence import Evidence, evidence
from jiuzhu.portals.desk.posted import instant, said, viewer
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import day_typed, local_day

PAGE_SIZE = 40
_CODE = re.compile(r"(?!00)(?:[0-9]{6}|[0-9]{9}|[0-9]{12})")
SIDES = {
    "entry": Title(zh="进入：可能需要帮助", en="Entry: may need help"),
    "exit": Title(zh="拒止：可能不再符合", en="Exit: may no longer qualify"),
    "oversight": Title(zh="监督：我们自己的办理", en="Oversight: our own conduct"),
}
TABS = {
    "waiting": Title(zh="待发布", en="To release"),
    "working": Title(zh="处置中", en="In hand"),
    "hints": Title(zh="提示线索", en="Hints"),
    "snoozed": Title(zh="已暂缓", en="Snoozed"),
    "closed": Title(zh="已关闭", en="Closed"),
}
# What the bar under each list offers, safest first: address, operation, word.
ACTS = {
    "waiting": (
        ("warnings-snooze", "warnings.snooze", Title(zh="暂缓", en="Snooze")),
        ("warnings-transfer", "warnings.transfer", Title(zh="移交", en="Transfer")),
        ("warnings-release", "warnings.release", Title(zh="发布并派单", en="Release")),
    ),
    "working": (("warnings-take-back", "warnings.take_back", Title(zh="撤回发布", en="Take back")),),
    "snoozed": (("warnings-take-back", "warnings.take_back", Title(zh="结束暂缓", en="End the snooze")),),
    "hints": (
        ("hints-read", "hints.settle", Title(zh="标为已阅", en="Mark read")),
        ("hints-settle", "hints.settle", Title(zh="走访或忽略", en="Visited or dismissed")),
    ),
    "closed": (),
}
HANDLED = {code: Title(zh=word, en=code) for code, word in Warning.Handling.choices}
COLUMNS = (
    ("level", Title(zh="等级", en="Grade"), ""),
    ("household", Title(zh="家庭", en="Household"), ""),
    ("indicator", Title(zh="指标与场景", en="Indicator and scenario"), ""),
    ("", Title(zh="数值 / 阈值", en="Value / limit"), "r"),
    ("due", Title(zh="处置期限", en="Due"), ""),
)
EXPORTED = (
    "warning_id",
    "indicator_id",
    "level",
    "household_id",
    "division_code",
    "value",
    "unit",
    "threshold",
    "kind",
    "side",
    "first_seen",
    "as_of",
)


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what it is called, how many there are, whether it is chosen."""

    value: str
    title: Title
    count: int
    chosen: bool


@dataclass(frozen=True)
class Line:
    """One row of the list. family: the same for rows of one household, counted from 1 on each page. tasked: a visit to it is open.

    raised_to: the place whose office was told that nobody released it in time.
    """

    warning: Warning
    name: str
    place: str
    title: Title
    scenario: Title
    tasked: bool = False
    family: int = 0
    raised_to: str = ""


@require_GET
def page(request: HttpRequest, warning_id: str = "") -> HttpResponse:
    """The list under its filters; with a warning's number the same list with that one open beside it."""
    wanted, at = wanted_of(request.GET), instant(request)
    asked = {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}
    shown = queries.page(viewer=viewer(request), wanted=wanted, at=at, size=PAGE_SIZE, **asked)
    context: dict[str, Any] = {"section": "warnings", "wanted": wanted, "today": local_day(at)}
    if warning_id:
        context["open"] = _opened(request, warning_id, shown)
    if request.headers.get("HX-Target") == "drawer":  # the list stands on the page already
        _written_down(request, context)
        return render(request, "desk/drawer.html", context)
    context |= {
        "page": shown,
        "lines": lines_of(request, shown.items),
        "columns": COLUMNS,
        "latency": public.latency(known.workspace()),
        "acts": [one for one in ACTS.get(wanted.queue, ()) if allowed(viewer(request), one[1], on=None, at=at)],
        "said": said(request),
        "saved": saved_filters(viewer=viewer(request), of="warnings", at=at),
        "may_save": allowed(viewer(request), "filters.save", on=None, at=at),
        **_choices(request, wanted),
    }
    _written_down(request, context)
    return render(request, "desk/warnings.html", context)


def subject_of(item: Warning) -> Subject:
    """A row as it was shown, for the record: its household only where the reader saw it."""
    return Subject("warning", item.warning_id, item.division_code[:12], household=item.household_id)


def _written_down(request: HttpRequest, context: Mapping[str, Any]) -> None:
    """The list, or the one that stands open and whatever else is shown with it. An open warning is itself the ground to read it."""
    listed, opened = [line.warning for line in context.get("lines", ())], context.get("open")
    operation = "warnings.list"
    told: dict[str, Any] = {}
    if opened is not None:
        one = opened.line.warning
        listed += [line.warning for line in opened.others]
        operation = "warnings.read"
        told = {"on": subject_of(one), "grant": opened.grant, "task": one.warning_id if one.state == "open" else ""}
    looks.shown(operation, by=viewer(request), at=instant(request), subjects=[subject_of(item) for item in listed], **told)


@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """What the filters show, as CSV: codes and figures, no names, and nothing above the level of the reader's role (A4).

    Cells that a sheet would take for a formula are text (H2).
    """
    rows = queries.exported(viewer=viewer(request), wanted=wanted_of(request.GET), now=timezone.now)
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="warnings.csv"'
    writer = csv.writer(answer)
    writer.writerow(EXPORTED)
    for item in rows:
        writer.writerow([as_text(_cell(getattr(item, column))) for column in EXPORTED])
    return answer


def _cell(value: object) -> str:
    return "" if value is None else str(value)


def as_text(cell: str) -> str:
    return "'" + cell if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit()) else cell


def wanted_of(asked: MultiValueDict[str, str]) -> queries.Filter:
    """The filter an address or a form holds; what cannot be read is left open."""
    levels = tuple(int(text) for text in asked.getlist("level") if text in ("1", "2", "3", "4"))
    order, tab = asked.get("order", "level"), asked.get("tab", "waiting")
    return queries.Filter(
        queue=tab if tab in TABS or tab == queries.ALL else "waiting",
        side=asked.get("side", "") if asked.get("side", "") in SIDES else "",
        levels=levels,
        scenarios=tuple(asked.getlist("scenario")),
        indicator=asked.get("indicator", ""),
        divisions=tuple(text for text in asked.getlist("division") if _CODE.fullmatch(text)),
        since=day_typed(asked.get("since", "")),
        until=day_typed(asked.get("until", "")),
        due_from=day_typed(asked.get("due_from", "")),
        due_until=day_typed(asked.get("due_until", "")),
        raised_to=division_of(asked.get("raised", "")),
        order=order if order in queries.ORDERS else "level",
        down=asked.get("down") == "1",
    )


def division_of(text: str) -> str:
    """The code an address names; "" for what is none."""
    return text if _CODE.fullmatch(text) else ""


def lines_of(request: HttpRequest, items: list[Warning]) -> list[Line]:
    """Rows and names as far as the role that shows them opens what is personal; and whether the family is visited already."""
    who, at = viewer(request), instant(request)
    grants = allowed_each(
        who, "warnings.list", on=[Scope(item.division_code, item.state, household=item.household_id) for item in items], at=at
    )
    named = [item.warning_id for item, grant in zip(items, grants, strict=True) if grant is not None and grant.opens("personal")]
    names = public.names(known.workspace(), named, by=key_of(who), at=at) if named else {}
    tasked = visit_is_open(item.household_id for item in items)  # so that a release sends nobody twice
    families: dict[str, int] = {}
    catalogue = known.catalogue()
    lines = []
    for item, grant in zip(items, grants, strict=True):
        household = item.household_id
        mask(item, grant)
        indicator = catalogue.indicators.get(item.indicator_id)
        scenario = catalogue.scenarios.get(item.scenario_id)
        lines.append(
            Line(
                warning=item,
                name=names.get(item.warning_id, ""),
                place=known.place(item.division_code),
                title=indicator.title if indicator else Title(zh=item.indicator_id, en=item.indicator_id),
                scenario=scenario.title if scenario else Title(zh=item.scenario_id, en=item.scenario_id),
                tasked=household in tasked,
                family=families.setdefault(household or item.warning_id, len(families) + 1),
                raised_to=known.place(item.raised_to) if item.raised_to and item.handling == "waiting" else "",
            )
        )
    return lines


def _choices(request: HttpRequest, wanted: queries.Filter) -> dict[str, Any]:
    counted = counting.counts(viewer=viewer(request), wanted=wanted, at=instant(request))
    catalogue = known.catalogue()
    return {
        "tabs": [(name, title, counted.by_queue.get(name)) for name, title in TABS.items()],
        "tab": wanted.queue,
        "levels": [(level, counted.by_level.get(level, 0), level in wanted.levels) for level in (4, 3, 2, 1)],
        "sides": SIDES,
        "scenarios": [
            Choice(code, scenario.title, counted.by_scenario.get(code, 0), code in wanted.scenarios)
            for code, scenario in sorted(catalogue.scenarios.items())
            if counted.by_scenario.get(code) or code in wanted.scenarios
        ],
        "divisions": [
            Choice(code, Title(zh=known.place(code), en=known.place(code)), n, code in wanted.divisions)
            for code, n in sorted(counted.by_place.items())
        ],
        "households": counted.households,
        "most_counted": counting.MOST_COUNTED,
        "total": counted.total,
    }


@dataclass(frozen=True)
class Opened:
    """The warning in the drawer. before, after: its neighbours in the list, by warning number. acts: what the reader may do to it.
    grant: by which it is read.

    family: the key of the household's file, "" where the release knows no living household of that number. witnesses: who bears
    it out; stands_behind: body to what of its rows speaks for it.
    """

    line: Line
    evidence: Evidence
    others: list[Line]
    before: str
    after: str
    acts: frozenset[str]
    takers: list[Any]
    reasons: dict[str, Title]
    case: Case | None
    family: str
    witnesses: Witnesses
    stands_behind: dict[str, list[Title]]
    grant: Grant


MOST_BESIDE = 40  # other warnings of the family that are asked for who bears them out; one takes a millisecond or two
DRAWER_ACTS = (
    "warnings.release", "warnings.snooze", "warnings.transfer", "warnings.take_back", "warnings.reopen", "hints.settle", "cases.read",
)  # fmt: skip


def _opened(request: HttpRequest, warning_id: str, shown: queries.Page) -> Opened:
    who, at = viewer(request), instant(request)
    item = queries.warning(viewer=who, warning_id=warning_id, at=at)
    if item is None:
        raise Http404
    scope = Scope(item.division_code, item.state, household=item.household_id)
    grant = require(who, "warnings.read", on=scope, at=at)
    numbers = [one.warning_id for one in shown.items]
    place = numbers.index(warning_id) if warning_id in numbers else -1
    every = list(queries.of_household(viewer=who, household_id=item.household_id, at=at).exclude(pk=item.pk)[:MOST_BESIDE])
    others = every[:8]
    line = lines_of(request, [item])[0]
    borne_out = witnesses(workspace=known.workspace(), warning=item, others=every, catalogue=known.catalogue())
    return Opened(
        line=line,
        evidence=evidence(item, grant, english=request.english),  # type: ignore[attr-defined]
        others=[replace(one, name=line.name) for one in lines_of(request, others)],
        before=numbers[place - 1] if place > 0 else "",
        after=numbers[place + 1] if -1 < place < len(numbers) - 1 else "",
        acts=frozenset(name for name in DRAWER_ACTS if allowed(who, name, on=scope, at=at)),
        takers=list(who_may_take(office_of(item.division_code), at=at)) if item.state == "open" else [],
        reasons=dict(codes.titles("handling_reason")),
        case=item.case,
        family=known.family_key(item.household_id),
        witnesses=borne_out,
        stands_behind={one.body: _behind(one) for one in borne_out.found},
        grant=grant,
    )


def _behind(one: Witness) -> list[Title]:
    """What a body delivered of it, then the other warnings its rows stand behind."""
    catalogue = known.catalogue()
    delivered = [catalogue.datasets[code].title for code in one.datasets]
    return delivered + [catalogue.indicators[code].title for code in one.besides if code in catalogue.indicators]
