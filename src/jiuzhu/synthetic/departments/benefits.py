"""Civil affairs: the low-income base, who receives what, and what was paid."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.synthetic.departments.police import relations
from jiuzhu.synthetic.people import CHILD, DIBAO, EDGE, ELDER_MAN, LONE_ELDER, MONITORED, NEVER, OUTSIDE, RIGID
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.story import STANDARDS
from jiuzhu.synthetic.streams import Flags, Numbers, between, choice
from jiuzhu.synthetic.town import Town, makes, next_of, some

STANDARD = int(STANDARDS[1]) * 100  # fen a month
TEKUN_BASIC = int(STANDARDS[3]) * 100
CARE = int(STANDARDS[8]) * 100
OLD_AGE = {1: 10_000, 2: 20_000, 3: 50_000}  # fen a month by band


def numbered(prefix: str, n: Numbers) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pa.array(n + 10**9).cast(pa.string()), "")


def since_of(town: Town, person: Numbers) -> Numbers:
    """The day since which a person's family stands in the base; not before the person was born."""
    block = town.block
    return np.maximum(block.since[block.household[person]], block.birth[person] + 20)


@makes("civil_lowincome_household")
def households(town: Town) -> Rows:
    r, block = town.r("civil_lowincome_household"), town.block
    home = np.flatnonzero((block.category != OUTSIDE) & (town.members > 0))
    count, income, n = town.members[home], block.income[home], len(home)
    severe = np.bincount(block.household[town.severe & block.alive], minlength=len(block.kind))[home] > 0
    ill = np.bincount(block.household[town.ill & block.alive], minlength=len(block.kind))[home] > 0
    score = between(r, 300_000, 620_000, n)
    yearly = income * 12 * count
    return Rows(
        town.heads[home],
        block.since[home],
        {
            "category": block.category[home],
            "member_count": count,
            "monthly_income_per_capita": income,
            "annual_income_total": yearly,
            "annual_rigid_expense": yearly // 12,
            "financial_asset_total": between(r, 0, 9000, n) * 100,
            "main_cause": np.select([severe, ill], [2, 1], choice(r, [3, 5, 6, 9], [1, 2, 4, 2], n)),
            "difficulty_score": score,
            "difficulty_score_prev": score + between(r, -20_000, 30_000, n),
            "home_longitude": 1_185_000 + block.village[home] * 37 % 3000,
            "home_latitude": 374_500 + block.village[home] * 53 % 3000,
            "phone": town.identity.phone.take(pa.array(town.heads[home])),
            "valid_from": block.since[home],
            "valid_to": Maybe(np.full(n, town.span.last + 200), np.isin(block.category[home], (EDGE, RIGID))),
            "household_status": 1,
        },
    )


