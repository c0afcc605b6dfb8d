"""Firms, shops, cooperatives, machines, vessels and farms; what the country earns besides wages."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.departments.work import shop_codes
from jiuzhu.synthetic.people import BUSINESS, Block
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Chance, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Columns, Drawn, Town, each_month, makes, some, tells


def _long_ago(town: Town, person: Numbers, dataset: str, *, least: int = 90) -> Numbers:
    return town.span.last - between(town.r(dataset + "/day"), least, 3000, len(person))


def well_off(share: float, *, country: bool = False) -> Drawn:
    """Grown people outside the base (of the country only), and a day long ago."""

    def drawn(town: Town, dataset: str) -> tuple[Numbers, Numbers]:
        flags = town.grown & ~town.low & (town.age < 70)
        person = some(town.r(dataset), flags & ~town.block.urban if country else flags, share)
        return person, _long_ago(town, person, dataset)

    return drawn


@tells("market_enterprise_role", well_off(0.018), "role")
def roles(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "uscc": town.firm_code(person),
        "org_name": town.firm_name(person),
        "role": between(r, 1, 5, len(person)),
        "registered_capital": between(r, 10, 900, len(person)) * 1_000_000,
        "establish_date": day,
        "org_status": 1,
    }


@tells("market_shareholding", well_off(0.016), "sum")
def shares(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "uscc": town.firm_code(person),
        "org_name": town.firm_name(person),
        "share_ratio": between(r, 500, 9000, len(person)),
        "subscribed_amount": between(r, 5, 300, len(person)) * 1_000_000,
        "invest_date": day,
        "org_status": 1,
        "paid_amount": 0,
    }


@makes("market_individual_business")
def shops(town: Town) -> Rows:
    r, block = town.r("market_individual_business"), town.block
    person = np.flatnonzero((block.job == BUSINESS) & town.grown & ~town.low)
    day = _long_ago(town, person, "market_individual_business")
    columns = {
        "uscc": shop_codes(town, person),
        "shop_name": Texts(["便民商店", "家常菜馆", "五金店", "理发店"], between(r, 0, 3, len(person))),
        "fund_amount": between(r, 1, 20, len(person)) * 1_000_000,
        "employee_count": choice(r, [0, 1, 2, 3], [5, 2, 1, 1], len(person)),
        "register_date": day,
        "business_status": 1,
    }
    return Rows(person, day, columns)


@tells("market_farmer_coop", well_off(0.02, country=True))
def cooperatives(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {"uscc": town.firm_code(person), "role": 2, "contribution_amount": 100_000, "join_date": day, "coop_status": 1}


@tells("agri_machinery", well_off(0.02, country=True), "kind")
def machines(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    power = choice(r, [110_000, 368_000, 735_000], [5, 2, 1], len(person))
    return {"machine_type": 1, "power_kw": power, "register_date": day, "machine_status": 1}


@tells("agri_breeding", well_off(0.004, country=True), "stock")
def farms(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    kind, stock = between(r, 1, 4, len(person)), between(r, 60, 900, len(person))
    return {"animal_type": kind, "stock_count": stock, "register_date": day, "farm_status": 1}


def _vessels(town: Town, prefix: str, person: Numbers, day: Numbers) -> Columns:
    name = numbered(prefix, town.block.number_of[person])
    return {"vessel_name": name, "register_date": day, "vessel_status": 1, "share_ratio": 1}


@tells("agri_fishing_vessel", well_off(0.0008))
def fishing_vessels(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    columns = _vessels(town, "鲁东渔", person, day)
    return columns | {"vessel_no": columns["vessel_name"], "length_m": 120_000}


@tells("maritime_vessel", well_off(0.0003))
def sea_vessels(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return _vessels(town, "鲁东海", person, day) | {"gross_tonnage": 800_000}


@tells("transport_inland_vessel", well_off(0.0003))
def inland_vessels(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return _vessels(town, "鲁东河", person, day) | {"gross_tonnage": 800_000}


@tells("transport_operating_vehicle", well_off(0.012), "kind")
def operating_vehicles(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    plates = numbers.plates("鲁E", town.block.number_of[person])
    columns = {"plate_no": plates, "operation_type": between(r, 1, 4, len(person))}
    return {**columns, "start_date": day, "valid_to": town.span.last + 300, "permit_status": 1}


@tells("transport_practitioner", well_off(0.02), "kind")
def drivers(town: Town, r: Chance, person: Numbers, day: Numbers) -> Columns:
    return {
        "cert_type": between(r, 1, 5, len(person)),
        "cert_no": numbered("CY", town.block.number_of[person]),
        "issue_date": day,
        "valid_to": town.span.last + 500,
        "order_months_active": between(r, 0, 12, len(person)),
        "cert_status": 1,
    }


def _lifted_out(block: Block) -> Numbers:
    return np.flatnonzero(~block.urban & block.alive & (block.household % 29 == 0) & block.local)


@makes("rural_poverty_alleviated")
def lifted_out(town: Town) -> Rows:
    block = town.block
    person = _lifted_out(block)
    home = block.household[person]
    columns = {
        "rural_household_no": numbered("TP", block.offset + block.first[home]),
        "exit_year": 2016 + home % 5,
        "income_per_capita": 1_400_000 + home % 40 * 20_000,
    }
    return Rows(person, None, columns)


@makes("rural_collective_dividend")
def dividends(town: Town) -> Rows:
    block = town.block
    person = np.flatnonzero(~block.urban & block.alive & (block.village[block.household] % 4 == 0) & (town.age >= 18))
    year = town.span.as_of.year
    who, paid = each_month(person, np.array([year - 2, year - 1, year]))
    day = days_of_months(paid * 12, 22)
    village = Texts([village.name for village in block.villages], block.village[block.household[who]])
    columns = {"village_name": village, "dividend_year": paid - 1, "amount": 20_000 + who % 7 * 1000, "pay_date": day}
    return Rows(who, day, columns)


@makes("insurance_claim")
def claims(town: Town) -> Rows:
    """Claims of families who signed: small ones."""
    r = town.r("insurance_claim")
    person = some(r, town.low & town.grown, 0.04)
    day = town.days(r, len(person), until=1)
    kind = choice(r, [1, 4, 5], [3, 1, 1], len(person))
    return Rows(person, day, {"claim_type": kind, "claim_amount": amounts(r, 900, 0.5, len(person)), "pay_date": day})
