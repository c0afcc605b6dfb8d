"""Proves stream and release on many random histories of deliveries, corrections, retractions, full files and moves.

python -m tests.property.stream.prove --histories 1000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

from jiuzhu.registry import public
from jiuzhu.registry.stream import look as looking
from tests.support.histories import narrowed
from tests.support.proved_histories import prove

VILLAGE = 125  # histories that share a village, and its runs; a village has fewer than a thousand people


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if release and stream said after every look what a run says, and every last base is that of a new start, byte for byte."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=1000)
    parser.add_argument("--looks", type=int, default=6, help="about half as many steps has each history")
    parser.add_argument("--seed", type=int, default=Random().randrange(1_000_000))
    options = parser.parse_args(arguments)
    looking.WHOLE_SHARE = 10  # half a village is touched each time: the easy way of a whole run is closed
    catalogue = narrowed(public.catalogue())
    began, changes, done, wrong, whole, looks = time.monotonic(), Counter[str](), 0, 0, 0, 0
    while done < options.histories:
        seed, count = options.seed + done, min(VILLAGE, options.histories - done)
        print(f"seed {seed}, {count} histories", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            found = prove(Path(folder), catalogue, seed=seed, histories=count, size=6, looks=options.looks, say=_told)
        for line in (*found.differences[:5], *found.files[:5]):
            print(f"WRONG: {line}", flush=True)
        wrong += not found.right
        whole, looks, done = whole + len(found.whole), looks + found.looks, done + count
        changes.update(found.changes)
    print(
        f"seed {options.seed}: {done:,} histories, {looks} looks ({whole} of them asked everybody), entries {dict(changes)}, "
        f"{time.monotonic() - began:.0f} s: {'NOT EQUAL' if wrong else 'equal after every look, and every last base byte for byte'}"
    )
    return 1 if wrong else 0


def _told(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
