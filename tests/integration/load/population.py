"""Two million invented people as columns, their deliveries, and the run over them: `python -m tests.integration.load.population DIR`."""

from __future__ import annotations

import json
import resource
import sys
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiuzhu.registry import public
from jiuzhu.registry.ingest.parsing import PARSERS
from jiuzhu.rules.catalogue import Catalogue, from_text
from jiuzhu.synthetic.numbers import identity_numbers

PEOPLE = 2_000_000
FILES = 4
SPREAD = 20  # counties
AS_OF = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 16, tzinfo=UTC)
FIRST_BIRTH = -14_000  # days since 1970: in 1931
DEPENDENCY = "S18-E07"
GONE = "S23-R90"
GONE_RULE = """
code = "S23-R90"
title = { zh = "户籍已注销仍在册", en = "Closed in the register, still in the base" }
side = "exit"
kind = "warning"
of = "person"
route = ["township"]
days = 3
action = { zh = "核实", en = "Check" }
basis = [{ law = "L04", says = "monitor low-income people on data that departments share" }]
reviewed = { by = "救助处", date = 2026-03-01, again = 2027-03-01 }
inputs.closed = { dataset = "police_population", exists = true, where = "hukou_status == 3" }
inputs.listed = { dataset = "civil_lowincome_member", exists = true, where = "member_status == 1" }
rule = { when = "closed and listed", grades = { red = "hit" } }
examples = [
  { as_of = 2026-11-20, rows = { police_population = [{ hukou_status = 3 }], civil_lowincome_member = [{ member_status = 1 }] }, expect = "red" },
  { as_of = 2026-11-20, rows = { police_population = [{ hukou_status = 1 }], civil_lowincome_member = [{ member_status = 1 }] }, expect = "none" },
  { as_of = 2026-11-20, rows = {}, expect = "unknown" },
]
"""

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Population:
    """One entry a person. house: the household, of one to six people of one county. hukou: 1 registered, 3 dead.

    ability: 1 able to work, 2 and 3 not. listed: 1 in the low-income base, 2 left it.
    """

    house: Numbers
    hukou: Numbers
    ability: Numbers
    listed: Numbers

    @classmethod
    def of(cls, people: int, seed: int = 7) -> Population:
        random = np.random.default_rng(seed)
        house = np.repeat(np.arange(people), random.integers(1, 7, people))[:people]
        return cls(
            house=house,
            hukou=np.where(random.random(people) < 0.01, 3, 1),
            ability=random.choice([1, 2, 3], people, p=[0.4, 0.4, 0.2]),
            listed=np.where(random.random(people) < 0.97, 1, 2),
        )


def deliver(population: Population, folder: Path) -> list[Path]:
    """The register of residents and the low-income base, in files of one month each."""
    paths = []
    folder.mkdir(parents=True, exist_ok=True)
    for number, at in enumerate(np.array_split(np.arange(len(population.house)), FILES)):
        person = _person(population, at, date(2026, 11 - number % 2, 10))
        paths.append(folder / f"police_population-2026-{11 - number % 2}-{number}.parquet")
        register = {**person, "record_id": _texts("p", at), "hukou_household_no": _texts("h", population.house[at])}
        register |= {name: _one(text, len(at)) for name, text in (("ethnicity", "01"), ("hukou_type", "3"))}
        register |= {"hukou_address": _texts("和平里 ", population.house[at] % 900), "hukou_status": _codes(population.hukou[at])}
        sex = _codes(1 + at % 2)
        pq.write_table(pa.table({**register, "sex": sex}), paths[-1])
        paths.append(folder / f"civil_lowincome_member-2026-{11 - number % 2}-{number}.parquet")
        base = {**person, "record_id": _texts("m", at), "household_id": _texts("J", population.house[at])}
        base |= {name: _one(False, len(at)) for name in ("is_main_laborer", "is_living_alone")}
        base |= {"is_local_hukou": _one(True, len(at)), "health_status": _one("1", len(at))}
        base |= {"labor_capacity": _codes(population.ability[at]), "member_status": _codes(population.listed[at])}
        pq.write_table(pa.table(base), paths[-1])
    return paths


def _person(population: Population, at: Numbers, day: date) -> dict[str, pa.Array]:
    county = 370_100 + population.house[at] % SPREAD
    birth = FIRST_BIRTH + at % 20_000
    return {
        "id_no": identity_numbers(county, birth, at // 20_000, 1 + at % 2),
        "name": pa.DictionaryArray.from_arrays(pa.array(at % 3, pa.int32()), ["王伟", "李娜", "张敏"]),
        "relation_to_head": _one("01", len(at)),
        "birth_date": pa.array(birth.astype(np.int32), pa.date32()),
        "region_code": pa.array(county).cast(pa.string()),
        "data_date": pa.array([day] * len(at), pa.date32()),
    }


def _texts(start: str, numbers: Numbers) -> pa.Array:
    return pc.binary_join_element_wise(start, pa.array(numbers).cast(pa.string()), "")


def _codes(numbers: Numbers) -> pa.Array:
    return pa.array(numbers).cast(pa.string()).dictionary_encode()


def _one(value: Any, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


def catalogue() -> Catalogue:
    """The national one with two indicators and the facts they read: what is tried here is the size, not the rules."""
    national = public.catalogue()
    indicators = {DEPENDENCY: national.indicators[DEPENDENCY], GONE: from_text(GONE_RULE, national)}
    facts = {code: national.facts[code] for code in ("able_to_work", "unable_to_work", "low")}
    return replace(national, indicators=indicators, facts=facts)


def main() -> None:
    folder = Path(sys.argv[1])
    told = catalogue()
    paths = deliver(Population.of(PEOPLE), folder)
    reports = public.deliver(paths, workspace=folder / "workspace", catalogue=told, as_of=AS_OF)
    assert {one.state for one in reports} == {"accepted"}, [(one.file, one.state, one.reasons, one.error) for one in reports]
    PARSERS.close()
    made = public.run(folder / "workspace", as_of=AS_OF, now=NOW, catalogue=told)
    own, below = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = {
        "people": made.people,
        "households": made.households,
        "accepted": sum(one.accepted for one in reports),
        "found": {one.indicator: [one.count, one.unknown, dict(one.grades), one.value_sum] for one in made.tallies},
        "cpu_seconds": round(own.ru_utime + own.ru_stime + below.ru_utime + below.ru_stime, 1),
        "peak_mb": own.ru_maxrss // 1024,
        "peak_parser_mb": below.ru_maxrss // 1024,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
