"""How the command answers: JSON or lines on standard output, progress on standard error, refusals in words."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from tqdm import tqdm

BEIJING = timezone(timedelta(hours=8))


class Refused(Exception):
    """Something the caller can mend. parts: code, file, row, column, value, rule, next; those that do not apply are left out."""

    def __init__(self, message: str, **parts: Any) -> None:
        super().__init__(message)
        self.parts = {"code": parts.pop("code", "refused"), "message": message} | {
            k: v for k, v in parts.items() if v not in (None, "")
        }

    def __str__(self) -> str:
        told = [str(self.args[0])]
        told += [
            f"  {name}: {self.parts[name]}" for name in ("file", "row", "column", "value", "rule", "next") if name in self.parts
        ]
        return "\n".join(told)


def answer(value: Mapping[str, Any]) -> None:
    print(json.dumps(value, ensure_ascii=False, default=str))


def say(text: str) -> None:
    print(text, file=sys.stderr)


class Progress:
    """A bar on standard error: `progress(label, done, total)` as often as the work likes."""

    def __init__(self) -> None:
        self.bar: tqdm[Any] | None = None
        self.label = ""

    def __call__(self, label: str, done: int, total: int) -> None:
        if self.bar is not None and label != self.label and (total != self.bar.total or done < self.bar.n):
            self.close()
        if self.bar is None:
            self.bar = tqdm(total=total, file=sys.stderr, leave=True, unit="", mininterval=0.3)
        if label != self.label:
            self.label = label
            self.bar.set_description(label, refresh=False)
        self.bar.total = total
        self.bar.update(done - self.bar.n)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None


def moment(text: str) -> tuple[date, datetime]:
    """`2026-11-20` is that day at 24:00 Beijing time; `2026-11-20T09:30` that instant."""
    try:
        if "T" in text:
            instant = datetime.fromisoformat(text)
            instant = instant if instant.tzinfo else instant.replace(tzinfo=BEIJING)
            return instant.astimezone(BEIJING).date(), instant.astimezone(BEIJING)
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused(
            f"{text!r} is not a day",
            code="as_of",
            value=text,
            rule="--as-of is 2026-11-20 or 2026-11-20T09:30",
            next="write the day as yyyy-mm-dd",
        ) from None
    return day, datetime.combine(day + timedelta(days=1), time(), BEIJING)


def day_asked(text: str | None) -> date:
    """The day that was asked for, else today in Beijing."""
    return moment(text)[0] if text else datetime.now(BEIJING).date()


Act = Callable[[Any], int | None]
