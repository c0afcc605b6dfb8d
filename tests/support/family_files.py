"""Families for tests: a file of facts made from a base and what a case changes in it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any


def changed(base: Mapping[str, Any], sets: Mapping[str, Any], drops: Sequence[str] = ()) -> dict[str, Any]:
    """The base with other values; `members/0/age` is the age of the first member, `parameters/dibao.urban_monthly` a number."""
    data = copy.deepcopy(dict(base))
    for path, value in sets.items():
        holder, last = _holder(data, path)
        if isinstance(holder, list):
            if int(last) == len(holder):
                holder.append(value)
            else:
                holder[int(last)] = value
        else:
            holder[last] = value
    for path in drops:
        holder, last = _holder(data, path)
        del holder[int(last) if isinstance(holder, list) else last]
    return data


def _holder(data: Any, path: str) -> tuple[Any, str]:
    *steps, last = path.split("/")
    for step in steps:
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    return data, last


def written(data: Mapping[str, Any]) -> str:
    """The facts as a file has them."""
    return "".join(f"{_key(key)} = {_value(value)}\n" for key, value in data.items())


def _key(key: str) -> str:
    return key if key.replace("_", "").isalnum() else f'"{key}"'


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal, date)):
        return str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return '"' + str(value) + '"'
