"""Every address of the desk asked for once, by somebody who may, over one world in which each of them does something.

Whatever is typed, and whatever is known of a family here, carries a canary: a text that stands nowhere else. Tests that hold of the
whole desk go through `LOOKS` and `ACTS`; `missing` says which address of the platform has no line here yet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import get_resolver, reverse

from jiuzhu.casework.accounts import declared
from jiuzhu.casework.applications.models import Application
from jiuzhu.casework.cases.models import Task
from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.casework.visits.models import Photo, Visit
from tests.support import families
from tests.support.asking import PUBLIC_KEY
from tests.support.whole_world import COUNTY, KIN_NUMBER, NUMBERS, PHONE, SEEN, Asked, World, canary


def look(of: str, *given: object, words: str = "") -> Asked:
    return Asked(of, given, words)


def act(of: str, *given: object, **posted: Any) -> Asked:
    told = repr([of, given, sorted((name, sent) for name, sent in posted.items() if name != "photos")])
    return Asked(of, given, "", {"key": sha256(told.encode()).hexdigest(), **posted})


def on_warnings(one: Warning | str, **posted: Any) -> Asked:
    return act(
        "county", w=one if isinstance(one, str) else one.warning_id, confirmed="1", words="", note=canary("handled"), **posted
    )


def on_case(world: World, case: int, *more: object, of: str = "county", **posted: Any) -> Asked:
    one = world.of(case)
    return act(of, one.key, *more, seen=str(one.version), **posted)


def on_application(world: World, step: str, *more: object, **posted: Any) -> Asked:
    one = Application.objects.get(pk=world.kept[f"application {step}"].pk)
    return act("township", one.key, *more, seen=str(one.version), **posted)


def on_task(world: World, task: Task, **posted: Any) -> Asked:
    return act("county", task.key, seen=str(task.version), because=posted.pop("because", canary("task")), **posted)


def visit_of(world: World, case: int) -> Visit:
    return Visit.objects.filter(case=world.cases[case]).earliest("pk")


def a_number(code: str) -> dict[str, str]:
    name, value = NUMBERS[code]
    return {"name": name, "value": value, "because": canary("number")}


Lines = Mapping[str, Callable[[World], Asked]]

LOOKS: Lines = {
    "applications": lambda w: look("township"),
    "application": lambda w: look("township", w.kept["application read"].key),
    "application-fill": lambda w: look("township", w.kept["application fill"].key, "wish"),
    "application-figures": lambda w: look("township"),
    "application-guide": lambda w: look("township"),
    "library": lambda w: look("township"),
    "case-timeline": lambda w: look("township", w.kept["application read"].case.key),
    "case-helps": lambda w: look("township", w.kept["application read"].case.key),
    "library-item": lambda w: look("township", "dibao"),
    "document": lambda w: look("township", w.kept["application read"].case.documents.first().key),
    "window": lambda w: look("township"),
    "home": lambda w: look("county"),
    "account": lambda w: look("county"),
    "officers": lambda w: look("security"),
    "officer": lambda w: look("security", "county"),
    "delegations": lambda w: look("county"),
    "emergency": lambda w: look("township"),
    "audit": lambda w: look("auditor"),
    "events": lambda w: look("auditor"),
    "events-export": lambda w: look("auditor"),
    "family-trace": lambda w: look("auditor"),
    "incidents": lambda w: look("auditor"),
    "sample": lambda w: look("auditor"),
    "odd": lambda w: look("auditor", w.kept["odd"].key),
    "warnings": lambda w: look("county"),
    "warnings-export": lambda w: look("county"),
    "warning": lambda w: look("county", w.spare[0].warning_id),
    "tasks": lambda w: look("county"),
    "cases": lambda w: look("county"),
    "case": lambda w: look("county", w.cases[0].key),
    "today": lambda w: look("county"),
    "visit-form": lambda w: look("county", w.task(3).key),
    "visit-form-of": lambda w: look("county", w.task(3).key, "F04"),
    "workers": lambda w: look("county"),
    "photo": lambda w: look("county", Photo.objects.filter(visit=visit_of(w, 4)).get().key),
    "visit": lambda w: look("county", visit_of(w, 4).key),
    "visit-correct": lambda w: look("county", visit_of(w, 4).key),
    "refer": lambda w: look("county", w.cases[4].key),
    "referrals": lambda w: look("county"),
    "referral": lambda w: look("county", w.kept["referral"].key),
    "duties": lambda w: look("county"),
    "yields": lambda w: look("county"),
    "data": lambda w: look("county"),
    "deliveries": lambda w: look("steward"),
    "quarantine": lambda w: look("steward"),
    "datasets": lambda w: look("steward"),
    "dataset": lambda w: look("steward", "medins_settlement"),
    "screenings": lambda w: look("steward"),
    "indicators": lambda w: look("county"),
    "proposals": lambda w: look("county"),
    "indicator": lambda w: look("county", "S01-E01"),
    "indicator-try": lambda w: look("county", "S01-E01", words="?name=annual_self_pay_limit&value=4000"),
    "conflicts": lambda w: look("county", w.kept["differs"]),
    "household": lambda w: look("county", w.kept["household"]),
    "overview": lambda w: look("county"),
    "overview-export": lambda w: look("county"),
    "families": lambda w: look("county"),
    "board": lambda w: look("county"),
    "household-looks": lambda w: look("county", w.kept["household"]),
    "decisions": lambda w: look("county"),
    "decision": lambda w: look("county", w.kept["item"].key),
    "case-archive": lambda w: look("county", w.kept["reviewed"].case.key),
    "reviews": lambda w: look("county"),
    "review": lambda w: look("township", w.kept["review"].key),
    "life": lambda w: look("county", w.kept["reviewed"].case.key),
    "recoveries": lambda w: look("county"),
    "recovery": lambda w: look("township", w.kept["recovery"].key),
    "decisions-raise": lambda w: look("county", words="?programme=dibao&month=2026-12"),
    "grievances": lambda w: look("county"),
    "grievance": lambda w: look("county", w.kept["grievance"].key),
    "grievance-new": lambda w: look("county", words="?letter=" + w.kept["served"].key),
    "letters": lambda w: look("county"),
    "letter": lambda w: look("county", w.kept["served"].key),
    "letter-print": lambda w: look("county", w.kept["served"].key),
    "messages": lambda w: look("county"),
    "publications": lambda w: look("county"),
    "publication": lambda w: look("county", w.kept["hangs"].key),
    "published-places": lambda w: look("county"),
    "published": lambda w: look("county", w.kept["hangs"].division_code),
    "published-object": lambda w: look("county", w.kept["hangs"].key),
    "verification": lambda w: look("county"),
    "verification-sources": lambda w: look("county"),
    "clients": lambda w: look("steward"),
    "licence": lambda w: look("county", w.kept["licence"].key),
    "verification-family": lambda w: look("county", w.kept["issued"]["case"].key),
    "verification-report": lambda w: look("county", w.kept["report"].key),
    "payments": lambda w: look("county"),
    "payment": lambda w: look("county", w.kept["tekun"].key),
    "person-erase": lambda w: look("county", w.kept["gone"].key),
    "registered-here": lambda w: look("county"),
    "reminders": lambda w: look("housing"),
    "subscriptions": lambda w: look("housing"),
    "outreach": lambda w: look("county"),
    "outreach-export": lambda w: look("county", words="?benefit=devices"),
    "needs": lambda w: look("partner"),
    "reconciliations": lambda w: look("county"),
    "rules": lambda w: look("county"),
}

ACTS: Lines = {
    "application-begin": lambda w: act("township", channel="hotline", name=canary("caller"), phone=PHONE, words=canary("call"),
                                       division="370502001011"),
    "application-fill": lambda w: on_application(w, "fill", "wish", items="dibao", story=canary("story-2"), act="on"),
    "application-hand-in": lambda w: on_application(w, "hand-in"),
    "application-attach": lambda w: on_application(w, "attach", paper="tax", source="photo", photos=[
        SimpleUploadedFile("a.jpg", families.photograph(size=(320, 240)), "image/jpeg")]),
    "application-ask-departments": lambda w: on_application(w, "finish", items="legal_aid"),
    "application-ask": lambda w: on_application(w, "ask", said=canary("missing-2")),
    "application-supply": lambda w: on_application(w, "supply"),
    "application-accept": lambda w: on_application(w, "accept"),
    "application-decline": lambda w: on_application(w, "decline", because=canary("declined")),
    "application-withdraw": lambda w: on_application(w, "withdraw", because=canary("withdrawn")),
    "application-finish": lambda w: on_application(w, "finish"),
    "window-number": lambda w: act("township"),
    "window-next": lambda w: act("township", counter="2"),
    "window-over": lambda w: act("township", 2),
    "kin": lambda w: act("township", name=canary("kin"), number=KIN_NUMBER, relation="sibling", household=""),
    "kin-end": lambda w: act("county", w.kept["kin"].key),
    "officer-open": lambda w: act("system", account="new", name="New", staff_number="77", office=w.kept["held"].office_id,
                                  duty="casework", password="a long enough one"),
    "officer-close": lambda w: act("system", "leaver", because="left"),
    "role-give": lambda w: act("security", "leaver", role="adviser", office=w.kept["held"].office_id, division=COUNTY,
                               until="2027-05-01"),
    "role-end": lambda w: act("security", w.kept["assigned"].pk, because="moved"),
    "factor-open": lambda w: act("security", "leaver", because="new phone"),
    "officer-bind": lambda w: act("security", "leaver", sub="outside-leaver"),
    "delegations": lambda w: act("county", role=w.kept["held"].pk, taker="steward2", operation="", division="370502001",
                                 until="2026-12-20", because="leave"),
    "delegation-end": lambda w: act("county", w.kept["delegation"].pk, because="back"),
    "emergency": lambda w: act("township", household="H-elsewhere", reason=canary("emergency")),
    "emergency-seen": lambda w: act("auditor", w.kept["emergency"].key, because=canary("emergency-seen")),
    "incidents": lambda w: act("auditor", who="township", because=canary("complaint")),
    "family-trace": lambda w: act("auditor", household=w.spare[0].household_id, because=canary("complaint")),
    "odd-settle": lambda w: act("auditor", w.kept["odd"].key, outcome="explained", note=canary("oddity")),
    "warnings-release": lambda w: on_warnings(w.spare[1], because="must_visit"),
    "warnings-snooze": lambda w: on_warnings(w.spare[2], because="known_false", until="2026-12-20"),
    "warnings-transfer": lambda w: on_warnings(w.spare[3], because="lives_elsewhere", to_division="370503001"),
    "warnings-take-back": lambda w: on_warnings(w.kept["back"], because="by_mistake"),
    "hints-read": lambda w: on_warnings(w.kept["hints"][0]),
    "hints-settle": lambda w: on_warnings(w.kept["hints"][1], because="known_false", how="dismissed"),
    "warning-reopen": lambda w: act("county", Warning.objects.filter(case=w.cases[4], handling="handled")[0].warning_id,
                                    because="new_facts", note=canary("handled")),
    "save-filter": lambda w: act("county", "warnings", name="orange", words="level=3"),
    "remove-filter": lambda w: act("county", w.kept["filter"].pk),
    "task-assign": lambda w: on_task(w, w.task(1), to="county"),
    "task-take-back": lambda w: on_task(w, w.task(2)),
    "task-finish": lambda w: on_task(w, w.kept["plan task"], note=canary("finished")),
    "task-transfer": lambda w: on_task(w, w.task(6), because="lives_elsewhere", to_division="370503001"),
    "case-tag": lambda w: on_case(w, 0, code="seriously_ill", because=canary("tag")),
    "case-untag": lambda w: on_case(w, 0, w.of(0).tags.get(code="avoids_contact").pk, because=canary("untag")),
    "case-confirm": lambda w: on_case(w, 0),
    "case-plan": lambda w: act("county", w.cases[0].key, seen="0", goal=canary("goal"), measure=["medical"], who=["医保局"],
                               until=["2026-12-10"], state=["planned"]),
    "case-adviser": lambda w: on_case(w, 9, adviser="adviser"),
    "case-advice": lambda w: on_case(w, 0, of="adviser", text=canary("advice")),
    "case-transfer": lambda w: on_case(w, 7, to_division="370503001", because="lives_elsewhere", note=canary("passed on")),
    "case-close": lambda w: on_case(w, 8, outcome="helped", because=canary("closed")),
    "visit-form": lambda w: act("county", w.task(3).key, **SEEN, submission="s1", outcome="no_difficulty", photos=[picture()]),
    "visit-form-of": lambda w: act("county", w.task(9).key, "F04", act="draft", **{"members.0.member_name": canary("draft")}),
    "visit-correct": lambda w: act("county", visit_of(w, 4).key, **SEEN, submission="s2", outcome="policy_told",
                                   because=canary("corrected")),
    "refer": lambda w: act("county", w.cases[4].key, need="housing", asked=canary("asked"), who=canary("who"), visit=visit_of(w, 4).key),
    "referral": lambda w: act("housing", w.kept["referral"].key, act="accept", seen=w.kept["referral"].steps.count(),
                              said=canary("said"), until="2026-11-25",
                              sentence=canary("sentence")),
    "delivery-decide": lambda w: act("steward", w.kept["delivery"], word="send_back", seen="0", because=canary("verdict")),
    "delivery-sign": lambda w: act("steward2", w.kept["verdict"].pk, because=canary("signed")),
    "quarantine-return": lambda w: act("steward", w.kept["rows"], because=canary("returned")),
    "quarantine-answer": lambda w: act("union", w.kept["returned"].pk, word="corrected", words=canary("answered")),
    "proposal-take-up": lambda w: act("county", w.kept["monthly"], because=canary("taken up")),
    "proposal-decide": lambda w: act("policy", w.kept["proposal"].number, word="decline", because=canary("decided")),
    "indicator-propose": lambda w: act("county", "S01-E01", **a_number("S01-E01")),
    "shadow-begin": lambda w: act("county", "S01-E05", **a_number("S01-E05")),
    "shadow-end": lambda w: act("county", "S01-E02", w.kept["shadow"].pk),
    "household": lambda w: act("auditor", w.kept["household"], because=canary("reason")),
    "household-number": lambda w: act("county", w.kept["household"], "0", because=canary("reveal")),
    "decision-act": lambda w: act("county", w.kept["item"].key, act="confirm", seen=w.kept["item"].walk.version,
                                  because=canary("confirmed")),
    "review-begin": lambda w: act("county", w.kept["recovered"].key, because=canary("asked for")),
    "review-act": lambda w: act("township", w.kept["review"].key, act="change", seen=w.kept["review"].walk.version,
                                because=canary("change"), when=canary("when"), place=canary("where")),
    "life-enter": lambda w: act("county", w.kept["recovered"].case.key, kind="worse", on="2026-11-19", note=canary("life-2")),
    "recovery-find": lambda w: act("county", w.kept["reviewed"].key, first="2026-12", last="2026-12", yuan="10", because=canary("found-2")),
    "recovery-act": lambda w: act("township", w.kept["recovery"].key, act="hear", seen=w.kept["recovery"].walk.version, how="at_office",
                                  name=canary("heir"), phone=PHONE, held_on="2026-11-20", who=canary("heard-2"), told=canary("told-2"),
                                  said=canary("said-2")),
    "payee-propose": lambda w: act("county", w.kept["item"].key, account="6217000000000123", name=canary("holder"), bank=canary("bank")),
    "payee-look": lambda w: act("county", w.kept["heard"].key, w.kept["payee"].pk, right="yes"),
    "conference-hold": lambda w: act("county", w.kept["item"].key, sat=["county", "housing", "township"], held_on="2026-11-10",
                                     question=canary("question"), resolution=canary("resolution"), fund_line="dibao", yuan="500"),
    "decisions-raise-act": lambda w: act("county", programme="dibao", month="2026-12", count="0", fen="0"),
    "grievance-new": lambda w: act("county", kind="complaint", channel="hotline", words=canary("grievance"), name=canary("complainant")),
    "grievance-assign": lambda w: act("county", w.kept["appeal"].key, to="checker", seen="1"),
    "grievance-ask": lambda w: act("county", w.kept["correction"].key, department="住房城乡建设", asked=canary("asked"), seen="1"),
    "grievance-answer": lambda w: act("county", w.kept["grievance"].key, outcome="done", answer=canary("answer"), seen="1"),
    "letter-serve": lambda w: act("county", w.kept["letter"].key, how="hand", proof=canary("proof")),
    "publication-end": lambda w: act("county", w.kept["mistaken"].key),
    "published-object": lambda w: act("county", w.kept["hangs"].key, because=canary("objection"), name=canary("objector")),
    "client-register": lambda w: act("steward", code="union-370502", title="Union", division=COUNTY, businesses=["union_aid"], items="",
                                     per_day="9", office="", public_key=PUBLIC_KEY),
    "client-open": lambda w: act("security", w.kept["client"].code),
    "client-suspend": lambda w: act("steward", w.kept["client to end"].code),
    "verification-authorise": lambda w: act("county", w.kept["begun"]["case"].key, party=w.kept["begun"]["party"].key, signer="",
                                            consents=["register"], how="paper", until="2027-11-20"),
    "verification-link": lambda w: act("county", w.kept["begun"]["case"].key, party=w.kept["begun"]["party"].key, until="2027-11-20"),
    "verification-begin": lambda w: act("county", w.kept["begun"]["case"].key, template="dibao"),
    "verification-withdraw": lambda w: act("county", w.kept["withdrawn"]["signed"].key),
    "verification-issue": lambda w: act("county", w.kept["issued"]["request"].key),
    "verification-meet": lambda w: act("county", w.kept["report"].key, region="320400", held_at="2026-11-21T09:00", minutes="20",
                                       participants=canary("participants"), shown=canary("shown"), settled=canary("settled")),
    "licence-want": lambda w: act("county", w.kept["begun"]["case"].key, party=w.kept["begun"]["party"].key, kind="1", because=canary("licence for")),
    "verification-object": lambda w: act("county", w.kept["report"].key, party=w.kept["disputed"]["party"].key, said=canary("said")),
    "verification-answer": lambda w: act("county", w.kept["objection"].key, upheld="no", because=canary("because")),
    "payments-draw": lambda w: act("county", line="dibao-370502-2026", month="2026-11"),
    "payment-pay-held": lambda w: act("county", w.kept["held lines"][0]),
    "payment-withdraw": lambda w: act("county", w.kept["held lines"][1]),
    "payment-make": lambda w: act("county", w.kept["tekun"].key),
    "payment-check": lambda w: act("checker", w.kept["edge"].key, because=canary("first list")),
    "payment-send-back": lambda w: act("checker", w.kept["orphan"].key),
    "person-erase": lambda w: act("county", w.kept["gone"].key, because=canary("erased")),
    "household-looks": lambda w: act("county", w.kept["household"], proof=canary("proof")),
    "investigation-begin": lambda w: act("auditor", household=w.spare[0].household_id, conducted_by="steward",
                                         because=canary("investigated"), until="2026-12-24"),
    "investigation-release": lambda w: act("auditor", w.kept["investigation"].key, because=canary("released")),
    "household-case": lambda w: act("county", w.kept["household"], because="found_by_officer"),
    "reminders-seen": lambda w: act("medical", r=[w.kept["reminder"]]),
    "subscribe": lambda w: act("housing", w.kept["office"], code="S01", choice="red"),
    "rule-propose": lambda w: act("county", "exchange.answer_wd", division=COUNTY, value="7", because="fewer rows come back"),
    "rule-decide": lambda w: act("policy", w.kept["rule change"].pk, word="declined", because="not yet"),
    "sign-out-everywhere": lambda w: act("taker"),
    "logout": lambda w: act("medical"),
}  # fmt: skip
# Asked by whoever is at the door, not signed in yet: `test_signing_in` and `test_single_sign_on` go through them.
ENTRANCES = frozenset({"login", "login-code", "login-enrol", "login-outside", "login-back"})
# Of residents, who are nobody at the desk: `tests/integration/citizen` goes through them.
RESIDENTS = "help/"
SYSTEMS = "api/"  # of other departments: each address is asked for in tests/integration/clients
# Needs a bank that gave something back: `payments/test_sending.py` goes through it.
WITH_A_BANK = frozenset({"payment-again"})
# Needs a font and what draws pages: `verification/test_printing.py` goes through it.
WITH_A_PRESS = frozenset({"verification-print"})


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("canary-file-7391.jpg", families.photograph(), "image/jpeg")


def missing(asked: World) -> Iterator[str]:
    """Addresses that can be looked at or acted on, by what they say themselves, and stand in no list above."""
    for address, pattern in declared.addresses(get_resolver().url_patterns):
        name = str(pattern.name)
        if address.startswith((RESIDENTS, SYSTEMS)) or name in ENTRANCES | WITH_A_BANK | WITH_A_PRESS:
            continue
        sample = [1 if "int" in type(one).__name__.lower() else "x" for one in pattern.pattern.converters.values()]
        answers = (client.trace(reverse(name, args=sample)).headers.get("Allow", "") for client in asked.clients.values())
        methods = {method for answer in answers for method in answer.split(", ")}
        for method, lines in (("GET", LOOKS), ("POST", ACTS)):
            if method in methods and name not in lines:
                yield f"{method} {name}"
        if not methods & {"GET", "POST"}:
            yield f"{name} does not say which methods it takes, or nobody here may ask for it"
