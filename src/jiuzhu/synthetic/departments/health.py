"""Medical insurance and health."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from jiuzhu.synthetic import names
from jiuzhu.synthetic.departments.benefits import certificate_numbers, numbered
from jiuzhu.synthetic.departments.police import dead_people
from jiuzhu.synthetic.people import CHILD, DIBAO, EDGE, EMPLOYEE, MONITORED, NEVER, PUBLIC, TEKUN
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Chance, Flags, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Town, each_month, makes, next_of, some, times

HOSPITALS = ["东营市人民医院", "胜利油田中心医院", "东营区人民医院", "乡镇卫生院", "社区卫生服务中心", "惠民大药房"]
STAY, OUTPATIENT, CHRONIC_VISIT, PHARMACY = 1, 2, 3, 4
PREMIUM = 40_000  # fen a year, what a resident pays


@makes("medins_enrollment")
def enrolment(town: Town) -> Rows:
    """Nearly everyone, this year and the last; everyone in the low-income base."""
    r, block = town.r("medins_enrollment"), town.block
    person = np.flatnonzero(town.low | (block.alive & (r.random(len(block)) < 0.96)))
    year = town.span.as_of.year
    who, pay_year = each_month(person, np.array([year - 1, year]))
    when = np.maximum(days_of_months(pay_year * 12) + 2, block.birth[who] + 15)
    employee = np.isin(block.job[who], (EMPLOYEE, PUBLIC))
    category = block.class_of[who]
    helped = np.select([category == TEKUN, category == DIBAO, category == EDGE, category == MONITORED], [1, 2, 3, 4], 0)
    helped = np.where(employee, 0, helped)
    aid = np.select([helped == 1, helped > 1], [PREMIUM, PREMIUM // 2], 0)
    return Rows(
        who,
        when,
        {
            "insure_type": np.where(employee, 1, 2),
            "pay_year": pay_year,
            "pay_status": 1,
            "premium": np.where(employee, block.wage[who] * 24 // 100, PREMIUM - aid),
            "subsidy_category": helped,
            "subsidy_amount": aid,
        },
    )


def bills(town: Town) -> tuple[Numbers, Numbers, Numbers]:
    """Visits of the span: person, kind, day of settlement. Old people and chronic patients go most."""
    r, block = town.block.stream("bills"), town.block
    age = town.age
    years = (town.span.last - town.span.first + 1) / 365
    out = np.interp(age, [0, 10, 30, 50, 70, 85], [1.3, 0.8, 0.8, 1.3, 2.1, 2.0]) * years
    stay = np.interp(age, [0, 10, 30, 50, 70, 85], [0.06, 0.03, 0.03, 0.06, 0.14, 0.18]) * years
    stay = np.where(town.ill, stay + 0.5 * years, stay)
    everyone = np.ones(len(block), bool)
    parts = [
        (times(r, everyone, stay), STAY),
        (times(r, everyone, out), OUTPATIENT),
        (times(r, block.chronic, 3.0 * years), CHRONIC_VISIT),
        (times(r, everyone, 0.25 * years), PHARMACY),
    ]
    person = np.concatenate([people for people, _ in parts])
    kind = np.concatenate([np.full(len(people), kind) for people, kind in parts])
    return person, kind, town.days(r, len(person))


@makes("medins_settlement")
def settlements(town: Town) -> Rows:
    r, block = town.r("medins_settlement"), town.block
    person, kind, day = bills(town)
    n = len(person)
    total = np.select(
        [kind == STAY, kind == CHRONIC_VISIT, kind == OUTPATIENT],
        [amounts(r, 6800, 0.75, n, high=280_000), amounts(r, 260, 0.4, n), amounts(r, 170, 0.7, n, high=3000)],
        amounts(r, 60, 0.5, n),
    )
    low = town.low[person]
    share = np.where(kind == STAY, 0.13 + 0.14 * r.random(n), 0.25 + 0.2 * r.random(n)) * np.where(low, 0.32, 1.0)
    own = np.round(total * share / 10).astype(np.int64) * 10
    serious = np.where((kind == STAY) & (own > 1_200_000), (own - 1_200_000) * 6 // 10, 0)
    own = own - serious
    aid = np.where(low, np.round(total * 0.12 / 10).astype(np.int64) * 10, 0)
    scope = own * 7 // 10
    stay = kind == STAY
    return Rows(
        person,
        day,
        {
            "settlement_no": numbered("JS", np.arange(n) + block.number * 10_000_000),
            "visit_type": kind,
            "hospital_name": Texts(HOSPITALS, np.where(kind == PHARMACY, 5, between(r, 0, 4, n))),
            "diagnosis_code": Texts(["I10", "E11.9", "J06.9", "K29.5", "M54.5", "I63.9"], between(r, 0, 5, n)),
            "admission_date": Maybe(day - between(r, 3, 12, n), stay),
            "discharge_date": Maybe(day, stay),
            "settlement_date": day,
            "total_amount": total,
            "basic_fund_amount": np.maximum(total - own - serious - aid, 0),
            "serious_fund_amount": serious,
            "aid_amount": aid,
            "other_pay_amount": 0,
            "in_scope_self_pay_amount": scope,
            "self_pay_amount": own,
            "is_remote": (r.random(n) < 0.03) & stay & ~low,
        },
    )


@makes("medins_medical_aid")
def medical_aid(town: Town) -> Rows:
    """Aid in the weeks after each bill of a family in the base, so that none is left waiting."""
    block = town.block
    person, kind, day = bills(town)
    due = town.low[person] & (kind != PHARMACY)
    person, kind, day = person[due], kind[due], day[due]
    category = block.class_of[person]
    when = np.minimum(day + 1 + block.number_of[person] % 9, town.span.last)
    return Rows(
        person,
        when,
        {
            "aid_type": np.where(kind == STAY, 1, 2),
            "aid_category": np.select([category == TEKUN, category == EDGE, category == MONITORED], [1, 3, 5], 2),
            "aid_amount": np.where(kind == STAY, 80_000, 4000),
            "aid_date": when,
        },
    )


@makes("medins_chronic")
def chronic(town: Town) -> Rows:
    r, block = town.r("medins_chronic"), town.block
    person = np.flatnonzero(block.chronic & block.alive)
    day = np.maximum(town.span.last - between(r, 60, 2500, len(person)), block.birth[person] + 100)
    return Rows(person, day, {**_disease(r, names.CHRONIC, len(person)), "cert_date": day, "chronic_status": 1})


def _disease(r: Chance, options: tuple[tuple[str, str], ...], n: int) -> dict[str, Texts]:
    index = between(r, 0, len(options) - 1, n)
    return {
        "disease_code": Texts([code for code, _ in options], index),
        "disease_name": Texts([name for _, name in options], index),
    }


@makes("medins_longterm_care")
def longterm_care(town: Town) -> Rows:
    """A few very old people outside the base; who is severely disabled has the nursing allowance instead."""
    r, block = town.r("medins_longterm_care"), town.block
    person = some(r, (town.age >= 82) & block.alive & ~town.severe & ~town.low, 0.03)
    start = town.span.last - between(r, 60, 700, len(person))
    columns = {"assess_level": between(r, 1, 3, len(person)), "service_mode": 2, "monthly_amount": 60_000, "start_date": start}
    return Rows(person, start, {**columns, "care_status": 1})


@makes("health_death_certificate")
def death_certificates(town: Town) -> Rows:
    person, day = dead_people(town, "health_death_certificate", 0.97)
    r, block = town.r("health_death_certificate/cause"), town.block
    cause = Texts(["I25.1", "C34.9", "I63.9", "J44.9", "V43.5"], choice(r, [0, 1, 2, 3, 4], [30, 25, 25, 16, 2], len(person)))
    issued = np.minimum(day + 1, town.span.last)
    return Rows(
        person,
        day,
        {"cert_no": numbered("SW", block.number_of[person]), "death_date": day, "death_cause_code": cause, "issue_date": issued},
    )


@makes("health_birth_certificate")
def birth_certificates(town: Town) -> Rows:
    block = town.block
    child = np.flatnonzero((block.birth >= town.span.first) & (block.mother >= 0) & block.alive)
    mother, father = block.mother[child], block.father[child]
    known = ~town.dibao[mother] | town.dibao[child]
    child, mother, father = child[known], mother[known], father[known]
    return Rows(
        mother,
        block.birth[child],
        {
            "cert_no": numbered("CS", block.number_of[child]),
            "child_name": block.names.take(pa.array(child)),
            "child_id_no": block.ids.take(pa.array(child)),
            "birth_date": block.birth[child],
            "father_id_no": Maybe(block.ids.take(pa.array(father.clip(0))), father >= 0),
        },
    )


@makes("health_serious_illness")
def serious_illness(town: Town) -> Rows:
    r, block = town.r("health_serious_illness"), town.block
    person = np.flatnonzero(town.ill)
    columns = {"diagnose_date": block.ill[person], "treat_status": np.where(block.death[person] < NEVER, 3, 1)}
    return Rows(person, block.ill[person], {**_disease(r, names.DISEASES, len(person)), **columns})


@makes("health_mental_disorder")
def mental(town: Town) -> Rows:
    r, block = town.r("health_mental_disorder"), town.block
    person = some(r, town.grown & (block.disability_type == 6) & (block.disability > 0), 0.9)
    guardian = _guardian(town, person)
    columns = {"risk_level": choice(r, [0, 1, 2, 3], [0.6, 0.25, 0.14, 0.01], len(person)), "guardian_id_no": guardian}
    followed = town.span.last - between(r, 5, 80, len(person))
    return Rows(person, followed, {**columns, "last_followup_date": followed, "manage_status": 1})


def _guardian(town: Town, person: Numbers) -> Maybe:
    """Someone grown and alive: the spouse, the mother, the father, or a neighbour's head of household."""
    block = town.block
    guardian = np.full(len(person), -1)
    for other in (block.spouse, block.mother, block.father):
        candidate = other[person]
        guardian = np.where((guardian < 0) & (candidate >= 0) & town.grown[candidate.clip(0)], candidate, guardian)
    pool = np.flatnonzero(town.grown & ~town.low & (block.role != CHILD))
    guardian = np.where(guardian < 0, next_of(pool, person + 8), guardian)
    return Maybe(block.ids.take(pa.array(guardian.clip(0))), guardian >= 0)


