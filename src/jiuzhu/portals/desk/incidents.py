"""Whom an incident reached: by account, address, entry of the record or period; to read, and to take away as CSV (K5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jiuzhu.casework.supervision.incidents import VAULT, Incident, Reached, TooVague, reached, write_csv
from jiuzhu.casework.trace.sentences import words
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import instant, viewer
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import BEIJING, day_typed

SHOWN = 200
FIELDS: Mapping[str, Title] = {
    "open": Title("公开内容", "What is public"),
    "internal": Title("编号、区划、日期、状态、金额", "Keys, divisions, dates, states, amounts"),
    "personal": Title("姓名、住址、家庭成员、类别、待遇", "Names, addresses, members, classes, benefits"),
    "sensitive": Title("证件号、电话、账户、疾病和残疾", "Id numbers, telephones, accounts, illness and disability"),
    "sealed": Title("签名和口令类内容", "Signatures and secrets"),
    "": Title("平台自动处理，未向人展示", "Done by the platform, shown to nobody"),
}
LOOKED = Title("在身份库中查看", "looked up in the vault")


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """What is asked is sent, not written into an address others could read."""
    asked = {name: request.POST.get(name, "").strip() for name in ("who", "address", "entry", "since", "until", "because")}
    context: dict[str, Any] = {"section": "audit", "asked": asked, "most": SHOWN}
    if request.method == "GET":
        return render(request, "desk/incidents.html", context)
    try:
        found = reached(_incident(asked), because=asked["because"], by=viewer(request), at=instant(request))
    except TooVague:
        return render(request, "desk/incidents.html", {**context, "wrong": True}, status=422)
    if request.POST.get("act") == "csv":
        return _taken_away(found)
    context |= {
        "lines": [(one, known.place(one.division_code) if one.division_code else "", *told(one)) for one in found[:SHOWN]],
        "count": len(found),
        "families": sum(one.kind in ("household", "case") for one in found),
        "people": sum(one.kind == "person" for one in found),
        "times": sum(one.times for one in found),
    }
    return render(request, "desk/incidents.html", context)


def told(one: Reached) -> tuple[Title, Title, Title]:
    """What kind of thing was reached, by which operations, and which fields of it."""
    named = [words("operation").get(code, LOOKED if code == VAULT else Title(code, code)) for code in sorted(one.operations)]
    acts = Title("、".join(title.zh for title in named), ", ".join(title.en for title in named))
    return words("subject").get(one.kind, Title(one.kind, one.kind)), acts, FIELDS[one.level]


def _incident(asked: Mapping[str, str]) -> Incident:
    """Days count from midnight here, the last one whole; what is no day is none."""
    since, until = day_typed(asked["since"]), day_typed(asked["until"])
    return Incident(
        who=asked["who"],
        address=asked["address"],
        entry=asked["entry"],
        since=datetime.combine(since, time(), BEIJING) if since else None,
        until=datetime.combine(until + timedelta(days=1), time(), BEIJING) if until else None,
    )


def _taken_away(found: list[Reached]) -> HttpResponse:
    answer = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="reached.csv"'
    write_csv(found, answer)  # type: ignore[arg-type]  # an answer is written to as a file is
    return answer
