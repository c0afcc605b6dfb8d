"""Signing in: number, name and telephone, then the code that was sent there. No answer says whether somebody is known."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from jiuzhu.casework.accounts import tries
from jiuzhu.casework.residents import codes, sessions
from jiuzhu.portals.citizen.asked import instant, words
from jiuzhu.portals.citizen.telephone import COOKIE, NUMBER, bound, source
from jiuzhu.vocabulary.id_number import IdNumberFault
from jiuzhu.vocabulary.telephone import MOBILE, digits, masked

WAITING = "resident_waits"  # in the web session: the key of the code that was asked for, and what of it may be shown
LONGEST = {"name": 40, "number": 24, "phone": 24}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a field of a form. field: its id on the page."""

    field: str
    text: str


@require_http_methods(["GET", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Who it is. What cannot be a number, a name or a telephone is said at once; whether they fit, never."""
    typed = {name: request.POST.get(name, "").strip()[:most] for name, most in LONGEST.items()}
    onward = _onward(request)
    faults: list[Fault] = []
    if request.method == "POST":
        faults = _faults(request, typed)
        if not faults:
            try:
                key = codes.ask(**typed, source=source(request), at=instant(request))
            except IdNumberFault:
                text = words(
                    request, "身份证号不对，请对照身份证再看一遍", "This is no id number; compare it with your card once more"
                )
                faults = [Fault("number", text)]
            except tries.TooSoon as soon:
                faults = [Fault("number", _wait(request, soon))]
            else:
                request.session.cycle_key()
                request.session[WAITING] = {"key": key, "phone": masked(typed["phone"]), "next": onward}
                return redirect("help-code")
    context = {"typed": typed, "faults": faults, "wrong": {one.field: one.text for one in faults}, "next": onward}
    return render(request, "citizen/sign-in.html", context, status=422 if faults else 200)


@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The code that was sent."""
    waiting = request.session.get(WAITING)
    if waiting is None:
        return redirect("help-sign-in")
    fault = ""
    if request.method == "POST":
        typed = request.POST.get("code", "")[:20]
        try:
            party = codes.take(key=waiting["key"], code=typed, source=source(request), at=instant(request))
        except tries.TooSoon as soon:
            fault = _wait(request, soon)
        except codes.WrongCode:
            zh = "数字不对，或者过了 10 分钟。请看最新一条短信；没收到就回上一步再要一次。"
            en = "The digits are wrong, or ten minutes have passed. Look at the newest message, or go back and ask for another."
            fault = words(request, zh, en)
        else:
            return _let_in(request, party, waiting["next"])
    faults = [Fault("code", fault)] if fault else []
    context = {"phone": waiting["phone"], "faults": faults, "wrong": {one.field: one.text for one in faults}}
    return render(request, "citizen/code.html", context, status=422 if fault else 200)


@require_POST
def out(request: HttpRequest) -> HttpResponse:
    kept = request.resident_session  # type: ignore[attr-defined]
    if kept is not None:
        sessions.end(session=kept, because="signed_out", at=instant(request))
    request.session.flush()
    answer = redirect("help")
    answer.delete_cookie(COOKIE)
    return answer


def _let_in(request: HttpRequest, party: object, onward: str) -> HttpResponse:
    """Begin the session on this telephone, under a new key of the web session, and go on to where they wanted to go."""
    request.session.pop(WAITING, None)
    request.session.cycle_key()
    token = secrets.token_urlsafe(32)
    made = sessions.begin(party=party, device=bound(request, token), at=instant(request))  # type: ignore[arg-type]
    request.session[NUMBER] = made.pk
    answer = redirect(onward)
    answer.set_cookie(
        COOKIE, token, httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite=settings.SESSION_COOKIE_SAMESITE
    )
    return answer


def _faults(request: HttpRequest, typed: dict[str, str]) -> list[Fault]:
    found = []
    if not typed["name"]:
        found.append(Fault("name", words(request, "请写上您的姓名", "Write your name")))
    if not typed["number"]:
        found.append(Fault("number", words(request, "请写上身份证号", "Write your id number")))
    if len(digits(typed["phone"])) != MOBILE:
        found.append(Fault("phone", words(request, "手机号是 11 位数字", "A mobile number has 11 digits")))
    return found


def _onward(request: HttpRequest) -> str:
    """Back to the page that asked who it is; never off these pages."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    home = reverse("help")
    here = url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith(home)
    return asked if here else home


def _wait(request: HttpRequest, soon: tries.TooSoon) -> str:
    zh, en = f"试的次数多了，请等 {soon.seconds} 秒再试", f"Too many tries. Wait {soon.seconds} s and try again"
    return words(request, zh, en)
