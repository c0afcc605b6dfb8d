"""`needs.toml`, `policies.toml`: who answers for which need and how soon, who looks for people in need, and which cards are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from jiuzhu.rules.cited import Scenario
from jiuzhu.rules.faults import clipped, nearest
from jiuzhu.rules.forms import Form
from jiuzhu.rules.outcomes import titled
from jiuzhu.rules.reading import Reading, read_basis
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Dataset, Indicator, Title
from jiuzhu.vocabulary.division import TIERS

NEEDS, POLICIES = "needs.toml", "policies.toml"
ROUTED = "department:"


@dataclass(frozen=True)
class Need:
    """department: who answers, within so many working days. shows: the questions of a visit whose answers it may read."""

    code: str
    title: Title
    department: str
    days: int
    shows: tuple[str, ...]
    basis: tuple[Mapping[str, str], ...]
    path: str


@dataclass(frozen=True)
class Discovery:
    """What one tier does to find people in need. every: months between rounds; pressed: working days where a red warning stands."""

    tier: str
    title: Title
    scenarios: tuple[str, ...]
    every: int
    pressed: int


@dataclass(frozen=True)
class Card:
    """What is told of one policy. scenarios: of the warnings that lay it on top. programmes: what it tells of, as far as declared."""

    code: str
    title: Title
    tells: Title
    scenarios: tuple[str, ...]
    basis: tuple[Mapping[str, str], ...]
    programmes: tuple[str, ...] = ()


@dataclass
class Duties:
    needs: dict[str, Need] = field(default_factory=dict)
    discovery: list[Discovery] = field(default_factory=list)
    cards: dict[str, Card] = field(default_factory=dict)

    def cards_for(self, scenarios: Iterable[str]) -> tuple[Card, ...]:
        """The cards that warnings of these scenarios lay on top, in the order of the file."""
        wanted = set(scenarios)
        return tuple(card for card in self.cards.values() if wanted & set(card.scenarios))


@dataclass(frozen=True)
class Duty:
    """One line of a department's list. kind: `deliver` (a dataset, with its refresh), `answer` (a need, within `days` working
    days) or `look` (a scenario whose indicators name the department; `days` is the shortest of theirs)."""

    department: str
    kind: str
    code: str
    title: Title
    days: int


def duty_list(
    needs: Mapping[str, Need],
    datasets: Mapping[str, Dataset],
    indicators: Mapping[str, Indicator],
    scenarios: Mapping[str, Scenario],
) -> tuple[Duty, ...]:
    """Every department's duties, derived: what it delivers, what it answers, and which scenarios are routed to it."""
    lines = [Duty(one.department, "deliver", one.code, one.title, 0) for one in datasets.values()]
    lines += [Duty(one.department, "answer", one.code, one.title, one.days) for one in needs.values()]
    days: dict[tuple[str, str], int] = {}
    for indicator in indicators.values():
        for place in indicator.route:
            if place.startswith(ROUTED):
                key = (place.removeprefix(ROUTED), indicator.scenario)
                days[key] = min(days.get(key, indicator.days), indicator.days)
    lines += [Duty(department, "look", code, scenarios[code].title, most) for (department, code), most in days.items()]
    return tuple(sorted(lines, key=lambda duty: (duty.department, duty.kind, duty.code)))


def read_duties(folders: Iterable[Path], reading: Reading) -> Duties:
    """The files of these folders. What `shows` names is looked for when the forms are known (`check_shows`)."""
    found = Duties()
    for folder in folders:
        if (folder / NEEDS).is_file():
            _read_needs(Source(folder / NEEDS, reading.faults), found, reading)
        if (folder / POLICIES).is_file():
            _read_cards(Source(folder / POLICIES, reading.faults), found, reading)
    return found


def check_shows(found: Duties, forms: Mapping[str, Form], reading: Reading) -> None:
    """A department reads answers that somebody asks for."""
    asked = {name for form in forms.values() for name in form.questions}
    for need in found.needs.values():
        for name in need.shows:
            if name not in asked:
                source = Source(Path(need.path), reading.faults)
                source.fault(("needs", need.code, "shows"), "question", f"no form asks '{clipped(name)}'", nearest(name, asked))


def check_cards(found: Duties, folders: Iterable[Path], programmes: Collection[str], reading: Reading) -> None:
    """A card tells of programmes that are declared."""
    for folder in folders:
        if (folder / POLICIES).is_file():
            source = Source(folder / POLICIES, reading.faults)
            for code in source.data.get("policies", {}):
                for name in found.cards[code].programmes if code in found.cards else ():
                    if name not in programmes:
                        told = f"programme '{clipped(name)}' is not declared"
                        source.fault(("policies", code, "programmes"), "programme", told, nearest(name, programmes))


def _read_needs(source: Source, found: Duties, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("needs"):
        need = Need(
            code,
            titled(keys),
            keys.text("department", required=True),
            keys.whole("days", required=True, default=1, least=1),
            keys.words("shows"),
            read_basis(keys, reading.laws, required=True),
            source.path.as_posix(),
        )
        keys.done()
        if reading.new("need", code, source):
            found.needs[code] = need
    for index, item in enumerate(whole.tables("discovery")):
        keys = Keys(source, ("discovery", index), item)
        found.discovery.append(
            Discovery(
                keys.text("tier", required=True, one_of=TIERS, default=TIERS[0]),
                titled(keys),
                _scenarios(keys, reading),
                keys.whole("every", required=True, default=1, least=1),
                keys.whole("pressed", required=True, default=1, least=1),
            )
        )
        keys.done()
    whole.done()


def _read_cards(source: Source, found: Duties, reading: Reading) -> None:
    whole = Keys(source, (), source.data)
    for code, keys in whole.named("policies", required=True):
        card = Card(
            code,
            titled(keys),
            Title(keys.text("tells_zh", required=True), keys.text("tells_en", required=True)),
            _scenarios(keys, reading),
            read_basis(keys, reading.laws, required=True),
            keys.words("programmes"),
        )
        keys.done()
        if reading.new("policy", code, source):
            found.cards[code] = card
    whole.done()


def _scenarios(keys: Keys, reading: Reading) -> tuple[str, ...]:
    codes = keys.words("scenarios", required=True)
    for code in codes:
        if code not in reading.scenarios:
            keys.fault(
                "scenarios", "scenario", f"scenario '{clipped(code)}' is not in scenarios.toml", nearest(code, reading.scenarios)
            )
    return codes
