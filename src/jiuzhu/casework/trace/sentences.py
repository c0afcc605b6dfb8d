"""Every event as a sentence, in Chinese or English, from the words of catalogue/permissions.toml and catalogue/events.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from jiuzhu.casework.trace.models import Event
from jiuzhu.casework.trace.written import opened_reason
from jiuzhu.registry import public
from jiuzhu.rules.tree import Title

CATALOGUE = Path(__file__).parents[4] / "catalogue"
FILES = ("permissions.toml", "events.toml")
STEPS = "workflows"  # whose steps are operations by the name of road and step
PARTS = {"operation": "operations", "subject": "subjects", "role": "roles", "purpose": "purposes"}
_CHINA = ZoneInfo("Asia/Shanghai")
_NOBODY = Title(zh="平台", en="the platform")


def words(part: str) -> Mapping[str, Title]:
    """Code to its words. part: operation, subject, role or purpose."""
    return _table()[part]


def sentence(event: Event, *, english: bool = False, named: Mapping[str, str] | None = None) -> str:
    """What happened, as a supervisor reads it.

    named: the names to show for account keys; a key that is not there is shown as it is. Raises SealBroken for a typed reason
    that was changed.
    """
    parts = _parts(event, named or {}, english)
    return _english(event, **parts) if english else _chinese(event, **parts)


def _chinese(event: Event, *, when: str, who: str, act: str, on: str, purpose: str, reason: str) -> str:
    told = f"{when}，{who}{'被拒绝' if event.outcome == Event.Outcome.REFUSED else ''}{act}"
    told += f"：{on}" if on else ""
    told += f"，共 {event.subject_count} 项" if event.subject_count else ""
    told += f"；目的：{purpose}" if purpose else ""
    told += f"；任务：{event.task}" if event.task else ""
    told += f"；事由：{reason}" if reason else ""
    return told + "。"


def _english(event: Event, *, when: str, who: str, act: str, on: str, purpose: str, reason: str) -> str:
    told = f"{when}: {who} {'was refused to' if event.outcome == Event.Outcome.REFUSED else 'did'} {act}"
    told += f": {on}" if on else ""
    told += f", {event.subject_count:,} in all" if event.subject_count else ""
    told += f"; purpose: {purpose}" if purpose else ""
    told += f"; task: {event.task}" if event.task else ""
    told += f"; reason: {reason}" if reason else ""
    return told + "."


def _parts(event: Event, named: Mapping[str, str], english: bool) -> dict[str, str]:
    def word(part: str, code: str) -> str:
        title = words(part).get(code)
        return code if title is None else title.en if english else title.zh

    def person(key: str) -> str:
        if key.startswith("system:"):
            return _NOBODY.en if english else _NOBODY.zh
        return named.get(key, key)

    where = public.division_name(event.division_code) if event.division_code else ""
    standing = [text for text in (word("role", event.role), where) if text]
    who = person(event.who)
    if standing:
        who += f" ({', '.join(standing)})" if english else f"（{'，'.join(standing)}）"
    if event.acting_for:
        who += f" acting for {person(event.acting_for)}" if english else f"代{person(event.acting_for)}"
    key = word("operation", event.subject_key) if event.subject_kind == "page" else event.subject_key
    on = f"{word('subject', event.subject_kind)} {key}" if event.subject_kind else ""
    return {
        "when": event.at.astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S"),
        "who": who,
        "act": word("operation", event.operation),
        "on": on,
        "purpose": word("purpose", event.purpose),
        "reason": opened_reason(event),
    }


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, Title]]:
    parts: dict[str, dict[str, Title]] = {part: {} for part in PARTS}
    for name in FILES:
        told = tomllib.loads((CATALOGUE / name).read_text(encoding="utf-8"))
        for part, title in PARTS.items():
            for code, item in told.get(title, {}).items():
                if code in parts[part] or not (item.get("zh") and item.get("en")):
                    raise ValueError(f"catalogue/{name}: {part} '{code}' must stand in one file only, with words in zh and en")
                parts[part][code] = Title(zh=item["zh"], en=item["en"])
    for path in sorted((CATALOGUE / STEPS).glob("*.toml")):
        road = tomllib.loads(path.read_text(encoding="utf-8"))
        for code, step in road["steps"].items():
            told = {
                tongue: f"{road['title'][tongue]}{mark}{step['title'][tongue]}" for tongue, mark in (("zh", "："), ("en", ": "))
            }
            parts["operation"][f"{road['code']}.{code}"] = Title(**told)
    return MappingProxyType(parts)
