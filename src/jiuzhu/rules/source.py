"""A catalogue file with its line numbers, read strictly: each key is taken once, what is left over is a fault."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from jiuzhu.rules.faults import Fault, Wrong, clipped, nearest, shown
from jiuzhu.rules.tree import Title

LARGEST_FILE = 1_000_000  # bytes; the largest dataset file is about 30 kB

_HEADER = re.compile(r"^\s*\[\[?\s*([\w.\"' -]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([\w.\"'-]+)\s*=")


class Source:
    """One TOML file. `data` is empty when it cannot be read; the fault is then in `faults` already."""

    def __init__(self, path: Path, faults: list[Fault], text: str | None = None) -> None:
        self.path, self.name, self.faults = path, shown(path), faults
        self.text, self.data = "", {}  # type: str, dict[str, Any]
        try:
            raw = path.read_bytes() if text is None else text.encode()
            if len(raw) > LARGEST_FILE:
                self.fault((), "file", f"the file has {len(raw)} bytes", f"one file a thing; at most {LARGEST_FILE}")
                return
            self.text = raw.decode("utf-8-sig")
            # A float would already have lost digits: 0.1 must be one tenth.
            self.data = tomllib.loads(self.text, parse_float=Decimal)
        except UnicodeDecodeError:
            self.fault((), "file", "the file is not UTF-8", "save it as UTF-8")
        except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
            where = re.search(r"at line (\d+)", str(error))
            faults.append(
                Fault(self.name, int(where[1]) if where else 0, "file", clipped(str(error), 120), "mend the TOML there")
            )

    def fault(self, keys: Sequence[str | int], rule: str, problem: str, mend: str) -> None:
        self.faults.append(Fault(self.name, self.line_of(*keys), rule, problem, mend))

    def wrong(self, keys: Sequence[str | int], error: Wrong) -> None:
        self.fault(keys, error.rule, error.problem, error.mend)

    def line_of(self, *keys: str | int) -> int:
        """The line on which the value under these keys begins, or the line of the longest part of them that is found."""
        number = next((key for key in keys if isinstance(key, int)), None)
        lines = self.text.splitlines()
        if number is None:
            return _deepest([key for key in keys if isinstance(key, str)], lines, 0)
        before = [str(key) for key in keys[: keys.index(number)]]
        after = [str(key) for key in keys[keys.index(number) + 1 :]]
        begin = _element(before, number, lines)
        if not begin:
            return _deepest(before, lines, 0)
        # An element written as [[…]] has its keys on lines of their own; one in braces has not.
        if not lines[begin - 1].lstrip().startswith("[["):
            return begin
        end = next((at for at in range(begin, len(lines)) if lines[at].lstrip().startswith("[")), len(lines))
        return _deepest(after, lines[begin:end], 0, begin) or begin


def _deepest(words: Sequence[str], lines: Sequence[str], best: int, offset: int = 0) -> int:
    """The first line whose dotted key shares the most with `words`."""
    header: list[str] = []
    answer = 0
    for index, line in enumerate(lines, start=1):
        found, key = _HEADER.match(line), _KEY.match(line)
        if found:
            header = _parts(found[1])
        elif not key:
            continue
        full = header if found else [*header, *_parts(key[1] if key else "")]
        same = _shared(full, words)
        if same == len(full) and same > best:
            best, answer = same, index + offset
    return answer


def _element(words: Sequence[str], number: int, lines: Sequence[str]) -> int:
    """The line on which element `number` (from 0) of an array of tables begins; 0 if the array is written on one line."""
    seen, inside = 0, False
    header: list[str] = []
    for index, line in enumerate(lines, start=1):
        found, key = _HEADER.match(line), _KEY.match(line)
        starts = line.lstrip()[:2]
        if found and not inside:
            header = _parts(found[1])
        if (inside and starts[:1] == "{") or (found and starts == "[[" and _parts(found[1]) == list(words)):
            seen += 1
        elif inside and starts[:1] == "]":
            inside = False
        elif key and [*header, *_parts(key[1])] == list(words):
            inside = line.split("#")[0].rstrip().endswith("[")
            continue
        else:
            continue
        if seen == number + 1:
            return index
    return 0


def _parts(dotted: str) -> list[str]:
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


class Keys:
    """The keys of one table of a file, taken one by one by name and kind; `done` names those nobody asked for."""

    def __init__(self, source: Source, at: Sequence[str | int], values: Mapping[str, Any]) -> None:
        self.source, self.at, self.values = source, tuple(at), values
        self.asked: set[str] = set()

    def fault(self, key: str, rule: str, problem: str, mend: str) -> None:
        self.source.fault((*self.at, key) if key else self.at, rule, problem, mend)

    def wrong(self, key: str, error: Wrong) -> None:
        self.source.wrong((*self.at, key) if key else self.at, error)

    def has(self, key: str) -> bool:
        self.asked.add(key)
        return key in self.values

    def take(self, key: str, kinds: type | tuple[type, ...], default: Any, *, required: bool, called: str) -> Any:
        self.asked.add(key)
        if key not in self.values:
            if required:
                self.fault(key, "missing_key", f"'{key}' is missing", f"write {key} = {called}")
            return default
        value = self.values[key]
        if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is int):
            self.fault(key, "wrong_kind", f"'{key}' is {clipped(repr(value))}", f"write {key} = {called}")
            return default
        return value

    def text(self, key: str, *, required: bool = False, default: str = "", one_of: Sequence[str] = ()) -> str:
        called = " or ".join(f'"{word}"' for word in one_of) if one_of else '"text"'
        value: str = self.take(key, str, default, required=required, called=called)
        if required and key in self.values and isinstance(self.values[key], str) and not value.strip():
            self.fault(key, "missing_key", f"'{key}' is empty", f"write {key} = {called}")
        if one_of and value not in one_of and value != default:
            self.fault(key, "wrong_word", f"{key} = '{clipped(value)}'", nearest(value, one_of))
            return default or one_of[0]
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        return bool(self.take(key, bool, default, required=False, called="true or false"))

    def whole(self, key: str, *, required: bool = False, default: int = 0, least: int = 0) -> int:
        value: int = self.take(key, int, default, required=required, called="a whole number")
        if key in self.values and value < least:
            self.fault(key, "wrong_number", f"{key} = {value}", f"write at least {least}")
            return default
        return value

    def day(self, key: str, *, required: bool = False) -> date | None:
        value = self.take(key, date, None, required=required, called="2026-03-01, without quotes")
        if isinstance(value, datetime):
            self.fault(key, "wrong_kind", f"'{key}' is an instant", f"write {key} = 2026-03-01, without a time")
            return None
        return value if isinstance(value, date) else None

    def words(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """A list of texts; a single text counts as a list of one."""
        value = self.take(key, (list, str), [], required=required, called='["text", …]')
        if isinstance(value, str):
            value = [value]
        if not all(isinstance(word, str) and word for word in value) or (required and key in self.values and not value):
            self.fault(key, "wrong_kind", f"'{key}' is not a list of texts", f'write {key} = ["text", …]')
            return ()
        return tuple(value)

    def table(self, key: str, *, required: bool = False) -> dict[str, Any]:
        value: dict[str, Any] = self.take(key, dict, {}, required=required, called="{ … }")
        return value

    def tables(self, key: str, *, required: bool = False) -> tuple[dict[str, Any], ...]:
        value = self.take(key, list, [], required=required, called="[{ … }, …]")
        if not all(isinstance(item, dict) for item in value) or (required and key in self.values and not value):
            self.fault(key, "wrong_kind", f"'{key}' is not a list of tables", f"write {key} = [{{ … }}, …]")
            return ()
        return tuple(value)

    def named(self, key: str, *, required: bool = False) -> Iterator[tuple[str, Keys]]:
        """The tables under this key by their codes; what is no table is a fault and left out."""
        for code, item in self.table(key, required=required).items():
            if isinstance(item, dict):
                yield code, Keys(self.source, (*self.at, key, code), item)
            else:
                self.source.fault(
                    (*self.at, key, code), "wrong_kind", f"'{clipped(code)}' is not a table", f"write [{key}.{clipped(code)}]"
                )

    def title(self, key: str, *, required: bool = True) -> Title:
        """`{ zh = "…", en = "…" }`; where a file has only Chinese, the English is empty."""
        value = self.take(key, (dict, str), {}, required=required, called='{ zh = "…", en = "…" }')
        if isinstance(value, str):
            return Title(value, "")
        keys = Keys(self.source, (*self.at, key), value)
        if not value:
            return Title("", "")
        title = Title(keys.text("zh", required=True), keys.text("en", required=True))
        keys.done()
        return title

    def done(self) -> None:
        for key in self.values:
            if key not in self.asked:
                self.fault(key, "unknown_key", f"'{clipped(key)}' is not a key here", nearest(key, self.asked))
