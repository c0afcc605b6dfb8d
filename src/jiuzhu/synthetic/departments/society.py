"""Unions, veterans, charities, women's and youth bodies, statistics; and the registers that speak of nobody."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import names
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.people import EMPLOYEE, WOMAN
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.story import REGION
from jiuzhu.synthetic.streams import Chance, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Columns, Drawn, Town, makes, some, tells

FUNDS = ["情暖东营助困", "金秋助学", "慈善助医"]


def low_people(share: float) -> Drawn:
    """Grown members of families in the base, and a day of the span each."""

    def drawn(town: Town, dataset: str) -> tuple[Numbers, Numbers]:
        r = town.r(dataset)
        person = some(r, town.low & town.grown, share)
        return person, town.days(r, len(person), until=2)

    return drawn


@tells("union_difficult_worker", low_people(0.02))
def workers(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {"worker_category": 2, "cert_date": day, "income_per_capita": 150_000, "file_status": 1}


@makes("union_assistance")
def union_aid(town: Town) -> Rows:
    r = town.r("union_assistance/sum")
    person = some(town.r("union_assistance"), (town.block.job == EMPLOYEE) & town.grown, 0.01)
    day = town.days(r, len(person), until=1)
    columns = {
        "aid_item": choice(r, [1, 3, 9], [3, 2, 1], len(person)),
        "amount": amounts(r, 800, 0.3, len(person)),
        "pay_date": day,
    }
    return Rows(person, day, columns)


@makes("veteran_preferential")
def veterans(town: Town) -> Rows:
    r = town.r("veteran_preferential")
    person = some(r, (town.age >= 55) & town.block.alive & ~town.low, 0.012)
    start = town.span.last - between(r, 300, 4000, len(person))
    columns = {
        "veteran_category": choice(r, [1, 4, 5, 9], [1, 2, 3, 2], len(person)),
        "monthly_amount": 98_000,
        "start_date": start,
    }
    return Rows(person, start, {**columns, "treat_status": 1})


@tells("veteran_hardship_aid", low_people(0.01), "sum")
def veteran_aid(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "aid_reason": choice(r, [1, 3, 9], [2, 1, 1], len(person)),
        "amount": amounts(r, 1000, 0.3, len(person)),
        "aid_date": day,
    }


@tells("charity_assistance", low_people(0.12), "sum")
def charity(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    at = between(r, 0, 2, len(person))
    return {
        "project_code": Texts(["P001", "P002", "P003"], at), "project_name": Texts(FUNDS, at), "org_name": "东营区慈善总会",
        "reason": np.where(at == 1, 2, 9), "amount": amounts(r, 700, 0.4, len(person)), "aid_date": day,
    }  # fmt: skip


@tells("charity_village_mutual", low_people(0.01))
def mutual_aid(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    block = town.block
    village = Texts([village.name for village in block.villages], block.village[block.household[person]])
    return {"village_name": village, "medical_cost": 500_000, "amount": 60_000, "aid_date": day}


@makes("women_support")
def women(town: Town) -> Rows:
    r = town.r("women_support")
    person = some(r, town.low & town.grown & (town.block.sex == WOMAN) & (town.age < 65), 0.04)
    day = town.span.last - between(r, 100, 700, len(person))
    columns = {
        "support_category": choice(r, [1, 4], [1, 3], len(person)),
        "register_date": day,
        "aid_amount": 100_000,
        "support_status": 1,
    }
    return Rows(person, day, columns)


@makes("youth_support")
def youth(town: Town) -> Rows:
    r = town.r("youth_support")
    person = some(r, (town.age >= 8) & (town.age < 20) & town.low, 0.1)
    day = town.span.last - between(r, 190, 700, len(person))
    return Rows(person, day, {"support_category": 1, "register_date": day, "aid_amount": 60_000, "support_status": 1})


def _first_only(town: Town, n: int) -> int:
    """Registers of the county are delivered once, with its first block."""
    return 0 if town.block.number else n


@makes("civil_social_organisation")
def organisations(town: Town) -> Rows:
    n = _first_only(town, 24)
    r = town.r("civil_social_organisation")
    columns = {
        "uscc": Texts(town.firms.codes, np.arange(n) % len(town.firms.codes)), "org_type": between(r, 1, 5, n),
        "org_name": Texts([f"东营区{word}社会工作服务中心" for word in ("暖阳", "启明", "同心", "益行")], np.arange(n) % 4),
        "service_scope": "助老、助残、助困", "org_status": 1,
    }  # fmt: skip
    return Rows(None, None, columns)


@makes("charity_project")
def projects(town: Town) -> Rows:
    n = _first_only(town, 12)
    columns = {
        "project_code": Texts([f"P{i + 1:03}" for i in range(12)], np.arange(n)), "project_name": Texts(FUNDS, np.arange(n) % 3),
        "uscc": Texts(town.firms.codes, np.arange(n) % len(town.firms.codes)), "target_condition": "low",
        "max_amount": np.full(n, 500_000), "quota": np.full(n, 50), "start_date": np.full(n, town.span.last - 200),
        "end_date": np.full(n, town.span.last + 160), "project_status": 1,
    }  # fmt: skip
    return Rows(None, None, columns)


@makes("grid_worker")
def grid_workers(town: Town) -> Rows:
    """One grid worker a village of the block."""
    block, r = town.block, town.r("grid_worker")
    used = np.unique(block.village)
    n = len(used)
    codes = [village.code for village in block.villages]
    sex = between(r, 1, 2, n)
    columns = {
        "grid_code": Texts(codes, used), "grid_name": Texts([village.name + "网格" for village in block.villages], used),
        "worker_name": names.draw_names(r, names.draw_surnames(r, n), sex), "worker_phone": numbered("139", used),
        "township_code": Texts([code[:9] for code in codes], used), "village_code": Texts(codes, used),
        "is_counsellor": np.ones(n, bool), "region_code": Texts(codes, used),
    }  # fmt: skip
    return Rows(None, None, columns)


@makes("stats_region_params")
def statistics(town: Town) -> Rows:
    """The figures of the last two years; stories count on the newest."""
    n = _first_only(town, 2)
    year = town.span.as_of.year - np.arange(n, 0, -1)
    columns = {
        "stat_year": year,
        **{name: [round(float(value) * 100)] * n for name, value in REGION.items() if not name.startswith("avg")},
    }
    columns |= {name: np.full(n, int(value) * 10_000) for name, value in REGION.items() if name.startswith("avg")}
    return Rows(None, None, columns)
