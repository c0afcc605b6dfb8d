"""What is known of people whose id number is right, in the spelling in which it is compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa

from jiuzhu.registry.identity import spelling
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.vocabulary.id_number import unpack_many

# One row a person and detail: whoever lists a detail twice is found by either.
PEOPLE = pa.schema([("person", pa.int64()), ("id_text", pa.string())])
DETAILS = pa.schema([("person", pa.int64()), ("kind", pa.string()), ("text", pa.string())])
SPELLINGS: dict[str, Callable[[str], str]] = {"name": spelling.name, "phone": spelling.phone, "address": spelling.address}


def known_people(vault: Vault) -> tuple[pa.Table, pa.Table]:
    """People with their number in 18 characters, and their names, phones and addresses as compared."""
    persons = vault.persons()
    numbers = unpack_many(np.asarray(persons["packed"]).astype(np.int64))
    people = pa.table({"person": persons["person_id"], "id_text": pa.array(numbers, pa.string())}, schema=PEOPLE)
    details = vault.details()
    spelt = [_spelt(kind, text) for kind, text in zip(details["kind"].to_pylist(), details["text"].to_pylist(), strict=True)]
    return people, pa.table({"person": details["person_id"], "kind": details["kind"], "text": pa.array(spelt, pa.string())}, schema=DETAILS)


def _spelt(kind: str, text: str) -> str:
    return SPELLINGS[kind](text)
