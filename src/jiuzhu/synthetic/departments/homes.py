"""Housing and land registers."""

from __future__ import annotations

import numpy as np

from jiuzhu.synthetic.departments.benefits import numbered
from jiuzhu.synthetic.people import OUTSIDE
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.streams import Flags, amounts, between, choice
from jiuzhu.synthetic.town import Town, makes, some


def renters(town: Town) -> Flags:
    """Households in public rental housing: town families of the base without a home of their own, and some others."""
    block = town.block
    urban = np.array([village.urban for village in block.villages])[block.village]
    number = block.offset + block.first
    low = block.category != OUTSIDE
    return np.asarray(urban & (town.members > 0) & ((low & (number % 4 == 0)) | (~low & (number % 61 == 0))))


@makes("housing_public_rental")
def public_rental(town: Town) -> Rows:
    r, block = town.r("housing_public_rental"), town.block
    home = np.flatnonzero(renters(town))
    person = town.heads[home]
    start = town.span.last - between(r, 100, 2000, len(home))
    owed = choice(r, [0, 1, 2, 3], [0.94, 0.03, 0.02, 0.01], len(home))
    columns = {"support_type": 1 + block.village[home] % 2, "monthly_rent": 20_000, "start_date": start, "arrears_months": owed}
    return Rows(person, start, {**columns, "support_status": 1})


@makes("land_real_estate")
def titles(town: Town) -> Rows:
    """A home for most households, in the name of its head: large enough for its members, not too large on dibao."""
    r, block = town.r("land_real_estate"), town.block
    low = block.category != OUTSIDE
    owns = (town.members > 0) & ~renters(town) & (low | (r.random(len(block.kind)) < 0.72))
    home = np.flatnonzero(owns)
    count = np.bincount(block.household, minlength=len(block.kind))[home]
    area = np.where(low[home], count * between(r, 15, 30, len(home)), between(r, 62, 145, len(home))) * 10_000
    second = np.flatnonzero(owns & ~low & (r.random(len(block.kind)) < 0.13))
    person = np.r_[block.first[home], block.first[second]]
    n = len(person)
    poor = low[block.household[person]]
    day = town.span.last - np.where(poor, between(r, 1400, 7000, n), between(r, 60, 7000, n))
    unit = np.r_[block.first[home] * 2, block.first[second] * 2 + 1] + block.offset * 2
    return Rows(
        person,
        day,
        {
            "unit_no": numbered("370502001001GB", unit),
            "cert_no": numbered("鲁（2020）不动产权第", unit),
            "area": np.r_[area, between(r, 50, 120, len(second)) * 10_000],
            "use_type": 1,
            "acquire_way": np.where(block.urban[person], 1, 4),
            "share_ratio": 1,
            "register_date": day,
            "deal_price": Maybe(amounts(r, 600_000, 0.4, n), block.urban[person]),
            "right_status": 1,
        },
    )


@makes("land_real_estate_transfer")
def transfers(town: Town) -> Rows:
    r, block = town.r("land_real_estate_transfer"), town.block
    person = some(r, town.grown & ~town.low, 0.012)
    day = town.days(r, len(person), until=1)
    columns = {
        "unit_no": numbered("370502001002GB", block.number_of[person]), "party_role": choice(r, [1, 2], [0.5, 0.5], len(person)),
        "transfer_way": choice(r, [1, 4], [0.9, 0.1], len(person)), "transfer_date": day,
        "transfer_amount": amounts(r, 700_000, 0.4, len(person)),
    }  # fmt: skip
    return Rows(person, day, columns)


@makes("land_expropriation")
def expropriations(town: Town) -> Rows:
    r = town.r("land_expropriation")
    person = some(r, town.grown & ~town.block.urban & ~town.low, 0.003)
    day = town.days(r, len(person), until=1)
    columns = {
        "project_name": "东八路建设项目", "expropriation_type": 1, "compensation_amount": amounts(r, 90_000, 0.5, len(person)),
        "agreement_date": day - 60, "pay_date": day,
    }  # fmt: skip
    return Rows(person, day, columns)


@makes("housing_presale_contract")
def contracts(town: Town) -> Rows:
    r, block = town.r("housing_presale_contract"), town.block
    person = some(r, town.grown & ~town.low & (town.age < 60), 0.014)
    day = town.days(r, len(person), until=1)
    columns = {
        "contract_no": numbered("HT", block.number_of[person]), "sign_date": day, "house_use": 1, "contract_status": 1,
        "house_area": between(r, 80, 150, len(person)) * 10_000, "contract_amount": amounts(r, 900_000, 0.3, len(person)),
    }  # fmt: skip
    return Rows(person, day, columns)


@makes("housing_dilapidated")
def dilapidated(town: Town) -> Rows:
    r, block = town.r("housing_dilapidated"), town.block
    person = town.heads[(town.members > 0) & (block.first % 97 == 0)]
    person = person[~block.urban[person]]
    day = town.span.last - between(r, 30, 700, len(person))
    grade = Texts(["A", "B", "C", "D"], choice(r, [0, 1, 2, 3], [0.3, 0.6, 0.07, 0.03], len(person)))
    columns = {"danger_grade": grade, "assess_date": day, "is_only_house": True, "renovate_status": 3}
    return Rows(person, day, {**columns, "subsidy_amount": 0})


@makes("housing_rental_filing")
def filings(town: Town) -> Rows:
    r, block = town.r("housing_rental_filing"), town.block
    person = some(r, town.grown & ~town.low & block.urban, 0.02)
    day = town.days(r, len(person), until=1)
    columns = {"party_role": choice(r, [1, 2], [0.5, 0.5], len(person)), "monthly_rent": amounts(r, 1300, 0.3, len(person))}
    return Rows(person, day, {**columns, "start_date": day, "end_date": day + 365})


@makes("water_safety_rural")
def drinking_water(town: Town) -> Rows:
    r = town.r("water_safety_rural")
    person = some(r, town.grown & ~town.block.urban, 0.001)
    day = town.days(r, len(person), until=15)
    return Rows(
        person, day, {"issue_type": choice(r, [1, 2, 9], [2, 2, 1], len(person)), "found_date": day, "fixed_date": day + 8}
    )


@makes("agri_land_contract")
def farmland(town: Town) -> Rows:
    """The contracted land of country households, in the name of the head; every poor one has some."""
    r, block = town.r("agri_land_contract"), town.block
    country = ~np.array([village.urban for village in block.villages])[block.village]
    wanted = country & (town.members > 0) & ((block.category != OUTSIDE) | (block.first % 3 > 0))
    home = np.flatnonzero(wanted)
    area = between(r, 2, 11, len(home)) * 10_000
    let = np.where(block.first[home] % 4 == 0, area // 2, 0)
    columns = {"contract_area": area, "transfer_area": let, "transfer_income_year": let // 10_000 * 50_000}
    return Rows(town.heads[home], None, columns)


@makes("agri_subsidy")
def farm_subsidies(town: Town) -> Rows:
    r, block = town.r("agri_subsidy"), town.block
    home = np.flatnonzero(~np.array([village.urban for village in block.villages])[block.village] & (town.members > 0))
    person = np.tile(town.heads[home], 2)
    day = town.days(r, len(person), until=1)
    year = np.asarray((day.astype("M8[D]").astype("M8[Y]")).astype(np.int64) + 1970)
    area = between(r, 2, 8, len(person))
    columns = {"subsidy_item": 1, "subsidy_year": year, "area_or_count": area * 10_000, "amount": area * 12_500, "pay_date": day}
    return Rows(person, day, columns)
