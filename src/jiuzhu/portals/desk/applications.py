"""Applications at the desk: the list by state and day, one with what was declared beside the records, what may be done next, figures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from jiuzhu.casework.accounts import looks
from jiuzhu.casework.accounts.permissions import allowed, table
from jiuzhu.casework.accounts.queries import posting
from jiuzhu.casework.applications import actions, queries, scopes
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MEMBERS
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.bundles import actions as bundles
from jiuzhu.casework.bundles import queries as of_bundles
from jiuzhu.casework.bundles import saving
from jiuzhu.casework.bundles.declared import has_road, library
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.parties.queries import names
from jiuzhu.casework.roads import queries as roads
from jiuzhu.casework.roads.declared import road_of, workflows
from jiuzhu.casework.roads.models import Walk
from jiuzhu.casework.verification import authorising
from jiuzhu.casework.working_rules.declared import visiting
from jiuzhu.portals.desk import filling, known
from jiuzhu.portals.desk.decision_words import STATES as STATES_OF_PROGRAMME
from jiuzhu.portals.desk.posted import act_once, done, instant, said, seen, viewer
from jiuzhu.rules.application_form import Paper
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.id_number import IdNumber

PAGE_SIZE = 40
ROAD = "application"
SPAN_DAYS = 365
NUMBERS = ("id_number", "member_id_number", "agent_id_number")  # shown masked: who they are is on the page already
STATES: Mapping[str, Title] = {
    "draft": Title("草稿", "Draft"),
    "submitted": Title("待受理", "To be accepted"),
    "incomplete": Title("待补正", "Waits for the applicant"),
    "examining": Title("调查核对中", "Being examined"),
    "examined": Title("调查完毕", "Examined"),
    "not_accepted": Title("不予受理", "Not accepted"),
    "withdrawn": Title("已撤回", "Withdrawn"),
}
CHANNELS: Mapping[str, Title] = {
    "phone": Title("网上", "Online"),
    "window": Title("窗口", "Window"),
    "village": Title("村（居）代办", "Village"),
    "hotline": Title("热线", "Hotline"),
    "proactive": Title("主动发现", "Found by an officer"),
}
WORKS = {"verify": Title("经济状况核对", "Verification"), "survey": Title("入户调查", "Survey"), "": Title("全程", "The whole")}
DOES: Mapping[str, Callable[..., Application]] = {
    "accept": actions.accept,
    "withdraw": actions.withdraw,
    "supply": actions.supply,
    "finish": actions.finish,
    "decline": actions.decline,
}
DONE: Mapping[str, Title] = {
    "accept": Title("已受理，受理通知书已生成", "Accepted; the letter is written"),
    "withdraw": Title("已撤回", "Withdrawn"),
    "supply": Title("已记下补正", "What was missing is supplied"),
    "finish": Title("调查核对已结束，各项分别作决定", "Examined: each programme is decided on its own road"),
    "decline": Title("已作不予受理，告知书已生成", "Not accepted; the letter is written"),
}


@dataclass(frozen=True)
class Person:
    """One line of the members. signed: whether an authorisation of theirs is in force."""

    name: str
    relation: Title
    together: bool
    signed: bool
    met: Title


@dataclass(frozen=True)
class Wanted:
    title: Title
    why: Title
    brought: str


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """Those examined here and those taken in here; due first first."""
    who, at = viewer(request), instant(request)
    wanted = queries.Wanted(
        _one_of(request, "state", STATES), _one_of(request, "channel", CHANNELS), request.GET.get("late") == "1"
    )
    found = Paginator(queries.listed(viewer=who, at=at, today=local_day(at), wanted=wanted), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    counted = queries.states(viewer=who, at=at)
    rows = list(found)
    looks.shown(queries.LIST, by=who, at=at, subjects=[scopes.subject(one) for one in rows])
    results = _results([one.walk_id for one in rows])
    called = names([one.applicant for one in rows if one.applicant], grant=request.grant)  # type: ignore[attr-defined]
    context = {
        "section": "applications",
        "page": found,
        "rows": [
            (
                one,
                called.get(one.applicant.key, "") if one.applicant else "",
                STATES[one.walk.state],
                CHANNELS[one.channel],
                items_of(one),
                known.place(one.division_code),
                results.get(one.walk_id, []),
            )
            for one in rows
        ],
        "states": [(code, title, counted.get(code, 0)) for code, title in STATES.items()],
        "channels": list(CHANNELS.items()),
        "wanted": wanted,
        "today": local_day(at),
        "may_begin": allowed(who, "applications.draft", on=None, at=at),
        "said": said(request),
    }
    return render(request, "desk/applications.html", context)


@require_GET
def one(request: HttpRequest, key: str) -> HttpResponse:
    who, at = viewer(request), instant(request)
    found = queries.application(viewer=who, key=key, at=at)
    if found is None:
        raise Http404
    application, form = found.application, application_form()
    beside, asked = queries.side_by_side(found, viewer=who, at=at)
    context = {
        "section": "applications",
        "found": found,
        "one": application,
        "name": _applicant(found),
        "state": STATES[application.walk.state],
        "channel": CHANNELS[application.channel],
        "place": known.full_place(application.division_code),
        "window": known.full_place(application.window) if application.window else "",
        "items": items_of(application),
        "steps": _steps(application),
        "deadlines": [(WORKS.get(d.code, d.title), d) for d in roads.deadlines(application.walk, at=at)],
        "offers": [_offer(offer) for offer in roads.offers(application.walk, who, at=at) if offer.code != "submit"],
        "sections": filling.answered(form.form, _shown(found.values)),
        "beside": [
            (
                row,
                _whose(row, found.values),
                filling.in_words(row.question, row.declared),
                filling.in_words(row.question, row.recorded),
            )
            for row in beside
        ],
        "asked": asked,
        "people": _people(found, at),
        "papers": [_paper(one.code, one.why, one.document.key if one.document else "") for one in found.papers],
        "told": [(form.papers[w["what"]].title if w["kind"] == "paper" else Title(w["what"], w["what"])) for w in found.wanting],
        "choices": list(form.papers.values()),
        "history": roads.history(application.walk),
        "titles": {code: step.title for code, step in workflows()[ROAD].steps.items()},
        "results": _results([application.walk_id]).get(application.walk_id, []),
        **_as_one(application, request),
        "recognised": [form.items[code].title for code in application.recognised.split() if code in form.items],
        "said": said(request),
    }
    return render(request, "desk/application.html", context)


@require_POST
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Tell once what is missing."""
    held = _held(request, key)

    def act() -> dict[str, Any]:
        actions.ask(
            application=held,
            papers=request.POST.getlist("papers"),
            said=request.POST.get("said", ""),
            seen=seen(request),
            **_told(request),
        )
        return done("已一次性告知，告知书已生成", "Told once; the letter is written", to=reverse("application", args=[key]))

    return act_once(request, act, back=reverse("application", args=[key]))


