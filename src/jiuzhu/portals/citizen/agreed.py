"""What one agreed to be looked up: signed from far away by a link, read, and taken back."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiuzhu.casework.residents.queries import party_of
from jiuzhu.casework.verification import authorising
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.models import LIVE, Authorisation
from jiuzhu.casework.verification.refusals import DeadLink, NeedsGuardian, NotNow, NotYours, WrongTerm
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, said, words
from jiuzhu.portals.citizen.sign_in import LONGEST, Fault
from jiuzhu.rules.tree import Title


@require_http_methods(["GET", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Somebody of the family signs from far away. Before they prove who they are, nothing of the family is shown."""
    consents = list(verifying().consents.values())
    context: dict[str, object] = {"consents": consents, "ticked": [one.code for one in consents if one.rest]}
    if request.method == "GET":
        return render(request, "citizen/sign.html", context)
    ticked = [one.code for one in consents if f"may-{one.code}" in request.POST]
    number = request.POST.get("number", "").strip()[: LONGEST["number"]]
    fault = None
    try:
        signed = authorising.sign_by_link(token, id_number=number, consents=ticked, at=instant(request))
        return render(request, "citizen/signed.html", {"signed": signed, "titles": _titles(signed)})
    except DeadLink:
        return render(request, "citizen/sign.html", {"dead": True}, status=409)
    except NotYours:
        zh, en = "身份证号和这个链接不一致，请再看一遍", "This id number is not the one the link was made for"
        fault = Fault("number", words(request, zh, en))
    except WrongTerm:
        fault = Fault(
            "consents", words(request, "请至少同意一类；都不同意，就不用签", "Agree to one kind at least, or do not sign")
        )
    except NeedsGuardian:
        fault = Fault("number", words(request, "未满 18 岁的，请监护人来签", "Under 18 a guardian signs"))
    context |= {"ticked": ticked, "faults": [fault], "wrong": {fault.field: fault.text}}
    return render(request, "citizen/sign.html", context, status=422)


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
