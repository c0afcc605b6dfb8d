"""Applying, screen by screen: begun with what is known, kept after each press, handed in and signed by one (SF087)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jiuzhu.casework.accounts.actions import NoSuchDivision
from jiuzhu.casework.accounts.models import Office
from jiuzhu.casework.applications import actions, form, queries
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.kept import typed_of
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.refusals import Moved, NoPlace, NotADraft, NotFilled
from jiuzhu.casework.bundles.declared import library
from jiuzhu.casework.parties.sealed import opened
from jiuzhu.casework.residents.queries import name_of, party_of
from jiuzhu.casework.verification.refusals import NeedsGuardian, WrongTerm
from jiuzhu.portals.citizen import known, screens
from jiuzhu.portals.citizen.asked import act_once, done, instant, resident, words
from jiuzhu.portals.citizen.places import home
from jiuzhu.portals.citizen.sign_in import Fault
from jiuzhu.registry import public
from jiuzhu.rules.application_form import ITEMS, OTHER, OTHERS, UNSURE
from jiuzhu.rules.forms import Question
from jiuzhu.rules.tree import Title
from jiuzhu.vocabulary.local_day import local_day

PHONE, FIRST, REVIEW = "phone", "wish", "review"
UNSAID = ("member_id_kind",)  # the number beside it says that there is one
LONGEST = 2_000
REFUSALS = (Moved, NotADraft, NotFilled, NeedsGuardian, WrongTerm)
FAULTS = {
    "missing": Title("这里还没有填", "This is still empty"),
    "number": Title("请写数字", "Write digits"),
    "option": Title("请选一样", "Choose one"),
    "day": Title("没有这一天，请看看日期", "There is no such day"),
    "long": Title("太长了，请短一些", "Too long"),
    "id_number": Title("身份证号不对，请对照证件再看一遍", "This is no id number; compare it with the card"),
    "phone": Title("电话号码不对", "This is no telephone number"),
    "division": Title("请选村或社区", "Choose the village or community"),
    "twice": Title("这个人写了两次", "This person stands there twice"),
    "another": Title("身份证号和登录的人不一样", "The id number is not that of who signed in"),
    "mandate": Title("还没有登记委托，请先到窗口办委托", "No mandate is recorded yet; have it recorded at a window"),
}


@dataclass(frozen=True)
class Line:
    """One answer on the review: the question and what was said, in words."""

    asks: Title
    said: str
    field: str


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Go on with the draft, or begin one where the family lives; who is known nowhere says where first."""
    viewer, at = resident(request), instant(request)
    standing = next((one for one in queries.own(viewer=viewer, at=at) if one.walk.state == "draft"), None)
    if request.method == "GET":
        return render(
            request,
            "citizen/apply.html",
            {
                "draft": standing,
                "places": _townships(request),
                "where": not home(resident(request), at=instant(request)),
                "wish": (wish := _wish(request.GET)),
                "wishes": [library().items[code].title for code in wish.split()],
            },
        )

    def act() -> dict[str, str]:
        made = actions.draft(
            channel=PHONE,
            by=viewer,
            at=at,
            division_code=home(resident(request), at=instant(request)) or request.POST.get("place", "")[:12],
        )
        if typed_of(made):
            return done("", "", to=reverse("help-apply-go-on", args=[made.key]))
        _begin_with(made, request)
        return done("", "", to=reverse("help-apply-screen", args=[made.key, FIRST]))

    return act_once(request, act, back=reverse("help-apply"), refusals=(NoPlace, NoSuchDivision))


@require_GET
def go_on(request: HttpRequest, key: str) -> HttpResponse:
    """To the first screen where something is still missing, else to the review."""
    held, typed = _draft(request, key)
    faulty = {one.field for one in form.missing(typed, on=_today(request))}
    way = screens.way(form.steps(typed), one_each=_large(request))
    here = next((one.key for one in way if faulty & {asked.field for asked in one.asked}), REVIEW)
    return redirect("help-apply-screen", held.key, here)


@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, key: str, here: str) -> HttpResponse:
    """One screen: what is asked on it, and what was typed so far. A press keeps it, whether all is right or not."""
    held, typed = _draft(request, key)
    if here == REVIEW:
        return _review(request, held, typed)
    found = _screen_at(request, typed, here)
    if request.method == "POST":
        return _kept(request, held, typed, found)
    faults = _faults(request, typed, found.fields) if "check" in request.GET else []
    way = screens.way(form.steps(typed), one_each=_large(request))
    earlier = screens.before(way, found.key)
    context = {
        "held": held,
        "screen": found,
        "lines": screens.lines(found, wrong={one.field for one in faults}),
        "few": screens.FEW,
        "faults": faults,
        "wrong": {one.field: one.text for one in faults},
        "villages": _villages(request, held),
        "back": reverse("help-apply-screen", args=[held.key, earlier]) if earlier else "",
    }
    return render(request, "citizen/screen.html", context, status=422 if faults else 200)


