"""What every form of the desk that changes something has in common: a key of its own, one act, an answer that says what was done."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.accounts.actions import NoSuchDivision
from jiuzhu.casework.accounts.permissions import Viewer, key_of
from jiuzhu.casework.applications import refusals as of_applications
from jiuzhu.casework.applications.drafting import UnknownPaper
from jiuzhu.casework.bundles.actions import NoSuchItem
from jiuzhu.casework.calibration import actions as of_calibration
from jiuzhu.casework.cases import refusals as of_cases
from jiuzhu.casework.cases.codes import UnknownCode
from jiuzhu.casework.clients import refusals as of_clients
from jiuzhu.casework.decisions import refusals as of_decisions
from jiuzhu.casework.dispatch import filters
from jiuzhu.casework.dispatch import refusals as of_dispatch
from jiuzhu.casework.documents.actions import NotKept
from jiuzhu.casework.grievances import actions as of_grievances
from jiuzhu.casework.grievances.ears import NobodyDecides
from jiuzhu.casework.notices import letters as of_letters
from jiuzhu.casework.notices import publications as of_publications
from jiuzhu.casework.payments import drawing as of_lists
from jiuzhu.casework.payments import lists as of_payments
from jiuzhu.casework.payments import payees as of_payees
from jiuzhu.casework.payments import recovering as of_recoveries
from jiuzhu.casework.payments.months import NoMonth
from jiuzhu.casework.referrals import actions as of_referrals
from jiuzhu.casework.reviews import refusals as of_reviews
from jiuzhu.casework.roads import refusals as of_roads
from jiuzhu.casework.stewardship import actions as of_stewardship
from jiuzhu.casework.trace.once import NoKey, OtherContent, answered, being_done, checked, once
from jiuzhu.casework.trace.seen import Moved
from jiuzhu.casework.verification import refusals as of_verification
from jiuzhu.casework.visits import actions as of_visits
from jiuzhu.casework.working_rules import actions as of_rules
from jiuzhu.portals.desk.beside import Both

SAID = "said"
MOST_UNDONE = 200  # warnings whose numbers a page carries for taking back
REFUSALS = (
    Moved, of_cases.NotOpen, of_cases.CannotHold, of_cases.NothingNew, of_cases.StillOpen, of_cases.DutyHeld, of_cases.NoFeedback,
    of_dispatch.NotThere, of_dispatch.Grown, of_dispatch.TooMany, of_dispatch.WrongDay, of_dispatch.Unfounded,
    of_lists.WrongMonth, of_lists.ListOpen, of_lists.NoBudget, NoMonth,
    of_payees.NotAnAccount, of_payees.NotByTheSame, of_payees.ChangeWaits,
    of_payments.NotNow, of_payments.SameHand, of_payments.Stopped, of_payments.NotWhatWasSigned,
    of_rules.Unfit, of_rules.Unsaid, of_rules.SamePerson, of_rules.Settled,
    of_roads.NotNow, of_roads.NotYet, of_roads.NeedsReason, of_roads.Undecided,
    of_decisions.Blocked, of_decisions.Differs, of_decisions.NoSuchAmount, of_decisions.MovedOn, of_decisions.Unheard, of_decisions.NotUrgent,
    of_reviews.NotKnown, of_reviews.Unproved, of_reviews.NeedsSuccessor, of_reviews.SaysOtherwise, of_reviews.AlreadyOpen,
    of_reviews.NotThisOne, of_recoveries.NothingToReturn, of_recoveries.WrongPlan, of_recoveries.NotHeard, of_recoveries.EnteredBefore,
    of_letters.NotServed, of_publications.NotPublished, of_publications.NotAnObjection,
    of_grievances.HeldApart, of_grievances.NotAnswered, of_grievances.StillAsked, NobodyDecides,
    filters.NameTaken, filters.EmptyFilter, UnknownCode, NoSuchDivision, NoKey, OtherContent,
    of_verification.NotAuthorised, of_verification.NeedsGuardian, of_verification.WrongTerm, of_verification.NotNow,
    of_verification.NothingAsked, of_clients.NotRegistered, of_clients.NotNow,
    of_referrals.NotNow, of_referrals.AlreadyReferred, of_stewardship.Settled, of_calibration.Settled, of_visits.AlreadyCorrected,
    of_applications.NotADraft, of_applications.NoPlace, of_applications.NothingMissing, of_applications.StillMissing, UnknownPaper, NotKept,
    NoSuchItem,
)  # fmt: skip
NEVER = -1
READING = ("GET", "HEAD", "OPTIONS", "TRACE")
# Posted without a key: signing in counts its tries and takes a code once, signing out twice is signing out, and of looks at a family
# each is one, written down before it is answered (A5).
WITHOUT_KEY = frozenset(
    {"session.begin", "session.end", "factors.enrol", "family.open", "family.reveal", "events.trace", "looks.tell"}
)
# Written to while a form is looked through: the record of looks and refusals, where the browser stands, and what was typed so far.
BESIDE_ACTS = ("trace_event", "trace_eventsubject", "trace_head", "trace_ownkey", "django_session", "visits_draft")
STAMPED = frozenset({"csrfmiddlewaretoken", "device_at"})  # differ each time the same form is sent
_CHANGE = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)


class ChangedOutside(Exception):
    """A view changed something outside `act_once`, so that the same form sent twice would do it twice; nothing of it was done."""


def does(operation: str, view: declared.View) -> declared.View:
    """The view as the address of one operation; what it changes when a form is sent to it, it changes in `act_once`, or not at all."""

    @wraps(view)
    def guarded(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        if request.method in READING or operation in WITHOUT_KEY:
            return view(request, *given, **named)
        try:
            checked(_key(request))
            told = answered(key=_key(request), who=key_of(viewer(request)), content=lambda: _content(request))
        except (NoKey, OtherContent) as refusal:
            return refused_page(request, refusal, back=request.path)
        if told is not None:
            return _gone_on(request, told)
        with connection.execute_wrapper(_only_once):
            return view(request, *given, **named)

    return declared.does(operation, guarded)


def viewer(request: HttpRequest) -> Viewer:
    asked: Viewer = request.viewer  # type: ignore[attr-defined]
    return asked


def instant(request: HttpRequest) -> datetime:
    at: datetime = request.asked_at  # type: ignore[attr-defined]
    return at


def done(zh: str, en: str, *, to: str, undo: list[str] | None = None) -> dict[str, Any]:
    """What an act gives: where to go and what to say there. undo: numbers of warnings that can be taken back."""
    return {"zh": zh, "en": en, "to": to, "undo": undo if undo and len(undo) <= MOST_UNDONE else []}


def went(to: str) -> dict[str, Any]:
    """What an act gives whose page itself shows what was done."""
    return {"to": to}


def act_once(
    request: HttpRequest, act: Callable[[], dict[str, Any]], *, back: str, both: Callable[[], list[Both]] | None = None
) -> HttpResponse:
    """Run the act of a posted form once, and go where it says; a refusal is a page that says why, with what was typed left alone.

    back: the address to return to from a refusal. both: how what was to be changed stands now, beside what was sent. What `act`
    raises beside REFUSALS is raised; nothing was done then.
    """
    try:
        told, _ = told_once(request, act)
    except REFUSALS as refusal:
        return refused_page(request, refusal, back=back, both=both() if both else [])
    return _gone_on(request, told)


def told_once(request: HttpRequest, act: Callable[[], dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """What the act of a posted form gave, now or when it was sent before; and whether it was now. Raises OtherContent."""
    return once(act, key=_key(request), who=key_of(viewer(request)), content=_content(request), at=instant(request))


def seen(request: HttpRequest) -> int:
    """The version of the thing that the page showed; where a form does not say it one that never was, so that nothing goes over it."""
    text = request.POST.get("seen", "")
    return int(text) if text.isdigit() else NEVER


def refused_page(request: HttpRequest, refusal: Exception, *, back: str, both: Sequence[Both] = ()) -> HttpResponse:
    told = {"refusal": refusal, "kind": type(refusal).__name__, "back": back, "both": both}
    return render(request, "desk/refused.html", told, status=409)


def said(request: HttpRequest) -> dict[str, Any] | None:
    """What the act before this page did; told once."""
    told: dict[str, Any] | None = request.session.pop(SAID, None)
    return told


def _gone_on(request: HttpRequest, told: dict[str, Any]) -> HttpResponse:
    if "zh" in told:
        request.session[SAID] = told
    return redirect(told["to"])


def _key(request: HttpRequest) -> str:
    return str(request.POST.get("key", ""))


def _content(request: HttpRequest) -> list[Any]:
    """All that was asked: the address, what was typed, and what the files were."""
    typed = sorted((name, request.POST.getlist(name)) for name in request.POST if name not in STAMPED)
    files = sorted((name, [_hash_of(one) for one in request.FILES.getlist(name)]) for name in request.FILES)
    return [request.path, typed, files]


def _only_once(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    change = _CHANGE.match(sql)
    if change is not None and change[1] not in BESIDE_ACTS and not being_done():
        raise ChangedOutside(f"{change[1]} was to be changed outside act_once; put the act of the form into it")
    return execute(sql, params, many, context)


def _hash_of(file: Any) -> str:
    whole = hashlib.sha256()
    for piece in file.chunks():
        whole.update(piece)
    file.seek(0)
    return whole.hexdigest()
