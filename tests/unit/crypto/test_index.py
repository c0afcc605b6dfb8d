"""A keyed index finds an exact value in its own column and tells nothing without its key."""

import hmac
from pathlib import Path

import pytest

from jiuzhu.crypto.index import IndexNotAllowed, keyed_digest, keyed_index, keyed_indexes
from jiuzhu.crypto.keys import FileKeys


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> FileKeys:
    return FileKeys(tmp_path_factory.mktemp("keys"))


@pytest.mark.requirement("B2")
def test_the_same_value_is_found_in_its_column_and_differs_in_another(keys: FileKeys) -> None:
    value = "11010119900101001X"
    one = keyed_index(value, keys=keys, column="people.id_number")
    assert one == keyed_index(value, keys=keys, column="people.id_number")
    assert one != keyed_index(value, keys=keys, column="obligors.id_number")
    assert one != keyed_index("110101199001010028", keys=keys, column="people.id_number")


@pytest.mark.requirement("B2")
def test_the_index_is_useless_without_its_key(keys: FileKeys, tmp_path: Path) -> None:
    value = "13800000000"
    index = keyed_index(value, keys=keys, column="people.phone")
    assert index != keyed_index(value, keys=FileKeys(tmp_path), column="people.phone")
    assert index == hmac.digest(keys.index_key("people.phone").secret, value.encode(), "sm3")


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("column", ["people.name", "people.diagnosis", "settlement.amount", "phone.name", ""])
def test_columns_with_few_values_may_not_be_indexed(keys: FileKeys, column: str) -> None:
    with pytest.raises(IndexNotAllowed, match="account, id_number, phone"):
        keyed_index("张三", keys=keys, column=column)


def test_many_values_give_what_each_gives_alone(keys: FileKeys) -> None:
    values = [f"{number:018}" for number in range(50)]
    assert keyed_indexes(values, keys=keys, column="account") == [
        keyed_index(value, keys=keys, column="account") for value in values
    ]


def test_an_empty_value_has_no_index(keys: FileKeys) -> None:
    with pytest.raises(ValueError, match="empty value"):
        keyed_indexes(["1", ""], keys=keys, column="account")


def test_a_digest_depends_on_each_part_its_place_its_purpose_and_the_key(keys: FileKeys, tmp_path: Path) -> None:
    digests = [
        keyed_digest("S01-E01", "12", keys=keys, purpose="warning"),
        keyed_digest("S01-E011", "2", keys=keys, purpose="warning"),
        keyed_digest("12", "S01-E01", keys=keys, purpose="warning"),
        keyed_digest("S01-E01", "12", keys=keys, purpose="case"),
        keyed_digest("S01-E01", "12", keys=FileKeys(tmp_path), purpose="warning"),
    ]
    assert len(set(digests)) == 5
    assert digests[0] == keyed_digest("S01-E01", "12", keys=keys, purpose="warning")
    assert all(len(digest) == 16 and set(digest) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for digest in digests)
