"""The four grades of a warning, from the most to the least urgent."""

from __future__ import annotations

from enum import Enum


class Grade(Enum):
    """Each has a word and a shape of its own beside its colour, for people who do not tell colours apart."""

    RED = ("red", 4, "红色", "Red", "octagon")
    ORANGE = ("orange", 3, "橙色", "Orange", "triangle")
    YELLOW = ("yellow", 2, "黄色", "Yellow", "diamond")
    BLUE = ("blue", 1, "蓝色", "Blue", "circle")

    def __init__(self, code: str, level: int, zh: str, en: str, shape: str) -> None:
        self.code = code
        self.level = level  # 4 is the most urgent; this is what signals and hashes hold
        self.zh = zh
        self.en = en
        self.shape = shape

    @classmethod
    def of(cls, code_or_level: str | int) -> Grade:
        """The grade of a code ("red") or a level (4). Raises ValueError for any other."""
        for grade in cls:
            if code_or_level in (grade.code, grade.level):
                return grade
        raise ValueError(f"grade {code_or_level!r} is none of red, orange, yellow, blue")

    def __lt__(self, other: Grade) -> bool:
        """Less urgent."""
        return self.level < other.level if isinstance(other, Grade) else NotImplemented
