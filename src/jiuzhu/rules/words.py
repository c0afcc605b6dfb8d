"""The English of the words of codes: one file a folder, by the Chinese word, so that a word has one English wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from jiuzhu.rules.faults import Fault, clipped, shown
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Fact

ENGLISH = "words.en.toml"


def read_english(folders: Iterable[Path], reading: Reading) -> None:
    for folder in folders:
        path = folder / "codes" / ENGLISH
        if path.is_file():
            _read(Source(path, reading.faults), reading)


def _read(source: Source, reading: Reading) -> None:
    keys = Keys(source, (), source.data)
    for word, english in keys.table("words", required=True).items():
        if not isinstance(english, str) or not english.strip():
            source.fault(("words", word), "wrong_kind", f"'{clipped(word)}' has no English", 'write "住院" = "inpatient"')
        elif reading.english.setdefault(word, english) != english:
            problem = f"'{clipped(word)}' is '{clipped(reading.english[word])}' already"
            source.fault(("words", word), "twice", problem, "a word has one English: leave this one out")
    keys.done()


def check_english(folders: Iterable[Path], reading: Reading, facts: Mapping[str, Fact]) -> None:
    """Every word of a folder that translates its words has its English, and none is translated that nothing uses.

    A folder without the file is read as it is: its words are then shown in Chinese on English pages too.
    """
    used: set[str] = set()
    translated = {folder / "codes" / ENGLISH: folder for folder in folders if (folder / "codes" / ENGLISH).is_file()}
    for path, words in _declared(reading, facts):
        used.update(words)
        if any(path.is_relative_to(folder) for folder in translated.values()):
            for word in sorted(set(words) - reading.english.keys()):
                mend = f'write "{clipped(word)}" = "…" in codes/{ENGLISH}'
                reading.faults.append(Fault(shown(path), _line(path, word), "word", f"'{clipped(word)}' has no English", mend))
    for path in translated:
        source = Source(path, [])
        for word in sorted(source.data.get("words", {}).keys() - used):
            mend = "take it out, or correct it to the word of the list"
            reading.faults.append(Fault(source.name, _line(path, word), "word", f"no code is called '{clipped(word)}'", mend))


def _declared(reading: Reading, facts: Mapping[str, Fact]) -> Iterator[tuple[Path, Iterable[str]]]:
    """Each file that names codes, and their words."""
    for (kind, code), path in reading.first_seen.items():
        if kind == "code list" and code in reading.codes:
            yield path, reading.codes[code].words.values()
        for codes in _written(kind, code, reading, facts):
            yield path, words_of(codes, {}).values()


def _written(kind: str, code: str, reading: Reading, facts: Mapping[str, Fact]) -> Iterable[str]:
    """The `codes` of a declaration, as written; those that name a list have their words there."""
    if kind == "dataset" and code in reading.datasets:
        return [column.codes for column in reading.datasets[code].columns.values()]
    if kind == "derived column":
        dataset, _, name = code.partition(".")
        column = reading.derived_columns.get(dataset, {}).get(name)
        return [column.codes] if column else []
    return [facts[code].codes] if kind == "fact" and code in facts else []


def _line(path: Path, word: str) -> int:
    """The first line that has the word as a code's, or in quotation marks; 0 if none does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if f":{word}" in line or f'"{word}"' in line), 0)
