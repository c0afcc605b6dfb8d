"""A report: every item of every person in one of six states, held against what was declared and the limits of that day; numbered, signed,
never changed. What comes later is a supplement beside it."""

from __future__ import annotations

import base64
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from jiuzhu.casework.accounts.permissions import Viewer, actor, require
from jiuzhu.casework.cases.days import local_day
from jiuzhu.casework.cases.events import announce
from jiuzhu.casework.cases.queries import case_scope
from jiuzhu.casework.parties.keys import new_key
from jiuzhu.casework.parties.sealed import opened, sealed
from jiuzhu.casework.trace.actions import Actor, Subject, record
from jiuzhu.casework.trace.sealing import signing_key
from jiuzhu.casework.trace.standing import standing
from jiuzhu.casework.trace.written import canonical, digest, instant
from jiuzhu.casework.verification.asking import BY_ITSELF, declared_in, items_of, rows_in
from jiuzhu.casework.verification.authorising import datasets_of
from jiuzhu.casework.verification.comparing import STATES, Declared, declared_of, entries, found_in, state_of
from jiuzhu.casework.verification.declared import verifying
from jiuzhu.casework.verification.limits import Limit, limit_of, limits_of
from jiuzhu.casework.verification.models import Question, Report, Request
from jiuzhu.casework.verification.people import who
from jiuzhu.casework.verification.refusals import NotNow
from jiuzhu.casework.working_rules.declared import numbers
from jiuzhu.rules.verifying import Item, Verifying

STATEMENT = "verification_report.statement"
Answered = tuple[
    Question, Mapping[str, list[tuple[str, Mapping[str, str]]]]
]  # a question, and by dataset the rows that came back
NOT_CONSENTED, NO_CONSENT, NOT_BACK, EMPTY = "本人未同意查询此类信息", "义务人未授权，份额未知", "来源未返回", "来源未给出金额"


@dataclass(frozen=True)
class Row:
    """One item of one person. person: key of the party. declared, found: text in yuan, a count, `true`, or "" for nothing said or found.

    detail: the rows that count, column to text. source: the body. data_date: the day to which the answer is true, "" where none came.
    why: of what is late or refused. limit: the number of that day beside it, None where no rule names one.
    """

    item: str
    person: str
    declared: str
    found: str
    state: str
    source: str
    data_date: str
    why: str
    detail: tuple[Mapping[str, str], ...]
    entries: tuple[Mapping[str, str], ...]
    limit: Limit | None


@transaction.atomic
def issue(*, request: Request, by: Viewer, at: datetime) -> Report:
    """Issue what is known now: whole, or partial with the silent sources named. Raises NotAllowed, NotNow."""
    grant = require(by, "verification.issue", on=case_scope(request.case, by), at=at)
    return _issued(request, actor(by, grant), at)


def issue_due(*, at: datetime) -> int:
    """Issue what every source has answered, or whose hours are over; and a supplement where something came since. Gives how many."""
    done = 0
    for one in Request.objects.filter(ended_at=None).select_related("case").order_by("pk"):
        with transaction.atomic():
            held = Request.objects.select_for_update().select_related("case").get(pk=one.pk)
            if held.ended_at is None and _is_due(held, at):
                _issued(held, BY_ITSELF, at)
                done += 1
    return done


def first_of(request: Request) -> Report | None:
    """The report a request was first answered with; supplements follow it."""
    return request.reports.exclude(kind="supplement").first()


def statement_of(report: Report) -> dict[str, Any]:
    """Everything a report says, as it was issued."""
    found: dict[str, Any] = json.loads(opened(report.statement, column=STATEMENT, row=report.key))
    return found


def holds(report: Report) -> bool:
    """Whether what is kept is what was issued, by the public key alone."""
    said = opened(report.statement, column=STATEMENT, row=report.key).encode()
    return digest(said).hex() == report.digest and signing_key().public.verifies(said, base64.b64decode(report.signature))


def rows_of(request: Request, at: datetime) -> list[Row]:
    """Every item of every person of a request, each in one of STATES: nothing that was asked for is left out."""
    told, declared, today, items = verifying(), declared_in(request), local_day(at), items_of(request)
    asked = {(one.party_id, one.source): (one, rows_in(one)) for one in request.questions.all()}
    rows = []
    for subject in request.subjects.select_related("party", "authorisation").order_by("is_obligor", "pk"):
        opens = datasets_of(subject.authorisation) if subject.authorisation else frozenset()
        regions = [one for (party, source), one in asked.items() if party == subject.party_id and ":" in source]
        for item in items:
            limit = limit_of(item, request, numbers(), today)
            base = (item, subject.party.key, declared, limit)
            if item.dataset not in opens:
                why = NOT_CONSENTED if subject.authorisation else NO_CONSENT
                rows.append(_empty(*base, state="refused", why=why))
                continue
            answers = [one for one in (asked.get((subject.party_id, item.source)), *regions) if one is not None]
            rows.append(_row(*base, answers, told, today))
    return rows