@require_POST
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    """Signed and handed in by one press; nothing is handed in where a pledge is not ticked or something is missing."""
    held, typed = _draft(request, key)
    ticked = {name: [request.POST.get(name, "")] for name in form.CONSENTS}
    apart = {name: ["yes" if name in request.POST else "no"] for name in _pledges(typed) if name not in ticked}
    whole = {**typed, **ticked, **apart}
    review = reverse("help-apply-screen", args=[held.key, REVIEW])
    if any(given != ["yes"] for given in ticked.values()) or form.missing(whole, on=_today(request)):
        return redirect(f"{review}?check=1")

    def act() -> dict[str, str]:
        at, by = instant(request), resident(request)
        made = actions.submit(application=held, typed=whole, by=by, at=at, seen=_seen(request))
        zh = f"已提交并签字。受理号 {made.number}，办到哪一步会发短信告诉您。"
        en = f"Signed and handed in. Your number is {made.number}; messages tell you how it goes."
        return done(zh, en, to=reverse("help-road", args=[made.walk.key]))

    return act_once(request, act, back=review, refusals=REFUSALS)


def _begin_with(made: Application, request: HttpRequest) -> None:
    """What signing in showed and what departments know; the applicant's own number whole, others masked."""
    viewer, at = resident(request), instant(request)
    party = party_of(viewer)
    number = opened(party.id_number, column="parties_party.id_number", row=party.key)
    phone = opened(party.phone, column="parties_party.phone", row=party.key)
    prefilled = queries.prefilled(viewer=viewer, application=made, at=at)
    first = prefilled.get(form.field_name(_question("member_id_number"), 0), [""])[0]
    ticked, others = _ticked(request.POST.get("wish", ""))
    own = {
        "applicant_name": name_of(party, at=at), "id_kind": "id_card", "id_number": number or first, "phone": phone,
        "residence": made.division_code if len(made.division_code) == 12 else "", "agent": "no",
    }  # fmt: skip
    typed = {**prefilled, **{name: [text] for name, text in own.items() if text}, ITEMS: ticked, OTHERS: others}
    actions.save(application=made, typed=typed, by=viewer, at=at)


def _wish(asked: Mapping[str, str]) -> str:
    """The items somebody came for, by the address of an item or of a bundle; "" for none."""
    bundle = library().bundles.get(asked.get("bundle", ""))
    return " ".join(bundle.items if bundle is not None else [asked["item"]] if asked.get("item") in library().items else [])


def _ticked(wish: str) -> tuple[list[str], list[str]]:
    """Those on the form's own list, and those of other departments; who came for nothing of the list is not sure."""
    items = [library().items[code] for code in wish.split() if code in library().items]
    others = [one.code for one in items if not one.on_form]
    ticked = [one.code for one in items if one.on_form] + ([OTHER] if others else [])
    return ticked or [UNSURE], others


def _kept(request: HttpRequest, held: Application, typed: dict[str, list[str]], found: screens.Screen) -> HttpResponse:
    """Keep what was typed on this screen and lead on: to itself where something is wrong or newly asked, else to the next."""
    given = {name: [text.strip()[:LONGEST] for text in request.POST.getlist(name) if text.strip()] for name in found.fields}
    if given.get(ITEMS):  # who names what they want is no longer unsure, though that was ticked beforehand
        given[ITEMS] = [one for one in given[ITEMS] if one != UNSURE] or [UNSURE]
    whole = {name: texts for name, texts in {**typed, **given}.items() if texts}
    leaves = request.POST.get("drop", "")
    if leaves.isdecimal():
        whole = form.without_line(whole, found.section, int(leaves))

    def act() -> dict[str, str]:
        actions.save(application=held, typed=whole, by=resident(request), at=instant(request), seen=_seen(request))
        if leaves:
            return done("已去掉。", "Taken out.", to=reverse("help-apply-screen", args=[held.key, found.key]))
        if request.POST.get("later"):
            return done("已存好，随时可以接着填。", "Kept. Go on whenever you like.", to=reverse("help"))
        return done("", "", to=_onward(request, held.key, whole, found))

    return act_once(request, act, back=reverse("help-apply-screen", args=[held.key, found.key]), refusals=REFUSALS)


def _onward(request: HttpRequest, key: str, typed: dict[str, list[str]], found: screens.Screen) -> str:
    pages = form.steps(typed)
    way = screens.way(pages, one_each=_large(request))
    now = next((one for one in (*way, *screens.beside(pages)) if one.key == found.key), found)
    here = reverse("help-apply-screen", args=[key, found.key])
    faulty = {one.field for one in form.missing(typed, on=_today(request))}
    if faulty & found.fields:
        return f"{here}?check=1"
    grown = any(one.field not in found.fields for one in now.asked)
    if grown and not _large(request):
        return here
    following = screens.after(way, found.key) if now.number else ""
    return reverse("help-apply-screen", args=[key, following or REVIEW])


