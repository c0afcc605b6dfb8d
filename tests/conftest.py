"""What every test has: marks that name what it proves, gathered after the run into docs/reference/coverage.md."""

from __future__ import annotations

import csv
import json
import secrets
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

ROOT = Path(__file__).parents[1]
SHARED = {"county", "desk"}
PAGE = ROOT / "docs" / "reference" / "coverage.md"
PROVED = ROOT / "var" / "proved.json"  # what the last run proved, for a run on the other database to add to


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--coverage-page",
        choices=("new", "more"),
        help="write docs/reference/coverage.md from the marks of the tests that passed; more: beside those of the run before",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Note what each test proves; send those that share a costly county to one process, so that it is made once.

    On SQLite leave out what needs several writers; `make test` runs it on PostgreSQL afterwards.
    """
    if connection.vendor == "sqlite":
        left_out = [item for item in items if item.get_closest_marker("postgresql")]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
    for item in items:
        for costly in SHARED.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group(costly))
        for kind in ("feature", "requirement"):
            for mark in item.iter_markers(kind):
                item.user_properties.extend((kind, row) for row in mark.args)


@pytest.fixture(scope="session", autouse=True)
def kept_apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keys, seals and whatever else acts leave outside the database lie in a folder of the test run, never in a workspace."""
    from django.test import override_settings

    folder = tmp_path_factory.mktemp("kept_apart")
    with override_settings(
        KEYS=folder / "keys",
        KEYS_KNOWN=folder / "keys.known",
        SEAL_KEEPER=folder / "keeper",
        SEAL_SINK=folder / "sink",
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def whole_sign_in() -> Iterator[None]:
    """`client.login` and `client.force_login` begin a session as both factors do, on the device that client is."""
    from tests.support.signing_in import let_in

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.test.client.ClientMixin._login", let_in)
        yield


@pytest.fixture(scope="session", autouse=True)
def forms_carry_keys() -> Iterator[None]:
    """A form that a test's client posts carries a new key, as every form of a page does; a test that hands one in sends that."""
    from django.test import Client

    plain = Client.post

    def keyed(client: Client, path: str, data: Any = None, *given: Any, **more: Any) -> Any:
        return plain(client, path, {"key": secrets.token_urlsafe(24), **(data or {})}, *given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "post", keyed)
        yield


@pytest.fixture(scope="session", autouse=True)
def flushing() -> Iterator[None]:
    """Let tests that commit empty the database afterwards, append-only tables too."""
    from django.test import TransactionTestCase

    from tests.support.flushing import without_guards

    plain = TransactionTestCase._fixture_teardown

    def emptied(case: TransactionTestCase) -> None:
        with without_guards():
            plain(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    asked = config.getoption("--coverage-page")
    if not asked:
        return
    proved: dict[tuple[str, str], set[str]] = defaultdict(set)
    if asked == "more":
        for kind, row, test in json.loads(PROVED.read_text(encoding="utf-8")):
            proved[kind, row].add(test)
    broken: set[str] = set()
    for report in [*terminalreporter.stats.get("failed", []), *terminalreporter.stats.get("error", [])]:
        broken.add(_named(report.nodeid))
    for report in terminalreporter.stats.get("passed", []):
        if report.when == "call" and _named(report.nodeid) not in broken:
            for kind, row in report.user_properties:
                if kind in ("feature", "requirement"):
                    proved[kind, row].add(_named(report.nodeid))
    PROVED.parent.mkdir(exist_ok=True)
    PROVED.write_text(json.dumps([(*row, test) for row, tests in proved.items() for test in sorted(tests)]), encoding="utf-8")
    PAGE.write_text(_page(proved), encoding="utf-8")


def _named(nodeid: str) -> str:
    """The test without its parameters: one line however many cases it ran."""
    return nodeid.split("[", 1)[0].split("@", 1)[0]


def _page(proved: dict[tuple[str, str], set[str]]) -> str:
    with (Path(__file__).parent / "support" / "features.csv").open(encoding="utf-8", newline="") as file:
        features = list(csv.DictReader(file))
    done = sum(1 for row in features if ("feature", row["feature"]) in proved)
    lines = [
        "# What the tests prove",
        "",
        "Made by `make test` from the marks of the tests that passed; never by hand.",
        "",
        f"{done} of {len(features)} features have a test.",
        "",
        "| feature | place | what | tests |",
        "| --- | --- | --- | --- |",
    ]
    for row in features:
        tests = sorted(proved.get(("feature", row["feature"]), ()))
        lines.append(f"| {row['feature']} | {row['place']} | {row['zh']} / {row['en']} | {_listed(tests)} |")
    lines += ["", "| safeguard | tests |", "| --- | --- |"]
    for safeguard in sorted({row for kind, row in proved if kind == "requirement"}, key=lambda row: (row[0], int(row[1:]))):
        lines.append(f"| {safeguard} | {_listed(sorted(proved['requirement', safeguard]))} |")
    return "\n".join(lines) + "\n"


def _listed(tests: list[str]) -> str:
    return "<br>".join(f"`{test}`" for test in tests) or "not yet"
