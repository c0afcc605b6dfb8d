"""The data room: what is held and what it would do, what was due of each dataset, and what covers which township."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed, allowed_each
from jiuzhu.casework.dispatch import queries as warnings
from jiuzhu.casework.stewardship import actions, queries
from jiuzhu.casework.stewardship.models import Verdict
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.beside import Both
from jiuzhu.portals.desk.posted import act_once, seen, went
from jiuzhu.registry import public
from jiuzhu.registry.public import DueBox, DueDataset, Finding, HeldDelivery
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.working_days import YearNotLoaded

STATES = {
    "all": Title(zh="全部", en="All"),
    "": Title(zh="不正常的", en="Unusual"),
    "here": Title(zh="按时", en="On time"),
    "due": Title(zh="今天到期", en="Due today"),
    "late": Title(zh="迟到", en="Late"),
    "silent": Title(zh="沉默", en="Silent"),
    "held": Title(zh="扣住，等人裁定", en="Held for a person"),
}
BOXES = {
    "here": Title(zh="按时", en="on time"),
    "short": Title(zh="少于往常", en="short"),
    "held": Title(zh="扣住", en="held"),
    "late": Title(zh="迟到", en="late"),
    "none": Title(zh="没有", en="none"),
}
KINDS = {
    "rejected": Title(zh="被剔除的行太多", en="Too many rows rejected"),
    "repeats": Title(zh="同样的内容说了两遍", en="Rows said twice"),
    "same_record": Title(zh="同一记录号说了两遍", en="Record numbers used twice"),
    "missing": Title(zh="空格太多", en="Too many empty cells"),
    "dead": Title(zh="死亡太多", en="Too many deaths"),
    "zeros": Title(zh="金额为零太多", en="Too many amounts of zero"),
    "codes": Title(zh="代码构成与往常不同", en="Another mix of codes"),
    "median": Title(zh="中间金额与往常不同", en="Another middle amount"),
    "volume": Title(zh="条数与往常不同", en="Another number of rows"),
    "retracted": Title(zh="撤回的记录太多", en="Too many records taken back"),
}
RHYTHMS = {
    "realtime": Title(zh="实时", en="as it happens"),
    "daily": Title(zh="每个工作日", en="each working day"),
    "monthly": Title(zh="每月", en="each month"),
    "quarterly": Title(zh="每季", en="each quarter"),
}
UNSAID = {
    actions.NoReason: Title(
        zh="请写明理由，不超过 400 字：来源和审计都要看到。",
        en="Write why, in at most 400 characters: the source and whoever audits read it.",
    ),
    actions.SamePerson: Title(
        zh="放行由两人签署，您是第一人（换一个账号也是同一人）。请同事签第二次。",
        en="A release is signed by two persons and you signed first, whichever account you use. A colleague signs second.",
    ),
    public.NotToBeCut: Title(
        zh="这份文件不能只收一部分：请退回来源，或请来源重报可信的行。",
        en="No part of this file can be taken: send it back, or ask the source for the rows you trust.",
    ),
    public.WorkspaceBusy: known.BUSY,
}
VERDICTS = {
    "send_back": Title(zh="退回来源重送", en="Sent back to the source"),
    "take_trusted": Title(zh="只收可信的", en="The trusted rows taken"),
    "release": Title(zh="全部放行", en="Released"),
}
TABS = (
    ("deliveries", "deliveries.read", Title(zh="报送与裁定", en="Deliveries")),
    ("data", "sources.read", Title(zh="来源质量与比对", en="Quality and comparisons")),
    ("quarantine", "quarantine.read", Title(zh="隔离区", en="Quarantine")),
    ("datasets", "sources.read", Title(zh="数据目录", en="Catalogue of data")),
    ("reconciliations", "reconciliations.read", Title(zh="对账", en="Reconciliations")),
    ("screenings", "screenings.read", Title(zh="月度排查差异", en="What screenings changed")),
)


@dataclass(frozen=True)
class Reason:
    """One finding of the gate as the table shows it. column: its title."""

    title: Title
    column: Title | None
    finding: Finding


@dataclass(frozen=True)
class Held:
    """A held delivery as its frame shows it. reading: indicators that read it; open: their warnings within the viewer's reach."""

    held: HeldDelivery
    title: Title
    reasons: list[Reason]
    amounts: list[tuple[Title, str]]
    reading: int
    open: int
    verdict: Verdict | None
    mine: bool
    may_decide: bool


@dataclass(frozen=True)
class Box:
    """One box of a strip, where it is drawn."""

    x: int
    box: DueBox
    title: Title


@dataclass(frozen=True)
class Line:
    """One dataset of one body."""

    code: str
    title: Title
    rhythm: Title
    within: int
    boxes: list[Box]
    told: list[tuple[Title, int]]
    state: str
    due: DueDataset
    next_due: date | None
    rejected: int


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """What is held first, then every dataset by department, the unusual ones first."""
    return _answer(request, {})