@makes("health_special_family")
def special_families(town: Town) -> Rows:
    r = town.r("health_special_family")
    person = some(r, (town.age >= 60) & town.block.alive & ~town.low, 0.003)
    start = town.span.last - between(r, 100, 2000, len(person))
    kind = choice(r, [2, 3], [0.9, 0.1], len(person))
    return Rows(person, start, {"family_type": kind, "monthly_amount": 60_000, "start_date": start, "family_status": 1})


@makes("dpf_disability_certificate")
def disability_certificates(town: Town) -> Rows:
    r, block = town.r("dpf_disability_certificate"), town.block
    person = np.flatnonzero((block.disability > 0) & block.alive)
    issued = np.maximum(town.span.last - between(r, 130, 3400, len(person)), block.birth[person] + 30)
    mind = np.isin(block.disability_type[person], (5, 6))
    return Rows(
        person,
        issued,
        {
            "cert_no": certificate_numbers(town, person),
            "disability_type": block.disability_type[person],
            "disability_level": block.disability[person],
            "previous_level": 0,
            "issue_date": issued,
            "valid_to": issued + 3652,
            "guardian_id_no": _only(_guardian(town, person), mind),
            "cert_status": 1,
        },
    )


@makes("dpf_service_need")
def needs_of_disabled(town: Town) -> Rows:
    r, block = town.r("dpf_service_need"), town.block
    person = np.flatnonzero((block.disability > 0) & block.alive)
    columns = {
        "survey_year": town.span.as_of.year,
        "assistive_device": choice(r, [0, 1, 2], [0.7, 0.29, 0.01], len(person)),
        "employment_status": np.where(town.ability[person] == 3, 3, 1),
    }
    return Rows(person, np.full(len(person), town.span.last - 40), columns)


@makes("dpf_rehab_subsidy")
def rehabilitation(town: Town) -> Rows:
    r, block = town.r("dpf_rehab_subsidy"), town.block
    child: Flags = (block.disability > 0) & (town.age < 16) & block.alive
    person = times(r, child, 4.0)
    day = town.days(r, len(person), until=1)
    own = np.where(town.low[person], 0, amounts(r, 500, 0.5, len(person), high=2000))
    return Rows(person, day, {"subsidy_amount": 150_000, "self_pay_amount": own, "pay_date": day})


def _only(values: Maybe, flags: Flags) -> Maybe:
    return Maybe(values.values, values.given & flags)
