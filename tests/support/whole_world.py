"""A county with a family, a task, a letter, a payment and everything else that an address of the desk may be about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from jiuzhu.casework.accounts import emergencies, kin, looks, roles
from jiuzhu.casework.accounts.models import Assignment, Office, Officer
from jiuzhu.casework.accounts.permissions import Console
from jiuzhu.casework.applications import actions as applications
from jiuzhu.casework.applications import queue
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.calibration import actions as calibration
from jiuzhu.casework.cases import actions as cases
from jiuzhu.casework.cases import events, tags, tasks
from jiuzhu.casework.cases.models import Announcement, Case, Member, Task
from jiuzhu.casework.decisions import actions as decisions
from jiuzhu.casework.decisions import conferences, hearings
from jiuzhu.casework.decisions.models import Item
from jiuzhu.casework.dispatch import actions as dispatch
from jiuzhu.casework.dispatch import filters
from jiuzhu.casework.dispatch.chosen import These
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.grievances import actions as grievances
from jiuzhu.casework.notices import actions as notices
from jiuzhu.casework.parties import actions as parties
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.models import Party
from jiuzhu.casework.payments import drawing, grants, ledger, lists, payees, recovering
from jiuzhu.casework.payments.decided import grant_of
from jiuzhu.casework.payments.models import BudgetLine, Due, Instruction, Payee
from jiuzhu.casework.referrals import actions as referrals
from jiuzhu.casework.reminders.models import Reminder
from jiuzhu.casework.residents import codes, sessions
from jiuzhu.casework.reviews import actions as reviews
from jiuzhu.casework.reviews import life
from jiuzhu.casework.reviews.life import Happened
from jiuzhu.casework.stewardship import actions as stewardship
from jiuzhu.casework.supervision import actions as supervision
from jiuzhu.casework.supervision import investigations
from jiuzhu.casework.supervision.models import Oddity
from jiuzhu.casework.trace.actions import Subject
from jiuzhu.casework.trace.own_keys import sealed_bytes, sealed_text
from jiuzhu.casework.verification import asking, authorising, licences, objecting, reporting
from jiuzhu.casework.verification.models import Letter, Print
from jiuzhu.casework.verification.printing import CONTENT
from jiuzhu.casework.verification.regions import REPLY
from jiuzhu.casework.visits import actions as visits
from jiuzhu.casework.working_rules import actions as working_rules
from jiuzhu.gateways.licences.base import Licence
from jiuzhu.gateways.licences.twin import Twin as LicenceTwin
from jiuzhu.gateways.verification.twin import Twin, from_rows
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Title
from tests.support import aid, applying, casework, deciding, families, paying, verifying
from tests.support.asking import registered
from tests.support.officers import account, give, officer
from tests.support.signing_in import let_in

COUNTY, ELSEWHERE, DAY = "370502", "370503001001", date(2026, 11, 20)
NUMBERS = {
    "S01-E01": ("annual_self_pay_limit", "4000"), "S01-E02": ("annual_self_pay_limit", "9000"),
    "S01-E03": ("single_stay_limit", "19000"), "S01-E05": ("monthly_chronic_limit", "450"),
}  # fmt: skip
KIN_NUMBER, MET_NUMBER, PHONE = "11010519491231002X", "370502196301010001", "13905461234"
MARK = "canary-"


def canary(of: str) -> str:
    return f"{MARK}{of}-7391"


@dataclass(frozen=True)
class Asked:
    """One request. of: who sends it. given: the parts of the address. posted: what is sent with it, None for a look."""

    of: str
    given: tuple[object, ...] = ()
    words: str = ""
    posted: Mapping[str, Any] | None = None

    def send(self, name: str, world: World) -> Any:
        """The answer; None where not even the page that tells of a fault could be made."""
        client, address = world.clients[self.of], reverse(name, args=self.given) + self.words
        try:
            return client.get(address) if self.posted is None else client.post(address, dict(self.posted))
        except DatabaseError:
            return None


@dataclass
class World:
    """What there is to look at and to act on. clients: signed in, by who they are. spare: warnings of families nothing was done for."""

    workspace: Path
    catalogue: Catalogue
    at: datetime
    people: dict[str, Officer] = field(default_factory=dict)
    clients: dict[str, Client] = field(default_factory=dict)
    spare: list[Warning] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def county(self) -> Officer:
        return self.people["county"]

    def task(self, case: int) -> Task:
        return Task.objects.select_related("case").get(case=self.cases[case], kind="visit")

    def of(self, case: int) -> Case:
        return Case.objects.get(pk=self.cases[case].pk)


ROLES = {
    "county": ("county_officer", COUNTY), "township": ("township_officer", "370502001"), "adviser": ("adviser", COUNTY),
    "steward": ("data_steward", COUNTY), "steward2": ("data_steward", COUNTY), "policy": ("policy_officer", "370500"),
    "auditor": ("auditor", COUNTY), "security": ("security_administrator", COUNTY), "system": ("system_administrator", COUNTY),
    "partner": ("society_partner", COUNTY),
}  # fmt: skip
SEEN = {
    "met": "self", "safe_tonight": "no", "enough_food": "short", "housing": "dangerous", "needs": ["housing"],
    "says": canary("says"), "living_address": canary("living-address"), "note": canary("visit-note"),
    "began_at": "2026-11-21T08:00", "ended_at": "2026-11-21T08:40",
    "latitude": "37.4591", "longitude": "118.5917", "accuracy": "9",
}  # fmt: skip


def world(workspace: Path, catalogue: Catalogue, at: datetime) -> World:
    """The release of the workspace on the desk, families with cases, and something of every kind that can be asked for."""
    made = World(workspace, catalogue, at)
    for name, (role, division) in ROLES.items():
        made.people[name] = officer(name, role, division)
    for name, department in (("housing", "住房城乡建设"), ("union", "总工会"), ("medical", "医疗保障")):
        made.people[name] = families.department(department, account_name=name)
    for name in ("leaver", "taker", "checker"):
        made.people[name] = account(name)
        give(made.people[name], "county_officer", COUNTY)
    for name, person in made.people.items():
        made.clients[name] = Client(raise_request_exception=False)
        let_in(made.clients[name], person)
    _release(made)
    for prepare in (
        _cases,
        _visited,
        _people,
        _supervised,
        _data_room,
        _payments,
        _decisions,
        _after,
        _told,
        _residents,
        _verified,
        _applications,
    ):
        prepare(made)
    return made


def number(code: str) -> public.OtherNumber:
    name, value = NUMBERS[code]
    return public.OtherNumber(code, name, calibration.number_of(value), COUNTY)


def _release(made: World) -> None:
    release = public.current(made.workspace)
    assert release is not None
    rows = public.warnings(made.workspace, release=release, by="test", named=False)
    as_of = public.release(made.workspace, release).as_of
    number = public.joined_at(made.workspace, release)
    dispatch.take_release(
        release=release, as_of=as_of, warnings=rows, due=lambda _: date(2026, 12, 4), at=made.at, stream_number=number
    )
    found = Warning.objects.filter(kind="warning", side="entry", handling="waiting").exclude(household_id="")
    homes: dict[str, Warning] = {}
    for one in found.order_by("pk"):
        homes.setdefault(one.household_id, one)
    made.spare = list(homes.values())
    made.kept["hints"] = list(Warning.objects.filter(kind="hint", handling="waiting").order_by("pk")[:2])


def _cases(made: World) -> None:
    """Eleven families with a released warning, a case and a visit to be made, the first three handed to the township's officer."""
    released = [made.spare.pop() for _ in range(11)]
    numbers = tuple(one.warning_id for one in released)
    told = {"by": made.county, "at": made.at}
    dispatch.release(chosen=These(numbers), because="must_visit", note=canary("released"), **told)
    made.cases = [Warning.objects.get(warning_id=number).case for number in numbers]
    made.kept["back"] = numbers[10]
    tasks.assign(task=made.task(2), to=made.county, **told)
    cases.name_adviser(case=made.of(0), adviser=made.people["adviser"], **told)
    tags.tag(case=made.of(0), code="avoids_contact", because=canary("tag"), **told)
    person = parties.meet(
        name=canary("name"), id_number=MET_NUMBER, phone=PHONE, address=canary("address"), proved_by="paper",
        division_code=made.cases[0].division_code, **told,
    )  # fmt: skip
    cases.add_member(case=made.of(0), party=person, relation="1", **told)
    made.kept["met"] = person
    old = Case.objects.create(
        key=new_key("C"), division_code=made.cases[0].division_code, opened_at=made.at - timedelta(days=5_000),
        opened_because="by_warnings", state="closed", closed_at=made.at - timedelta(days=4_000), outcome="helped",
    )  # fmt: skip
    made.kept["gone"] = Party.objects.create(key=new_key("P"), proved_by="paper", met_at=old.opened_at)
    Member.objects.create(case=old, party=made.kept["gone"], since=DAY - timedelta(days=5_000))
    made.kept["plan task"] = families.task(made.of(1), "plan")
    made.kept["filter"] = filters.save_filter(of="warnings", name="red", words="level=4", shared=False, **told)


