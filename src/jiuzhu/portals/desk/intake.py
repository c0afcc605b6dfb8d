"""The window: its queue, an application filled in step by step for whoever sits there, a call for help, and pages that were brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiuzhu.casework.accounts.permissions import allowed, powers
from jiuzhu.casework.applications import actions, queries, queue, scopes
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import answered, rows_of, steps, with_applicant
from jiuzhu.casework.applications.kept import typed_of
from jiuzhu.casework.applications.models import Application, Ticket
from jiuzhu.casework.applications.refusals import NotFilled
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.documents import queries as documents
from jiuzhu.casework.documents.models import Document
from jiuzhu.casework.documents.pictures import MOST_BYTES
from jiuzhu.casework.visits.answers import Fault, Typed, field_name
from jiuzhu.portals.desk import filling, known
from jiuzhu.portals.desk.filling import Field, Mistake, Option
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer, went
from jiuzhu.rules.application_form import Section
from jiuzhu.rules.forms import Question
from jiuzhu.rules.tree import Title

BESIDE = frozenset({"csrfmiddlewaretoken", "key", "act", "seen", "device_at"})  # posted with the form, and no answers
FIRST = "wish"


@dataclass(frozen=True)
class Page:
    """One section as it stands on the page. lines: one entry, or one a line of a list; full: there is no further line."""

    section: Section
    lines: Sequence[Sequence[Field]]
    full: bool


@require_GET
def window(request: HttpRequest) -> HttpResponse:
    """The queue of the viewer's own window, and the drafts that wait there."""
    who, at = viewer(request), instant(request)
    mine = _window(request)
    drafts = queries.listed(viewer=who, at=at, today=local_day(at), wanted=queries.Wanted(state="draft"))[:10]
    context = {
        "section": "window",
        "window": mine,
        "place": known.full_place(mine),
        "queue": queue.queue(window=mine, viewer=who, at=at),
        "drafts": [(one, _name(one)) for one in drafts] if allowed(who, queries.LIST, on=None, at=at) else [],
        "may_begin": allowed(who, "applications.draft", on=None, at=at),
        "said": said(request),
    }
    return render(request, "desk/window.html", context)


@require_POST
def take_number(request: HttpRequest) -> HttpResponse:
    def act() -> dict[str, Any]:
        made = queue.take_number(window=_window(request), by=viewer(request), at=instant(request))
        return done(f"取号 {made.number}", f"Number {made.number}", to=reverse("window"))

    return act_once(request, act, back=reverse("window"))


@require_POST
def call_next(request: HttpRequest) -> HttpResponse:
    def act() -> dict[str, Any]:
        counter = request.POST.get("counter", "")
        called = queue.call_next(window=_window(request), counter=counter, by=viewer(request), at=instant(request))
        if called is None:
            return done("没有人在等", "Nobody waits", to=reverse("window"))
        return done(f"请 {called.number} 号", f"Number {called.number}, please", to=reverse("window"))

    return act_once(request, act, back=reverse("window"))


@require_POST
def pass_over(request: HttpRequest, number: int) -> HttpResponse:
    at = instant(request)
    ticket = get_object_or_404(Ticket, window=_window(request), day=local_day(at), number=number)

    def act() -> dict[str, Any]:
        queue.pass_over(ticket=ticket, by=viewer(request), at=at)
        return done(f"{number} 号已过号", f"Number {number} passed over", to=reverse("window"))

    return act_once(request, act, back=reverse("window"))


@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """An application for whoever sits here, or is visited, or calls."""
    channel = request.POST.get("channel", "window")
    told = {"by": viewer(request), "at": instant(request)}

    def act() -> dict[str, Any]:
        place = request.POST.get("division", "").strip() or _window(request)
        if channel == Application.Channel.HOTLINE:
            words = {"applicant_name": "name", "phone": "phone", "story": "words"}
            typed = {question: [request.POST.get(name, "")] for question, name in words.items()}
            made = actions.call(typed=typed, division_code=place, **told)
            return done("已开个案，按期回应", "A case is open; answer in time", to=reverse("application", args=[made.key]))
        made = actions.draft(channel=channel if channel in ("window", "village") else "window", division_code=place, **told)
        return went(reverse("application-fill", args=[made.key, FIRST]))

    return act_once(request, act, back=reverse("window"))


