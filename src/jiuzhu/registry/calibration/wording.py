"""Why a number should move, or stays, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from jiuzhu.registry.calibration.book import County, Tendency
from jiuzhu.registry.calibration.candidates import Allowed
from jiuzhu.registry.calibration.evidence import Expected, Share
from jiuzhu.rules.phrases import number_words
from jiuzhu.rules.strands import Measure, Strands
from jiuzhu.rules.tree import Indicator

Words = tuple[str, str]  # Chinese, English

# Why a number stays, by the word that stands for it.
STAYS: Mapping[str, Words] = {
    "unset": ("本地数值未找到，留空，不作提议", "the number of this place was not found; it stays empty and nothing is proposed"),
    "not a limit": ("该数值不单独决定预警界线，不作提议", "this number alone does not decide the limit of the rule"),
    "no bounds": ("目录未载其法定上下限，不作提议", "the catalogue has no bounds of law for it, so nothing is proposed"),
    "no room": ("上下限之间没有可用的整数值", "there is no round value within its bounds"),
    "waiting": ("已有一项放行的数值尚未生效", "a released number has not begun yet"),
    "same warnings": ("各候选值下预警不变", "no value that may be tried changes any warning"),
    "best": ("在现有走访量内，现值发现最多", "with the visits there are, the present number finds most"),
}  # fmt: skip


def too_few(share: Share, measure: Measure) -> Words:
    return (
        f"候选值附近只有 {share.visits} 次走访有结果，至少需要 {measure.outcomes} 次",
        f"only {share.visits} visits near the values that may be tried have ended; {measure.outcomes} are needed",
    )


@dataclass(frozen=True)
class Case:
    """All that the reason of one proposal is told from. now, then: warnings here."""

    indicator: Indicator
    unit: str
    place: str
    present: Decimal
    value: Decimal
    within: Allowed
    now: int
    then: int
    expected: Expected
    counties: Sequence[County]
    tendencies: Sequence[Tendency]
    together: int
    budget: int


def why(case: Case, strands: Strands) -> Words:
    chinese, english = zip(
        *[_change(case), _evidence(case.expected), _finds(case), _bound(case), *map(_county, case.counties),
          *(_tendency(one, strands) for one in case.tendencies)],
        strict=True,
    )  # fmt: skip
    return "".join(f"{one}。" for one in chinese), " ".join(f"{one}." for one in english)


def _change(case: Case) -> Words:
    zh, en = ([number_words(one, case.unit, lang) for one in (case.present, case.value)] for lang in ("zh", "en"))
    return (
        f"{case.indicator.title.zh}（{case.place}）：建议由 {zh[0]} 调整为 {zh[1]}，预警由 {case.now} 件变为 {case.then} 件",
        f"{case.indicator.title.en} ({case.place}): {en[0]} should become {en[1]}; warnings go from {case.now} to {case.then}",
    )


def _evidence(expected: Expected) -> Words:
    share, (low, high) = expected.share, expected.share.interval
    where_zh = "两值之间" if expected.seen else "紧邻现值一侧（两值之间此前无人走访）"
    where_en = "between the two values" if expected.seen else "beside the present value (between the two nobody was visited yet)"
    return (
        f"{where_zh}已有结果的走访 {share.visits} 次，属实 {share.finds} 次，占 {share.share:.1%}（95% 区间 {low:.1%} 至 {high:.1%}）",
        f"Of {share.visits} visits that ended {where_en}, {share.finds} were found true: {share.share:.1%} (95% of the time "
        f"between {low:.1%} and {high:.1%})",
    )


def _finds(case: Case) -> Words:
    finds, low, high = (hundredths(one) for one in (case.expected.finds, case.expected.low, case.expected.high))
    zh, en = (
        f"预计发现变化 {finds} 户（人），区间 {low} 至 {high}",
        f"Finds are expected to change by {finds}, between {low} and {high}",
    )
    if case.together > 1:
        zh += f"；与同日其他 {case.together - 1} 项提议合计，走访不超过 {case.budget} 次"
        en += f"; together with the {case.together - 1} other proposals of the day visits stay within {case.budget}"
    return zh, en


def _bound(case: Case) -> Words:
    bounds = (case.within.least, case.within.most)
    assert None not in bounds, "nothing is proposed without bounds of law"
    least, most = ([number_words(one, case.unit, lang) for lang in ("zh", "en")] for one in bounds if one is not None)
    return f"法定界限为 {least[0]} 至 {most[0]}", f"The law keeps it between {least[1]} and {most[1]}"


def _county(one: County) -> Words:
    before_zh = f"，上月为 {one.before}%" if one.before else "，上月无可比数据"
    before_en = f", {one.before}% the month before" if one.before else ", nothing to compare with the month before"
    return (
        f"{one.county} 可测 {one.measured} 例，{one.percent}% 未达现值{before_zh}",
        f"In {one.county}, of {one.measured} measured, {one.percent}% do not reach the present value{before_en}",
    )


def _tendency(one: Tendency, strands: Strands) -> Words:
    title = strands.by_code[one.strand].title
    return (
        f"{title.zh}：可知 {one.known} 户，其中 {one.worse} 户近三个月差于上年同期",
        f"{title.en}: of {one.known} households known, {one.worse} fare worse in the newest three months than a year before",
    )


def hundredths(number: int) -> str:
    return f"{Decimal(number).scaleb(-2):f}"
