"""What one agreed to be looked up: read, and taken back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.residents.queries import party_of
from jiuzhu.casework.verification import authorising
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation
from jiuzhu.casework.verification.refusals import NotNow
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said
from jiuzhu.rules.tree import Title


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """One's own agreements that hold."""
    found = [(one, _titles(one)) for one in _own(request)]
    return render(request, "citizen/agreed.html", {"agreed": found, "said": said(request)})


@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """From this press on nothing is asked under it any more."""
    found = next((one for one in _own(request) if one.key == key), None)
    if found is None:
        raise Http404
    here = reverse("help-agreed")

    def act() -> dict[str, str]:
        authorising.withdraw(authorisation=found, by=resident(request), at=instant(request), own=True)
        zh, en = (
            "已收回，从现在起不再查询。会有人告诉您接下来怎样。",
            "Taken back: nothing is asked any more. Somebody tells you what follows.",
        )
        return done(zh, en, to=here)

    return act_once(request, act, back=here, refusals=(NotNow,))


def _own(request: HttpRequest) -> list[Authorisation]:
    rows = Authorisation.objects.filter(LIVE, party=party_of(resident(request))).select_related("case", "party", "signer")
    return list(rows.order_by("-signed_at", "-pk"))


def _titles(one: Authorisation) -> list[Title]:
    return [verifying().consents[code].title for code in one.consents.split() if code in verifying().consents]
