"""Random steps on the ledger against a plain model; `make prove-ledger` takes a million."""

from __future__ import annotations

import os
from random import Random

import pytest

from tests.property.payments.prove_ledger import walked

STEPS = 2000


@pytest.mark.django_db
@pytest.mark.requirement("D1")
def test_after_thousands_of_random_steps_the_ledger_is_what_a_plain_model_of_it_is() -> None:
    told = walked(STEPS, Random(int(os.environ.get("JIUZHU_SEED", "20261122"))))
    assert told.startswith(f"{STEPS} steps")
    assert all(what in told for what in ("posted", "reversed", "refused", "rolled back"))