@require_POST
def decide(request: HttpRequest, delivery: str) -> HttpResponse:
    """A verdict about a held delivery; a release waits for a second person."""
    viewer, at, day = _viewer(request), _at(request), known.day(_at(request))
    found = next(
        (one for one in public.held(known.workspace(), as_of=day, catalogue=known.catalogue()) if one.delivery == delivery), None
    )
    word = request.POST.get("word", "")
    if found is None or word not in Verdict.Word.values:
        raise Http404
    held = actions.HeldDelivery(found.delivery, found.dataset, _division(found))
    said = request.POST.get("because", "")

    def act() -> dict[str, Any]:
        told = {"held": held, "word": word, "because": said, "seen": seen(request)}
        actions.decide(**told, by=viewer, at=at, as_of=day, catalogue=known.catalogue())
        return went(reverse("deliveries"))

    try:
        return act_once(request, act, back=reverse("deliveries"), both=lambda: _both(request, delivery, Verdict.Word(word)))
    except tuple(UNSAID) as refused:
        return _answer(
            request, {"refused": _words(refused), "refused_delivery": delivery, "said": said, "word": word}, status=409
        )


@require_POST
def sign(request: HttpRequest, verdict: int) -> HttpResponse:
    """The second signature under a release."""
    said = request.POST.get("because", "")

    def act() -> dict[str, Any]:
        actions.sign(verdict=verdict, because=said, by=_viewer(request), at=_at(request))
        return went(reverse("deliveries"))

    try:
        return act_once(request, act, back=reverse("deliveries"), both=lambda: _both_signed(request, verdict))
    except Verdict.DoesNotExist:
        raise Http404 from None
    except tuple(UNSAID) as refused:
        delivery = Verdict.objects.get(pk=verdict).delivery
        return _answer(request, {"refused": _words(refused), "refused_delivery": delivery, "said": said}, status=409)


def _both(request: HttpRequest, delivery: str, yours: Verdict.Word) -> list[Both]:
    """The newest verdict about a delivery beside the one that was sent."""
    now = queries.verdicts(viewer=_viewer(request), deliveries=[delivery], at=_at(request)).get(delivery)
    because, standing = Title(zh="理由", en="Reason"), VERDICTS[now.word] if now else ""
    return [
        Both(Title(zh="裁定", en="Verdict"), standing, VERDICTS[yours]),
        Both(because, f"{now.first_by}：{now.because}" if now else "", request.POST.get("because", "")),
    ]


def _both_signed(request: HttpRequest, verdict: int) -> list[Both]:
    return _both(request, Verdict.objects.get(pk=verdict).delivery, Verdict.Word.RELEASE)


def tabs(request: HttpRequest) -> list[tuple[str, Title]]:
    """The tabs of the data room that the viewer may open."""
    return [(name, title) for name, operation, title in TABS if allowed(_viewer(request), operation, on=None, at=_at(request))]


def _answer(request: HttpRequest, more: dict[str, Any], status: int = 200) -> HttpResponse:
    viewer, at, workspace, told = _viewer(request), _at(request), known.workspace(), known.catalogue()
    day = known.day(at)
    held = _held(request, day)
    context: dict[str, Any] = {"section": "data", "tab": "deliveries", "tabs": tabs(request), "day": day, "held": held, **more}
    context["words"] = Verdict.Word
    try:
        lines = _lines(day, [one.held for one in held])
        chosen = request.GET.get("state", "")
        chosen = chosen if chosen in STATES else ""
        context |= {
            "chips": [(code, title, sum(_is(line, code) for line in lines)) for code, title in STATES.items()],
            "chosen": chosen,
            "bodies": _by_body([line for line in lines if _is(line, chosen)]),
            "counter": public.counter(workspace, as_of=day, catalogue=told),
            "legend": BOXES,
        }
    except YearNotLoaded as lacking:
        context["year"] = lacking.year
    if public.current(workspace):
        place = request.grant.division_code  # type: ignore[attr-defined]
        context |= _coverage(place)
    context["returned"] = queries.returned(viewer=viewer, at=at)[:5] if allowed(viewer, "quarantine.read", on=None, at=at) else []
    return render(request, "desk/deliveries.html", context, status=status)


