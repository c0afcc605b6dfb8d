"""All indicators on random rows with empty cells and places that never delivered; `make prove-engines` does it at size."""

from __future__ import annotations

import os

from tests.property.engines import prove

SEED = os.environ.get("JIUZHU_SEED", "20261122")


def test_on_random_rows_of_every_dataset_the_engines_say_the_same_of_every_indicator():
    assert prove.main(["--of", "catalogue", "--rows", "40000", "--judged", "1500", "--seed", SEED]) == 0