def levels_of(request: Request) -> list[dict[str, Any]]:
    """By level of the offices asked: how many questions, and how many are answered, late, refused (SF123)."""
    bodies, found = verifying().bodies, {}
    for one in request.questions.all():
        level = bodies[one.source].level if one.source in bodies else "region"
        told = found.setdefault(level, Counter())
        told["asked"] += 1
        told["late" if one.state in ("waiting", "asked") else one.state] += 1
    order = ("national", "province", "city", "county", "region")
    return [
        {"level": level, **{name: found[level][name] for name in ("asked", "answered", "late", "refused")}}
        for level in order
        if level in found
    ]


def _row(
    item: Item,
    person: str,
    declared: Declared,
    limit: Limit | None,
    answers: Sequence[Answered],
    told: Verifying,
    today: date,
) -> Row:
    """What several sources say of one item is put together; while one of them is silent, what is found is not the whole."""
    answered = [(one, rows[item.dataset]) for one, rows in answers if item.dataset in rows]
    silent = [one for one, rows in answers if item.dataset not in rows]
    if not answered:
        refused = [one for one in silent if one.state == "refused"]
        late = len(refused) < len(silent) or not silent
        why = NOT_BACK if late else refused[0].why
        return _empty(item, person, declared, limit, state="late" if late else "refused", why=why)
    unique = {record: columns for _, rows in answered for record, columns in rows}
    found = found_in(item, list(unique.values()), today)
    said = declared_of(item, declared, person)
    state = state_of(item, found, said, told)
    why = EMPTY if state == "late" else ""
    if state in ("none", "consistent") and silent:
        state, why = "late", NOT_BACK
    day = max((one.day for one, _ in answered if one.day), default=None)
    return Row(
        item.code, person, _text(item, said), found.value, state, item.source, day.isoformat() if day else "", why, tuple(found.rows),
        tuple(entries(item, found)), limit,
    )  # fmt: skip


def _empty(item: Item, person: str, declared: Declared, limit: Limit | None, *, state: str, why: str) -> Row:
    return Row(
        item.code, person, _text(item, declared_of(item, declared, person)), "", state, item.source, "", why, (), (), limit
    )


def _text(item: Item, number: Decimal | None) -> str:
    if number is None:
        return ""
    return f"{number:.2f}" if item.asks == "amount" else f"{number:f}"


def _is_due(request: Request, at: datetime) -> bool:
    silent = request.questions.filter(state__in=("waiting", "asked")).exists()
    first = first_of(request)
    if first is None:
        return not silent or at >= request.due_at
    rows = rows_of(request, at)
    return sum(1 for one in rows if one.state == "late") < last_of(first).late


def last_of(first: Report) -> Report:
    """The newest of a report and its supplements."""
    return first.followed_by.filter(kind="supplement").order_by("-pk").first() or first


def _issued(request: Request, who_acts: Actor, at: datetime) -> Report:
    held = Request.objects.select_for_update(of=("self",)).select_related("case", "follows").get(pk=request.pk)
    if held.ended_at is not None:
        raise NotNow("this verification is over: its report is issued and nothing is late")
    first, today, rows = first_of(held), local_day(at), rows_of(held, at)
    counts = Counter(one.state for one in rows)
    kind = _kind(held, first, counts)
    before = last_of(first) if first else None
    if before is not None and counts["late"] >= before.late:
        raise NotNow(f"nothing came since report {before.number}; a supplement says what is new")
    made = Report(
        key=new_key("B"), number=f"HD-{held.division_code[:6]}-{today:%Y-%m}-{secrets.token_hex(5).upper()}", request=held, case=held.case,
        division_code=held.division_code, kind=kind, issued_by=who_acts.who, issued_at=at, valid_until=_valid_until(held, today),
        follows=first or held.follows, **{name: counts[name] for name in STATES},
    )  # fmt: skip
    statement = canonical(_content(made, held, rows, at))
    made.statement = sealed(statement.decode(), column=STATEMENT, row=made.key, of=held.case.key)
    made.digest, made.signature = digest(statement).hex(), base64.b64encode(signing_key().sign(statement)).decode("ascii")
    made.save(force_insert=True)
    if not counts["late"]:
        Request.objects.filter(pk=held.pk).update(ended_at=at)
    on = Subject("report", made.key, held.division_code, held.case.household_key, held.case.key)
    event = record(
        "verification.issue",
        by=who_acts,
        at=at,
        on=on,
        purpose="casework",
        after={"number": made.number, "digest": made.digest, "kind": kind},
    )
    announce("report.issued", event=event, at=at, case=held.case, on=on)
    return made