def _held(request: HttpRequest, day: date) -> list[Held]:
    """Those within reach that nobody sent back yet."""
    viewer, at, told = _viewer(request), _at(request), known.catalogue()
    found = [one for one in public.held(known.workspace(), as_of=day, catalogue=told) if not one.sent_back]
    scopes = [Scope(_division(one), "held") for one in found]
    reach = allowed_each(viewer, "deliveries.read", on=scopes, at=at)
    may = allowed_each(viewer, "deliveries.decide", on=scopes, at=at)
    said = queries.verdicts(viewer=viewer, deliveries=[one.delivery for one in found], at=at)
    reading = known.readers()
    answer = []
    for one, grant, decides in zip(found, reach, may, strict=True):
        if grant is None:
            continue
        dataset, codes = told.datasets[one.dataset], reading.get(one.dataset, ())
        verdict = said.get(one.delivery)
        answer.append(
            Held(
                held=one,
                title=dataset.title,
                reasons=[_reason(finding, one.dataset) for finding in one.findings],
                amounts=[(dataset.columns[name].title, f"{total / 100:,.2f}") for name, (total, _) in one.amounts.items()],
                reading=len(codes),
                open=warnings.within_reach(viewer=viewer, operation="warnings.count", at=at)
                .filter(state="open", indicator_id__in=codes)
                .count(),
                verdict=verdict,
                mine=verdict is not None and verdict.first_person_id == request.user.person_id,  # type: ignore[union-attr]
                may_decide=decides is not None,
            )
        )
    return answer


def _reason(finding: Finding, dataset: str) -> Reason:
    column = known.catalogue().datasets[dataset].columns.get(finding.column)
    return Reason(KINDS[finding.kind], column.title if column else None, finding)


def _lines(day: date, held: Sequence[HeldDelivery]) -> list[Line]:
    told, workspace = known.catalogue(), known.workspace()
    waiting = {one.dataset for one in held}
    due = {(one.body, one.dataset): one for one in public.due(workspace, as_of=day, catalogue=told)[0]}
    rejected: Counter[str] = Counter()
    for one in public.rejected(workspace):
        rejected[one.dataset] += one.rows
    lines = []
    for strip in public.strips(workspace, as_of=day, catalogue=told):
        dataset, body = told.datasets[strip.dataset], told.bodies[strip.body]
        state = due[strip.body, strip.dataset]
        counts = Counter(box.state for box in strip.boxes)
        lines.append(
            Line(
                code=dataset.code,
                title=dataset.title,
                rhythm=RHYTHMS[dataset.refresh],
                within=body.working_days(dataset),
                boxes=[Box(9 * at + 1, box, BOXES[box.state]) for at, box in enumerate(strip.boxes)],
                told=[(title, counts[code]) for code, title in BOXES.items() if counts[code]],
                state="held" if dataset.code in waiting else state.state,
                due=state,
                next_due=strip.next_due,
                rejected=rejected[dataset.code],
            )
        )
    return lines


def _is(line: Line, state: str) -> bool:
    return state == "all" or line.state == state or (state == "" and _is_unusual(line))


def _is_unusual(line: Line) -> bool:
    """Not as agreed now, short the last time, or with rows that were rejected."""
    return (
        line.state != "here" or bool(line.rejected) or bool(line.boxes and line.boxes[-1].box.state in ("short", "held", "late"))
    )


def _by_body(lines: Sequence[Line]) -> list[tuple[Title, list[Line]]]:
    """The bodies with something unusual first, within each the unusual datasets first."""
    bodies = known.catalogue().bodies
    order = ["held", "silent", "late", "due", "here"]
    groups = [
        (bodies[code].title, sorted(mine, key=lambda line: (order.index(line.state), line.code)))
        for code, mine in groupby(sorted(lines, key=lambda line: line.due.body), key=lambda line: line.due.body)
    ]
    return sorted(groups, key=lambda group: (min(order.index(line.state) for line in group[1]), group[0].zh))


def _coverage(division: str) -> dict[str, Any]:
    """The grid of datasets that do not cover every township, and the indicators that could not be decided for want of data."""
    workspace, told = known.workspace(), known.catalogue()
    grid = public.coverage(workspace, division=division)
    cells = [state for one in grid for state in one.cells.values() if state != "apart"]
    holes = [one for one in grid if any(state in ("late", "never") for state in one.cells.values())]
    unknown = public.undecided(workspace, division=division)
    return {
        "covered": (sum(state == "here" for state in cells), len(cells)),
        "late_cells": sum(state == "late" for state in cells),
        "never_cells": sum(state == "never" for state in cells),
        "townships": [known.place(code) for code in (grid[0].cells if grid else ())],
        "holes": [(told.datasets[one.dataset].title, one.cells.values()) for one in holes],
        "undecided": [
            (one, told.indicators[one.indicator].title, [told.datasets[code].title for code in one.lacking])
            for one in unknown
            if one.indicator in told.indicators
        ],
    }


def _division(one: HeldDelivery) -> str:
    """Where a delivery stands; one that names no division is the nation's."""
    return one.division if re.fullmatch(r"[0-9]{6,12}", one.division) else "000000"


def _words(refused: Exception) -> Title:
    return next(title for kind, title in UNSAID.items() if isinstance(refused, kind))


def _viewer(request: HttpRequest) -> Viewer:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    return viewer


def _at(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at