def _visited(made: World) -> None:
    """Two families are visited, with a photograph; the second is referred to a department."""
    for case, outcome in ((4, "no_difficulty"), (5, "referred"), (8, "no_difficulty")):
        typed = {name: [text] if isinstance(text, str) else text for name, text in SEEN.items()}
        told = visits.Told(
            form="F17", typed=typed, began_at=made.at, ended_at=made.at, outcome=outcome, note=canary("visit-note"),
            position=(37.4591, 118.5917, 9.0), photos=[families.photograph()],
        )  # fmt: skip
        visits.record_visit(task=made.task(case), told=told, by=made.county, at=made.at)
    events.hear(at=made.at)  # what visits found goes to the case
    made.kept["office"] = Office.objects.get(department="住房城乡建设").pk
    made.kept["reminder"] = Reminder.objects.create(
        office=Office.objects.get(department="医疗保障"), announcement=Announcement.objects.filter(kind="warnings.released").earliest("pk"),
        indicator_id="S01-E01", township="370502001", warnings=1, level=4, put_at=made.at,
    ).pk  # fmt: skip
    one = made.of(5)
    made.kept["referral"] = referrals.make(
        case=one, need="housing", asked=canary("asked"), who=canary("who"), by=made.county, at=made.at
    )


def _people(made: World) -> None:
    told = {"by": made.county, "at": made.at}
    made.kept["kin"] = kin.declare(name=canary("kin"), number=KIN_NUMBER, relation="sibling", household="", **told)
    assigned = Assignment.objects.get(officer=made.people["taker"])
    held = Assignment.objects.get(officer=made.county)
    made.kept["delegation"] = roles.delegate(
        assignment=held, taker=made.people["taker"], division_code=COUNTY, until=datetime(2026, 12, 24, tzinfo=made.at.tzinfo),
        because="leave", **told,
    )  # fmt: skip
    made.kept["held"], made.kept["assigned"] = held, assigned
    made.kept["household"] = public.family_keys(made.workspace, [made.spare[0].household_id])[made.spare[0].household_id]


