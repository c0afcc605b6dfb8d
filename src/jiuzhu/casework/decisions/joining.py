"""What comes before decisions: an examined application opens the roads of its programmes; what it declared and what its report found
are the facts they stand on."""

from __future__ import annotations

from datetime import datetime

from jiuzhu.casework.accounts import kin
from jiuzhu.casework.accounts.permissions import Viewer
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.facts import declared
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.models import Case
from jiuzhu.casework.decisions import freezing, rulebooks
from jiuzhu.casework.decisions.actions import GRANTED, open_item
from jiuzhu.casework.decisions.facts import DECLARATION, REPORT, VISIT, Gathered, Told, gathered
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.decisions.seen import seen_at_home
from jiuzhu.casework.decisions.sources import gives
from jiuzhu.casework.notices.contact import is_child
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads import ears
from jiuzhu.casework.roads.declared import workflows
from jiuzhu.casework.roads.models import Taken, Walk
from jiuzhu.casework.verification.models import Report
from jiuzhu.casework.verification.queries import standings, unknown_lists
from jiuzhu.casework.verification.reporting import found
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.workflows import EXAMINED


@ears.follows(EXAMINED, "finish", name="decisions")
def opened(walk: Walk, _taken: Taken, _by: Viewer, at: datetime) -> None:
    """The programmes asked for go their own roads: of the classes the one the rules advise, or where they cannot say the highest."""
    application = Application.objects.select_related("case", "applicant").filter(walk=walk).first()
    if application is None or application.applicant is None or application.submitted_at is None:
        return
    catalogue = rulebooks.catalogue(rulebooks.in_force(at=at))
    asked = [code for code in application_form().programmes_of(application.items.split()) if _has_road(catalogue, code)]
    for programme, member in _chosen(catalogue, asked, facts_of_application(application, at=at), at):
        open_item(
            programme, case=application.case, party=member or application.applicant, member=member, about=walk,
            applied_on=local_day(application.submitted_at), at=at,
        )  # fmt: skip


@gives(DECLARATION)
def was_declared(item: Item, at: datetime) -> Told | None:
    application = Application.objects.filter(walk=item.walk.parent_id).first() if item.walk.parent_id else None
    return None if application is None else _declared(application)


@gives(REPORT)
def was_found(item: Item, at: datetime) -> Told | None:
    """The newest report of the family since it applied; a report of before is of another day."""
    reports = Report.objects.filter(
        case=item.case_id, issued_at__gte=item.walk.parent.begun_at if item.walk.parent else item.opened_at
    )
    return _found(reports.order_by("-issued_at", "-pk").first())


@gives(VISIT)
def was_seen(item: Item, at: datetime) -> Told | None:
    """The newest survey of the home since the family applied."""
    return seen_at_home(item.case, since=item.walk.parent.begun_at if item.walk.parent else item.opened_at, at=at)


@gives("authorisation")
def was_authorised(item: Item, at: datetime) -> Told | None:
    """Whether every adult of the family has signed; nothing where nobody belongs to it yet."""
    people = [one.party for one in item.case.members.filter(until__isnull=True).select_related("party")]
    adults = [one for one in people if not is_child(one, at=at)]
    if not adults:
        return None
    holds = all(one.holds for one in standings(item.case, adults, at=at))
    return Told(REPORT, local_day(at), {"authorised": holds})


@ears.condition("kin_registered")
def kin_registered(walk: Walk, at: datetime) -> bool:
    """Whether a relative among the staff was declared with the application, or is registered of its household."""
    stated = Application.objects.filter(walk__in=[walk.pk, walk.parent_id], kin=True).exists()
    return stated or bool(walk.case.household_key and kin.marked([walk.case.household_key], at=at))


def facts_of_application(application: Application, *, at: datetime) -> Gathered:
    """All that is known of its family, before any programme of it has a road."""
    reports = Report.objects.filter(case=application.case_id, issued_at__gte=application.walk.begun_at)
    told = [
        _declared(application), _found(reports.order_by("-issued_at", "-pk").first()),
        seen_at_home(application.case, since=application.walk.begun_at, at=at),
    ]  # fmt: skip
    return gathered([one for one in told if one is not None])


def known_of(case: Case, *, at: datetime) -> Gathered:
    """All that was declared and found of a family: with its newest application, else by its newest report alone."""
    handed_in = Application.objects.select_related("case", "walk").filter(case=case, submitted_at__isnull=False)
    application = handed_in.order_by("-submitted_at", "-pk").first()
    if application is not None:
        return facts_of_application(application, at=at)
    found = _found(Report.objects.filter(case=case).order_by("-issued_at", "-pk").first())
    return gathered([found] if found is not None else [])


def _declared(application: Application) -> Told | None:
    said = declared(application)
    if not said or application.submitted_at is None:
        return None
    return Told(DECLARATION, local_day(application.submitted_at), said)


def _found(report: Report | None) -> Told | None:
    """What departments know. A list of which a source is silent says how much there is at least, and not that it is all: it counts only
    beside what the family declared itself, and is unknown else."""
    if report is None:
        return None
    day = local_day(report.issued_at)
    said = _application_of(report)
    silent = unknown_lists(report) if said is None else unknown_lists(report) - set(declared(said))
    known = {name: things for name, things in found(report).items() if name not in silent}
    return Told(REPORT, day, {**known, "verified_on": day})


def _application_of(report: Report) -> Application | None:
    about = {"key": report.request.about_key} if report.request.about_kind == EXAMINED else {"case": report.case_id}
    return Application.objects.select_related("case").filter(**about).order_by("-begun_at").first()


def _has_road(catalogue: Catalogue, code: str) -> bool:
    texts = catalogue.programmes.texts.get(code, ())
    return bool(texts) and texts[0].workflow in workflows()


def _chosen(catalogue: Catalogue, asked: list[str], known: Gathered, at: datetime) -> list[tuple[str, Party | None]]:
    """Programmes to be decided, with the member each is for where it is for persons."""
    texts = catalogue.programmes.texts
    ranked = sorted((code for code in asked if texts[code][0].rank), key=lambda code: texts[code][0].rank)
    plain = [code for code in asked if not texts[code][0].rank and texts[code][0].of == "household"]
    if not ranked or not known.facts:
        return [(code, None) for code in [*ranked[:1], *plain]]
    dated = known.judged_on(on=local_day(at).isoformat())
    answers = freezing.freeze(dated, ranked[0], rulebooks.in_force(at=at)).told["programmes"]
    for code in ranked:
        granted = [one for one in answers if one["code"] == code and one["outcome"] == GRANTED]
        if granted and texts[code][0].of == "household":
            return [(code, None), *((other, None) for other in plain)]
        if granted:
            people = {one.key: one for one in Party.objects.filter(key__in=[one["member"] for one in granted])}
            return [*((code, people[one["member"]]) for one in granted), *((other, None) for other in plain)]
    household = [code for code in ranked if texts[code][0].of == "household"]
    return [(code, None) for code in [*household[:1], *plain]]
