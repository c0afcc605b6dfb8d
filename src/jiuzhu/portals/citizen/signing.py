"""Signing from far away by a link, and checking a report by the code on its paper: for whoever holds the telephone, without an account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from jiuzhu.casework.verification import authorising, checking
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.refusals import DeadLink, NeedsGuardian, NotNow, NotYours, WrongTerm
from jiuzhu.portals.citizen.asked import instant, words
from jiuzhu.registry import public

LONGEST = 24


@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked for, by whom, and until when; nobody is named before the right id number was typed. Dead links look alike."""
    at = instant(request)
    found = authorising.peeked(token, at=at)
    if found is None:
        return render(request, "citizen/sign.html", {"dead": True}, status=404)
    typed, chosen = request.POST.get("number", "").strip()[:LONGEST], request.POST.getlist("consents")
    fault, done = "", ""
    if request.method == "POST":
        try:
            done = _acted(request, token, typed, chosen)
        except DeadLink:
            return render(request, "citizen/sign.html", {"dead": True}, status=404)
        except NotYours:
            zh, en = (
                "这个身份证号和链接不符。链接只给一个人用；输错五次就作废。",
                "This number does not fit the link, which is for one person alone; five wrong tries end it.",
            )
            fault = words(request, zh, en)
        except WrongTerm:
            fault = words(request, "请至少勾选一类。", "Choose at least one kind.")
        except NeedsGuardian:
            fault = words(request, "未满 18 岁要由监护人到窗口签。", "Under 18 a guardian signs at the window.")
        except NotNow:
            fault = words(request, "没有可以收回的授权。", "There is nothing to take back.")
    context = {
        "office": public.division_name(found.case.division_code[:9]),
        "county": public.division_name(found.case.division_code[:6]),
        "consents": verifying().consents.values(),
        "chosen": chosen or [one.code for one in verifying().consents.values() if one.rest],
        "since": at,
        "until": found.until,
        "expires": found.expires_at,
        "fault": fault,
        "done": done,
        "typed": typed,
    }
    return render(request, "citizen/sign.html", context, status=422 if fault else 200)


@require_GET
def check(request: HttpRequest, number: str, digest: str) -> HttpResponse:
    """Whether a report of that number and digest was issued here; nothing it says is shown."""
    found = checking.checked(number, digest)
    return render(request, "citizen/check.html", {"found": found, "number": number}, status=200 if found else 404)


def _acted(request: HttpRequest, token: str, typed: str, chosen: list[str]) -> str:
    if request.POST.get("act") == "withdraw":
        authorising.withdraw_by_link(token, id_number=typed, at=instant(request))
        return "withdrawn"
    authorising.sign_by_link(token, id_number=typed, consents=chosen, at=instant(request))
    return "signed"
