"""Firms, shops, cooperatives, machines, vessels and farms; what the country earns besides wages."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.departments.work import shop_codes
from jiuzhu.synthetic.people import BUSINESS, Block
from jiuzhu.synthetic.rows import Rows, Texts
from jiuzhu.synthetic.span import days_of_months
from jiuzhu.synthetic.streams import Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Town, each_month, makes, some


def _well_off(town: Town, dataset: str, share: float, *, country: bool = False) -> Numbers:
    """Grown people outside the base (of the country only)."""
    flags = town.grown & ~town.low & (town.age < 70)
    return some(town.r(dataset), flags & ~town.block.urban if country else flags, share)


def _long_ago(town: Town, person: Numbers, dataset: str, *, least: int = 90) -> Numbers:
    return town.span.last - between(town.r(dataset + "/day"), least, 3000, len(person))


@makes("market_enterprise_role")
def roles(town: Town) -> Rows:
    r = town.r("market_enterprise_role/role")
    person = _well_off(town, "market_enterprise_role", 0.018)
    day = _long_ago(town, person, "market_enterprise_role")
    columns = {
        "uscc": town.firm_code(person),
        "org_name": town.firm_name(person),
        "role": between(r, 1, 5, len(person)),
        "registered_capital": between(r, 10, 900, len(person)) * 1_000_000,
        "establish_date": day,
        "org_status": 1,
    }
    return Rows(person, day, columns)


@makes("market_shareholding")
def shares(town: Town) -> Rows:
    r = town.r("market_shareholding/sum")
    person = _well_off(town, "market_shareholding", 0.016)
    day = _long_ago(town, person, "market_shareholding")
    columns = {
        "uscc": town.firm_code(person),
        "org_name": town.firm_name(person),
        "share_ratio": between(r, 500, 9000, len(person)),
        "subscribed_amount": between(r, 5, 300, len(person)) * 1_000_000,
        "invest_date": day,
        "org_status": 1,
        "paid_amount": 0,
    }
    return Rows(person, day, columns)


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


@makes("market_farmer_coop")
def cooperatives(town: Town) -> Rows:
    person = _well_off(town, "market_farmer_coop", 0.02, country=True)
    day = _long_ago(town, person, "market_farmer_coop")
    return Rows(
        person,
        day,
        {"uscc": town.firm_code(person), "role": 2, "contribution_amount": 100_000, "join_date": day, "coop_status": 1},
    )


@makes("agri_machinery")
def machines(town: Town) -> Rows:
    r = town.r("agri_machinery/kind")
    person = _well_off(town, "agri_machinery", 0.02, country=True)
    day = _long_ago(town, person, "agri_machinery")
    power = choice(r, [110_000, 368_000, 735_000], [5, 2, 1], len(person))
    return Rows(person, day, {"machine_type": 1, "power_kw": power, "register_date": day, "machine_status": 1})


@makes("agri_breeding")
def farms(town: Town) -> Rows:
    r = town.r("agri_breeding/stock")
    person = _well_off(town, "agri_breeding", 0.004, country=True)
    day = _long_ago(town, person, "agri_breeding")
    columns = {
        "animal_type": between(r, 1, 4, len(person)),
        "stock_count": between(r, 60, 900, len(person)),
        "register_date": day,
    }
    return Rows(person, day, {**columns, "farm_status": 1})


def _vessels(town: Town, dataset: str, prefix: str, share: float) -> Rows:
    person = _well_off(town, dataset, share)
    day = _long_ago(town, person, dataset)
    name = numbered(prefix, town.block.number_of[person])
    columns = {"vessel_name": name, "register_date": day, "vessel_status": 1, "share_ratio": 1}
    if dataset == "agri_fishing_vessel":
        return Rows(person, day, columns | {"vessel_no": name, "length_m": 120_000})
    return Rows(person, day, columns | {"gross_tonnage": 800_000})


@makes("agri_fishing_vessel")
def fishing_vessels(town: Town) -> Rows:
    return _vessels(town, "agri_fishing_vessel", "鲁东渔", 0.0008)


@makes("maritime_vessel")
def sea_vessels(town: Town) -> Rows:
    return _vessels(town, "maritime_vessel", "鲁东海", 0.0003)


@makes("transport_inland_vessel")
def inland_vessels(town: Town) -> Rows:
    return _vessels(town, "transport_inland_vessel", "鲁东河", 0.0003)


@makes("transport_operating_vehicle")
def operating_vehicles(town: Town) -> Rows:
    r, block = town.r("transport_operating_vehicle/kind"), town.block
    person = _well_off(town, "transport_operating_vehicle", 0.012)
    day = _long_ago(town, person, "transport_operating_vehicle")
    columns = {"plate_no": numbers.plates("鲁E", block.number_of[person]), "operation_type": between(r, 1, 4, len(person))}
    return Rows(person, day, {**columns, "start_date": day, "valid_to": town.span.last + 300, "permit_status": 1})


@makes("transport_practitioner")
def drivers(town: Town) -> Rows:
    r = town.r("transport_practitioner/kind")
    person = _well_off(town, "transport_practitioner", 0.02)
    day = _long_ago(town, person, "transport_practitioner")
    columns = {
        "cert_type": between(r, 1, 5, len(person)),
        "cert_no": numbered("CY", town.block.number_of[person]),
        "issue_date": day,
        "valid_to": town.span.last + 500,
        "order_months_active": between(r, 0, 12, len(person)),
        "cert_status": 1,
    }
    return Rows(person, day, columns)


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
