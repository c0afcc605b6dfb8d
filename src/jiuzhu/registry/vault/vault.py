"""The vault: who and what the numbers in the records stand for.

Each delivery carries a sealed segment with what it was the first to say; the vault is all segments together. From time
to time they are packed into few files, so that it opens in a second. Records hold only random numbers given out here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.crypto.keys import KeyProvider
from jiuzhu.registry.vault import looks, segments
from jiuzhu.registry.vault.numbers import NumberMap, Values, different, fresh
from jiuzhu.registry.vault.packs import Packs, Piece
from jiuzhu.registry.vault.texts import combined, text_numbers
from jiuzhu.vocabulary.id_number import parse_many, unpack_many

_DETAIL_SALT = {"name": 1, "phone": 2, "address": 3}


class Vault:
    """Opened for one command. Only the holder of the workspace's lock may let it give out new numbers."""

    def __init__(self, folder: Path, keys: KeyProvider, deliveries: Mapping[str, Path]) -> None:
        """deliveries: every delivery in the archive, and the sealed segment in its folder."""
        self.folder, self._keys = folder, keys
        self._packs = Packs(folder, keys)
        self._persons = NumberMap()  # packed id number to person_id
        self._reverse = NumberMap()
        self._taken = NumberMap()  # every number ever given out, so that none is given twice
        self._things: dict[str, NumberMap] = {}
        self._details = NumberMap()
        self._pieces: list[Piece] = list(self._packs.pieces(deliveries))
        self._names: tuple[int, Values, pa.Array] | None = None  # of so many pieces: persons in order, and a name of each
        self._new: list[Mapping[str, pa.Table]] = []
        self._learnt = False
        for _, piece in self._pieces:
            packed = np.asarray(piece["ids"]["packed"]).astype(np.int64)
            _add_new(self._persons, packed.view(np.uint64), np.asarray(piece["ids"]["person_id"]).astype(np.int64))

    # --- giving out numbers ---------------------------------------------------------------------------------------

    def person_ids(self, packed: npt.NDArray[np.int64]) -> Values:
        """The person_id of each packed id number, a new random one for a number never seen; 0 stays 0."""
        self._learn()
        keys = packed.view(np.uint64)
        found = self._persons.find(keys)
        unknown = different(keys[(found == 0) & (packed != 0)])
        if len(unknown):
            numbers = fresh(len(unknown), self._taken)
            self._persons.add(unknown, numbers)
            self._remember("ids", {"packed": unknown.view(np.int64), "person_id": numbers})
            found = self._persons.find(keys)
        return found

    def things(self, kind: str, texts: pa.Array) -> Values:
        """The number of each account, phone, plate …; 0 for an empty cell. Equal texts of one kind have one number."""
        self._learn()
        known = self._things.setdefault(kind, NumberMap())
        keys = text_numbers(texts)
        found = known.find(keys)
        where = np.flatnonzero((found == 0) & (keys != 0))
        if len(where):
            unknown, first = np.unique(keys[where], return_index=True)
            numbers = fresh(len(unknown), self._taken)
            known.add(unknown, numbers)
            kinds = pa.array([kind] * len(unknown))
            self._remember("things", {"kind": kinds, "number": numbers, "text": texts.take(pa.array(where[first]))})
            found = known.find(keys)
        return found

    def learn_details(self, packed: npt.NDArray[np.int64], kinds: pa.Array, texts: pa.Array) -> None:
        """Keep the names, phones and addresses of persons, each pair once however often it is delivered."""
        self._learn()
        persons = self.person_ids(packed)
        keys = _detail_keys(persons, kinds, texts)
        where = np.flatnonzero((self._details.find(keys) == 0) & (persons != 0))
        if len(where):
            unknown, first = np.unique(keys[where], return_index=True)
            rows = pa.array(where[first])
            self._details.add(unknown, np.ones(len(unknown), dtype=np.int64))
            self._remember("details", {"person_id": persons[where[first]], "kind": kinds.take(rows), "text": texts.take(rows)})

    def candidates(self, rows: pa.Table, *, delivery: str, dataset: str) -> Values:
        """Keep what rows without a right id number say of their person; a number for each, for linking later."""
        self._learn()
        numbers = fresh(rows.num_rows, self._taken)
        columns = {name: rows.column(name) for name in segments.CANDIDATES.names if name in rows.schema.names}
        fixed = {"delivery": [delivery] * rows.num_rows, "dataset": [dataset] * rows.num_rows}
        self._remember("candidates", {**columns, **fixed, "candidate": numbers})
        return numbers

    def new_segment(self, delivery: str) -> bytes:
        """What was given out since the last call, sealed for that delivery."""
        piece = segments.joined(self._new)
        self._pieces.append((frozenset([delivery]), piece))
        self._new = []
        return segments.sealed_tables(piece, keys=self._keys, about=delivery)

    def pack(self, deliveries: Collection[str]) -> None:
        """Put the segments of many deliveries into one file, so that the vault opens quickly.

        deliveries: those in the archive; a segment of any other has come to nothing.
        """
        kept = set(deliveries)
        self._packs.pack([piece for piece in self._pieces if piece[0] <= kept])

    # --- looking up -----------------------------------------------------------------------------------------------

    def find(self, id_number: str) -> int | None:
        """The person_id of an id number, in any of its spellings; None if it is wrong or nobody has it."""
        packed, fault = parse_many(pa.array([id_number]))
        if fault[0] != 0:
            return None
        found = int(self._persons.find(np.asarray(packed).astype(np.int64).view(np.uint64))[0])
        return found or None

    def find_many(self, packed: npt.NDArray[np.int64]) -> Values:
        """The person_id of each packed number, 0 where nobody has it; gives out none."""
        return self._persons.find(packed.view(np.uint64))

    def packed_of(self, person_ids: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The packed id number of each person, 0 where the person has none."""
        if len(self._reverse) != len(self._persons):
            keys, persons = self._persons.items()
            self._reverse = NumberMap()
            self._reverse.add(persons.view(np.uint64), keys.view(np.int64))
        return self._reverse.find(person_ids.view(np.uint64))

    def id_number_of(self, person_ids: npt.NDArray[np.int64]) -> list[str | None]:
        """The 18 characters of each person's number; None where there is none."""
        packed = self.packed_of(person_ids)
        return [text if number else None for text, number in zip(unpack_many(packed), packed.tolist(), strict=True)]

    def persons(self) -> pa.Table:
        """Every known person: packed (id number packed), person_id; sorted by packed."""
        keys, values = self._persons.items()
        return pa.table({"packed": keys.view(np.int64), "person_id": values}, schema=segments.IDS)

    def details(self) -> pa.Table:
        """Every name, phone and address seen of a person: person_id, kind, text; each once."""
        return self._all("details")

    def all_candidates(self) -> pa.Table:
        """Every person of a row whose number is wrong or missing; see `segments.CANDIDATES`."""
        return self._all("candidates")

    def thing_texts(self, kind: str, numbers: npt.NDArray[np.int64]) -> list[str | None]:
        """What the numbers of one kind of thing stand for."""
        return _looked_up(self._all("things").filter(pc.field("kind") == kind), "number", numbers)

    def names_of(self, person_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """All names each person was delivered with, in order of their characters; empty for one without a name."""
        wanted = np.array(sorted(set(person_ids)), dtype=np.int64)
        persons, texts = self._names_in_order()
        first, after = (np.searchsorted(persons, wanted, side=side) for side in ("left", "right"))
        where = [place for begin, end in zip(first.tolist(), after.tolist(), strict=True) for place in range(begin, end)]
        found: dict[int, set[str]] = {person: set() for person in wanted.tolist()}
        for person, name in zip(persons[where].tolist(), texts.take(pa.array(where, pa.int64())).to_pylist(), strict=True):
            found[person].add(name)
        return {person: tuple(sorted(names)) for person, names in found.items()}

    def record_look(self, *, by: str, purpose: str, person_ids: Sequence[int], at: datetime) -> None:
        """As `looks.record_look`, by whoever has the vault open."""
        looks.record_look(self.folder, by=by, purpose=purpose, person_ids=person_ids, at=at)

    # --- inside ---------------------------------------------------------------------------------------------------

    def _remember(self, name: str, columns: Mapping[str, object]) -> None:
        schema = segments.SCHEMAS[name]
        table = pa.table({field.name: columns[field.name] for field in schema}, schema=schema)
        self._new.append({**{other: each.empty_table() for other, each in segments.SCHEMAS.items()}, name: table})

    def _names_in_order(self) -> tuple[Values, pa.Array]:
        """Every person with a name, in order, and the name: a page asks for forty, and going through all took 7 ms at 300,000 people."""
        kept, count = self._names, len(self._pieces)
        if kept is None or kept[0] != count:
            table = self._all("details")
            named = table.filter(pc.equal(table["kind"], "name")).sort_by("person_id").combine_chunks()
            persons = np.asarray(named["person_id"]).astype(np.int64)
            self._names = kept = (count, persons, pa.concat_arrays([pa.array([], pa.string()), *named["text"].chunks]))
        return kept[1], kept[2]

    def _learn(self) -> None:
        """Know every number ever given out; only whoever gives out new ones needs it."""
        if self._learnt:
            return
        self._learnt = True
        for _, piece in self._pieces:
            things, details = piece["things"], piece["details"]
            numbers = np.asarray(things["number"]).astype(np.int64)
            given = [np.asarray(piece["ids"]["person_id"]), numbers, np.asarray(piece["candidates"]["candidate"])]
            every = np.concatenate(given).astype(np.int64)
            _add_new(self._taken, every.view(np.uint64), np.ones(len(every), dtype=np.int64))
            for kind in pc.unique(things["kind"]).to_pylist():
                where = pc.equal(things["kind"], kind)
                keys = text_numbers(things["text"].filter(where).combine_chunks())
                _add_new(self._things.setdefault(kind, NumberMap()), keys, numbers[np.asarray(where)])
            of = np.asarray(details["person_id"]).astype(np.int64)
            keys = _detail_keys(of, details["kind"].combine_chunks(), details["text"].combine_chunks())
            _add_new(self._details, keys, np.ones(len(keys), dtype=np.int64))

    def _all(self, name: str) -> pa.Table:
        return pa.concat_tables([segments.SCHEMAS[name].empty_table(), *(piece[name] for _, piece in self._pieces)])


def _add_new(known: NumberMap, keys: npt.NDArray[np.uint64], values: Values) -> None:
    keys, first = np.unique(keys, return_index=True)
    new = known.find(keys) == 0
    known.add(keys[new], values[first][new])


def _detail_keys(persons: Values, kinds: pa.Array, texts: pa.Array) -> npt.NDArray[np.uint64]:
    salts = np.zeros(len(persons), dtype=np.uint64)
    for kind, salt in _DETAIL_SALT.items():
        salts[np.asarray(pc.equal(kinds, kind))] = salt
    return combined(combined(persons.view(np.uint64), salts), text_numbers(texts))


def _looked_up(table: pa.Table, key: str, numbers: npt.NDArray[np.int64]) -> list[str | None]:
    place = pc.index_in(pa.array(numbers), table[key].combine_chunks())
    texts: list[str | None] = table["text"].combine_chunks().take(place).to_pylist()
    return texts
