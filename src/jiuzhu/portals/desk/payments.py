"""Payments: the lists of a county, and one list on its way from drawn to closed; what stops it, and which lines need a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.models import Officer
from jiuzhu.casework.accounts.permissions import Scope, allowed
from jiuzhu.casework.cases import codes
from jiuzhu.casework.cases.actions import subject
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.payments import drawing, months, queries
from jiuzhu.casework.payments import lists as signing
from jiuzhu.casework.payments.declared import paying
from jiuzhu.casework.payments.models import Instruction, PayList
from jiuzhu.portals.desk import known
from jiuzhu.portals.desk.posted import act_once, done, instant, said, viewer
from jiuzhu.portals.desk.tasks import names_of_cases
from jiuzhu.rules.tree import Title

PAGE_SIZE = 40
STEPS = (
    ("drawn", Title(zh="生成", en="Drawn")),
    ("made", Title(zh="制单", en="Signed by its maker")),
    ("checked", Title(zh="复核", en="Checked")),
    ("sending", Title(zh="送银行", en="With the bank")),
    ("closed", Title(zh="关账", en="Closed")),
)
GATES = {
    "empty": Title(zh="名册不为空", en="The list holds something"),
    "budget": Title(zh="预算足够", en="Its budget line is enough"),
    "held": Title(zh="扣住的行", en="Lines held back"),
    "last_month": Title(zh="与上月相近", en="Near to last month's"),
    "first_list": Title(zh="首份名册，没有可比的上月", en="The first list: there is no last month to compare"),
}
REASONS = {
    "account_closed": Title(zh="账户已销户", en="the account is closed"),
    "name_differs": Title(zh="户名不符", en="the name differs"),
    "account_frozen": Title(zh="账户被冻结", en="the account is frozen"),
    "no_such_account": Title(zh="没有这个账户", en="there is no such account"),
}
ACTS = ("payments.make", "payments.check", "payments.hold", "payments.again")


@dataclass(frozen=True)
class Line:
    """One line that needs a person. why: what holds it, or the bank's word."""

    one: Instruction
    name: str
    place: str
    why: Sequence[Title | str]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Every list within reach, and which could be drawn now."""
    who, at = viewer(request), instant(request)
    shown = Paginator(queries.lists(viewer=who, at=at), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "section": "payments",
        "page": shown,
        "signers": _names(list(shown)),
        "lists": [(one, programme(one.programme), known.place(one.division_code), _state(one)) for one in shown],
        "budgets": [
            (one, programme(one.programme), known.place(one.division_code)) for one in queries.budgets(viewer=who, at=at)
        ],
        "months": [months.of(at), months.after(months.of(at))],
        "said": said(request),
    }
    return render(request, "desk/payments.html", context)


@require_POST
def draw(request: HttpRequest) -> HttpResponse:
    """The list of a programme and month; drawn before, it takes in what came since."""
    who, at, sent = viewer(request), instant(request), request.POST
    line = get_object_or_404(queries.budgets(viewer=who, at=at), code=sent.get("line", ""))

    def act() -> dict[str, Any]:
        made = drawing.draw(
            division_code=line.division_code, programme=line.programme, month=sent.get("month", ""), by=who, at=at
        )
        zh = f"名册已生成，新增 {made.added:,} 行，其中扣住 {made.held:,} 行。"
        en = f"The list is drawn: {made.added:,} lines more, {made.held:,} of them held back."
        return done(zh, en, to=reverse("payment", args=[made.list.key]))

    return act_once(request, act, back=reverse("payments"))


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.one(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    here = [code for code, _ in STEPS].index(found.list.state)
    cases = [line.grant.case_id for some in (found.held, found.doubts, found.came_back) for line in some]
    names = names_of_cases(request, cases)
    seen = [subject(case) for case in Case.objects.filter(pk__in=cases).order_by("pk")]
    looks.shown("payments.read", by=who, at=at, on=signing.subject(found.list), subjects=seen)
    context = {
        "section": "payments",
        "found": found,
        "list": found.list,
        "title": programme(found.list.programme),
        "place": known.full_place(found.list.division_code),
        "steps": [
            (title, at_step < here or found.list.state == "closed", at_step == here) for at_step, (_, title) in enumerate(STEPS)
        ],
        "gates": [(GATES[gate.code], gate) for gate in found.gates],
        "held": [_line(one, names, [paying().holds[code].title for code in one.held.split()]) for one in found.held],
        "doubts": [_line(one, names, []) for one in found.doubts],
        "came_back": [_line(one, names, [REASONS.get(one.says, one.says or one.get_state_display())]) for one in found.came_back],
        "acts": {act for act in ACTS if allowed(who, act, on=Scope(found.list.division_code), at=at)},
        "signers": _names([found.list]),
        "mine": found.list.made_by == request.user.get_username(),
        "said": said(request),
    }
    return render(request, "desk/payment.html", context)


@require_POST
def make(request: HttpRequest, key: str) -> HttpResponse:
    def act(made: PayList) -> dict[str, Any]:
        signing.make(made=made, by=viewer(request), at=instant(request))
        return done("已制单，等另一人复核。", "Signed by its maker; another officer checks it now.", to=_back(key))

    return _on_list(request, key, act)


@require_POST
def check(request: HttpRequest, key: str) -> HttpResponse:
    def act(made: PayList) -> dict[str, Any]:
        signing.check(made=made, by=viewer(request), at=instant(request), because=request.POST.get("because", ""))
        return done("已复核，后台开始送银行。", "Checked; it goes to the bank by itself now.", to=_back(key))

    return _on_list(request, key, act)


@require_POST
def send_back(request: HttpRequest, key: str) -> HttpResponse:
    def act(made: PayList) -> dict[str, Any]:
        signing.send_back(made=made, by=viewer(request), at=instant(request))
        return done("已退回制单人。", "Given back to its maker.", to=_back(key))

    return _on_list(request, key, act)


@require_POST
def pay_held(request: HttpRequest, number: str) -> HttpResponse:
    return _on_line(request, number, signing.pay_held, "已放行，随本名册发放。", "It goes along with this list.")


@require_POST
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    return _on_line(request, number, signing.withdraw, "已撤下。", "Taken off the list.")


@require_POST
def again(request: HttpRequest, number: str) -> HttpResponse:
    return _on_line(request, number, signing.pay_again, "已编入补发，随待制单的名册发放。", "Paid again with the open list.")


def programme(code: str) -> Title:
    """The words of a fund line, or the code itself where the list has none."""
    return codes.titles("fund_line").get(code, Title(zh=code, en=code))


def _state(made: PayList) -> Title:
    """Where a list stands: what is waited for."""
    english = {"drawn": "waits for its maker", "made": "waits for its checker", "checked": "goes to the bank next"}
    return Title(
        zh=made.get_state_display(), en=english.get(made.state, "with the bank" if made.state == "sending" else "closed")
    )


def _names(lists: Sequence[PayList]) -> dict[str, str]:
    """Account to the name shown, of whoever signed."""
    accounts = {who for one in lists for who in (one.made_by, one.checked_by) if who}
    return dict(Officer.objects.filter(account__in=accounts).values_list("account", "display_name"))


def _line(one: Instruction, names: dict[int, str], why: Sequence[Title | str]) -> Line:
    told = [item if isinstance(item, Title) else Title(zh=item, en=item) for item in why]
    return Line(one, names.get(one.grant.case_id, ""), known.place(one.grant.division_code), told)


def _on_list(request: HttpRequest, key: str, act: Callable[[PayList], dict[str, Any]]) -> HttpResponse:
    made = get_object_or_404(queries.lists(viewer=viewer(request), at=instant(request)), key=key)
    return act_once(request, lambda: act(made), back=_back(key))


def _on_line(request: HttpRequest, number: str, act: Callable[..., Instruction], zh: str, en: str) -> HttpResponse:
    reach = queries.lists(viewer=viewer(request), at=instant(request))
    found = get_object_or_404(Instruction.objects.select_related("list"), number=number, list__in=reach)

    def acted() -> dict[str, Any]:
        made = act(instruction=found, by=viewer(request), at=instant(request))
        return done(zh, en, to=_back(made.list.key))

    return act_once(request, acted, back=_back(found.list.key))


def _back(key: str) -> str:
    return reverse("payment", args=[key])