def step(code: str) -> Callable[[HttpRequest, str], HttpResponse]:
    """The view of one step that asks for nothing but, where the road says so, a reason."""

    @require_POST
    def taken(request: HttpRequest, key: str) -> HttpResponse:
        held = _held(request, key)

        def act() -> dict[str, Any]:
            reason = {"because": request.POST.get("because", "")} if code in ("decline", "withdraw") else {}
            DOES[code](application=held, seen=seen(request), **reason, **_told(request))
            return done(DONE[code].zh, DONE[code].en, to=reverse("application", args=[key]))

        return act_once(request, act, back=reverse("application", args=[key]))

    return taken


@require_POST
def ask_departments(request: HttpRequest, key: str) -> HttpResponse:
    """Ask departments for further items, chosen with the family."""
    held, here = _held(request, key), reverse("application", args=[key])

    def act() -> dict[str, Any]:
        made = bundles.ask(application=held, items=request.POST.getlist("items"), **_told(request))
        return done(f"已转 {len(made)} 项", f"{len(made)} asked", to=f"{here}#parts")

    return act_once(request, act, back=here)


@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """How applications come in, and the papers each item asked for before and asks for now."""
    who, at = viewer(request), instant(request)
    span = {"since": at - timedelta(days=SPAN_DAYS), "until": at + timedelta(seconds=1)}
    form, channels = application_form(), queries.channels(viewer=who, at=at, **span)
    papers = [(form.items[row.item].title, row) for row in queries.papers_counted(viewer=who, at=at, **span)]
    context = {
        "section": "applications",
        "channels": channels,
        "by_channel": [(title, channels.by_channel.get(code, 0)) for code, title in CHANNELS.items()],
        "share": round(channels.online_share * 100) if channels.online_share is not None else None,
        "papers": papers,
        "days": SPAN_DAYS,
        **_saved(request, span),
    }
    return render(request, "desk/application-figures.html", context)


