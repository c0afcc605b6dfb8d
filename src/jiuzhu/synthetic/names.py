"""Names of invented people and firms."""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jiuzhu.synthetic.streams import Chance, Numbers, choice, whole
from jiuzhu.synthetic.tables import table

ONE_CHARACTER = 0.14  # the share of given names of one character

_HEADS = [
    "鲁东",
    "胜利",
    "黄河",
    "渤海",
    "广饶",
    "齐鲁",
    "海盛",
    "瑞丰",
    "金泰",
    "宏远",
    "恒通",
    "天成",
    "华信",
    "永安",
    "润泽",
    "德邦",
    "鑫源",
    "佳和",
    "众诚",
    "蓝海",
]
_TRADES = [
    "石油装备",
    "化工",
    "商贸",
    "物业服务",
    "建筑",
    "运输",
    "食品",
    "纺织",
    "餐饮管理",
    "农业科技",
    "机械制造",
    "电子",
    "家政服务",
    "医药",
    "环保工程",
    "劳务",
]
DISEASES = (
    ("C34.9", "肺恶性肿瘤"),
    ("C50.9", "乳腺恶性肿瘤"),
    ("N18.5", "慢性肾衰竭尿毒症期"),
    ("I63.9", "脑梗死"),
    ("I21.9", "急性心肌梗死"),
)
CHRONIC = (
    ("M01600", "高血压"),
    ("M01900", "糖尿病"),
    ("M03900", "冠心病"),
    ("M07800", "慢性阻塞性肺疾病"),
    ("M02100", "精神类疾病"),
)


@cache
def surnames() -> tuple[pa.Array, tuple[float, ...]]:
    rows = table("surnames.csv")
    return pa.array([row["surname"] for row in rows]), tuple(float(row["weight_percent"]) for row in rows)


@cache
def given_names(sex: int) -> tuple[pa.Array, int]:
    """Every given name of one or two characters, those of one first; how many of one there are."""
    marks = [row["character"] for row in table("given_names.csv") if row["sex"] == str(sex)]
    pairs = [first + second for first in marks for second in marks if first != second]
    return pa.array(marks + pairs), len(marks)


def draw_surnames(r: Chance, n: int) -> Numbers:
    """Positions in `surnames`."""
    _, weights = surnames()
    return choice(r, np.arange(len(weights)), weights, n)


def draw_names(r: Chance, surname: Numbers, sex: Numbers) -> pa.Array:
    """A full name for each person."""
    parts = []
    for kind in (1, 2):
        given, single = given_names(kind)
        short = r.random(len(sex)) < ONE_CHARACTER
        order = np.where(short, r.integers(0, single, len(sex)), r.integers(single, len(given), len(sex)))
        parts.append(given.take(pa.array(order)))
    given = pc.if_else(pa.array(whole(sex) == 1), parts[0], parts[1])
    return pc.binary_join_element_wise(surnames()[0].take(pa.array(surname)), given, "")


def firm_names(r: Chance, city: str, n: int) -> list[str]:
    heads, trades = r.integers(0, len(_HEADS), n), r.integers(0, len(_TRADES), n)
    return [f"{city}{_HEADS[h]}{_TRADES[t]}有限公司" for h, t in zip(heads, trades, strict=True)]