def _review(request: HttpRequest, held: Application, typed: dict[str, list[str]]) -> HttpResponse:
    pages = form.steps(typed)
    way = screens.way(pages, one_each=False)
    fields = {field for one in (*way, *screens.beside(pages)) for field in one.fields}
    faults = _faults(request, typed, fields | {*screens.KNOWN})
    if "check" in request.GET and not faults:
        text = words(request, "请把必须同意的三句话都打勾", "Tick the three sentences that must be agreed to")
        faults = [Fault("truth", text)]
    own = [Line(_question(name).asks, _told(request, _question(name), typed.get(name, [])), "") for name in screens.KNOWN[:3]]
    context = {
        "held": held,
        "own": [one for one in own if one.said],
        "parts": [(one, _answers(request, one)) for one in way],
        "more": [(one, len(_answers(request, one))) for one in screens.beside(pages)],
        "faults": faults,
        "links": {one.field: reverse("help-apply-screen", args=[held.key, one.field]) for one in faults if one.field in fields},
        "pledges": [(one.question, one.question.name in form.CONSENTS) for one in _pledges(typed).values()],
        "back": reverse("help-apply-screen", args=[held.key, screens.way(pages, one_each=_large(request))[-1].key]),
    }
    return render(request, "citizen/review.html", context, status=422 if "check" in request.GET else 200)


def _pledges(typed: dict[str, list[str]]) -> dict[str, form.Asked]:
    """What is agreed to by handing in, those of `form.CONSENTS` and those that are given or not."""
    pages = (page for page in form.steps(typed) if page.section.name == screens.CONSENT)
    return {one.question.name: one for page in pages for one in page.asked}


def _answers(request: HttpRequest, one: screens.Screen) -> list[Line]:
    """Person by person, thing by thing."""
    in_lines = [each for line in screens.lines(one) for each in (*line.asked, *line.more)]
    return [
        Line(each.question.asks, _told(request, each.question, list(each.typed)), each.field)
        for each in in_lines
        if any(each.typed) and each.question.name not in UNSAID
    ]


def _told(request: HttpRequest, question: Question, typed: list[str]) -> str:
    """What was said, in words: of a choice its words, of a place its name, of a number only its ends."""
    told = []
    for text in typed:
        option: Title | None = question.options.get(text)
        if option is not None:
            told.append(option.en if request.english else option.zh)  # type: ignore[attr-defined]
        elif question.name.endswith("id_number"):
            told.append(f"{text[:4]}{'*' * 10}{text[-4:]}")
        elif question.name in ("residence", "hukou"):
            told.append(known.place(text) or text)
        else:
            told.append(text)
    return "、".join(told)


def _draft(request: HttpRequest, key: str) -> tuple[Application, dict[str, list[str]]]:
    """One's own draft with what was typed, the look written down; anybody else's is not there (A3)."""
    found = queries.application(viewer=resident(request), key=key, at=instant(request))
    if found is None or found.application.walk.state != "draft":
        raise Http404
    return found.application, {name: list(given) for name, given in found.typed.items()}


def _screen_at(request: HttpRequest, typed: dict[str, list[str]], here: str) -> screens.Screen:
    pages = form.steps(typed)
    way = screens.way(pages, one_each=_large(request))
    found = screens.at(way, here) or screens.at(screens.beside(pages), here)
    if found is None:
        raise Http404
    return found


def _faults(request: HttpRequest, typed: dict[str, list[str]], fields: frozenset[str] | set[str]) -> list[Fault]:
    english = request.english  # type: ignore[attr-defined]
    told = []
    for one in form.missing(typed, on=_today(request)):
        if one.field in fields:
            text = FAULTS.get(one.kind, FAULTS["missing"])
            told.append(Fault(one.field, text.en if english else text.zh))
    return told


def _townships(request: HttpRequest) -> Mapping[str, str]:
    """Those of the counties whose civil affairs have an office here."""
    counties = {code[:6] for code in Office.objects.filter(department="民政").values_list("division_code", flat=True)}
    below = (public.divisions().children(one, on=_today(request)) for one in sorted(counties))
    return {one.code: known.place(one.code) for several in below for one in several}


def _villages(request: HttpRequest, held: Application) -> Mapping[str, str]:
    """The villages of the township the application was begun in."""
    found = public.divisions().children(held.division_code[:9], on=_today(request))
    return {one.code: one.name for one in found}


def _question(name: str) -> Question:
    return application_form().fields[name].question


def _large(request: HttpRequest) -> bool:
    return bool(request.large)  # type: ignore[attr-defined]


def _seen(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isdigit() else -1


def _today(request: HttpRequest) -> date:
    return local_day(instant(request))
