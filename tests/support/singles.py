"""Records that come one by one, made up after rows that the archive holds: new ones, corrections and retractions."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jiuzhu.registry.ingest.archive import deliveries, row_files, segments_of
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.registry.release.cell_texts import text_of_cell
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.rules.catalogue import Catalogue

_THINGS = {"name": "某人", "phone": "13800000000", "plate": "鲁E12345", "bank": "6222000000000001"}
_ROWS = 400  # of a dataset that are read to be changed


@dataclass
class Singles:
    """Draws records for the people of a workspace. as_of: the day on which they are sent."""

    workspace: Workspace
    catalogue: Catalogue
    as_of: date
    seed: int
    sent: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    drawn: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        self._vault = Vault(self.workspace.vault, self.workspace.keys, segments_of(self.workspace))
        self._rows: dict[str, list[dict[str, Any]]] = {}
        persons = self._vault.persons()
        self._numbers = self._vault.id_number_of(persons["person_id"].to_numpy())

    def record(self, dataset: str) -> bytes | None:
        """One JSON line of a dataset; None where the archive has no row to make it after."""
        rows = self._of(dataset)
        if not rows:
            return None
        told = self.sent.setdefault(dataset, [])
        drawn = self.random.random()
        if told and drawn < 0.15:
            line = {**self.random.choice(told), "_change": "D", "data_date": self._day()}
        elif told and drawn < 0.3:
            line = {**self._text(dataset, self.random.choice(rows)), "record_id": self.random.choice(told)["record_id"]}
        elif drawn < 0.45:  # one that the archive knows
            row = self.random.choice(rows)
            line = self._text(dataset, row)
            line["record_id"] = row["record_id"]
            line["_change"] = self.random.choice(("U", "U", "D"))
        else:
            line = self._text(dataset, self.random.choice(rows))
            self.drawn += 1
            line["record_id"] = f"single-{self.seed}-{self.drawn}"
        told.append({name: cell for name, cell in line.items() if name != "_change"})
        return json.dumps(line, ensure_ascii=False).encode()

    def _day(self) -> str:
        return date.fromordinal(self.as_of.toordinal() - self.random.choice((0, 0, 1, 3))).isoformat()

    def _of(self, dataset: str) -> list[dict[str, Any]]:
        if dataset not in self._rows:
            files = [path for one in deliveries(self.workspace, dataset) for path in row_files(self.workspace, one)]
            tables = [pq.read_table(path).slice(0, _ROWS) for path in files[-6:]]
            self._rows[dataset] = pa.concat_tables(tables, promote_options="permissive").to_pylist() if tables else []
        return self._rows[dataset]

    def _text(self, dataset: str, row: Mapping[str, Any]) -> dict[str, str]:
        """A row as a department would send it; now and then about somebody else, or with a cell of another row."""
        other = self.random.choice(self._rows[dataset])
        answer = {"data_date": self._day()}
        about_another = self.random.random() < 0.4
        for name, column in self.catalogue.datasets[dataset].columns.items():
            if name in ("record_id", "data_date"):
                continue
            cell = other.get(name) if self.random.random() < 0.15 and name != "region_code" else row.get(name)
            if column.type.kind == "person":
                text = self._person(self.random.choice(self._rows[dataset]).get(name) if about_another else row.get(name))
            elif column.identity:
                text = _THINGS.get(column.identity, "某") if column.required or column.identity == "name" else ""
            else:
                text = text_of_cell(cell, column)
            if text or (column.required and self.random.random() < 0.98):
                answer[name] = text or "1"
        return answer

    def _person(self, person: int | None) -> str:
        if person is None or person <= 0:
            return ""
        return self._vault.id_number_of(np.array([person]))[0] or ""