@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, key: str, section: str) -> HttpResponse:
    """One page of the form; what was typed is kept with every step, and nothing is asked for before the end."""
    who, at = viewer(request), instant(request)
    held, form = _held(request, key), application_form()
    if section not in form.sections or held.walk.state not in ("draft", "incomplete"):
        raise Http404
    if request.method == "GET":
        if queries.application(viewer=who, key=key, at=at) is None:  # the look is on the record
            raise Http404
        return _page(request, held, section, queries.prefilled(viewer=who, application=held, at=at))
    kept = _without(typed_of(held), section) | _typed(request)

    def act() -> dict[str, Any]:
        actions.save(application=held, typed=kept, by=who, at=at, seen=seen(request))
        return went(_next(held, kept, section, request.POST.get("act", "on")))

    return act_once(request, act, back=request.path)


@require_POST
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    """Hand in what was filled; every field that keeps it from it is named, and stays as it was typed."""
    held = _held(request, key)

    def act() -> dict[str, Any]:
        made = actions.submit(application=held, by=viewer(request), at=instant(request), seen=seen(request))
        to = reverse("application", args=[made.key])
        if made.pk != held.pk:
            return done(
                f"同一家庭已有在办申请 {made.number}，已并入",
                f"The family has {made.number} in hand; this one was put beside it",
                to=to,
            )
        return done(f"已提交，回执号 {made.number}", f"Handed in: receipt {made.number}", to=to)

    try:
        return act_once(request, act, back=reverse("application", args=[key]))
    except NotFilled as refused:
        return _page(request, held, _section_of(refused.faults), typed_of(held), faults=refused.faults)


@require_POST
def attach(request: HttpRequest, key: str) -> HttpResponse:
    """A page that was brought: drawn anew, sealed with the case."""
    held, file = _held(request, key), request.FILES.get("photos")
    back = reverse("application", args=[key])

    def act() -> dict[str, Any]:
        content = file.read(MOST_BYTES + 1) if file is not None else b""
        source = Document.Source.SCAN if request.POST.get("source") == "scan" else Document.Source.PHOTO
        actions.attach(
            application=held, paper=request.POST.get("paper", ""), content=content, name=getattr(file, "name", ""), source=source,
            by=viewer(request), at=instant(request),
        )  # fmt: skip
        return done("已收下", "Kept", to=back)

    return act_once(request, act, back=back)


@require_GET
def document(request: HttpRequest, key: str) -> HttpResponse:
    """One page; the look is on the record."""
    found = documents.content_of(viewer=viewer(request), key=key, at=instant(request))
    if found is None:
        raise Http404
    media, content = found
    return HttpResponse(content, content_type=media, headers={"Cache-Control": "no-store", "Content-Disposition": "inline"})


def _page(request: HttpRequest, held: Application, section: str, typed: Typed, *, faults: Sequence[Fault] = ()) -> HttpResponse:
    form = application_form()
    told = {fault.field: FAULTS[fault.kind] for fault in faults}
    pages = [one.section for one in steps(typed)]
    context = {
        "section": "window",
        "one": held,
        "here": form.sections[section],
        "pages": pages,
        "number": [one.name for one in pages].index(section) + 1 if section in [one.name for one in pages] else 1,
        "page": _section(form.sections[section], typed, told),
        "mistakes": [_mistake(fault) for fault in faults],
        "left": len(answered(typed, on=local_day(instant(request))).faults),
        "consent": held.consent_id is not None,
        "last": section == pages[-1].name,
    }
    return render(request, "desk/application-fill.html", context, status=422 if faults else 200)


def _section(section: Section, typed: Typed, faults: Mapping[str, Title]) -> Page:
    form = application_form()
    typed = with_applicant(typed)
    answers = {name: [text for text in given if text] for name, given in typed.items()}
    here = set(section.questions)

    def shown(question: Question) -> bool:
        """Asked by what stands on other pages; what stands on this one is for the script and the reader."""
        elsewhere = {name: values for name, values in question.when.items() if name not in here}
        return all(set(answers.get(name, ())) & set(values) for name, values in elsewhere.items())

    once = [form.form.questions[name] for name in section.questions if not form.form.questions[name].group]
    lines = [[_field(one, None, typed, faults, here) for one in once if shown(one)]] if once else []
    rows = rows_of(form, section.name, typed) if section.rows else 0
    of_line = [form.form.questions[name] for name in section.questions if form.form.questions[name].group]
    lines += [[_field(one, row, typed, faults, here) for one in of_line if shown(one)] for row in range(rows)]
    return Page(section, lines, rows >= section.rows)


