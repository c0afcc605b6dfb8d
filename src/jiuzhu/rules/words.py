"""What is written in one language, in the other: one file a folder, so that a word reads the same wherever it stands.

`codes/words.en.toml` has the English of the words of codes, `parameters/sources.zh.toml` the Chinese of the sources of numbers.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from jiuzhu.rules.faults import Fault, clipped, shown
from jiuzhu.rules.programmes.tree import Programmes
from jiuzhu.rules.reading import Reading, words_of
from jiuzhu.rules.source import Keys, Source
from jiuzhu.rules.tree import Fact

ENGLISH, CHINESE = "words.en.toml", "sources.zh.toml"
Declared = Iterable[tuple[Path, Sequence[str]]]
Stands = Callable[[str, str], bool]


def phrases_of(source: str) -> list[str]:
    """What the column `source` of a parameter says, phrase by phrase."""
    return [phrase.strip() for phrase in source.split(";") if phrase.strip()]


def read_words(folders: Iterable[Path], reading: Reading) -> None:
    """The files of the folders, into `reading.english` and `reading.chinese`."""
    for folder in folders:
        _read(folder / "codes" / ENGLISH, "words", '"住院" = "inpatient"', reading.english, reading)
        _read(folder / "parameters" / CHINESE, "phrases", '"law text" = "法律条文"', reading.chinese, reading)


def _read(path: Path, table: str, example: str, known: dict[str, str], reading: Reading) -> None:
    if not path.is_file():
        return
    source = Source(path, reading.faults)
    keys = Keys(source, (), source.data)
    for word, other in keys.table(table, required=True).items():
        if not isinstance(other, str) or not other.strip():
            source.fault((table, word), "wrong_kind", f"'{clipped(word)}' is not translated", f"write {example}")
        elif known.setdefault(word, other) != other:
            problem = f"'{clipped(word)}' is '{clipped(known[word])}' already"
            source.fault((table, word), "twice", problem, "a word has one translation: leave this one out")
    keys.done()


def check_words(folders: Iterable[Path], reading: Reading, facts: Mapping[str, Fact], programmes: Programmes) -> None:
    """Every word of a folder that translates its words is translated, and nothing that nobody uses.

    A folder without the file is read as it is: its words are then shown as they are in both languages.
    """
    files = {folder / "codes" / ENGLISH: folder for folder in folders}
    _check(files, "words", reading.english, _declared(reading, facts, programmes), _in_code, reading)
    rows = [row for same in reading.parameters.rows.values() for row in same]
    said = [(Path(row.path), [text for text in phrases_of(row.source) if re.search("[A-Za-z]", text)]) for row in rows]
    files = {folder / "parameters" / CHINESE: folder for folder in folders}
    _check(files, "phrases", reading.chinese, said, lambda line, text: text in line, reading)


def _check(
    files: Mapping[Path, Path], table: str, known: Mapping[str, str], declared: Declared, stands: Stands, reading: Reading
) -> None:
    """files: each translation and its folder. declared: each file and the words it uses. stands: whether a line has a word."""
    used: set[str] = set()
    there = {path: folder for path, folder in files.items() if path.is_file()}
    missing: set[tuple[Path, str, Path]] = set()
    for path, words in declared:
        used.update(words)
        for file, folder in there.items():
            if path.is_relative_to(folder):
                missing |= {(path, word, file) for word in words if word not in known}
    for path, word, file in missing:
        mend = f'write "{clipped(word)}" = "…" in {file.parent.name}/{file.name}'
        reading.faults.append(Fault(shown(path), _line(path, word, stands), "word", f"'{clipped(word)}' is not translated", mend))
    for path in there:
        source = Source(path, [])
        for word in sorted(source.data.get(table, {}).keys() - used):
            mend = "take it out, or correct it to the word that is used"
            line = _line(path, word, stands)
            reading.faults.append(Fault(source.name, line, "word", f"nothing is called '{clipped(word)}'", mend))


def _declared(reading: Reading, facts: Mapping[str, Fact], programmes: Programmes) -> Iterator[tuple[Path, Sequence[str]]]:
    """Each file that names codes, and their words; of a programme what residents are told to bring."""
    for texts in programmes.texts.values():
        yield from ((Path(text.path), text.evidence) for text in texts)
    for (kind, code), path in reading.first_seen.items():
        if kind == "code list" and code in reading.codes:
            yield path, list(reading.codes[code].words.values())
        for codes in _written(kind, code, reading, facts):
            yield path, list(words_of(codes, {}).values())


def _written(kind: str, code: str, reading: Reading, facts: Mapping[str, Fact]) -> Iterable[str]:
    """The `codes` of a declaration, as written; those that name a list have their words there."""
    if kind == "dataset" and code in reading.datasets:
        return [column.codes for column in reading.datasets[code].columns.values()]
    if kind == "derived column":
        dataset, _, name = code.partition(".")
        column = reading.derived_columns.get(dataset, {}).get(name)
        return [column.codes] if column else []
    return [facts[code].codes] if kind == "fact" and code in facts else []


def _in_code(line: str, word: str) -> bool:
    """Whether a line has the word as a code's, or in quotation marks."""
    return f":{word}" in line or f'"{word}"' in line


def _line(path: Path, word: str, stands: Stands) -> int:
    """The first line that has the word; 0 if none does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, start=1) if stands(line, word)), 0)