@makes("civil_lowincome_member")
def members(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero(town.low)
    able = np.flatnonzero(town.low & (town.ability == 1))
    main = np.zeros(len(block), bool)
    main[able[np.unique(block.household[able], return_index=True)[1]]] = True
    health = np.select([town.severe, town.ill, block.disability > 0, block.chronic], [4, 3, 4, 2], 1)
    care = np.where(town.severe & (block.disability == 1), 3, np.where(town.severe, 2, 1))
    return Rows(
        person,
        since_of(town, person),
        {
            "relation_to_head": relations(block, person),
            "birth_date": block.birth[person],
            "labor_capacity": town.ability[person],
            "is_main_laborer": main[person],
            "health_status": health[person],
            "self_care": care[person],
            "monthly_income": block.income[block.household[person]],
            "is_living_alone": town.members[block.household[person]] == 1,
            "is_local_hukou": block.local[person],
            "phone": town.identity.phone.take(pa.array(person)),
            "member_status": 1,
        },
    )


def dibao_amount(town: Town, person: Numbers) -> Numbers:
    """What fills each member's income up to the standard, in whole yuan, rounded up."""
    missing = STANDARD - town.block.income[town.block.household[person]]
    return -(-missing // 100) * 100


@makes("civil_dibao_household")
def dibao_households(town: Town) -> Rows:
    r, block = town.r("civil_dibao_household"), town.block
    home = np.flatnonzero((block.category == DIBAO) & (town.members > 0))
    head, count = town.heads[home], town.members[home]
    return Rows(
        head,
        block.since[home],
        {
            "dibao_no": numbered("DB", block.offset + block.first[home]),
            "dibao_type": np.where(block.urban[head], 1, 2),
            "review_class": Texts(["A", "B", "C"], between(r, 0, 2, len(home))),
            "protected_count": count,
            "monthly_amount": dibao_amount(town, head) * count,
            "household_monthly_income": block.income[home] * count,
            "approve_date": block.since[home],
            "next_review_date": town.span.last + between(r, 5, 330, len(home)),
            "dibao_status": 1,
        },
    )


@makes("civil_dibao_member")
def dibao_members(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero((block.class_of == DIBAO) & (town.members[block.household] > 0))
    dead = ~block.alive[person]
    since = since_of(town, person)
    over = block.death[person] + 1
    return Rows(
        person,
        np.where(dead, np.minimum(over - 1, town.span.last), since),
        {
            "dibao_no": numbered("DB", block.offset + block.first[block.household[person]]),
            "dibao_type": np.where(block.urban[person], 1, 2),
            "individual_protection": False,
            "monthly_amount": dibao_amount(town, person),
            "start_date": np.where(dead, np.minimum(since, over - 30), since),
            "end_date": Maybe(over, dead),
            "dibao_status": np.where(dead, 3, 1),
        },
    )


@makes("civil_tekun_person")
def tekun_people(town: Town) -> Rows:
    r, block = town.r("civil_tekun_person"), town.block
    person = np.flatnonzero(town.tekun)
    helper = np.flatnonzero(town.grown & (town.age < 60))
    care = choice(r, [1, 2, 3], [0.7, 0.2, 0.1], len(person))
    caregiver = next_of(helper, person)
    since = since_of(town, person)
    return Rows(
        person,
        since,
        {
            "tekun_no": numbered("TK", block.number_of[person]),
            "support_mode": np.where(_in_institution(town)[person], 2, 1),
            "self_care": care,
            "caregiver_id_no": Maybe(
                block.ids.take(pa.array(caregiver.clip(0))), (caregiver >= 0) & ~_in_institution(town)[person]
            ),
            "basic_amount": TEKUN_BASIC,
            "care_amount": CARE,
            "approve_date": since,
            "tekun_status": 1,
        },
    )


def _in_institution(town: Town) -> Flags:
    return np.asarray(town.tekun & (town.block.number_of % 5 == 0))


@makes("civil_institution_resident")
def residents_of_institutions(town: Town) -> Rows:
    r, block = town.r("civil_institution_resident"), town.block
    person = np.r_[np.flatnonzero(_in_institution(town)), some(r, (town.age > 74) & block.alive & ~town.low, 0.02)]
    free = town.tekun[person]
    since = np.where(free, since_of(town, person), town.span.last - between(r, 40, 900, len(person)))
    return Rows(
        person,
        since,
        {
            "institution_uscc": Texts(town.firms.codes, np.where(free, 0, 1)),
            "institution_name": Texts(["东营区特困人员供养服务中心", "东营区颐养院"], np.where(free, 0, 1)),
            "institution_type": np.where(free, 2, 1),
            "check_in_date": since,
            "monthly_fee": np.where(free, 0, 260_000),
            "payer": np.where(free, 1, 2),
        },
    )


@makes("civil_edge_member")
def edge_members(town: Town) -> Rows:
    return _certified(town, "civil_edge_member", EDGE, "edge_status", "income_per_capita", None)


@makes("civil_rigid_member")
def rigid_members(town: Town) -> Rows:
    return _certified(town, "civil_rigid_member", RIGID, "rigid_status", "expense_ratio", 6_500)


def _certified(town: Town, dataset: str, category: int, status: str, column: str, value: int | None) -> Rows:
    """Members of families of a class that lapses after a year: recognised within the last ten months."""
    block, r = town.block, town.r(dataset)
    person = np.flatnonzero((block.class_of == category) & block.alive)
    ago = between(r, 30, 300, len(block.kind))[block.household[person]]
    since = np.maximum(town.span.last - ago, block.birth[person] + 20)
    amount = block.income[block.household[person]] if value is None else value
    return Rows(person, since, {"certified_date": since, "valid_to": town.span.last - ago + 365, column: amount, status: 1})


def allowance_holders(town: Town, dataset: str) -> Numbers:
    """Who holds an allowance of this dataset; the same people in the list, in the payments and in the certifications."""
    block = town.block
    local = block.local & block.alive
    match dataset:
        case "civil_disability_living_allowance":
            flags = town.dibao & (block.disability > 0)
        case "civil_disability_nursing_allowance":
            flags = town.severe & block.alive & ~town.tekun
        case "civil_old_age_allowance":
            # Who turns 80 on one of the next days gets it at once: nobody is a day late.
            flags = local & (block.birth <= town.span.last - 29_200)
        case "civil_orphan":
            flags = town.dibao & (block.role == CHILD) & (town.age < 17) & (block.number_of % 61 == 0)
        case "civil_unattended_child":
            flags = (
                town.dibao & (block.role == CHILD) & (town.age < 17) & (block.number_of % 37 == 0) & (block.number_of % 61 != 0)
            )
        case _:
            flags = town.dibao & (town.age >= 65) & (block.disability == 0) & (block.number_of % 4 == 0)
    if dataset == "civil_disability_living_allowance":
        for other in ("civil_orphan", "civil_unattended_child"):
            flags = flags.copy()
            flags[allowance_holders(town, other)] = False
    return np.flatnonzero(flags)


def _allowance(town: Town, dataset: str, status: str, amount: object, **columns: object) -> Rows:
    person = allowance_holders(town, dataset)
    start = allowance_start(town, dataset, person)
    return Rows(person, start, {"start_date": start, "monthly_amount": amount, status: 1, **columns})


def allowance_start(town: Town, dataset: str, person: Numbers) -> Numbers:
    if dataset == "civil_old_age_allowance":
        return np.maximum(town.block.birth[person] + 29_200, town.span.last - 3000)
    return np.maximum(town.span.last - 120 - town.block.number_of[person] % 1500, town.block.birth[person] + 25)


@makes("civil_disability_living_allowance")
def living_allowances(town: Town) -> Rows:
    person = allowance_holders(town, "civil_disability_living_allowance")
    certificate = certificate_numbers(town, person)
    return _allowance(town, "civil_disability_living_allowance", "allowance_status", 18_000, cert_no=certificate, basis=1)


@makes("civil_disability_nursing_allowance")
def nursing_allowances(town: Town) -> Rows:
    person = allowance_holders(town, "civil_disability_nursing_allowance")
    level = town.block.disability[person]
    columns = {"cert_no": certificate_numbers(town, person), "disability_level": level}
    return _allowance(
        town, "civil_disability_nursing_allowance", "allowance_status", np.where(level == 1, 18_000, 14_000), **columns
    )


def certificate_numbers(town: Town, person: Numbers) -> pa.Array:
    """Twenty characters: the identity number, the kind of disability, its level."""
    block = town.block
    tail = pa.array(block.disability_type[person] * 10 + block.disability[person]).cast(pa.string())
    return pc.binary_join_element_wise(block.ids.take(pa.array(person)), tail, "")


@makes("civil_orphan")
def orphans(town: Town) -> Rows:
    return _allowance(town, "civil_orphan", "orphan_status", 185_000, rearing_mode=2)


@makes("civil_unattended_child")
def unattended(town: Town) -> Rows:
    rows = _allowance(town, "civil_unattended_child", "child_status", 185_000, father_situation=5, mother_situation=7)
    assert rows.person is not None
    block = town.block
    parent = {"father_id_no": block.father[rows.person], "mother_id_no": block.mother[rows.person]}
    rows.columns |= {name: Maybe(block.ids.take(pa.array(other.clip(0))), other >= 0) for name, other in parent.items()}
    return rows


@makes("civil_old_age_allowance")
def old_age(town: Town) -> Rows:
    band = (town.age[allowance_holders(town, "civil_old_age_allowance")].clip(80) // 10 - 7).clip(1, 3)
    amount = np.array([0, *OLD_AGE.values()])[band]
    return _allowance(town, "civil_old_age_allowance", "allowance_status", amount, age_band=band)


@makes("civil_elder_service_subsidy")
def elder_subsidies(town: Town) -> Rows:
    columns = {"subsidy_type": 1, "ability_level": 1}
    return _allowance(town, "civil_elder_service_subsidy", "subsidy_status", 8000, **columns)


@makes("rural_monitoring")
def monitored(town: Town) -> Rows:
    r, block = town.r("rural_monitoring"), town.block
    person = np.flatnonzero((block.class_of == MONITORED) & block.alive)
    since = since_of(town, person)
    return Rows(
        person,
        since,
        {
            "rural_household_no": numbered("FP", block.offset + block.first[block.household[person]]),
            "monitor_type": choice(r, [1, 2], [0.5, 0.5], len(person)),
            "identify_date": since,
            "risk_type": choice(r, [1, 2, 3, 6, 9], [4, 2, 2, 3, 1], len(person)),
            "income_per_capita": block.income[block.household[person]] * 12,
            "measure_count": between(r, 1, 4, len(person)),
            "risk_status": 1,
        },
    )


@makes("civil_elder_care_registry")
def visiting_register(town: Town) -> Rows:
    r, block = town.r("civil_elder_care_registry"), town.block
    person = visited_elders(town)
    alone = town.members[block.household[person]] == 1
    visited = town.span.last - between(r, 0, 26, len(person))
    level = np.where(town.severe[person], 2, 0)
    return Rows(
        person,
        visited,
        {
            "elder_type": np.where(alone, 1, 2),
            "birth_date": block.birth[person],
            "risk_level": np.where(alone, 2, 3),
            "ability_level": level,
            "ability_level_prev": level,
            "assessed_date": town.span.last - between(r, 70, 300, len(person)),
            "emergency_phone": town.identity.phone.take(pa.array(person)),
            "last_visit_date": visited,
            "visit_cycle_days": 30,
            "registry_status": 1,
        },
    )


def visited_elders(town: Town) -> Numbers:
    """All who live alone and are 75 or more or in the base, and a part of the old couples."""
    block = town.block
    alone = (town.members[block.household] == 1) & (town.age >= 60) & (np.isin(block.role, (ELDER_MAN,)) | (town.age >= 78))
    lone = alone & ((town.age >= 75) | town.low | (block.number_of % 3 == 0))
    couple = (town.age >= 78) & (block.number_of % 4 == 0)
    single_book = (town.age >= 78) & (block.kind[block.household] == LONE_ELDER)
    return np.flatnonzero((lone | couple | single_book) & block.alive & (block.death == NEVER))
