"""Civil affairs: visits, checks and services, family events, and the standards in force."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic.departments.benefits import numbered, visited_elders
from jiuzhu.synthetic.departments.payments import beneficiaries
from jiuzhu.synthetic.departments.police import dead_people
from jiuzhu.synthetic.people import CHILD, DIBAO, OUTSIDE, TEKUN, WOMAN
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.story import STANDARDS
from jiuzhu.synthetic.streams import Numbers, amounts, between, choice, whole
from jiuzhu.synthetic.town import Town, each_month, makes, next_of, some

VISIT_EVERY = 70  # days between two visits to a family in the base
CERTIFIED_EVERY = 150
SENSOR_DAYS = 396


def _low_heads(town: Town) -> Numbers:
    return whole(town.heads[(town.block.category != OUTSIDE) & (town.members > 0)])


@makes("civil_home_visit")
def visits(town: Town) -> Rows:
    """Every family in the base once in ten weeks, the last time within eight."""
    r, span = town.r("civil_home_visit"), town.span
    head = _low_heads(town)
    rounds = (span.last - span.first) // VISIT_EVERY
    last = span.last - between(r, 1, 55, len(head))
    person = np.tile(head, rounds)
    day = np.tile(last, rounds) - np.repeat(np.arange(rounds) * VISIT_EVERY, len(head))
    home = town.block.village[town.block.household[person]]
    n = len(person)
    return Rows(
        person,
        day,
        {
            "visitor_name": Texts(["王网格", "李网格", "张网格", "刘网格"], home % 4),
            "visit_time": day * 86_400 + between(r, 1, 8, n) * 3600 + 600,
            "visit_date": day,
            "longitude": 1_185_000 + home * 37 % 3000,
            "latitude": 374_500 + home * 53 % 3000,
            "distance_m": between(r, 3, 120, n) * 10_000,
            "photo_count": between(r, 2, 5, n),
            "finding": choice(r, [0, 1], [0.985, 0.015], n),
        },
    )


@makes("civil_survival_certification")
def certifications(town: Town) -> Rows:
    """Everyone who receives anything was seen within the last five months; very old people within the last two."""
    r, span = town.r("civil_survival_certification"), town.span
    person = beneficiaries(town)
    step = np.where(town.age[person] >= 97, 60, CERTIFIED_EVERY)
    last = span.last - (between(r, 2, 140, len(person)) % step.clip(2))
    rounds = (span.last - span.first) // CERTIFIED_EVERY
    who = np.tile(person, rounds)
    day = np.tile(last, rounds) - np.repeat(np.arange(rounds), len(person)) * np.tile(step, rounds)
    return Rows(
        who,
        day,
        {
            "cert_date": day,
            "cert_method": choice(r, [1, 2, 3], [0.8, 0.15, 0.05], len(who)),
            "cert_result": 1,
            "evidence_dataset": "medins_settlement",
            "valid_to": day + 365,
        },
    )


@makes("civil_temporary_assistance")
def temporary(town: Town) -> Rows:
    r, block = town.r("civil_temporary_assistance"), town.block
    person = some(r, town.grown & ~town.dibao, 0.003)
    day = town.days(r, len(person), until=3)
    n = len(person)
    return Rows(
        person,
        day,
        {
            "case_no": numbered("LS", block.number_of[person]),
            "household_id": Maybe(town.living_numbers.take(pa.array(person)), town.low[person]),
            "assist_type": choice(r, [1, 2], [0.4, 0.6], n),
            "reason": choice(r, [1, 2, 4, 6, 9], [5, 1, 1, 1, 1], n),
            "approve_date": day,
            "amount": amounts(r, 1500, 0.5, n, low=300, high=9000),
            "is_small_first": r.random(n) < 0.3,
            "is_local_hukou": block.local[person],
            "charity_match_amount": Maybe(amounts(r, 600, 0.4, n), ~block.local[person]),
            "pay_date": day + 2,
        },
    )


@makes("civil_child_care")
def cared_for(town: Town) -> Rows:
    r, block = town.r("civil_child_care"), town.block
    child = (block.role == CHILD) & (town.age < 16) & block.alive & (block.mother >= 0)
    person = some(r, child & (~block.urban | town.low), 0.05)
    visited = town.span.last - between(r, 0, 26, len(person))
    parents = {"father_id_no": block.father[person], "mother_id_no": block.mother[person]}
    return Rows(
        person,
        visited,
        {
            "child_type": np.where(town.low[person], 4, 1),
            "birth_date": block.birth[person],
            **{name: Maybe(block.ids.take(pa.array(other.clip(0))), other >= 0) for name, other in parents.items()},
            "guardian_id_no": block.ids.take(pa.array(block.mother[person])),
            "guardian_ability": choice(r, [1, 2], [0.97, 0.03], len(person)),
            "last_visit_date": visited,
            "care_status": 1,
        },
    )


@makes("civil_marriage")
def marriages(town: Town) -> Rows:
    """Weddings and a few divorces of couples outside the base; one row each of the two."""
    r, block = town.r("civil_marriage"), town.block
    wife = some(r, (block.spouse >= 0) & (block.sex == WOMAN) & (town.age < 45) & ~town.low & block.alive, 0.035)
    day = np.maximum(town.days(r, len(wife), until=2), block.birth[wife] + 20 * 366)
    person, when = np.r_[wife, block.spouse[wife]], np.r_[day, day]
    other = block.spouse[person]
    return Rows(
        person,
        when,
        {
            "event_type": np.tile(choice(r, [1, 2], [0.8, 0.2], len(wife)), 2),
            "event_date": when,
            "spouse_id_no": block.ids.take(pa.array(other)),
            "spouse_name": block.names.take(pa.array(other)),
        },
    )


@makes("civil_cremation")
def cremations(town: Town) -> Rows:
    person, day = dead_people(town, "civil_cremation", 0.93)
    cremated = np.minimum(day + 2, town.span.last)
    return Rows(person, day, {"death_date": day, "cremation_date": cremated})


@makes("civil_vagrant_assistance")
def vagrants(town: Town) -> Rows:
    r = town.r("civil_vagrant_assistance")
    person = some(r, town.grown & ~town.low, 0.0003)
    day = town.days(r, len(person), until=20)
    return Rows(
        person, day, {"enter_date": day, "leave_date": day + 3, "reason": choice(r, [1, 2, 3, 9], [3, 1, 2, 2], len(person))}
    )


@makes("civil_service_need")
def needs(town: Town) -> Rows:
    r, block = town.r("civil_service_need"), town.block
    person = some(r, town.low & town.grown, 0.09)
    day = town.days(r, len(person), until=2)
    done = day + 12 < town.span.last
    return Rows(
        person,
        day,
        {
            "need_id": numbered("XQ", block.number_of[person]),
            "need_type": between(r, 1, 8, len(person)),
            "publish_date": day,
            "claim_date": Maybe(day + 2, done),
            "claimer_uscc": Maybe(pa.array(town.firms.codes).take(pa.array(town.firm(person))), done),
            "finish_date": Maybe(day + 12, done),
            "need_status": np.where(done, 3, 2),
            "satisfaction": Maybe(between(r, 3, 5, len(person)), done),
        },
    )


@makes("civil_integrity_record")
def integrity(town: Town) -> Rows:
    r = town.r("civil_integrity_record")
    person = some(r, town.low & town.grown, 0.01)
    day = town.days(r, len(person), until=5)
    return Rows(person, day, {"behaviour": 5, "found_date": day, "severity": 0, "record_status": 1})


@makes("civil_support_obligor")
def obligors(town: Town) -> Rows:
    """Whoever is old, young or severely disabled has someone able to support them, but for tekun people.

    A grown child nearby, a parent, the spouse, or another grown person of the block for those who have none here.
    """
    r, block = town.r("civil_support_obligor"), town.block
    needs_one = ((town.age >= 59) | (town.age <= 16) | town.severe) & (block.class_of != TEKUN)  # the dead stay on the list
    obligee = np.flatnonzero(needs_one)
    able = block.alive & (town.age >= 19) & (town.age < 59) & ~town.severe
    child_of = np.full(len(block), -1)
    for parent in (block.father, block.mother):
        child = np.flatnonzero((parent >= 0) & able)
        child_of[parent[child]] = child
    pool = np.flatnonzero(able & ~town.low)
    obligor = child_of[obligee]
    for other in (block.mother, block.father, block.spouse):
        candidate = other[obligee]
        use = (obligor < 0) & (candidate >= 0) & able[candidate.clip(0)]
        obligor = np.where(use, candidate, obligor)
    obligor = np.where(obligor < 0, next_of(pool, obligee + 40), obligor)
    obligor, obligee = obligor[obligor >= 0], obligee[obligor >= 0]
    relation = np.where(town.age[obligee] >= 59, 1, np.where(town.age[obligee] <= 16, 2, 3))
    return Rows(
        obligor,
        None,
        {
            "obligee_id_no": block.ids.take(pa.array(obligee)),
            "relation": relation,
            "has_ability": True,
            "annual_income": Maybe(block.wage[obligor] * 12, r.random(len(obligor)) < 0.4),
            "support_amount_month": 0,
            "verify_consent": (r.random(len(obligor)) < 0.3) & ~town.low[obligee],
        },
    )


@makes("civil_verification_authorisation")
def authorisations(town: Town) -> Rows:
    """Every member of a family in the base has signed within the year; for a child the guardian has."""
    r, block = town.r("civil_verification_authorisation"), town.block
    person = np.flatnonzero(town.low)
    signed = town.span.last - between(r, 20, 330, len(block.kind))[block.household[person]]
    return Rows(
        person,
        signed,
        {
            "auth_no": numbered("SQS", block.number_of[person]),
            "sign_method": np.where(town.age[person] < 18, 4, choice(r, [1, 2, 3], [0.6, 0.3, 0.1], len(person))),
            "sign_date": signed,
            "valid_to": signed + 400,
            "revoked": False,
            "identity_score": between(r, 860_000, 999_000, len(person)),
        },
    )


@makes("civil_verification_result")
def verifications(town: Town) -> Rows:
    """A report of three items a year for each family on dibao, that found what had been declared."""
    r, block = town.r("civil_verification_result"), town.block
    head = town.heads[(block.category == DIBAO) & (town.members > 0)]
    person = np.repeat(np.tile(head, 2), 3)
    first = town.span.last - between(r, 30, 300, len(head))
    day = np.repeat(np.r_[first - 365, first], 3)
    item = np.tile(np.arange(3), 2 * len(head))
    value = np.where(item == 1, 300_000, 0)
    return Rows(
        person,
        day,
        {
            "report_no": numbered("HD", block.number_of[person] * 2 + (day > town.span.last - 365)),
            "item_id": Texts(["V001", "V002", "V003"], item),
            "declared_value": value,
            "verified_value": value,
            "is_discrepant": False,
            "report_date": day,
            "conclusion": 1,
        },
    )


@makes("civil_home_sensor_event")
def sensors(town: Town) -> Rows:
    """A part of the old people who live alone: a heartbeat a day for 13 months, movement in the morning and the evening."""
    r, span, block = town.r("civil_home_sensor_event"), town.span, town.block
    person = visited_elders(town)
    person = person[(town.members[block.household[person]] == 1) & (block.number_of[person] % 41 == 0)]
    who, day = each_month(person, np.arange(span.last - SENSOR_DAYS + 1, span.last + 1))
    hours, kinds = np.array([7, 9, 20]), np.array([1, 6, 1])
    who, day, hour, kind = np.repeat(who, 3), np.repeat(day, 3), np.tile(hours, len(who)), np.tile(kinds, len(who))
    return Rows(
        who,
        day,
        {
            "device_id": numbered("ZN", block.number_of[who]),
            "device_type": 1,
            "event_time": day * 86_400 + (hour - 8) * 3600 + between(r, 0, 3000, len(who)),
            "event_type": kind,
        },
    )


@makes("civil_assistance_standard")
def standards(town: Town) -> Rows:
    """The standards of the county; every block says them, and only the first is delivered."""
    if town.block.number:
        return Rows(None, None, {"standard_code": np.zeros(0, np.int64)})
    n = len(STANDARDS)
    begins = np.full(n, town.span.first - 700)
    return Rows(
        None,
        begins,
        {
            "standard_code": np.array(list(STANDARDS)),
            "standard_value": np.array([round(float(value) * 10_000) for value in STANDARDS.values()]),
            "effective_from": begins,
        },
    )