def _supervised(made: World) -> None:
    household = made.spare[0].household_id
    made.kept["rule change"] = working_rules.propose(
        rule="exchange.outreach_most", division_code=COUNTY, value="300", because="smaller lists", by=made.county, at=made.at
    )
    looks.open_family(
        family=looks.Family(household, made.spare[0].division_code), by=made.people["leaver"], at=made.at, reason=canary("reason")
    )
    kin.mark(found=[("staff leaver", household, "register")], at=made.at)
    supervision.find_odd_looks(day=made.at.date(), by=Console(), at=made.at)
    made.kept["odd"] = Oddity.objects.get()
    made.kept["emergency"] = emergencies.begin(
        household="H9", division_code=ELSEWHERE, reason=canary("emergency"), by=made.people["township"], at=made.at
    )
    families.warning(families.task(families.family(ELSEWHERE, "H-elsewhere")))
    for name, code in (("client", "justice-370502"), ("client to end", "education-370502")):
        made.kept[name] = registered(made.people["steward"], code, at=made.at)
    made.kept["investigation"] = investigations.begin(
        household=made.spare[0].household_id, division_code=made.spare[0].division_code, conducted_by=("county",),
        because=canary("investigation"), until=made.at + timedelta(days=30), by=made.people["auditor"], at=made.at,
    )  # fmt: skip


