"""Numbers of texts, growing maps, and the vault that opens with the same answers from segments and from packs."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jiuzhu.crypto.keys import FileKeys
from jiuzhu.crypto.seal import SealBroken
from jiuzhu.registry.vault.numbers import NumberMap, fresh
from jiuzhu.registry.vault.packs import LEAST_SEGMENTS, MOST_PACKS
from jiuzhu.registry.vault.texts import text_numbers
from jiuzhu.registry.vault.vault import Vault


def test_equal_texts_have_equal_numbers_wherever_they_lie() -> None:
    chance = random.Random(3)
    texts = ["".join(chance.choice("ab王0 ") for _ in range(chance.randrange(1, 12))) for _ in range(20_000)] + [
        None,
        "x" * 300_000,
    ]
    numbers = text_numbers(pa.array(texts)).tolist()
    by_text: dict[str | None, int] = {}
    for text, number in zip(texts, numbers, strict=True):
        assert by_text.setdefault(text, number) == number
    assert len(set(by_text.values())) == len(by_text)
    assert by_text[None] == 0
    assert text_numbers(pa.array(texts).slice(100, 50)).tolist() == numbers[100:150]


def test_the_number_of_a_text_never_changes() -> None:
    assert text_numbers(pa.array(["a", "王伟"])).tolist() == [0x53AF4275195C61E3, 0x7C46210DD0275A63]


def test_a_map_finds_what_was_added_in_any_portions() -> None:
    chance, plain, tested = random.Random(9), {}, NumberMap()
    for _ in range(60):
        new = {chance.getrandbits(64): chance.randrange(1, 10**9) for _ in range(chance.randrange(50))}
        new = {key: value for key, value in new.items() if key not in plain}
        plain.update(new)
        tested.add(np.array(list(new), dtype=np.uint64), np.array(list(new.values()), dtype=np.int64))
    keys = [*plain, *(chance.getrandbits(64) for _ in range(500))]
    assert tested.find(np.array(keys, dtype=np.uint64)).tolist() == [plain.get(key, 0) for key in keys]
    assert len(tested) == len(plain)
    assert dict(zip(*(part.tolist() for part in tested.items()), strict=True)) == plain


def test_fresh_numbers_are_positive_different_and_in_no_order() -> None:
    taken = NumberMap()
    numbers = np.concatenate([fresh(1000, taken) for _ in range(5)])
    assert (numbers > 0).all()
    assert len(np.unique(numbers)) == 5000
    assert (np.diff(numbers[:1000]) > 0).sum() < 700


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    return FileKeys(tmp_path / "keys")


def fill(folder: Path, keys: FileKeys, deliveries: dict[str, Path], name: str, first: int) -> dict[int, int]:
    """One delivery of fifty persons; gives packed number to person_id."""
    vault = Vault(folder / "vault", keys, deliveries)
    packed = np.arange(first, first + 50, dtype=np.int64)
    persons = vault.person_ids(packed)
    vault.things("bank", pa.array([f"6222{number}" for number in packed.tolist()]))
    vault.learn_details(packed, pa.array(["name"] * 50), pa.array([f"王{number}" for number in packed.tolist()]))
    path = folder / f"{name}.sealed"
    path.write_bytes(vault.new_segment(name))
    deliveries[name] = path
    return dict(zip(packed.tolist(), persons.tolist(), strict=True))


def test_the_vault_gives_the_same_numbers_from_segments_packs_and_both(tmp_path: Path, keys: FileKeys) -> None:
    deliveries: dict[str, Path] = {}
    known: dict[int, int] = {}
    for turn in range((MOST_PACKS + 2) * LEAST_SEGMENTS + 3):
        found = fill(tmp_path, keys, deliveries, f"d{turn}", 1 + turn * 30)
        assert all(known.get(packed, person) == person for packed, person in found.items())
        known.update(found)
        if turn % 3:
            Vault(tmp_path / "vault", keys, deliveries).pack(deliveries)
    vault = Vault(tmp_path / "vault", keys, deliveries)
    assert vault.find_many(np.array(list(known), dtype=np.int64)).tolist() == list(known.values())
    assert vault.persons().num_rows == len(known) == vault.details().num_rows
    accounts = vault.things("bank", pa.array(["62221", None, "62222"]))
    assert vault.thing_texts("bank", accounts) == ["62221", None, "62222"]
    packs = len(list((tmp_path / "vault").glob("pack-*")))
    assert 0 < packs <= MOST_PACKS


def test_few_segments_are_left_as_they_are_and_many_are_packed(tmp_path: Path, keys: FileKeys) -> None:
    deliveries: dict[str, Path] = {}
    for turn in range(LEAST_SEGMENTS):
        assert not list((tmp_path / "vault").glob("pack-*"))
        fill(tmp_path, keys, deliveries, f"d{turn}", 1 + turn * 30)
        Vault(tmp_path / "vault", keys, deliveries).pack(deliveries)
    assert len(list((tmp_path / "vault").glob("pack-*"))) == 1


def test_a_damaged_pack_is_made_up_for_by_the_segments_and_a_damaged_segment_is_not(tmp_path: Path, keys: FileKeys) -> None:
    deliveries: dict[str, Path] = {}
    known = fill(tmp_path, keys, deliveries, "d", 1)
    for turn in range(1, LEAST_SEGMENTS):
        known |= fill(tmp_path, keys, deliveries, f"d{turn}", 1 + turn * 50)
    Vault(tmp_path / "vault", keys, deliveries).pack(deliveries)
    pack = next((tmp_path / "vault").glob("pack-*"))
    whole = pack.read_bytes()
    damaged = whole[:-1] + bytes([whole[-1] ^ 1])
    pack.write_bytes(damaged)
    vault = Vault(tmp_path / "vault", keys, deliveries)
    assert vault.find_many(np.array(list(known), dtype=np.int64)).tolist() == list(known.values())
    vault.pack(deliveries)
    assert pack.read_bytes() != damaged, "it is written anew"
    pack.unlink()
    path = deliveries["d"]
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(SealBroken):
        Vault(tmp_path / "vault", keys, deliveries)


def test_a_segment_cannot_stand_in_for_another(tmp_path: Path, keys: FileKeys) -> None:
    deliveries: dict[str, Path] = {}
    fill(tmp_path, keys, deliveries, "d", 1)
    with pytest.raises(SealBroken):
        Vault(tmp_path / "vault", keys, {"other": deliveries["d"]})


def test_a_vault_of_a_county_opens_within_seconds_and_keeps_no_plain_text(tmp_path: Path, keys: FileKeys) -> None:
    vault = Vault(tmp_path / "vault", keys, {})
    packed = np.arange(1, 100_001, dtype=np.int64)
    vault.learn_details(packed, pa.array(["name"] * 100_000), pa.array([f"金丝雀{number}" for number in packed.tolist()]))
    deliveries = {f"d{turn}": tmp_path / f"{turn}.sealed" for turn in range(LEAST_SEGMENTS)}
    for name, path in deliveries.items():
        path.write_bytes(vault.new_segment(name))
    vault.pack(deliveries)
    assert list((tmp_path / "vault").glob("pack-*"))
    assert Vault(tmp_path / "vault", keys, deliveries).persons().num_rows == 100_000
    for file in tmp_path.rglob("*.sealed"):
        assert "金丝雀".encode() not in file.read_bytes()
