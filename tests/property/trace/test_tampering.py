"""Thousands of random tamperings with a log: every one is found, and the first bad event is named."""

from __future__ import annotations

import base64
import json
import os
import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.casework.trace import sealing, written
from jiuzhu.casework.trace.merkle import root
from tests.property.trace import attacks
from tests.support import event_log

TRIALS = int(os.environ.get("TAMPERINGS", "3000"))
SEED = int(os.environ.get("SEED", "20261121"))

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(tmp_path: Path, settings: Any) -> tuple[event_log.Held, event_log.Witnesses]:
    settings.SEAL_KEEPER, settings.SEAL_SINK = tmp_path / "keeper", tmp_path / "sink"
    event_log.write_log()
    return event_log.held(), event_log.witnesses()


@pytest.mark.requirement("C4", "C6")
def test_every_tampering_is_found_and_the_first_bad_event_is_named(log: tuple[event_log.Held, event_log.Witnesses]):
    """Without any secret: what was exported, the kept heads, the second sink and the public key are enough."""
    good, seen = log
    drawn = random.Random(SEED)
    found: Counter[str] = Counter()
    for trial in range(TRIALS):
        attack = attacks.ATTACKS[trial % len(attacks.ATTACKS)]
        bad = good.copy()
        places = attack(bad, drawn)
        report = seen.of(bad)
        told = f"seed {SEED}, trial {trial}: {attack.__name__}"
        assert report.first_bad is not None, f"{told} was not found"
        assert not places or report.first_bad.event in places, f"{told} at {places}, but {report.first_bad.says}"
        found[attack.__name__] += 1
        if trial % 100 == 0:
            assert seen.of(good).findings == [], told
    assert len(found) == len(attacks.ATTACKS)


def test_which_tamperings_only_the_witnesses_find(log: tuple[event_log.Held, event_log.Witnesses]):
    """Somebody with the signing key passes without both; that the newest seal is gone only the kept heads tell."""
    good, seen = log
    drawn = random.Random(SEED)
    needs: dict[str, set[str]] = {}
    for attack in attacks.ATTACKS:
        for _ in range(20):
            bad = good.copy()
            attack(bad, drawn)
            missed = needs.setdefault(attack.__name__, set())
            missed |= {name for name, asked in WITHOUT.items() if not seen.of(bad, **asked).findings}
    assert {name: missed for name, missed in needs.items() if missed} == {
        "rewritten_as_a_whole": {"neither"},
        "rewritten_at_the_end": {"neither"},
        "seal_removed": {"heads", "neither"},  # the newest one: its events are all there, and look as if none had covered them
    }


WITHOUT = {"heads": {"heads": False}, "sink": {"rows": False}, "neither": {"heads": False, "rows": False}}


def test_a_sealed_event_cut_off_with_the_end_of_its_chain_is_named_by_the_seal_alone(
    log: tuple[event_log.Held, event_log.Witnesses],
):
    good, seen = log
    drawn = random.Random(SEED)
    for _ in range(20):
        bad = good.copy()
        places = attacks.newest_sealed_removed_and_the_chain_cut(bad, drawn)
        report = seen.of(bad, heads=False, rows=False)
        assert report.first_bad is not None
        assert report.first_bad.event in places


def test_an_event_changed_before_its_seal_is_found_with_the_key_of_the_codes(log: tuple[event_log.Held, event_log.Witnesses]):
    """No seal covers it and no sink has it yet: only the platform's own check, and the sealer, can tell."""
    good, seen = log
    drawn = random.Random(SEED)
    for _ in range(100):
        bad = good.copy()
        places = attacks.changed_before_its_seal(bad, drawn)
        report = seen.of(bad, code=True)
        assert report.first_bad is not None
        assert report.first_bad.event in places


def signed_anew(seal: dict[str, Any], **other: Any) -> None:
    """Another statement in its place, truly signed."""
    statement = written.canonical(json.loads(seal["statement"]) | other)
    signature = base64.b64encode(sealing.signing_key().sign(statement)).decode()
    seal.update(statement=statement.decode(), signature=signature)


def test_a_seal_that_was_signed_again_does_not_fit_the_next_one(log: tuple[event_log.Held, event_log.Witnesses]):
    good, seen = log
    bad = good.copy()
    signed_anew(bad.seals[2], at="2026-11-21T09:00:00.000000Z")
    found = seen.of(bad, heads=False).findings
    assert [(one.kind, one.says) for one in found] == [("unchained", "seal 4 does not follow the seal before it")]


def test_a_seal_that_passes_over_an_event_is_found(log: tuple[event_log.Held, event_log.Witnesses]):
    good, seen = log
    bad = good.copy()
    longest = next(seal for seal in reversed(bad.seals) if json.loads(seal["statement"])["spans"][0][1:] != [1, 1])
    (writer, first, last), *others = json.loads(longest["statement"])["spans"]
    spans = [[writer, first + 1, last], *others] if first < last else others
    covered = [bad.of(f"{one}/{number}")["event"] for one, begin, end in spans for number in range(begin, end + 1)]
    leaves = [written.digest(b"\x00" + written.canonical(one)) for one in covered]
    signed_anew(longest, spans=spans, count=len(leaves), root=root(leaves, written.digest).hex())
    found = seen.of(bad, heads=False)
    assert [one.says for one in found.findings] == [f"seal 7 does not go on where chain {writer} was sealed to"]


def test_a_keeper_that_lost_a_head_or_holds_two_of_one_number_is_told(log: tuple[event_log.Held, event_log.Witnesses]):
    good, seen = log
    lost = replace(seen, heads=seen.heads[:2] + seen.heads[3:]).of(good)
    assert [one.kind for one in lost.findings] == ["unkept"]
    other = good.copy().seals[2]
    signed_anew(other, at="2026-11-21T09:00:00.000000Z")
    twice = replace(seen, heads=[*seen.heads, json.dumps(other).encode()]).of(good)
    assert [one.kind for one in twice.findings] == ["rewritten"]
