"""A new standard over all benefits in force: who rises and by how much, who falls and is left out for a person, then one signature."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.decisions import queries, raising
from jiuzhu.casework.payments import months
from jiuzhu.casework.roads.declared import workflows
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.tree import Title

SHOWN = 100  # lines of one kind
KINDS = {
    raising.RISES: Title("增发", "rises"),
    raising.SAME: Title("不变", "the same"),
    raising.FALLS: Title("减少或不再符合，先听取意见", "falls, or holds no more: heard first"),
    raising.OPEN: Title("不能判断", "cannot be said"),
    raising.CHANGED: Title("其后已有变更，逐件办理", "changed since: one by one"),
    raising.APART: Title("与您有近亲属关系，由他人办理", "near to you: by somebody else"),
}


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Which programme and from which month; asked for, who rises and who does not."""
    who, at = viewer(request), instant(request)
    held = posting(who, at=at)
    this_month = months.of(at)
    chosen, month = request.GET.get("programme", ""), request.GET.get("month", this_month)
    roads = {code: road.title for code, road in workflows().items() if raising.RAISE in road.steps}
    context: dict[str, Any] = {
        "section": "decisions", "programmes": roads, "programme": chosen, "month": month, "told": None,
        "title": roads.get(chosen),
    }  # fmt: skip
    if chosen in roads and held is not None:
        told = raising.preview(
            programme=chosen, division_code=held.division_code, from_month=months.read(month), viewer=who, at=at
        )
        shown = {kind: told.of(kind)[:SHOWN] for kind in KINDS}
        lines = [line for some in shown.values() for line in some]
        names = names_of_cases(request, [line.item.case_id for line in lines])
        looks.shown(queries.READ, by=who, at=at, subjects=[line.item.subject for line in lines])
        context |= {
            "told": told,
            "rising": len(told.of(raising.RISES)),
            "back": sum(line.back_pay(this_month) for line in told.lines),
            "groups": [
                (
                    title,
                    len(told.of(kind)),
                    [
                        (line, line.back_pay(this_month), names.get(line.item.case_id, ""), known.place(line.item.division_code))
                        for line in shown[kind]
                    ],
                )
                for kind, title in KINDS.items()
            ],
        }
    return render(request, "desk/raising.html", context)


@require_POST
def act(request: HttpRequest) -> HttpResponse:
    who, at, sent = viewer(request), instant(request), request.POST
    back = reverse("decisions-raise")

    def acted() -> dict[str, Any]:
        held = posting(who, at=at)
        count, fen = sent.get("count", ""), sent.get("fen", "")
        seen = (int(count), int(fen)) if count.isdigit() and fen.isdigit() else (-1, -1)
        batch = raising.raise_all(
            programme=sent.get("programme", ""), division_code=held.division_code if held else "",
            from_month=months.read(sent.get("month", "")), by=who, at=at, seen=seen,
        )  # fmt: skip
        zh = f"已增发 {batch.raised:,} 户；{batch.left:,} 户留给人工办理。"
        return done(zh, f"{batch.raised:,} raised; {batch.left:,} are left for a person.", to=reverse("decisions"))

    return act_once(request, acted, back=back)
