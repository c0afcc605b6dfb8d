"""Past decisions computed again after rules and data changed; `make prove-decisions` does it with ten thousand."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.property.decisions.prove import proved

DECISIONS = 120


@pytest.mark.django_db
@pytest.mark.requirement("F6")
def test_past_decisions_of_every_kind_come_out_again_byte_by_byte_after_rules_and_data_changed(tmp_path: Path) -> None:
    told = proved(DECISIONS, Random(int(os.environ.get("JIUZHU_SEED", "20261122"))), tmp_path)
    assert told.startswith(f"{DECISIONS} past decisions")
    assert all(what in told for what in ("granted", "refused", "unknown"))