def _payments(made: World) -> None:
    """Lists of four programmes: one to draw, one with two held lines to make, one to check and one to send back."""
    of = {"by": made.county, "at": made.at}
    for programme in ("dibao", "tekun", "edge", "orphan"):
        line = BudgetLine.objects.create(code=f"{programme}-370502-2026", division_code=COUNTY, programme=programme, year=2026)
        ledger.appropriate(line, 100_000_000_00, about="budget 2026", at=made.at)
        for household in ("H-held-1", "H-held-2", "H-paid") if programme == "tekun" else (f"H-{programme}",):
            case, party = families.family(household=household), paying.person()
            grants.begin(
                case=case, party=party, programme=programme, from_month="2026-11", fen=770_00, decision=new_key("D"), **of
            )  # fmt: skip
            account = payees.propose(
                case=case, party=party, account=payees.Account(f"6217{party.pk:012}", canary("payee"), canary("bank")), **of
            )  # fmt: skip
            payees.look(payee=account, case=case, right=True, by=made.people["leaver"], at=made.at)
            if "held" in household:
                casework.warning(f"W-{household}", household_id=household, indicator_id="S21-R01", scenario_id="S21", side="exit")
        if programme != "dibao":
            made.kept[programme] = drawing.draw(division_code=COUNTY, programme=programme, month="2026-11", **of).list
    for programme in ("edge", "orphan"):
        made.kept[programme] = lists.make(made=made.kept[programme], **of)
    made.kept["held lines"] = [one.number for one in made.kept["tekun"].instructions.filter(state="held").order_by("pk")]


def _decisions(made: World) -> None:
    """A proposal of the township that differs from the rules, noticed, reported, and waiting for the county."""
    room = deciding.Room(clerk=made.people["township"], reviewer=made.people["county"])
    item = room.item()
    choice = decisions.Choice(fen=900_00, because=canary("differs"))
    decisions.propose(item=item, gathered=room.facts(item), by=room.clerk, at=deciding.AT, choice=choice)
    decisions.step(item, "publish", by=room.clerk, at=deciding.AT)
    decisions.step(item, "report", by=room.clerk, at=deciding.AT + timedelta(days=8))
    made.kept["item"] = Item.objects.select_related("walk").get(pk=item.pk)
    sat = [made.people[name] for name in ("county", "township", "checker")]
    minutes = conferences.Minutes(deciding.AT.date(), sat, canary("question"), canary("resolution"), "dibao", 0)
    conferences.hold(item=made.kept["item"], minutes=minutes, by=room.reviewer, at=deciding.AT + timedelta(days=8))
    granted, heard_at = room.confirmed(), deciding.AT + timedelta(days=10)
    heard = hearings.Heard("cut", "at_home", heard_at.date(), canary("heard"), canary("told"), canary("answered"), 500_00)
    made.kept["heard"] = Item.objects.select_related("case", "party").get(pk=granted.item_id)
    hearings.hear(item=made.kept["heard"], heard=heard, by=room.clerk, at=heard_at)
    account = payees.Account("6217000000000456", canary("account-holder"), canary("account-bank"))
    told = {"case": made.kept["heard"].case, "party": made.kept["heard"].party}
    made.kept["payee"] = payees.propose(account=account, by=room.clerk, at=heard_at, **told)


def _after(made: World) -> None:
    """Two benefits that run, with money that arrived: one is looked at again, of the other a month was paid too much."""
    room, of = deciding.Room(clerk=made.people["township"], reviewer=made.people["county"]), {"by": made.county, "at": made.at}
    for name in ("reviewed", "recovered"):
        item = Item.objects.select_related("walk", "case", "party").get(pk=room.confirmed().item_id)
        made.kept[name], grant = item, grant_of(item.walk)
        paid = Instruction.objects.create(
            number=new_key("Z"), list=made.kept["tekun"], grant=grant, payee=Payee.objects.earliest("pk"), month="2026-12",
            kind="monthly", fen=500_00, state="confirmed", sent_at=made.at, paid_on=DAY,
        )  # fmt: skip
        Due.objects.create(instruction=paid, grant=grant, month="2026-12", fen=500_00)
    Member.objects.create(case=item.case, party=item.party, since=DAY)
    made.kept["review"] = reviews.begin(item=made.kept["reviewed"], because=canary("reviewed"), **of)
    grant = grant_of(made.kept["recovered"].walk)
    made.kept["recovery"] = recovering.enter(grant=grant, wrong={"2026-12": 100_00}, because=canary("found"), **of)
    happened = Happened(kind="worse", on=DAY, proof=canary("life-proof"), note=canary("life"))
    life.enter(case=made.kept["reviewed"].case, happened=happened, **of)


