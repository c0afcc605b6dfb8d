"""What the live roles of a viewer let them look at: of which divisions, and how much of each thing (SF218). As `permissions` grants it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jiuzhu.casework.accounts.permissions import DELEGABLE, Power, Viewer, powers, table
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.tree import Title

# What is looked at, nearest to families first; what is done to it follows from the same table.
LOOKS = (
    "family.open", "family.reveal", "cases.read", "visits.read", "tasks.read", "warnings.list", "families.list", "referrals.read",
    "cases.registered_here", "family.search_names", "family.find_by_number", "family.open_elsewhere", "sources.conflicts",
    "overview.read", "events.read", "events.trace",
)  # fmt: skip
WHERE: Mapping[str, Title] = {
    "own": Title("本辖区", "own division"),
    "child": Title("本辖区及以下", "own division and all below"),
    "assigned": Title("有任务交给我的", "what a task of mine leads to"),
    "sibling": Title("相邻辖区", "neighbouring divisions"),
    "parent": Title("上级", "divisions above"),
    "elsewhere": Title("外地", "elsewhere"),
    "self": Title("本人的", "one's own"),
    "mandate": Title("受委托的", "of those one acts for"),
    "linked": Title("近亲属家", "families of one's kin"),
}
DEPTH: Mapping[str, Title] = {
    "open": Title("只有公开信息", "what is public"),
    "internal": Title("编号、地区、代码和日期，没有姓名", "keys, divisions, codes and days; no names"),
    "personal": Title(
        "姓名、家庭和待遇；病情、财产等敏感项不显示", "names, family and benefits; illness, property and the like stay hidden"
    ),
    "sensitive": Title(
        "姓名、家庭和敏感项；证件号只显示首尾", "names, family and what is sensitive; of id numbers only both ends"
    ),
    "sealed": Title("全部", "everything"),
}


@dataclass(frozen=True)
class Reach:
    """One thing that may be looked at by one role. where: words of `WHERE`. level: the highest of fields that are shown.

    at_most: families or people at once, None for any. delegated_by: the account that handed it down, or "".
    """

    operation: str
    role: str
    division_code: str
    where: tuple[str, ...]
    level: str
    at_most: int | None
    delegated_by: str


def reach(viewer: Viewer, *, at: datetime) -> tuple[Reach, ...]:
    """Every look that a live role of the viewer opens, by thing; what is not in it is not there for them."""
    held = powers(viewer, at=at)
    return tuple(found for operation in LOOKS for power in held for found in _of(operation, power))


def _of(operation: str, power: Power) -> Sequence[Reach]:
    if power.only and power.only != operation:
        return ()
    by_level: dict[tuple[str, int | None], set[str]] = {}
    for row in table().of(operation, power.role):
        if not power.delegated_by or row.relation in DELEGABLE:
            by_level.setdefault((row.level, row.at_most), set()).add(row.relation)
    return [
        Reach(operation, power.role, power.division_code, _words(relations), level, at_most, power.delegated_by)
        for (level, at_most), relations in sorted(by_level.items(), key=lambda one: -LEVELS.index(one[0][0]))
    ]


def _words(relations: set[str]) -> tuple[str, ...]:
    """`own` and `child` together are one range."""
    kept = relations - {"own"} if relations >= DELEGABLE else relations
    return tuple(one for one in WHERE if one in kept)