def _kind(request: Request, first: Report | None, counts: Mapping[str, int]) -> str:
    if first is not None:
        return "supplement"
    if request.follows_id is not None:
        return "recheck"
    return "partial" if counts["late"] else "whole"


def _content(made: Report, request: Request, rows: Sequence[Row], at: datetime) -> dict[str, Any]:
    """What the report says, with everything it was made from: people, authorisations, items, limits, catalogue and release."""
    subjects = list(request.subjects.select_related("party", "authorisation").order_by("is_obligor", "pk"))
    known = who([one.party for one in subjects], by=made.issued_by, at=at)
    catalogue, release = standing()
    return {
        "number": made.number, "kind": made.kind, "follows": made.follows.number if made.follows else "", "case": made.case.key,
        "division": made.division_code, "template": request.template, "about": [request.about_kind, request.about_key],
        "begun_at": instant(request.begun_at), "due_at": instant(request.due_at), "issued_at": instant(at), "issued_by": made.issued_by,
        "valid_until": made.valid_until.isoformat(), "as_of": local_day(at).isoformat(), "catalogue": catalogue, "release": release,
        "people": [
            {
                "person": one.party.key, "name": known[one.party.key].name, "obligor": one.is_obligor,
                "authorisation": one.authorisation.number if one.authorisation else "",
            }
            for one in subjects
        ],
        "items": {one.code: {"zh": one.title.zh, "en": one.title.en, "about": one.about, "level": one.level} for one in items_of(request)},
        "rows": [asdict(one) for one in rows],
        "limits": [asdict(one) for one in limits_of(request, declared_in(request), rows, numbers(), local_day(at))],
        "levels": levels_of(request),
        "late": sorted({one.source for one in rows if one.state == "late" and one.source}),
        "counts": {name: getattr(made, name) for name in STATES},
    }  # fmt: skip


def _valid_until(request: Request, today: date) -> date:
    row = numbers().value("", "verify.report_valid_months", request.division_code, today)
    months = int(row.value) if row is not None and row.value is not None else verifying().valid_months
    year, month = divmod(today.year * 12 + today.month - 1 + months, 12)
    first_after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=today.day - 1), first_after - timedelta(days=1))


def found(report: Report) -> dict[str, list[dict[str, str]]]:
    """What departments know of the people of a report, in the words of catalogue/application: list to entries with `source` report.

    Of several items that tell the same thing of one person the lowest rank speaks; a list that is not there says nothing, one that is
    empty was looked for and is none. What is late or refused adds nothing: ask `unknown_lists` before reading an absence as nought.
    """
    items, answer = verifying().items, {}
    spoken: dict[tuple[str, str, str], int] = {}
    rows = [
        (items[row["item"]], row) for row in statement_of(report)["rows"] if row["item"] in items and items[row["item"]].tells
    ]
    for item, row in sorted(rows, key=lambda one: one[0].tells.rank if one[0].tells else 0):
        assert item.tells is not None
        if row["state"] == "refused" or (row["state"] == "late" and not row["entries"]):
            continue
        mine = answer.setdefault(item.tells.of, [])
        what = (row["person"], item.tells.of, item.tells.kind or item.tells.kind_by)
        if row["entries"] and spoken.setdefault(what, item.tells.rank) == item.tells.rank:
            mine += [{"member": row["person"], **entry} for entry in row["entries"]]
    return answer


def unknown_lists(report: Report) -> frozenset[str]:
    """The lists of catalogue/application of which a source is silent or refused about somebody: what is found of them is a least."""
    items = verifying().items
    rows = (row for row in statement_of(report)["rows"] if row["state"] in ("late", "refused") and row["item"] in items)
    return frozenset(tells.of for row in rows if (tells := items[row["item"]].tells) is not None)


def doubts(statement: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """What a visit shall make clear: where declared and found differ, the greatest first in the order of the report."""
    return (row for row in statement["rows"] if row["state"] == "inconsistent")
