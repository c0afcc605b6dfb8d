"""Four bodies on bad lines: what they sent arrives whole, once, and as it would have on a quiet day."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.portals.cli import exchange
from jiuzhu.registry import public
from jiuzhu.registry.ingest.archive import deliveries
from jiuzhu.registry.ingest.workspace import Workspace
from jiuzhu.rules.catalogue import Catalogue
from tests.integration.exchange.town import Town
from tests.integration.registry.village import content
from tests.support.county import AS_OF, invent

BODIES = ("police", "medical_insurance", "emergency", "disabled_persons_federation")
PREFIX = {"police": "police_", "medical_insurance": "medins_", "emergency": "emerg_", "disabled_persons_federation": "dpf_"}
DAY = AS_OF.isoformat()


@pytest.fixture(scope="module")
def invented(tmp_path_factory: pytest.TempPathFactory, national: Catalogue) -> dict[str, list[Path]]:
    """Some files of each of the four bodies, in the formats they really send."""
    folder = invent(tmp_path_factory.mktemp("county") / "invented", national, residents=200)
    files = sorted(path for path in (folder / "deliveries").rglob("*") if path.is_file())
    return {body: [path for path in files if path.name.startswith(prefix)] for body, prefix in PREFIX.items()}


def sent(town: Town, invented: dict[str, list[Path]]) -> int:
    count = 0
    for body in BODIES:
        for number, path in enumerate(invented[body], start=1):
            town.send(body, number, DAY, [path])
            count += 1
    return count


@pytest.mark.feature("SF247")
@pytest.mark.requirement("E1")
def test_four_bodies_on_bad_lines_leave_the_same_archive_and_release_as_on_quiet_ones(
    town: Town, invented: dict[str, list[Path]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quiet = Town(tmp_path / "quiet", town.capture)
    quiet.join(*BODIES)
    count = sent(quiet, invented)
    first = quiet.exchange(DAY)
    assert sum(one["taken"] for one in first["bodies"]) == count > 12
    town.join(*BODIES)
    sent(town, invented)
    for body in BODIES:  # and each sends its first message a second time, under another name
        shutil.copytree(town.box(body) / "outbox" / "1", town.box(body) / "outbox" / "1-again")
    # Nobody waits and tries again here: each lost answer ends the round with its body, until the next command.
    monkeypatch.setattr(exchange, "PAUSES", ())
    rounds = []
    for seed in range(12):
        town.lines(twin=seed)
        rounds.append(town.exchange(DAY, code=None))
    told = [one for each in rounds for one in each["bodies"]]
    assert sum(one["taken"] for one in told) == count
    assert sum(one["known"] for one in told) >= len(BODIES)
    assert sum(bool(one["unreachable"]) for one in told) > 0
    town.lines()
    assert town.exchange(DAY)["run"] == ""
    assert all((town.box(body) / "inbox" / "1" / "acknowledged").exists() for body in BODIES)
    assert archived(town) == archived(quiet)
    assert public.current(town.workspace) == public.current(quiet.workspace)
    release = public.current(quiet.workspace) or ""
    assert content(town.workspace, release) == content(quiet.workspace, release)
    for body in BODIES:
        for answer in (quiet.box(body) / "inbox").rglob("receipt.json"):
            assert (town.box(body) / answer.relative_to(quiet.box(body))).read_bytes() == answer.read_bytes()
    assert town.command("aside", "--json")["aside"] == []


def archived(town: Town) -> list[str]:
    return [one.as_json() for one in deliveries(Workspace(town.workspace))]
