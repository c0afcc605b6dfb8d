"""The account a benefit goes to: one officer enters it from the card or the paper, another compares it with the same (D6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from jiuzhu.casework.accounts.permissions import Scope, Viewer, allowed, key_of
from jiuzhu.casework.decisions import queries
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.payments import payees
from jiuzhu.casework.payments.models import Payee
from jiuzhu.portals.desk.posted import act_once, done, instant, viewer
from jiuzhu.rules.tree import Title

LONGEST = {"account": 40, "name": 60, "bank": 60}
STATES = {
    "proposed": Title("待第二人核对", "waits for a second officer"),
    "confirmed": Title("已核对", "looked at"),
    "refused": Title("核对不符", "found wrong"),
    "replaced": Title("已更换", "replaced"),
}


@dataclass(frozen=True)
class Shown:
    """One account as it may be shown: its end. number: in full, for the second officer alone, who holds the paper beside it."""

    one: Payee
    state: Title
    name: str
    bank: str
    tail: str
    number: str


def beside(item: Item, who: Viewer, *, at: datetime) -> dict[str, Any]:
    """What the page of a decision shows of the accounts of whoever it is for, and whether the reader may enter or compare one."""
    scope = Scope(item.case.division_code, household=item.case.household_key)
    may_look = allowed(who, "payees.look", on=scope, at=at) is not None
    found = []
    for one in item.party.payees.exclude(state="replaced").order_by("-pk"):
        told, mine = payees.told(one), one.proposed_by == key_of(who)
        compares = may_look and one.state == "proposed" and not mine
        found.append(Shown(one, STATES[one.state], told.name, told.bank, told.number[-4:], told.number if compares else ""))
    return {"accounts": found, "may_enter": allowed(who, "payees.propose", on=scope, at=at) is not None}


@require_POST
def propose(request: HttpRequest, key: str) -> HttpResponse:
    """Enter an account from the paper."""
    item, back = _item(request, key), reverse("decision", args=[key])
    typed = {name: request.POST.get(name, "").strip()[:most] for name, most in LONGEST.items()}

    def act() -> dict[str, Any]:
        account = payees.Account(typed["account"], typed["name"], typed["bank"])
        payees.propose(case=item.case, party=item.party, account=account, by=viewer(request), at=instant(request))
        return done("账户已登记，等第二人核对", "Entered; a second officer compares it", to=back)

    return act_once(request, act, back=back)


@require_POST
def look(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A second officer has compared it with the card or the paper."""
    item, back = _item(request, key), reverse("decision", args=[key])
    found = get_object_or_404(Payee, pk=number, party=item.party, state="proposed")
    right = request.POST.get("right") == "yes"

    def act() -> dict[str, Any]:
        payees.look(payee=found, case=item.case, right=right, by=viewer(request), at=instant(request))
        told = ("已核对，可以发放", "Looked at: it may be paid to") if right else ("已退回", "Given back")
        return done(*told, to=back)

    return act_once(request, act, back=back)


def _item(request: HttpRequest, key: str) -> Item:
    found = queries.items(viewer=viewer(request), at=instant(request)).filter(key=key).first()
    if found is None:
        raise Http404
    return found
