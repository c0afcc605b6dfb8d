"""How long the engine takes until it can be asked: with what was compiled kept on the disk, and with nothing kept."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.figures import Figure
from bench.machine import ROOT
from bench.stand import Stand

BARE = "import numba"
READY = "import numba\nfrom jiuzhu.engines.columnar import ColumnarEngine"
ASKED = """
import sys
from pathlib import Path
from bench.stand import Stand
from jiuzhu.engines.columnar import ColumnarEngine
stand = Stand.read(Path(sys.argv[1]))
indicators = list(stand.catalogue.indicators.values())
ColumnarEngine(stand.catalogue).run(stand.release().base, indicators, households=range(1000))
"""
TIMES = 3


def figures(stand: Stand) -> tuple[list[Figure], list[str]]:
    with tempfile.TemporaryDirectory() as kept:
        cold = _spent(ASKED, stand, Path(kept))
        asked = min(_spent(ASKED, stand, Path(kept)) for _ in range(TIMES))
        ready = min(_spent(READY, stand, Path(kept)) for _ in range(TIMES))
        bare = min(_spent(BARE, stand, Path(kept)) for _ in range(TIMES))
    return [
        Figure("engine ready, above a bare `import numba`, cache warm", "CPU s", 1, ready - bare, f"import numba: {bare:.2f}"),
        Figure(
            "everything compiled, cache cold",
            "CPU s",
            60,
            cold - asked,
            "all indicators asked of 1,000 households, cold less warm",
        ),
    ], []


def _spent(program: str, stand: Stand, kept: Path) -> float:
    """CPU seconds of a process of its own. kept: where compiled code is kept."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(kept)}
    subprocess.run([sys.executable, "-c", program, str(stand.folder)], cwd=ROOT, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
