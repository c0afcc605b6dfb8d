"""`grievances.toml`: complaints, objections, appeals and requests by right: within how long each is answered, and by whom not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from jiuzhu.rules.faults import CatalogueFaults, clipped
from jiuzhu.rules.noticing import Noticing, read_noticing
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.parameters import read_parameters
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.references import read_references
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Title

FILE = "grievances.toml"
ABOUT = ("none", "notice", "publication")
_WITHIN = "working days"


@dataclass(frozen=True)
class GrievanceKind:
    """days: working days to the answer. about: of ABOUT. term: the remedy whose time it keeps, "" for none. county: the county's office
    answers. apart: whoever did what it is about does not. again: upheld, it is decided anew."""

    code: str
    title: Title
    days: int
    about: tuple[str, ...]
    term: str
    county: bool
    apart: bool
    again: bool
    basis: tuple[Mapping[str, str], ...]


def read_grieving(folders: Iterable[Path], reading: Reading, noticing: Noticing) -> Mapping[str, GrievanceKind]:
    """By code, in the order of the files."""
    found: dict[str, GrievanceKind] = {}
    for folder in folders:
        if (folder / FILE).is_file():
            source = Source(folder / FILE, reading.faults)
            whole = Keys(source, (), source.data)
            for code, keys in whole.named("kinds", required=True):
                made = _kind(code, keys, reading, noticing)
                if reading.new("kind of grievance", code, source):
                    found[code] = made
            whole.done()
    return MappingProxyType(found)


def load_grieving(*folders: Path) -> Mapping[str, GrievanceKind]:
    """What casework needs of it, read without the rest. Raises CatalogueFaults with every fault."""
    reading = Reading()
    read_references(folders, reading)
    reading.parameters = read_parameters(folders, reading.faults)
    found = read_grieving(folders, reading, read_noticing(folders, reading))
    if reading.faults:
        raise CatalogueFaults(reading.faults)
    return found


def _kind(code: str, keys: Keys, reading: Reading, noticing: Noticing) -> GrievanceKind:
    within = keys.text("within", required=True)
    number, _, unit = within.partition(" ")
    if not number.isdigit() or unit != _WITHIN or int(number) < 1:
        keys.fault("within", "duration", f"'{clipped(within)}' is no time to answer", 'write within = "10 working days"')
        number = "1"
    about = keys.words("about", required=True)
    for one in about:
        if one not in ABOUT:
            keys.fault("about", "about", f"nothing is tied to a '{clipped(one)}'", f"choose of {', '.join(ABOUT)}")
    term, again = keys.text("term"), keys.flag("again")
    if term and (term not in noticing.remedies or not noticing.remedies[term].item):
        keys.fault(
            "term", "term", f"'{clipped(term)}' is no remedy with a term in notices.toml", 'write term = "reconsideration"'
        )
    if (term or again) and "notice" not in about:
        keys.fault("about", "about", "what keeps a term or is decided anew is tied to a notice", 'add "notice" to about')
    made = GrievanceKind(
        code, titled(keys), int(number), about, term, keys.flag("county"), keys.flag("apart"), again,
        read_basis(keys, reading.laws, required=True),
    )  # fmt: skip
    keys.done()
    return made
