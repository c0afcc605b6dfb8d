"""What handing in and the office's steps bring with them: the signed authorisation, the request to verify, the letters. Part of the actions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jiuzhu.casework.accounts.permissions import NotAllowed, Resident, Viewer, staff
from jiuzhu.casework.applications import facts
from jiuzhu.casework.applications.declared import application_form
from jiuzhu.casework.applications.form import MEMBERS
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.applications.scopes import subject
from jiuzhu.casework.cases.days import local_day, working_days_after
from jiuzhu.casework.notices import actions as notices
from jiuzhu.casework.notices.contact import age
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.roads.declared import whole
from jiuzhu.casework.verification import asking, authorising
from jiuzhu.casework.verification.refusals import NeedsGuardian, NotAuthorised
from jiuzhu.casework.working_rules.queries import whole as working_rule
from jiuzhu.rules.programmes.tree import LISTS
from jiuzhu.rules.tree import Title

CONSENTS = {"consent_check": "register", "consent_finance": "finance", "consent_medical": "medical"}
TERM = timedelta(days=365)
TOTAL = "dibao.total_wd"  # the longest that any programme in an application may take
RULED = Title("规定期限", "the day the rules say")
HOW = Title("手机上传，或送到任一救助窗口", "upload it on the telephone, or bring it to any window")
ALTERNATIVES = Title(
    "临时救助、慈善帮扶、法律援助和人民调解，可到任一救助窗口询问",
    "temporary assistance, charities, legal aid and mediation: ask at any window",
)


def signed_by_handing_in(held: Application, values: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    """Who hands in for themselves has signed by it (SF087), and for their own children under age, whose guardian the law makes them;
    for another's child its guardian signs, which is another act."""
    if isinstance(by, Resident) and held.applicant is not None and by.who == held.applicant.key:
        told = {"consents": consented(values), "until": local_day(at) + TERM, "by": by, "at": at}
        try:
            authorising.sign(case=held.case, party=held.applicant, **told)
            for child in _own_children(held, values, at):
                authorising.sign(case=held.case, party=held.applicant, ward=child, **told)
        except NeedsGuardian:
            return


def _own_children(held: Application, values: Mapping[str, Any], at: datetime) -> list[Party]:
    lines = [number for number, row in enumerate(values.get(MEMBERS, ())) if row.get("member_relation") == "child"]
    named = held.named.filter(line__in=lines).select_related("party").order_by("line")
    ages = [(one.party, age(one.party, at=at)) for one in named]
    return [party for party, years in ages if years is not None and years < authorising.ADULT]


def signed_on_paper(held: Application, values: Mapping[str, Any], *, by: Viewer, at: datetime) -> None:
    """The page an applicant signed for whoever filled in for them is entered by the office that takes the application up."""
    party = held.applicant
    if held.consent is None or party is None or staff(by) is None or authorising.live(held.case, party, at=at) is not None:
        return
    until = local_day(at) + TERM
    try:
        authorising.authorise(
            case=held.case,
            party=party,
            consents=consented(values),
            until=until,
            how="paper",
            by=by,
            at=at,
            proved=held.consent.key,
        )
    except NeedsGuardian:
        return


def consented(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The consents given, each on its own."""
    return tuple(code for question, code in CONSENTS.items() if values.get(question) == "yes")


def verified(held: Application, *, by: Viewer, at: datetime) -> None:
    """Ask every source, if everybody who lives together has signed; else who is missing is asked first, and the office begins it then."""
    together = list(Party.objects.filter(named__application=held, named__together=True).order_by("named__line"))
    if any(authorising.live(held.case, one, at=at) is None for one in together):
        return
    declared = {level: things for level, things in facts.declared(held).items() if level in LISTS}
    try:
        asking.request(case=held.case, parties=together, about=subject(held), by=by, at=at, declared=declared)
    except (NotAuthorised, NotAllowed):  # somebody took it back meanwhile, or another office verifies here
        return


def told_accepted(held: Application, *, by: Viewer, at: datetime) -> None:
    today = local_day(at)
    days = whole(TOTAL, division=held.division_code, on=today)
    due = working_days_after(today, days) if days else None
    words = {
        "matter": matter(held),
        "accepted_on": today.isoformat(),
        "case_no": held.number,
        "due_on": due.isoformat() if due else RULED,
    }
    _give("N01", held, words, by, at)


def told_missing(held: Application, told: Sequence[Mapping[str, str]], *, by: Viewer, at: datetime) -> None:
    today = local_day(at)
    days = working_rule("handling.supply_wd", division=held.division_code, on=today)
    due = working_days_after(today, days) if days else None
    _give("N02", held, {"missing": in_words(told), "due_on": due.isoformat() if due else RULED, "how": HOW}, by, at)


def told_declined(held: Application, because: str, *, by: Viewer, at: datetime) -> None:
    _give("N03", held, {"matter": matter(held), "reason": because.strip(), "alternatives": ALTERNATIVES}, by, at)


def matter(held: Application) -> Title:
    """What was applied for, in words."""
    items = application_form().form.questions["items"].options
    titles = [items[code] for code in held.items.split() if code in items]
    return Title("、".join(one.zh for one in titles), ", ".join(one.en for one in titles))


def in_words(told: Sequence[Mapping[str, str]]) -> Title:
    """What is missing: papers by their titles, and what an officer said as they said it."""
    papers = application_form().papers
    titles = [papers[one["what"]].title if one["kind"] == "paper" else Title(one["what"], one["what"]) for one in told]
    return Title("；".join(one.zh for one in titles), "; ".join(one.en for one in titles))


def _give(kind: str, held: Application, words: Mapping[str, str | Title], by: Viewer, at: datetime) -> None:
    assert held.applicant is not None
    notices.give(kind, case=held.case, party=held.applicant, about=subject(held), words=words, by=by, at=at)