def _saved(request: HttpRequest, span: Mapping[str, datetime]) -> dict[str, Any]:
    """The estimate of what was saved, with the rules it stands on."""
    held = posting(viewer(request), at=instant(request))
    told = saving.saved(viewer=viewer(request), division=held.division_code if held else "", at=instant(request), **span)
    rules = visiting().working.by_code
    return {"saved": told, "used": [(rules[code], value) for code, value in told.numbers.items()]}


@require_GET
def guide(request: HttpRequest) -> HttpResponse:
    """What may be applied for as one thing, what is asked and what nobody brings any more: printed from the form itself (SF004)."""
    form, bundles = application_form(), library().bundles
    chosen = bundles.get(request.GET.get("bundle", "assistance"))
    if chosen is None:
        raise Http404
    items = [library().items[code] for code in chosen.items]
    own = [one.code for one in items if one.on_form]
    sections = [(one, _must(one.name)) for one in form.sections.values() if not one.items or set(one.items) & set(own)]
    papers = {paper.code: paper for item in own for paper in _papers_of(item)}
    sources = {code: [known.catalogue().datasets[name].title for name in paper.known_from] for code, paper in papers.items()}
    context = {
        "section": "applications",
        "form": form.form,
        "bundle": chosen,
        "items": items,
        "sections": sections,
        "papers": [(paper, sources[code]) for code, paper in papers.items()],
    }
    return render(request, "desk/application-guide.html", context)


def _results(walks: Collection[int]) -> dict[int, list[tuple[Title, Title, Walk]]]:
    """Walk of an application to each programme in it and where that stands."""
    told: dict[int, list[tuple[Title, Title, Walk]]] = {}
    for child in Walk.objects.filter(parent__in=walks).order_by("pk"):
        state = STATES_OF_PROGRAMME.get(child.state, Title(child.state, child.state))
        told.setdefault(child.parent_id or 0, []).append((road_of(child).title, state, child))
    return told


def items_of(application: Application) -> list[Title]:
    options = application_form().form.questions["items"].options
    return [options[code] for code in application.items.split() if code in options]


def _must(section: str) -> list[Title]:
    form = application_form()
    return [one.question.asks for one in form.fields.values() if one.section == section and one.question.required]


def _papers_of(item: str) -> list[Paper]:
    form = application_form()
    return [form.papers[code] for code in form.items[item].before]


def _as_one(application: Application, request: HttpRequest) -> dict[str, Any]:
    """The parts of one thing, and what a department could be asked for besides."""
    matter, parts = of_bundles.parts(application=application, viewer=viewer(request), at=instant(request))
    known_ones = {one.item.code for one in parts}
    may = allowed(viewer(request), "referrals.make", on=scopes.scopes(application, viewer(request))[0], at=instant(request))
    more = [one for one in library().items.values() if one.need and not has_road(one) and one.code not in known_ones]
    return {"matter": matter, "parts": parts, "more": more if matter is not None and may else []}


