"""Cross-evidence (多维交叉印证): how many bodies, independent of one another, hold the rows behind warnings. Part of the queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jiuzhu.casework.dispatch.models import Warning
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import Catalogue
from jiuzhu.rules.tree import Title

# The office's own books say what it decided or found itself; they bear witness to nothing. The register says who somebody is.
OWN_BODY = "civil_affairs"
REGISTER = "police_population"
STRONG = 3  # independent bodies from which on evidence is as strong as it gets


@dataclass(frozen=True)
class Witness:
    """One body whose rows decided warnings. own: rows behind the warning asked about; besides: other warnings they stand behind.

    datasets: dataset to how many of its rows, behind any of them.
    """

    body: str
    title: Title
    own: bool
    datasets: Mapping[str, int]
    besides: tuple[str, ...]


@dataclass(frozen=True)
class Witnesses:
    """found: those behind the warning itself first, then the others. A body counts once, however many rows it holds."""

    found: tuple[Witness, ...]

    @property
    def score(self) -> int:
        return score(len(self.found))


def score(bodies: int) -> int:
    """0 none, 33 one body, 67 two, 100 from three on."""
    return (0, 33, 67, 100)[max(0, min(bodies, STRONG))]


def body_of(dataset: str, catalogue: Catalogue) -> str:
    """Who states a dataset: the code of its body, "" where no file of sources names it."""
    return next((body.code for body in catalogue.bodies.values() if body.states(catalogue.datasets[dataset])), "")


def witnesses(*, workspace: Path, warning: Warning, others: Iterable[Warning], catalogue: Catalogue) -> Witnesses:
    """Who bears a warning out: the bodies of the rows that decided it, and of those behind open warnings of the same side.

    others: further warnings of the same household that the reader may see. Rows are those the rule was decided by, not all that
    a dataset holds of the family; what somebody did not deliver is no evidence.
    """
    beside = [one for one in others if one.side == warning.side and one.state == Warning.State.OPEN and one.pk != warning.pk]
    return _gathered([warning], beside, workspace, catalogue)


def witnesses_of(*, workspace: Path, warnings: Sequence[Warning], catalogue: Catalogue) -> Witnesses:
    """Who bears out that a family may need help: the bodies of the rows behind its open warnings of the side `entry`."""
    return _gathered(
        [], [one for one in warnings if one.side == "entry" and one.state == Warning.State.OPEN], workspace, catalogue
    )


def _gathered(own: Sequence[Warning], beside: Sequence[Warning], workspace: Path, catalogue: Catalogue) -> Witnesses:
    rows: dict[str, dict[str, int]] = {}
    besides: dict[str, dict[str, None]] = {}
    decided: set[str] = set()
    for warning in (*own, *beside):
        for dataset, count in _rows_behind(workspace, warning).items():
            body = body_of(dataset, catalogue) if dataset in catalogue.datasets and dataset != REGISTER else ""
            if body and body != OWN_BODY:
                known = rows.setdefault(body, {})
                known[dataset] = max(known.get(dataset, 0), count)
                besides.setdefault(body, {})
                if warning in own:
                    decided.add(body)
                else:
                    besides[body][warning.indicator_id] = None
    told = [
        Witness(body, catalogue.bodies[body].title, body in decided, rows[body], tuple(besides[body])) for body in sorted(rows)
    ]
    return Witnesses(tuple(sorted(told, key=lambda one: not one.own)))


def _rows_behind(workspace: Path, warning: Warning) -> dict[str, int]:
    """Dataset to how many of its rows decided the warning; nothing where no release explains it any more."""
    try:
        told = public.explain(workspace, warning.warning_id)
    except (public.NoWarning, public.NoRelease):
        return {}
    counted: dict[str, int] = {}
    for row in told.rows:
        counted[row.dataset] = counted.get(row.dataset, 0) + 1
    return counted
