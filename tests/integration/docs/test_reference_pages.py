"""The reference pages say what the catalogue says, and every link of the docs leads somewhere."""

from __future__ import annotations

import csv
import re
import shlex
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from jiuzhu.portals.cli.main import _parser, main
from jiuzhu.registry import public
from jiuzhu.rules.catalogue import read_catalogue
from jiuzhu.rules.workflows import load_workflows
from tests.integration.docs.pages import DOCS

REFERENCE = DOCS / "reference"
pytestmark = pytest.mark.xdist_group("reference")  # one process, so that what all look at is made once
WRITTEN = ("datasets.md", "facts.md", "indicators.md", "parameters.md", "permissions.md", "programmes.md", "application.md")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    assert main(["catalogue", "pages", "--out", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("page", WRITTEN)
def test_the_committed_page_is_what_the_catalogue_says_today(page: str, written: Path) -> None:
    committed = (REFERENCE / page).read_text(encoding="utf-8")
    # Compared as a yes/no: a difference of half a megabyte helps nobody.
    assert committed == (written / page).read_text(encoding="utf-8"), f"{page} is stale: run `make docs` and commit it"


@pytest.mark.parametrize("page", WRITTEN)
def test_a_reference_page_can_be_read_in_a_browser(page: str, written: Path) -> None:
    assert 10_000 < (written / page).stat().st_size < 1_000_000


def _sections(page: Path) -> Mapping[str, str]:
    parts = re.split(r"^## (\S+)\n", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _files(kind: str) -> list[dict[str, Any]]:
    return [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((public.NATIONAL / kind).glob("*.toml"))]


@pytest.mark.requirement("K4")
@pytest.mark.feature("SF033")
def test_the_register_of_processing_has_every_dataset_and_field_with_its_reasons(written: Path) -> None:
    sections = _sections(written / "datasets.md")
    laws = tomllib.loads((public.NATIONAL / "laws.toml").read_text(encoding="utf-8"))
    datasets = _files("datasets")
    assert len(datasets) >= 145
    for file in datasets:
        section = sections[file["code"]]
        basis = [file["legal_basis"]] if isinstance(file["legal_basis"], str) else file["legal_basis"]
        titles = [laws[law]["title"]["zh"] for law in basis]
        for word in [
            file["title"]["zh"],
            file["department"],
            file["purpose"]["zh"],
            *titles,
            f"owner {file['owner']}; kept {file['keep']}",
        ]:
            assert word in section, f"{file['code']}: {word}"
        rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, flags=re.MULTILINE))
        for name, field in file["fields"].items():
            level = f"{field['level']}, vault" if "identity" in field else field["level"]
            assert f"| {level} |" in f"| {rows[name]} |", f"{file['code']}.{name}"


@pytest.mark.requirement("K4")
@pytest.mark.parametrize("entry", ["purpose", "legal_basis", "owner", "keep", "level"])
def test_a_dataset_without_a_reason_stops_the_start(entry: str, tmp_path: Path) -> None:
    text = (public.NATIONAL / "datasets" / "union_assistance.toml").read_text(encoding="utf-8")
    text = text.replace('"union_assistance"', '"union_assistance_again"')
    without, taken = re.subn(rf"^{entry} = .*\n", "", text, flags=re.MULTILINE)
    if entry == "level":
        without, taken = re.subn(r'(?m)^(amount = .*), level = "\w+"', r"\1", without)
    assert taken == 1
    file = tmp_path / "datasets" / "union_assistance_again.toml"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    assert read_catalogue(public.NATIONAL, tmp_path)[1] == ()
    file.write_text(without, encoding="utf-8")
    faults = read_catalogue(public.NATIONAL, tmp_path)[1]
    assert any(entry in str(fault) and "union_assistance_again" in fault.path for fault in faults), faults


def test_every_indicator_stands_there_with_its_rule_in_two_languages(written: Path) -> None:
    text = (written / "indicators.md").read_text(encoding="utf-8")
    parts = re.split(r"^### (\S+)\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    files = _files("indicators")
    assert len(files) >= 291
    for file in files:
        section = sections[file["code"]]
        told = [line for line in section.splitlines() if line.startswith("- ")]
        assert file["title"]["zh"] in section
        assert told[0].endswith("。")
        assert told[1].endswith(".")
        assert f"- {len(file['examples'])} examples" in section
        assert all(f"{grade} " in section for grade in file["rule"]["grades"])


def test_every_row_of_the_table_of_permissions_stands_under_its_operation(written: Path) -> None:
    text = (written / "permissions.md").read_text(encoding="utf-8")
    parts = re.split(r"^### (\S+)\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    words = tomllib.loads((public.NATIONAL / "permissions.toml").read_text(encoding="utf-8"))
    with (public.NATIONAL / "permissions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    steps = {f"{road}.{step}" for road, workflow in load_workflows(public.NATIONAL).items() for step in workflow.steps}
    assert sections.keys() == words["operations"].keys() | steps
    told = {code: re.findall(r"^\| (?!role|---)(.+) \|$", section, flags=re.MULTILINE) for code, section in sections.items()}
    written_by_hand = [
        (row["operation"], f"{words['roles'][row['role']]['zh']} · {words['roles'][row['role']]['en']} | {row['relation']} | "
         f"{row['state']} | {row['purpose']} | {row['level']} | {format(int(row['at_most']), ',') if row['at_most'] else ''}")
        for row in rows
    ]  # fmt: skip
    assert sorted(written_by_hand) == sorted((code, line) for code, lines in told.items() if code not in steps for line in lines)
    assert all(told[step] for step in steps), "somebody takes each step of a road"


READMES = ("README.md", "README.zh-CN.md")


@pytest.mark.parametrize("readme", READMES)
def test_every_command_of_the_readme_is_one_the_command_line_knows(readme: str) -> None:
    text = (DOCS.parent / readme).read_text(encoding="utf-8")
    commands = re.findall(r"`jiuzhu ([a-z][^`]*)`", text)
    assert len(commands) >= 10
    for command in commands:
        assert callable(_parser().parse_args(shlex.split(command)).act)
    targets = set(re.findall(r"^([a-z-]+):", (DOCS.parent / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert set(re.findall(r"`?make ([a-z-]+)\b", text)) <= targets


@pytest.mark.parametrize("readme", READMES)
def test_the_numbers_of_the_readme_are_those_of_the_catalogue(readme: str) -> None:
    text = (DOCS.parent / readme).read_text(encoding="utf-8")
    for number in (len(_files("datasets")), len(_files("indicators"))):
        assert str(number) in text


def test_every_link_of_the_docs_leads_to_a_file() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("README*.md")]
    broken = []
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(DOCS.parent)}: {target}")
    assert not broken, "\n".join(broken)