def _held(request: HttpRequest, key: str) -> Application:
    """For an act, which asks for its own permission; what is out of reach is not there."""
    found = Application.objects.select_related(*queries.RELATED).filter(key=key).first()
    if found is None or scopes.granted(found, queries.READ, by=viewer(request), at=instant(request)) is None:
        raise Http404
    return found


def _told(request: HttpRequest) -> dict[str, Any]:
    return {"by": viewer(request), "at": instant(request)}


def _one_of(request: HttpRequest, name: str, known_ones: Mapping[str, Title]) -> str:
    text = request.GET.get(name, "")
    return text if text in known_ones else ""


def _applicant(found: queries.Opened) -> str:
    of = found.application.applicant
    return (found.names.get(of.key, "") if of else "") or "".join(found.typed.get("applicant_name", [""])[:1])


def _steps(application: Application) -> list[tuple[Title, date | None, bool]]:
    """The common way: each step with the day it was taken, the one that is waited for marked."""
    road, taken = workflows()[ROAD], {one.step: one.day for one in application.walk.taken.order_by("number")}
    way = ("submit", "accept", "finish")
    waited = next((code for code in way if code not in taken), "")
    return [(road.steps[code].title, taken.get(code), code == waited and not application.walk.ended) for code in way]


def _offer(offer: roads.Offer) -> tuple[roads.Offer, Title, list[Title]]:
    """One step, who takes it, and what it waits for in words."""
    role = table().roles.get(offer.by)
    who = role.title if role else Title("申请人或窗口", "the applicant, or a window for them")
    waits = [WORKS.get(text.removeprefix("work:"), Title(text, text)) for text in offer.yet]
    return offer, who, waits


def _whose(row: queries.Beside, values: Mapping[str, Any]) -> str:
    """The member a line of the comparison is about; "" where it is about the household."""
    lines = values.get(MEMBERS, ())
    return str(lines[row.line].get("member_name") or row.line + 1) if row.line is not None and row.line < len(lines) else ""


def _shown(values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without the key of the party that each line of the members carries, id numbers masked, divisions by name."""
    lines = [_as_read({name: cell for name, cell in row.items() if name != "party"}) for row in values.get(MEMBERS, ())]
    return _as_read({**values, MEMBERS: lines} if lines else dict(values))


def _as_read(answers: dict[str, Any]) -> dict[str, Any]:
    numbers = {name: str(IdNumber.parse(answers[name])) for name in NUMBERS if answers.get(name)}
    places = {one.question.name for one in application_form().fields.values() if one.check == "division"}
    named = {name: known.full_place(answers[name]) for name in places if answers.get(name)}
    return {**answers, **numbers, **named}


def _people(found: queries.Opened, at: datetime) -> list[Person]:
    relations = application_form().form.questions["member_relation"].options
    proofs = {code: Title(word, code) for code, word in Party.Proof.choices}
    rows = found.values.get("members", ())
    people = []
    for named in found.application.named.select_related("party").order_by("line"):
        told = rows[named.line] if named.line < len(rows) else {}
        relation = relations.get(str(told.get("member_relation", "")), Title("", ""))
        signed = authorising.live(found.application.case, named.party, at=at) is not None
        people.append(
            Person(found.names.get(named.party.key, ""), relation, named.together, signed, proofs[named.party.proved_by])
        )
    return people


def _paper(code: str, why: str, document: str) -> Wanted:
    reasons = {
        "no_hit": Title("部门数据中没有这个人的记录", "the source has no row of this person"),
        "silent": Title("部门还没有提供这类数据", "no source delivers this yet"),
        "officer": Title("经办认为需要", "an officer needs it"),
    }
    return Wanted(application_form().papers[code].title, reasons[why], document)
