"""What is known of people whose id number is right, in the spelling in which it is compared."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.registry.identity import spelling
from jiuzhu.registry.vault.vault import Vault
from jiuzhu.vocabulary.id_number import unpack_many

# One row a person and detail: whoever lists a detail twice is found by either.
PEOPLE = pa.schema([("person", pa.int64()), ("id_text", pa.string())])
DETAILS = pa.schema([("person", pa.int64()), ("kind", pa.string()), ("text", pa.string())])
SPELLINGS: dict[str, Callable[[pa.Array], pa.Array]] = {
    "name": spelling.names,
    "phone": spelling.phones,
    "address": spelling.addresses,
}


def known_people(vault: Vault) -> tuple[pa.Table, pa.Table]:
    """People with their number in 18 characters, and their names, phones and addresses as compared."""
    persons = vault.persons()
    numbers = unpack_many(np.asarray(persons["packed"]).astype(np.int64))
    people = pa.table({"person": persons["person_id"], "id_text": pa.array(numbers, pa.string())}, schema=PEOPLE)
    details = vault.details().combine_chunks()
    parts = [DETAILS.empty_table()]
    for kind, spelt in SPELLINGS.items():
        rows = details.filter(pc.equal(details["kind"], kind)).combine_chunks()
        texts = spelt(rows["text"].combine_chunks())
        parts.append(pa.table({"person": rows["person_id"], "kind": rows["kind"], "text": texts}, schema=DETAILS))
    return people, pa.concat_tables(parts)
