"""Random histories of deliveries: rows come, are corrected, retracted, replaced, change hands; people move between households."""

from __future__ import annotations

import csv
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.dependencies import columns_of_fact, columns_of_indicator
from jiuzhu.rules.tree import Column, Dataset
from jiuzhu.vocabulary.id_number import check_character

DATASETS = [
    "police_population",
    "civil_lowincome_member",
    "civil_lowincome_household",
    "police_residence_permit",
    "medins_settlement",
    "civil_support_obligor",
    "civil_assistance_payment",
    "finance_subsidy_card",
    "civil_tekun_person",
    "civil_assistance_application",
    "civil_temporary_assistance",
    "civil_exit_record",
    "civil_marriage",
    "traffic_vehicle",
    "tax_vehicle_purchase",
    "civil_child_care",
    "health_death_certificate",
    "civil_dibao_member",
    "civil_verification_authorisation",
    "police_hukou_migration",
]
PLACES = ("370502001001", "370502001002", "370502002001")
HOMES = {"police_population": ("hukou_household_no", "K"), "civil_lowincome_member": ("household_id", "H")}


def narrowed(catalogue: Catalogue) -> Catalogue:
    """The catalogue with these datasets, and every rule that reads no other: all ways in which people hang together are in it."""
    kept = set(DATASETS)
    shelf = {code: catalogue.datasets[code] for code in kept}
    facts = {
        code: one for code, one in catalogue.facts.items() if kept.issuperset(columns_of_fact(one, catalogue, catalogue.facts))
    }
    indicators = {
        code: one
        for code, one in catalogue.indicators.items()
        if kept.issuperset(columns_of_indicator(one, catalogue, catalogue.facts))
    }
    derived = {
        code: {name: one for name, one in columns.items() if not one.source or one.source in kept}
        for code, columns in catalogue.derived.items()
        if code in kept
    }
    relations = {code: one for code, one in catalogue.relations.items() if one.dataset in kept}
    return replace(catalogue, datasets=shelf, facts=facts, indicators=indicators, derived=derived, relations=relations)


def id_number(person: int) -> str:
    """The id number of an invented person; some are children, some old."""
    first = f"370502{(1940, 1958, 1971, 1984, 2012, 2020)[person % 6]}0{1 + person % 9}15{person:03}"
    return first + check_character(first)


