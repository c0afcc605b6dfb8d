"""Signing in by password and a second factor, enrolling it, and signing out."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import segno
from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_http_methods

from jiuzhu.casework.accounts import factors, sessions, tries
from jiuzhu.casework.accounts.entrances import Session
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, refused
from jiuzhu.crypto import one_time
from jiuzhu.portals.desk import devices
from jiuzhu.portals.desk.wording import said

NUMBER = "signed_in"  # in the session: the number of our own row of it
WAITING, ENROLLING = "password_was_right", "enrolling"
FOR_THE_CODE = timedelta(minutes=5)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class Credentials(AuthenticationForm):
    """Account and password; the refusal does not say which of the two was wrong."""

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.error_messages["invalid_login"] = said(
            request, "账号或密码不对，请核对后再试。", "The account or the password is not right. Check both and try again."
        )

    def clean(self) -> dict[str, Any]:
        request, account, at = self.request, self.cleaned_data.get("username", ""), timezone.now()
        if not account or not self.cleaned_data.get("password"):
            return self.cleaned_data  # the form itself says what is missing; nothing is tried, so nothing may succeed
        try:
            tries.admit(account=account, source=devices.source(request), what="password", at=at)
            kept = super().clean()
        except tries.TooSoon as soon:
            _note_refusal(account, "too soon after failed tries", at)
            raise forms.ValidationError(_wait(request, soon)) from None
        except forms.ValidationError:
            _note_refusal(account, "wrong account or password", at)
            raise
        tries.succeeded(account=account, source=devices.source(request), what="password", at=at)
        return kept


class SignIn(LoginView):
    template_name = "desk/login.html"
    authentication_form = Credentials
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """The password alone signs nobody in; the session gets a new key, so one laid under somebody's hand is worth nothing."""
        self.request.session.cycle_key()
        self.request.session[WAITING] = {
            "officer": form.get_user().pk,
            "at": timezone.now().isoformat(),
            "next": self.get_success_url(),
        }
        return redirect("login-code" if factors.is_enrolled(form.get_user()) else "login-enrol")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"single_sign_on": bool(settings.SINGLE_SIGN_ON)}


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept: Session | None = request.signed_in  # type: ignore[attr-defined]
        if kept is not None:
            sessions.end(session=kept, because="signed_out", at=timezone.now())
        answer = super().post(request, *args, **kwargs)
        answer.delete_cookie(devices.COOKIE)
        return answer


@login_not_required
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step: a code of the authenticator."""
    officer, at = _who_waits(request), timezone.now()
    if officer is None:
        return redirect("login")
    if not factors.is_enrolled(officer):
        return redirect("login-enrol")
    wrong = ""
    if request.method == "POST":
        try:
            typed = request.POST.get("code", "")
            return _counted(request, officer, at, lambda: factors.take_code(officer=officer, code=typed, at=at))
        except tries.TooSoon as soon:
            wrong = _wait(request, soon)
        except factors.WrongCode:
            wrong = said(
                request,
                "动态口令不对，或者已经用过。请等下一组数字再试。",
                "The code is wrong or was used before. Wait for the next one and try again.",
            )
        _note_refusal(officer.account, "second factor", at)
    return render(request, "desk/login_code.html", {"wrong": wrong})


@login_not_required
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest) -> HttpResponse:
    """The first sign-in: the picture for the authenticator, the word of the security administrator, and a first code."""
    officer, at = _who_waits(request), timezone.now()
    if officer is None or factors.is_enrolled(officer):
        return redirect("login" if officer is None else "login-code")
    secret, wrong = _secret_of(request, officer), ""
    if request.method == "POST":
        ticket, shown = request.POST.get("ticket", ""), request.POST.get("code", "")
        try:
            told = {"ticket": ticket, "secret": secret, "code": shown}
            return _counted(request, officer, at, lambda: factors.enrol(officer=officer, at=at, **told))
        except tries.TooSoon as soon:
            wrong = _wait(request, soon)
        except factors.WrongTicket:
            wrong = said(
                request,
                "登记码不对、已用过或已过期。请向安全管理员当面领取新的登记码。",
                "The enrolment word is wrong, used or too old. Ask the security administrator for a new one, in person.",
            )
        except factors.WrongCode:
            wrong = said(
                request,
                "动态口令不对。请核对手机时间，输入最新一组数字。",
                "The code is not right. Check the clock of the phone and type the newest one.",
            )
        _note_refusal(officer.account, "enrolment", at)
    address = one_time.enrolment_address(secret, account=officer.account, issuer="救助 Jiuzhu")
    shown_secret = one_time.spelled(secret)
    groups = [shown_secret[start : start + 4] for start in range(0, len(shown_secret), 4)]
    return render(request, "desk/login_enrol.html", {"picture": _picture(address), "groups": groups, "wrong": wrong})


def let_in(request: HttpRequest, officer: Officer, *, way: str, to: str, at: datetime) -> HttpResponse:
    """Begin the session on this device, under a new key, and go on to where they wanted to go."""
    for name in (WAITING, ENROLLING):
        request.session.pop(name, None)
    login(request, officer, backend=BACKEND)
    token = secrets.token_urlsafe(32)
    device = devices.bound(request, token)
    told = {"kind": devices.kind(request), "device": device, "address": devices.source(request)}
    made = sessions.begin(officer=officer, way=way, at=at, **told)
    request.session[NUMBER] = made.pk
    answer = redirect(to)
    answer.set_cookie(
        devices.COOKIE,
        token,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
    return answer


def _counted(request: HttpRequest, officer: Officer, at: datetime, act: Callable[[], None]) -> HttpResponse:
    """Do the second step as one counted try, and let the officer in. Raises TooSoon, and whatever the step refuses."""
    asked = {"account": officer.account, "source": devices.source(request), "at": at}
    tries.admit(**asked, what="code")
    act()
    tries.succeeded(**asked, what="code")
    return let_in(request, officer, way=Session.Way.TWO_FACTORS, to=request.session[WAITING]["next"], at=at)


def _who_waits(request: HttpRequest) -> Officer | None:
    """Whose password was right in this session, up to five minutes ago."""
    told = request.session.get(WAITING)
    if told is None or timezone.now() - datetime.fromisoformat(told["at"]) > FOR_THE_CODE:
        return None
    return Officer.objects.filter(pk=told["officer"], is_active=True).first()


def _secret_of(request: HttpRequest, officer: Officer) -> bytes:
    """The secret offered in this session, the same until it is enrolled; in the session it lies sealed."""
    about = {"column": "session.enrolling", "about": str(officer.pk)}
    if ENROLLING not in request.session:
        request.session[ENROLLING] = sealed(one_time.spelled(one_time.new_secret()), **about)
    return base64.b32decode(opened(request.session[ENROLLING], **about))


def _picture(address: str) -> SafeString:
    """A QR code as SVG, drawn here: the secret goes to nobody else."""
    return mark_safe(segno.make(address, error="m").svg_inline(border=2, omitsize=True, lineclass=None, svgclass="qr"))


def _note_refusal(account: str, because: str, at: datetime) -> None:
    """What was typed is kept only where it is an account: some type their password there."""
    known = Officer.objects.filter(account=account).first()
    by = Actor(account, division_code=sessions.workplace(known)[:12]) if known else Actor("anyone")
    refused("session.begin", by=by, at=at, on=Subject("page", "login"), because=because)


def _wait(request: HttpRequest | None, soon: tries.TooSoon) -> str:
    seconds = soon.seconds
    return said(request, f"试错次数多了，请等 {seconds} 秒再试。", f"Too many tries failed. Wait {seconds} s and try again.")
