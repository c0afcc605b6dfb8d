"""The catalogue of the project, and one block of invented people."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from jiuzhu.rules.catalogue import Catalogue, read_catalogue
from jiuzhu.synthetic.assistance import assist
from jiuzhu.synthetic.people import Block, people_of
from jiuzhu.synthetic.places import villages_of
from jiuzhu.synthetic.span import Span
from jiuzhu.vocabulary.divisions import Divisions

CATALOGUE = Path(__file__).parents[3] / "catalogue"
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return read_catalogue(CATALOGUE)[0]


@pytest.fixture(scope="session")
def block() -> Block:
    villages = villages_of(Divisions.load(CATALOGUE / "divisions"), "370502", AS_OF)[:40]
    made = people_of(0, 7, Span(AS_OF, 24), villages, np.sort(np.arange(30_000) % 40), 0, (0, 150))
    assist(made)
    return made
