"""The main class of a person: one each, the first that holds in the order in which the law helps."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class PersonClass(Enum):
    """Codes are those of the fact `class` of the catalogue."""

    TEKUN = ("tekun", 1, "特困", "Extremely poor (tekun)")
    DIBAO = ("dibao", 2, "低保", "Minimum living guarantee (dibao)")
    NEAR_DIBAO = ("edge", 3, "低保边缘", "Near-dibao")
    RIGID = ("rigid", 4, "刚性支出困难", "In difficulty from essential spending")
    MONITORED = ("monitored", 5, "其他在册或监测", "Otherwise listed or monitored")
    GENERAL = ("general", 6, "一般居民", "General resident")

    def __init__(self, code: str, priority: int, zh: str, en: str) -> None:
        self.code = code
        self.priority = priority  # 1 goes before all others
        self.zh = zh
        self.en = en

    @classmethod
    def of(cls, code: str) -> PersonClass:
        """The class of a code. Raises ValueError for any other."""
        for each in cls:
            if each.code == code:
                return each
        raise ValueError(f"person class {code!r} is none of {', '.join(each.code for each in cls)}")

    @classmethod
    def main(cls, classes: Iterable[PersonClass]) -> PersonClass:
        """Which of the classes a person falls under is the main one; without any, a general resident."""
        return min(classes, key=lambda each: each.priority, default=cls.GENERAL)
