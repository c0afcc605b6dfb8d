"""Public security, traffic police and border: who is registered, who moves, who dies, who drives."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.synthetic import numbers
from jiuzhu.synthetic.people import CHILD, MAN, NEVER, OUTSIDE, Block
from jiuzhu.synthetic.rows import Maybe, Rows, Texts
from jiuzhu.synthetic.streams import Flags, Numbers, amounts, between, choice
from jiuzhu.synthetic.town import Town, makes, some, times

HEAD, SPOUSE, SON, DAUGHTER, PARENT = ("02", "10", "20", "30", "50")
RELATIONS = [HEAD, SPOUSE, SON, DAUGHTER, PARENT]


def relations(block: Block, person: Numbers) -> Texts:
    """To the head of the household, the first member (of those registered there)."""
    place = person - block.first[block.household[person]]
    young = np.isin(block.role[person], (CHILD, 3))
    index = np.select(
        [place == 0, block.apart[person], young & (block.sex[person] == MAN), young, place == 1], [0, 0, 2, 3, 1], 4
    )
    return Texts(RELATIONS, index)


def named(block: Block, other: Numbers) -> Maybe:
    """The identity numbers of other people of the block, empty for -1."""
    return Maybe(block.ids.take(pa.array(other.clip(0))), other >= 0)


@makes("police_population")
def population(town: Town) -> Rows:
    """One row a registered person as the register has it today."""
    block = town.block
    person = np.flatnonzero(block.local)
    status = np.where(block.death[person] < NEVER, 3, 1)
    age = town.age[person]
    married = (block.spouse[person] >= 0) | ((age > 30) & (block.role[person] < CHILD))
    return Rows(
        person,
        None,
        {
            "relation_to_head": relations(block, person),
            "sex": block.sex[person],
            "ethnicity": Texts(["01", "03"], (block.number_of[person] % 83 == 0).astype(np.int64)),
            "birth_date": block.birth[person],
            "hukou_type": np.where(block.urban[person], 1, 2),
            "hukou_address": town.identity.address.take(pa.array(person)),
            "marital_status": Texts(["10", "20", "30"], np.where(married, 1, np.where(age > 60, 2, 0))),
            "hukou_status": status,
            "father_id_no": named(block, block.father[person]),
            "mother_id_no": named(block, block.mother[person]),
            "spouse_id_no": named(block, block.spouse[person]),
        },
    )


@makes("police_hukou_migration")
def migrations(town: Town) -> Rows:
    r = town.r("police_hukou_migration")
    block = town.block
    person = some(r, block.local & ~town.low, 0.012)
    day = town.days(r, len(person), until=3)
    inward = r.random(len(person)) < 0.9
    home = np.array([village.code[:6] for village in block.villages])[block.village[block.household[person]]]
    far = block.area[person].astype(str)
    return Rows(
        person,
        day,
        {
            "migration_type": np.where(inward, 1, 2),
            "migration_date": day,
            "from_region_code": np.where(inward, far, home),
            "to_region_code": np.where(inward, home, far),
            "migration_reason": choice(r, [1, 2, 3, 4, 5, 9], [3, 2, 3, 2, 2, 1], len(person)),
        },
    )


def dead_people(town: Town, dataset: str, share: float, flags: Flags | None = None) -> tuple[Numbers, Numbers]:
    """Those of the dead whom one of the three feeds knows, and their days of death."""
    dead = town.block.death < NEVER
    person = some(town.r(dataset), dead if flags is None else dead & flags, share)
    return person, town.block.death[person]


@makes("police_death_cancellation")
def cancellations(town: Town) -> Rows:
    person, day = dead_people(town, "police_death_cancellation", 1.0, town.block.local)
    cancel = np.minimum(day + 3 + town.block.number_of[person] % 10, town.span.last)
    return Rows(person, day, {"death_date": day, "cancel_date": cancel, "declarant_relation": "20"})


@makes("police_residence_permit")
def permits(town: Town) -> Rows:
    r, block = town.r("police_residence_permit"), town.block
    person = some(r, ~block.local & (town.age >= 16), 0.95)
    since = town.span.last - between(r, 200, 3000, len(person))
    permit = pc.binary_join_element_wise("JZ", pa.array(block.number_of[person] + 10**9).cast(pa.string()), "")
    far = Texts([f"{code}" for code in block.villages[0].county.elsewhere.tolist()], between(r, 0, 30, len(person)))
    return Rows(
        person,
        since,
        {
            "permit_no": permit,
            "hukou_region_code": far,
            "current_address": town.identity.address.take(pa.array(person)),
            "residence_since": since,
            "permit_status": choice(r, [1, 2], [0.96, 0.04], len(person)),
            "occupation": Texts(["务工", "经商", "其他"], between(r, 0, 2, len(person))),
            "phone": town.identity.phone.take(pa.array(person)),
        },
    )


def _rare(town: Town, dataset: str, share: float, columns: list[str], flags: Flags | None = None, **named_: object) -> Rows:
    """Something that befell about this share of grown people outside the low-income base, on a day of the span."""
    r = town.r(dataset)
    people = town.grown & ~town.low if flags is None else flags
    person = some(r, people, share)
    day = town.days(r, len(person), until=1)
    return Rows(person, day, {**dict.fromkeys(columns, day), **named_})


@makes("police_custody")
def custody(town: Town) -> Rows:
    rows = _rare(town, "police_custody", 0.0006, ["start_date"], measure_type=1, custody_status=2)
    assert rows.when is not None
    rows.columns["end_date"] = np.minimum(rows.when + 10, town.span.last)
    return rows


@makes("police_missing_person")
def missing(town: Town) -> Rows:
    return _rare(town, "police_missing_person", 0.0001, ["report_date", "lost_since"], case_status=2)


@makes("police_incident_clue")
def incidents(town: Town) -> Rows:
    rows = _rare(town, "police_incident_clue", 0.003, ["incident_date"], injury_level=0)
    r = town.r("police_incident_clue/type")
    rows.columns["incident_type"] = choice(r, [1, 4, 7, 9], [0.2, 0.1, 0.1, 0.6], len(rows))
    rows.columns["clue_summary"] = "接警后了解"
    return rows


@makes("police_exit_entry")
def borders(town: Town) -> Rows:
    """Trips of a week; who goes comes back."""
    r = town.r("police_exit_entry")
    out = times(r, town.grown & ~town.low & (town.age < 75), 0.02)
    leave = town.days(r, len(out), until=15)
    person, day = np.r_[out, out], np.r_[leave, leave + 7]
    return Rows(
        person, day, {"direction": np.repeat([1, 2], len(out)), "cross_date": day, "destination_code": "KOR", "purpose": 1}
    )


@makes("traffic_vehicle")
def vehicles(town: Town) -> Rows:
    r, block = town.r("traffic_vehicle"), town.block
    share = np.where(town.low, 0.004, 0.30)
    person = np.flatnonzero(town.grown & (town.age < 72) & (r.random(len(block)) < share))
    first = town.span.last - between(r, 30, 5200, len(person))
    poor = town.low[person]
    first = np.where(poor, np.minimum(first, town.span.last - 800), first)
    kind = np.where(poor, 4, choice(r, [1, 2, 4], [0.82, 0.04, 0.14], len(person)))
    return Rows(
        person,
        first,
        {
            "plate_no": numbers.plates("鲁E", block.number_of[person]),
            "vehicle_class": kind,
            "brand_model": Texts(["哈弗H6", "五菱宏光", "大众朗逸", "比亚迪秦", "普通二轮摩托车"], between(r, 0, 4, len(person))),
            "use_nature": 1,
            "first_register_date": first,
            "acquired_date": first,
            "purchase_price": Maybe(amounts(r, 86_000, 0.5, len(person)), r.random(len(person)) < 0.8),
            "vehicle_status": choice(r, [1, 2, 5], [0.95, 0.03, 0.02], len(person)),
        },
    )


@makes("traffic_accident")
def accidents(town: Town) -> Rows:
    rows = _rare(town, "traffic_accident", 0.006, ["accident_date"], economic_loss_amount=200_000)
    rows.columns["injury_level"] = choice(town.r("traffic_accident/injury"), [0, 1, 2, 3], [0.6, 0.35, 0.04, 0.01], len(rows))
    rows.columns["liability"] = choice(town.r("traffic_accident/fault"), [2, 3, 4, 5], [0.3, 0.2, 0.2, 0.3], len(rows))
    return rows


@makes("e_licence")
def licences(town: Town) -> Rows:
    r, block = town.r("e_licence"), town.block
    person = some(r, town.grown & block.local & (block.class_of != OUTSIDE), 0.97)
    person = np.sort(np.r_[person, some(r, town.grown & ~town.low, 0.22)])
    issued = np.maximum(town.span.last - between(r, 100, 3000, len(person)), block.birth[person] + 18 * 365)
    return Rows(
        person,
        issued,
        {
            "licence_type": 1,
            "licence_no": block.ids.take(pa.array(person)),
            "issue_date": issued,
            "valid_to": issued + 20 * 365,
            "licence_status": 1,
        },
    )