def _told(made: World) -> None:
    """The person of the first case gets two letters, one of them served; what concerns them hangs in the village."""
    case = made.of(0)
    person, of = case.members.get(party__id_index=parties.index_of(MET_NUMBER)).party, {"by": made.county, "at": made.at}
    words = {"matter": "低保", "facts": canary("facts"), "reason": canary("reason"), "alternatives": "x"}
    on = Subject("case", case.key, case.division_code, case.household_key, case.key)
    for name in ("letter", "served"):
        made.kept[name] = notices.give("N09", case=case, party=person, about=on, words=words, **of)
    notices.serve(notice=made.kept["served"], how="hand", proof=canary("proof"), **of)
    line = notices.Line(person, 2, Title("低保", "dibao"), 77000)
    told = {"case": case, "lines": [line], "place": "村务公示栏", "days": 7, **of}
    for name in ("hangs", "mistaken"):
        made.kept[name] = notices.publish("N07", about=Subject("case", name, case.division_code), **told)
    objected = {"because": canary("objection"), "name": canary("objector"), **of}
    grievances.object_to(publication=made.kept["hangs"], **objected)
    other = grievances.object_to(publication=made.kept["mistaken"], contact_by=canary("objector-contact"), **objected)
    told = {"outcome": "rejected", "answer": canary("objection-answer"), "by": made.people["checker"], "at": made.at}
    grievances.answer(grievance=other, **told)
    for name in ("grievance", "appeal", "correction"):
        kind = name if name in ("appeal", "correction") else "complaint"
        letter = made.kept["served"] if kind == "appeal" else None
        made.kept[name] = grievances.lodge(
            kind, channel="counter", words=canary("grievance"), name=canary("complainant"), contact=canary("contact"),
            division_code=case.division_code, case=case,
            notice=letter, **of,
        )  # fmt: skip


def _residents(made: World) -> None:
    """Somebody of the first family asks for a code and signs in."""
    codes.ask(number=MET_NUMBER, name=canary("name"), phone=PHONE, source="192.0.2.1", at=made.at)
    person = made.kept["met"]
    sessions.begin(party=person, device="a telephone", at=made.at)


def _verified(made: World) -> None:
    """Four people who signed, each the only one of a family: to begin with, to issue, to object to, and to take back."""
    of = {"by": made.county, "at": made.at}
    for place, name in enumerate(("begun", "issued", "disputed", "withdrawn"), start=11):
        case, party = families.family(household=f"H-{name}"), verifying.person(place=place, name=canary("name"))
        Member.objects.create(case=case, party=party, since=DAY)
        signed = authorising.authorise(
            case=case, party=party, consents=("register",), until=date(2027, 11, 20), how="paper", **of
        )
        made.kept[name] = {"case": case, "party": party, "signed": signed}
        if name in ("issued", "disputed"):
            declared = {"businesses": [{"member": party.key, "kind": "company", "note": canary("declared")}]}
            begun = asking.request(
                case=case,
                parties=[party],
                about=cases.subject(case),
                template="dibao",
                declared=declared,
                regions={party.key: "320400"},
                **of,
            )
            rows = {
                (verifying.number("19700101", place), "market_enterprise_role"): [
                    {"org_name": canary("company"), "org_status": "1"}
                ]
            }
            asking.collect(begun, at=made.at, departments={"market_regulation": Twin(from_rows(rows), DAY)})
            made.kept[name]["request"] = begun
    authorising.link(case=case, party=party, until=date(2027, 11, 20), **of)
    to_issue = made.kept["issued"]
    made.kept["licence"] = licences.want(
        case=to_issue["case"], party=to_issue["party"], kind="4", because=canary("licence for"), **of
    )
    given = Licence("4", canary("licence number"), DAY, None, True, canary("licence").encode(), "image/png")
    licences.fetch(at=made.at, platform=LicenceTwin(lambda _number, _kind: given))
    made.kept["report"] = reporting.issue(request=made.kept["disputed"]["request"], **of)
    content = sealed_bytes(canary("paper").encode(), of=made.kept["report"].case.key, name=CONTENT, about=made.kept["report"].key)
    Print.objects.create(report=made.kept["report"], made_at=made.at, content=content, sha256="0" * 64)
    reply = sealed_text(canary("reply"), name=REPLY, about="Q-1")
    Letter.objects.create(number="Q-1", sender="320400", purpose="assistance", received_at=made.at, state="answered", reply=reply)
    answered = objecting.object_to(report=made.kept["report"], party=made.kept["disputed"]["party"], said=canary("said"), **of)
    objecting.answer(objection=answered, upheld=False, because=canary("because"), **of)
    made.kept["objection"] = objecting.object_to(
        report=made.kept["report"], party=made.kept["disputed"]["party"], said=canary("said"), item="VM05", **of
    )


