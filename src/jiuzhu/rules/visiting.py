"""What casework needs of the catalogue, read without the rest: forms, outcomes, duties, working rules, outreach, dated numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from jiuzhu.rules.duties import Duties, check_shows, read_duties
from jiuzhu.rules.faults import CatalogueFaults
from jiuzhu.rules.forms import Form, read_forms
from jiuzhu.rules.outcomes import Outcomes, read_outcomes
from jiuzhu.rules.outreach import Outreach, read_outreach
from jiuzhu.rules.parameters import Parameters, read_parameters
from jiuzhu.rules.reading import Reading
from jiuzhu.rules.references import read_references
from jiuzhu.rules.working_rules import WorkingRules, read_working_rules


@dataclass(frozen=True)
class Visiting:
    forms: dict[str, Form]
    outcomes: Outcomes
    duties: Duties
    parameters: Parameters
    working: WorkingRules
    outreach: Outreach


def read_visiting(folders: tuple[Path, ...], reading: Reading) -> Visiting:
    """reading: with laws, scenarios and parameters already read."""
    duties = read_duties(folders, reading)
    forms = read_forms(folders, reading, {"needs": {code: need.title for code, need in duties.needs.items()}})
    check_shows(duties, forms, reading)
    working = read_working_rules(folders, reading)
    outreach = read_outreach(folders, reading, duties.cards)
    return Visiting(forms, read_outcomes(folders, reading), duties, reading.parameters, working, outreach)


def load_visiting(*folders: Path) -> Visiting:
    """Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    found = read_visiting(folders, reading)
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found
