"""The desk of the small county, served by the real command and seen in the real browser; once more by a clock that a test moves."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.clocked import Clock
from tests.support.county import County, invent, monitored

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update"]
COMMAND = (sys.executable, "-m", "jiuzhu.portals.cli.main")
MONDAY = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=8)))  # a working day on which the dated desk opens


@dataclass(frozen=True)
class Desk:
    """The served desk. program: of its command. kept: cookies of accounts that signed in before, so that each signs in once."""

    address: str
    password: str
    county: County
    program: Sequence[str] = COMMAND
    kept: dict[str, Any] = field(default_factory=dict)

    def command(self, *words: str, told: str = "") -> str:
        """What the real command answers, asked of the served workspace."""
        asked = [*self.program, *words, "--workspace", str(self.county.workspace)]
        return subprocess.run(asked, input=told, capture_output=True, text=True, check=True).stdout.strip()

    def signed_in(self, browser: Browser, account: str, **asked: Any) -> Page:
        """A page of a context of its own in which the account is signed in by both factors."""
        if account in self.kept:
            page = self._page(browser.new_context(**asked, storage_state=self.kept[account]))
            page.goto(self.address)
            if "/login/" not in page.url:
                return page
            page.context.close()  # it rested too long
        page = self._page(browser.new_context(**asked))
        page.goto(self.address)
        page.fill("#id_username", account)
        page.fill("#id_password", self.password)
        page.click("button[type=submit]")
        for _ in range(2):  # on a busy machine a code may be over before it is typed
            page.fill("#id_code", self.command("officers", "code", account))
            page.click("button[type=submit]")
            page.wait_for_load_state()
            if "/login/" not in page.url:
                break
        page.wait_for_selector(".jz-nav")
        self.kept[account] = page.context.storage_state()
        return page

    @staticmethod
    def _page(context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page


@dataclass(frozen=True)
class DatedDesk(Desk):
    """One whose days a test lets pass."""

    clock: Clock = field(default_factory=lambda: Clock(Path()))

    def on(self, instant: datetime) -> None:
        """It is that instant now; whoever was signed in signs in anew."""
        self.clock.set(instant)
        self.kept.clear()


@pytest.fixture(scope="session")
def invented_county(tmp_path_factory: pytest.TempPathFactory) -> County:
    """Made once; each desk works on a copy of its own."""
    from jiuzhu.registry import public

    folder, catalogue = tmp_path_factory.mktemp("county"), public.catalogue()
    return monitored(invent(folder / "invented", catalogue, residents=600), folder / "workspace", catalogue)


@pytest.fixture(scope="session")
def desk(invented_county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    county = _copied(invented_county, tmp_path_factory.mktemp("desk"))
    with _served(county, COMMAND) as (address, password):
        yield Desk(address, password, county)


@pytest.fixture(scope="session")
def dated_desk(invented_county: County, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatedDesk]:
    folder = tmp_path_factory.mktemp("dated")
    clock = Clock(folder / "ahead")
    clock.set(MONDAY)
    county = _copied(invented_county, folder)
    program = (sys.executable, "-m", "tests.support.clocked", str(clock.file))
    with _served(county, program) as (address, password):
        yield DatedDesk(address, password, county, program, clock=clock)


def _copied(county: County, folder: Path) -> County:
    return replace(county, workspace=Path(shutil.copytree(county.workspace, folder / "workspace")))


@contextmanager
def _served(county: County, program: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Its address and the password of its invented officers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [*program, "serve", "--workspace", str(county.workspace), "--port", str(port)]
    server = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    told = ""
    for line in server.stderr:
        told += line
        if "encrypted disk" in line:
            break
    found = re.search(r"county\s+(\S+)", told)
    assert found, told
    try:
        yield f"http://127.0.0.1:{port}", found[1]
    finally:
        server.terminate()
        server.wait()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def page(desk: Desk, chromium: Browser) -> Iterator[Page]:
    """Signed in as the county's officer. A message of the browser's console fails the test: our policy forbids inline code."""
    page = desk.signed_in(chromium, "county", viewport={"width": 1440, "height": 900}, locale="zh-CN")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(f"{desk.address}/warnings/")
    page.wait_for_selector("h1")
    yield page
    page.context.close()
    assert said == []
