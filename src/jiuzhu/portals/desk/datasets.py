"""The catalogue of data: whose each dataset is, why it may be kept and how long, who uses it, who may look, and who has."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from jiuzhu.casework.accounts.permissions import table
from jiuzhu.casework.stewardship import queries
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.room import RHYTHMS, tabs
from jiuzhu.rules.tree import Title

# What opens rows or values of a dataset; whom the table grants it, is who may look.
OPENING = (
    "warnings.read",
    "family.open",
    "sources.conflicts",
    "quarantine.read",
    "deliveries.decide",
    "deliveries.hand_in",
    "family.export",
)
LEVELS = {
    "open": Title(zh="公开", en="open"),
    "internal": Title(zh="内部", en="internal"),
    "personal": Title(zh="个人", en="personal"),
    "sensitive": Title(zh="敏感", en="sensitive"),
    "sealed": Title(zh="密封", en="sealed"),
}


_SPANS = {"months": "个月", "years": "年", "days": "天"}


def kept_for(words: str, *, english: bool) -> str:
    """How long rows are kept, as the page's language says it: 60 months."""
    number, _, unit = words.partition(" ")
    return words if english or unit not in _SPANS else f"{number} {_SPANS[unit]}"


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every dataset by the body that states it."""
    told, readers, english = known.catalogue(), known.readers(), request.english  # type: ignore[attr-defined]
    bodies = [
        (
            body,
            [
                (one, RHYTHMS[one.refresh], len(readers.get(one.code, ())), kept_for(one.keep, english=english))
                for one in told.datasets.values()
                if body.states(one)
            ],
        )
        for body in told.bodies.values()
    ]
    context = {"section": "data", "tab": "datasets", "tabs": tabs(request), "bodies": bodies, "count": len(told.datasets)}
    return render(request, "desk/datasets.html", context)


@require_GET
def dataset(request: HttpRequest, code: str) -> HttpResponse:
    """One dataset: owner, purpose, basis, retention, consumers, who may open it, and how often it was used."""
    told, at = known.catalogue(), request.asked_at  # type: ignore[attr-defined]
    found = told.datasets.get(code)
    if found is None:
        raise Http404
    laws = [told.laws[law.strip()] for law in found.legal_basis.split(",") if law.strip() in told.laws]
    words, roles = table().operations, table().roles
    may = [
        (words[operation].title, [roles[role].title for role in roles if any(True for _ in table().of(operation, role))])
        for operation in OPENING
    ]
    uses = queries.uses(viewer=request.viewer, dataset=code, at=at)  # type: ignore[attr-defined]
    context = {
        "section": "data",
        "tab": "datasets",
        "tabs": tabs(request),
        "dataset": found,
        "body": next((body for body in told.bodies.values() if body.states(found)), None),
        "laws": laws,
        "columns": [(column, LEVELS[column.level]) for column in found.columns.values()],
        "consumers": [told.indicators[one] for one in known.readers().get(code, ())],
        "may": may,
        "uses": [(words[one.operation].title, roles[one.role].title if one.role in roles else None, one) for one in uses],
        "kept_for": kept_for(found.keep, english=request.english),  # type: ignore[attr-defined]
        "rhythm": RHYTHMS[found.refresh],
    }
    return render(request, "desk/dataset.html", context)