@dataclass
class History:
    """A village whose deliveries are made up as they go.

    clusters: people mix within one; each is a history of its own. mistyped: how many of the bills bear a wrong number.
    """

    catalogue: Catalogue
    folder: Path
    seed: int
    clusters: int = 6
    size: int = 10
    mistyped: float = 0.0
    standing: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    files: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self.people = self.clusters * self.size

    def first(self) -> list[Path]:
        """Everybody in the register, some in the low-income base, and some rows of everything else."""
        rows: dict[str, list[dict[str, Any]]] = {code: [] for code in DATASETS}
        for person in range(self.people):
            rows["police_population"].append(self.row("police_population", person, 1))
        for code in DATASETS[1:]:
            rows[code] += [self.row(code, person, 1) for person in range(self.people) if self.random.random() < 0.5]
        return [self.write(code, lines) for code, lines in rows.items() if lines]

    def step(self, day: int, clusters: Sequence[int]) -> list[Path]:
        """What comes on a day of the month about the people of some clusters: one to three rows of each in one or two datasets."""
        rows: dict[str, list[dict[str, Any]]] = {}
        for cluster in clusters:
            mine = range(cluster * self.size, (cluster + 1) * self.size)
            for code in self.random.sample(DATASETS, self.random.choice((1, 1, 2))):
                rows.setdefault(code, []).extend(self._line(code, mine, day) for _ in range(self.random.choice((1, 1, 2, 3))))
        return [self.write(code, list({one["record_id"]: one for one in lines}.values())) for code, lines in sorted(rows.items())]

    def moves(self, day: int, clusters: Sequence[int]) -> list[Path]:
        """One person of each cluster moves, with all rows that say where: to another household of theirs, or to a new one."""
        rows: dict[str, list[dict[str, Any]]] = {code: [] for code in HOMES}
        for cluster in clusters:
            person = cluster * self.size + self.random.randrange(self.size)
            number = self.random.randrange(8)
            for code, (column, letter) in HOMES.items():
                for old in [one for one in self.standing[code].values() if one["_person"] == person and one["_change"] != "D"]:
                    there = {**old, column: f"{letter}{cluster}-{number}", "_change": "U", "data_date": f"2026-11-{day:02}"}
                    rows[code].append(self._kept(code, there))
        return [self.write(code, lines) for code, lines in rows.items() if lines]

    def whole(self, day: int, code: str, clusters: Sequence[int]) -> list[Path]:
        """A full file of the month: every row that stands, but for one of each of some clusters; what it leaves out is over."""
        gone = set()
        for cluster in clusters:
            mine = [key for key, one in self.standing.get(code, {}).items() if one["_cluster"] == cluster]
            gone.update(self.random.sample(mine, min(1, len(mine))))
        kept = [
            {**one, "_change": "", "data_date": f"2026-11-{day:02}"}
            for key, one in self.standing.get(code, {}).items()
            if key not in gone and one["_change"] != "D"
        ]
        self.standing[code] = {one["record_id"]: one for one in kept}
        return [self.write(code, kept, ".full")] if kept else []

    def _line(self, code: str, mine: range, day: int) -> dict[str, Any]:
        """A new row, a correction (at times of whose it is), or a retraction."""
        known = [one for one in self.standing.get(code, {}).values() if one["_cluster"] == mine.start // self.size]
        chosen = self.random.random()
        person = self.random.choice(mine)
        if not known or chosen < 0.35:
            return self.row(code, person, day)
        old = self.random.choice(known)
        if chosen < 0.5:
            return self._kept(code, {**old, "_change": "D", "data_date": f"2026-11-{day:02}"})
        fresh = self.row(code, person if chosen < 0.7 else old["_person"], day, keep=False)
        return self._kept(code, {**fresh, "record_id": old["record_id"], "_change": "U"})

    def row(self, code: str, person: int, day: int, *, keep: bool = True) -> dict[str, Any]:
        """A row of a dataset about a person, with whatever else it must say; now and then the number is mistyped."""
        dataset = self.catalogue.datasets[code]
        cluster = person // self.size
        told: dict[str, Any] = {"_person": person, "_cluster": cluster, "_change": ""}
        for name, column in dataset.columns.items():
            if column.required or self.random.random() < 0.7:
                told[name] = self._cell(dataset, column, cluster, day)
        told |= {"record_id": f"{code[:9]}-{self.random.randrange(10**9)}", "data_date": f"2026-11-{day:02}"}
        text = id_number(person)
        if "id_no" in dataset.columns:
            told["id_no"] = text
            if code == "medins_settlement" and self.random.random() < self.mistyped:
                told["id_no"] = text[:16] + str((int(text[16]) + 1) % 10) + text[17]
        if "name" in dataset.columns:
            told["name"] = f"东方{chr(0x4E00 + person)}"
        if "birth_date" in dataset.columns:
            told["birth_date"] = f"{text[6:10]}-{text[10:12]}-{text[12:14]}"
        if "sex" in told:
            told["sex"] = 1 if int(text[16]) % 2 else 2
        return self._kept(code, told) if keep else told

    def _kept(self, code: str, told: dict[str, Any]) -> dict[str, Any]:
        self.standing.setdefault(code, {})[told["record_id"]] = told
        return told

    def _cell(self, dataset: Dataset, column: Column, cluster: int, day: int) -> Any:
        """A cell of a kind of its own: few households, accounts and plates in a cluster, so that people share them."""
        choose = self.random.choice
        if column.name in ("household_id", "hukou_household_no"):
            return f"{'H' if column.name == 'household_id' else 'K'}{cluster}-{self.random.randrange(6)}"
        if column.type.kind == "person":
            return id_number(cluster * self.size + self.random.randrange(self.size))
        if column.holds == "code" and ":" in column.codes:
            return choice_of(column.codes, self.random)
        if column.name == "region_code":
            return choose(PLACES)
        if column.name.endswith("region_code"):
            return choose(("370502001001", "370503001001"))
        if column.name == "fund_line_code":
            return choose(("dibao", "tekun", "temporary"))
        if column.holds == "code":
            return {"sex": 1, "ethnicity": "01", "relation_to_head": choose(("01", "02", "03"))}.get(column.codes, "01")
        simple = {
            "money": lambda: f"{self.random.randrange(1, 900) * 100}.00",
            "decimal": lambda: "0.50",
            "integer": lambda: self.random.randrange(1, 6),
            "flag": lambda: choose(("是", "否")),
            "date": lambda: f"{choose((2025, 2026))}-0{self.random.randrange(1, 10)}-1{self.random.randrange(10)}",
            "month": lambda: f"2026-{choose(('07', '08', '09', '10'))}",
            "quarter": lambda: "2026-Q2",
            "instant": lambda: "2026-09-01T10:00:00+08:00",
            "school_year": lambda: "2025",
        }
        if column.holds in simple:
            return simple[column.holds]()
        return f"{column.name[:4]}{cluster}{self.random.randrange(3)}"

    def write(self, code: str, lines: list[dict[str, Any]], kind: str = "") -> Path:
        """One file of the month. kind: `.full` for one that takes the place of those before it."""
        self.files += 1
        path = self.folder / f"{code}-2026-11-p{self.files}{kind}.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        columns = list(dict.fromkeys(name for line in lines for name in line if name not in ("_person", "_cluster")))
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(lines)
        return path


def choice_of(codes: str, chooser: random.Random) -> str:
    """One of the codes of `1:a|2:b`, the first half of the time: it is the one that counts in most rules."""
    words = [part.partition(":")[0] for part in codes.split("|")]
    return words[0] if chooser.random() < 0.6 else chooser.choice(words)


def told(reports: list[Any]) -> Mapping[str, int]:
    """How many files came to what, for a message."""
    answer: dict[str, int] = {}
    for report in reports:
        answer[report.state] = answer.get(report.state, 0) + 1
    return answer
