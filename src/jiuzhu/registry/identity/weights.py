"""The weights of linking, from `linking.toml` of the catalogue."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

FILE = "linking.toml"
# The levels of each comparison, the most telling first; `comparisons.py` says what each means.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "id_number": ("same", "one_off", "other"),
    "name": ("same", "order", "sound", "spelling", "part", "other"),
    "birth_date": ("same", "slip", "other"),
    "sex": ("same", "other"),
    "phone": ("same", "other"),
    "address": ("same", "like", "other"),
}


class WrongWeights(ValueError):
    """linking.toml leaves something out, or says what cannot be."""


@dataclass(frozen=True)
class Weights:
    """levels: comparison to level to (m, u). Certainties are shares of one."""

    certain: float
    review: float
    runner_up: float
    prior: float
    levels: Mapping[str, Mapping[str, tuple[float, float]]]


def read_weights(folders: Sequence[Path]) -> Weights:
    """The weights of the last folder that has the file. Raises WrongWeights."""
    paths = [folder / FILE for folder in folders if (folder / FILE).exists()]
    if not paths:
        raise WrongWeights(f"no {FILE} in {', '.join(str(folder) for folder in folders)}; the national catalogue has one")
    path = paths[-1]
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    levels: dict[str, dict[str, tuple[float, float]]] = {}
    for comparison, names in LEVELS.items():
        given = told.get(comparison, {})
        if set(given) != set(names):
            raise WrongWeights(f"{path}: [{comparison}] must have the levels {', '.join(names)}, and no others")
        levels[comparison] = {name: (float(given[name]["m"]), float(given[name]["u"])) for name in names}
        for side, total in (
            ("m", sum(m for m, _ in levels[comparison].values())),
            ("u", sum(u for _, u in levels[comparison].values())),
        ):
            if abs(total - 1) > 0.01:
                raise WrongWeights(f"{path}: the {side} of [{comparison}] add up to {total:.4f}; they are shares of one")
    return Weights(float(told["certain"]), float(told["review"]), float(told["runner_up"]), float(told["prior"]), levels)