def _field(question: Question, row: int | None, typed: Typed, faults: Mapping[str, Title], here: set[str]) -> Field:
    form = application_form()
    field = filling.field_of(form.form, question, row, typed, faults, only=here)
    if form.fields[question.name].check == "member":
        given = list(typed.get(field_name(question, row), ()))
        people = [name for line in range(12) if (name := "".join(typed.get(f"members.{line}.member_name", ())))]
        options = [Option(str(place), Title(name, name), str(place) in given) for place, name in enumerate(people, 1)]
        return Field(field.name, field.question, options, field.text, field.fault, field.unit, field.when, field.only)
    return field


def _typed(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(text) for text in request.POST.getlist(name)] for name in request.POST if name not in BESIDE}


def _without(typed: Mapping[str, list[str]], section: str) -> dict[str, list[str]]:
    """What was kept of the other pages: a box that is no longer ticked is not sent at all."""
    here = application_form().sections[section].questions
    return {name: given for name, given in typed.items() if name.rsplit(".", 1)[-1] not in here}


def _next(held: Application, typed: Typed, section: str, act: str) -> str:
    pages = [one.section.name for one in steps(typed)]
    place = pages.index(section) if section in pages else 0
    to = {"on": min(place + 1, len(pages) - 1), "back": max(place - 1, 0)}.get(act, place)
    return reverse("application-fill", args=[held.key, pages[to]])


def _section_of(faults: Sequence[Fault]) -> str:
    fields = application_form().fields
    found = (fields.get(fault.field.rsplit(".", 1)[-1]) for fault in faults)
    return next((one.section for one in found if one is not None), "consent")


def _mistake(fault: Fault) -> Mistake:
    name = fault.field.rsplit(".", 1)[-1]
    question = application_form().form.questions.get(name)
    title = question.asks if question is not None else NAMES.get(fault.field, Title(fault.field, fault.field))
    return Mistake(fault.field, title, FAULTS[fault.kind])


def _held(request: HttpRequest, key: str) -> Application:
    found = Application.objects.select_related(*queries.RELATED).filter(key=key).first()
    if found is None or scopes.granted(found, "applications.save", by=viewer(request), at=instant(request)) is None:
        raise Http404
    return found


def _window(request: HttpRequest) -> str:
    """The division of the viewer's first role at a window."""
    held = (one.division_code for one in powers(viewer(request), at=instant(request)) if one.role not in ("anyone", "console"))
    return next(held, "")[:12]


def _name(one: Application) -> str:
    return "".join(typed_of(one).get("applicant_name", ())[:1])


NAMES: Mapping[str, Title] = {"consent": Title("本人签字页", "The page they signed")}
FAULTS: Mapping[str, Title] = {
    **filling.FAULTS,
    "consent": Title("不同意就不能受理", "Without it nothing can be taken up"),
    "id_number": Title(
        "号码不对：请对照证件，校验位不符", "This is no right number: look at the paper; its check digit does not fit"
    ),
    "phone": Title("电话不对", "This is no telephone number"),
    "division": Title(
        "请填村（社区）的区划代码，如 370502001011", "Write the code of a village or community, such as 370502001011"
    ),
    "member": Title("请选一位已填的成员", "Choose one of the members"),
    "account": Title("账号不对", "This is no account number"),
    "twice": Title("这个人填了两次", "This person is there twice"),
    "another": Title(
        "这不是本人的号码；替别人申请请填代办人", "This is not your own number; name yourself as the agent of somebody else"
    ),
    "mandate": Title("没有有效的委托：先登记签字的委托书", "There is no mandate in force: have the signed paper recorded first"),
    "paper": Title("先上传本人签字的那一页", "First add the page they signed"),
}
