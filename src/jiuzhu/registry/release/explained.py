"""Why a warning stands, or could not be decided: the rule in words, the limit there and then, the rows, what was not known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jiuzhu.engines.mapped import few_rows
from jiuzhu.engines.reference import ReferenceEngine, TracedRow
from jiuzhu.engines.reference.values import Reason
from jiuzhu.registry.archived import DELIVERY
from jiuzhu.registry.release.cell_texts import text_of_cell
from jiuzhu.registry.release.counted import kind_of
from jiuzhu.registry.release.folder import Release
from jiuzhu.registry.release.listed import found
from jiuzhu.registry.release.scales import shown, threshold_decimals, unit_of, value_decimals
from jiuzhu.registry.release.subjects import Subjects
from jiuzhu.rules.explain import pieces
from jiuzhu.rules.parameters import ParameterValue
from jiuzhu.rules.tree import Indicator, Title
from jiuzhu.vocabulary.period import month_last

if TYPE_CHECKING:
    from jiuzhu.rules.catalogue import Catalogue

_WHY: Mapping[str, Title] = {
    "not delivered": Title("当地没有报送", "was never delivered for this place"),
    "stale": Title("报送已过期", "the newest delivery is too old"),
    "period missing": Title("缺少所需时段", "a part of the period was not delivered"),
    "empty cell": Title("该项为空", "the cell is empty"),
    "no authorisation": Title("没有有效授权", "there is no live authorisation"),
    "unset parameter": Title("当地标准未找到", "the local number is not set"),
    "not given": Title("未提供", "was not given"),
    "person not known": Title("相关人员不在库中", "the person named is not known"),
    "negative base": Title("基数为负", "the base is below zero"),
}


class NoWarning(LookupError):
    """No release read here has a warning of that number."""


@dataclass(frozen=True)
class Row:
    """A row behind a warning. delivery: the SHA-256 of the file it came in, "" of one that came alone. columns: name to text, identities left out."""

    dataset: str
    record_id: str
    delivery: str
    columns: Mapping[str, str]


@dataclass(frozen=True)
class Gap:
    """Something that was not known. since: up to which day it had been delivered, "" if never."""

    input: str
    why: str
    since: str
    title_zh: str
    title_en: str
    why_zh: str
    why_en: str


@dataclass(frozen=True)
class Explanation:
    warning_id: str
    indicator_id: str
    grade: str
    pieces_zh: Sequence[tuple[str, bool]]
    pieces_en: Sequence[tuple[str, bool]]
    value: str
    unit: str
    limit: Mapping[str, str]
    rows: Sequence[Row]
    unknown: Sequence[Gap]

    @property
    def rule_zh(self) -> str:
        return "".join(text for text, _ in self.pieces_zh)

    @property
    def rule_en(self) -> str:
        return "".join(text for text, _ in self.pieces_en)

    def as_json(self) -> dict[str, Any]:
        return {
            "warning_id": self.warning_id,
            "rule": {"zh": self.rule_zh, "en": self.rule_en},
            "value": self.value,
            "unit": self.unit,
            "limit": dict(self.limit),
            "rows": [
                {"dataset": row.dataset, "record_id": row.record_id, "delivery": row.delivery, "columns": dict(row.columns)}
                for row in self.rows
            ],
            "unknown": [{"input": gap.input, "why": gap.why, "since": gap.since} for gap in self.unknown],
        }


def warning_places(release: Release, catalogue: Catalogue) -> dict[str, tuple[str, int]]:
    """Every warning of a release, and everything undecided, by number: indicator and position."""
    who = Subjects(release)
    answer = {}
    for unknown in (True, False):
        for row in found(release, unknown=unknown).select(["indicator", "subject"]).to_pylist():
            kind = kind_of(catalogue, row["indicator"])
            answer[who.warning_id(row["indicator"], kind, row["subject"])] = (row["indicator"], row["subject"])
    return answer


def explained(release: Release, catalogue: Catalogue, warning_id: str, code: str, position: int) -> Explanation:
    """The reference engine is asked once more, with the base and the catalogue of the release, and leaves its whole trace."""
    indicator = catalogue.indicators[code]
    verdict = ReferenceEngine(catalogue).evaluate(release.base, indicator, position)
    judgement = verdict.judgement
    division = Subjects(release).division(kind_of(catalogue, code), position)
    on = release.manifest.as_of
    reasons = {(trace.name, reason): None for trace in verdict.inputs for reason in trace.because}
    reasons |= {("", reason): None for reason in judgement.because if all(reason != told for _, told in reasons)}
    place = _place(release, kind_of(catalogue, code), position)
    return Explanation(
        warning_id=warning_id,
        indicator_id=code,
        grade=judgement.grade or "",
        pieces_zh=pieces(indicator, catalogue, "zh", judgement.parameter, division=division, on=on),
        pieces_en=pieces(indicator, catalogue, "en", judgement.parameter, division=division, on=on),
        value=shown(judgement.value, value_decimals(indicator)),
        unit=unit_of(indicator),
        limit=_limit(indicator, judgement.threshold, judgement.parameter),
        rows=_rows(release, catalogue, [row for trace in verdict.inputs for row in trace.rows]),
        unknown=[_gap(release, catalogue, indicator, name, reason, place) for name, reason in reasons],
    )


def _limit(indicator: Indicator, threshold: int | None, parameter: ParameterValue | None) -> dict[str, str]:
    if parameter is None:
        return {"value": shown(threshold, threshold_decimals(indicator)), "division": "", "from": "", "source": ""}
    return {
        "value": shown(threshold, threshold_decimals(indicator)),
        "division": parameter.division,
        "from": parameter.since.isoformat(),
        "source": parameter.source,
    }


def _rows(release: Release, catalogue: Catalogue, traced: Sequence[TracedRow]) -> list[Row]:
    """Each row once, in the order in which they were used."""
    answer = []
    for dataset, index in dict.fromkeys((row.dataset, row.row) for row in traced):
        columns = catalogue.columns(dataset)
        cells = few_rows(release.base.rows, dataset, slice(index, index + 1))[0]
        answer.append(
            Row(
                dataset=dataset,
                record_id=cells["record_id"],
                delivery=release.manifest.sent(dataset)[cells[DELIVERY]].sha256 if cells.get(DELIVERY, -1) >= 0 else "",
                columns={
                    name: text_of_cell(cells[name], column)
                    for name, column in columns.items()
                    if name in cells and not column.identity and name != "record_id"
                },
            )
        )
    return answer


def _gap(release: Release, catalogue: Catalogue, indicator: Indicator, name: str, reason: Reason, place: int) -> Gap:
    title = _title(catalogue, reason, name)
    why = _WHY.get(reason.cause, Title(reason.cause, reason.cause))
    since = ""
    if reason.cause in ("stale", "period missing"):
        months = release.base.coverage.months.get((reason.name, place), ())
        since = month_last(months[0]).isoformat() if months else ""
    return Gap(
        name or reason.name,
        f"{reason.cause}: {reason.name}" + (f".{reason.column}" if reason.column else ""),
        since,
        title.zh,
        title.en,
        why.zh,
        why.en,
    )


def _title(catalogue: Catalogue, reason: Reason, name: str) -> Title:
    if reason.name in catalogue.datasets:
        dataset = catalogue.datasets[reason.name]
        if reason.column and reason.column in catalogue.columns(reason.name):
            column = catalogue.columns(reason.name)[reason.column]
            return Title(f"{dataset.title.zh}·{column.title.zh}", f"{dataset.title.en}: {column.title.en or column.name}")
        return dataset.title
    if reason.name in catalogue.facts:
        return catalogue.facts[reason.name].title
    if reason.name in catalogue.relations:
        return catalogue.relations[reason.name].title
    return Title(reason.name or name, reason.name or name)


def _place(release: Release, kind: str, position: int) -> int:
    base = release.base
    among = {"person": base.people, "living": base.households, "hukou": base.hukou}[kind]
    place: int = among["place"][position].as_py()
    return place


__all__ = ["Explanation", "Gap", "NoWarning", "Row", "explained", "warning_places"]
