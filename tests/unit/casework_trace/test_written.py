"""How events are written as bytes, beside the plainest other way to say it."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from jiuzhu.casework.trace import written
from jiuzhu.casework.trace.merkle import root
from jiuzhu.casework.trace.models import Event


def sha256(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def halves(leaves: list[bytes]) -> bytes:
    """The definition of RFC 6962, 2.1, over leaves hashed already."""
    if len(leaves) == 1:
        return leaves[0]
    cut = max(2**power for power in range(12) if 2**power < len(leaves))
    return sha256(b"\x01" + halves(leaves[:cut]) + halves(leaves[cut:]))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 100])
def test_the_root_is_that_of_the_published_tree(count: int):
    leaves = [sha256(bytes([at])) for at in range(count)]
    assert root(leaves, sha256) == halves(leaves)


def test_a_tree_over_nothing_has_no_root():
    with pytest.raises(ValueError, match="no root"):
        root([], sha256)


def test_an_instant_is_written_in_one_way_whatever_its_zone():
    beijing = timezone(timedelta(hours=8))
    assert written.instant(datetime(2026, 11, 21, 9, 0, 0, 5, beijing)) == "2026-11-21T01:00:00.000005Z"
    assert written.instant(None) == ""


def test_the_state_of_a_thing_may_hold_days_instants_and_decimals_but_nothing_whose_text_may_change():
    one = {"on": date(2026, 11, 20), "at": datetime(2026, 11, 20, tzinfo=UTC), "rate": Decimal("0.10"), "n": 1, "none": None}
    assert written.keyed_hash(one, about="a") == written.keyed_hash(dict(reversed(one.items())), about="a")
    assert written.keyed_hash(one, about="a") != written.keyed_hash({**one, "rate": Decimal("0.1")}, about="a")
    with pytest.raises(TypeError, match="object cannot stand in the state"):
        written.keyed_hash({"thing": object()}, about="a")


def test_every_field_of_an_event_is_coded():
    event = Event(writer="w", number=1, at=datetime(2026, 11, 21, tzinfo=UTC), who="zhou", operation="family.open", code="c")
    codes = {written.code_of(event)}
    for field in Event._meta.concrete_fields:
        if field.name in ("id", "code"):
            continue
        before = getattr(event, field.name)
        changed = (
            before + timedelta(microseconds=1) if field.name == "at" else 7 if field.name in ("number", "subject_count") else "x"
        )
        setattr(event, field.name, event.at if field.name == "device_at" else changed)
        assert written.code_of(event) not in codes, field.name
        codes.add(written.code_of(event))
        setattr(event, field.name, before)
    assert len(codes) == len(Event._meta.concrete_fields) - 1