def _applications(made: World) -> None:
    """One application for each step that may be taken, filled in by the township's officer; and a queue with somebody at the desk."""
    by, told = made.people["township"], {"by": made.people["township"], "at": made.at}
    for number, step in enumerate(
        ("ask", "accept", "decline", "withdraw", "supply", "finish", "fill", "hand-in", "attach", "read")
    ):
        said = applying.typed(
            head=f"3705021950{number + 1:02}01001", members__1__member_name=None, members__1__member_relation=None,
            members__1__member_id_kind=None, members__1__member_id_number=None, applicant_name=canary("applicant"),
            story=canary("story"), items=["premium"] if step == "finish" else ["dibao"],
        )  # fmt: skip
        if step in ("fill", "hand-in", "attach"):
            one = applying.drafted(by, at=made.at, fields=said)
            applications.attach(
                application=one, paper="consent", content=families.photograph(), name=canary("page"), source="scan", **told
            )
        else:
            one = applying.submitted(by, at=made.at, fields=said)
        for paper in one.papers.all() if step in ("accept", "finish") else ():  # the county's records know nobody of them
            page = families.photograph(size=(200 + paper.pk, 200))
            applications.attach(application=one, paper=paper.code, content=page, name="p", source="scan", **told)
        if step == "supply":
            applications.ask(application=one, said=canary("missing"), **told)
        if step == "finish":
            Case.objects.filter(pk=one.case_id).update(main_class="dibao")
            Application.objects.filter(pk=one.pk).update(recognised="dibao")
            applications.accept(application=one, **told)
        made.kept[f"application {step}"] = one
    queue.take_number(window="370502001", **told)
    queue.call_next(window="370502001", counter="1", **told)
    queue.take_number(window="370502001", **told)


def _data_room(made: World) -> None:
    """Two odd deliveries are held, the first waits for its second signature; rows in quarantine of both, one lot sent back."""
    aid.delivered(made.workspace / "files", made.workspace, made.catalogue)
    more = aid.month(made.workspace / "files", "2026-11", aid.ZEROS, wrong=3)
    public.deliver([more], workspace=made.workspace, catalogue=made.catalogue, as_of=DAY)
    held = [one for one in public.held(made.workspace, as_of=DAY, catalogue=made.catalogue) if not one.sent_back]
    steward = {"because": canary("verdict"), "by": made.people["steward"], "at": made.at}
    first, made.kept["delivery"] = stewardship.HeldDelivery(held[0].delivery, held[0].dataset, COUNTY), held[1].delivery
    made.kept["verdict"] = stewardship.decide(held=first, word="release", as_of=DAY, catalogue=made.catalogue, **steward)
    rows = public.rejected(made.workspace)
    made.kept["rows"] = f"{rows[0].delivery}.{rows[0].reason}.{rows[0].column}"
    made.kept["returned"] = stewardship.send_rows_back(rows=rows[1], department="总工会", **steward)
    made.kept["differs"] = max(public.comparisons(made.workspace, division=COUNTY), key=lambda one: one.here).code
    asked = {"because": canary("proposal"), "as_of": DAY}
    made.kept["proposal"] = calibration.propose(change=number("S01-E02"), by=made.county, at=made.at, **asked)
    made.kept["monthly"] = public.propose_by_hand(made.workspace, number("S01-E03"), by="monthly calibration", **asked)
    made.kept["shadow"] = calibration.begin_shadow(change=number("S01-E02"), until=date(2026, 12, 20), by=made.county, at=made.at)
