"""The one who clicks: so many windows over kept connections, as a proxy before the desk would have them.

`python -m bench.window_clicks WINDOWS.json --port 8391 --seconds 60`; gives waits, errors and its own CPU seconds as JSON.

The mix, of a hundred clicks: 50 lists (28 the list of warnings under a drawn filter or its next page, 12 the drawer of a row,
10 the list of tasks), 25 a task or a file (7 today, 7 a case, 4 the form of a visit, 7 the file of a family), 15 acts (a family
released or taken back, a task given, each with the key and the token of a page fetched before, and the page that follows), 10 the
overview.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import sys
import time
from typing import Any
from urllib.parse import urlencode

EVERY = 15.0
MIX = {
    "list": 28, "drawer": 12, "tasks": 10,
    "today": 7, "case": 7, "visit form": 4, "file": 7,
    "act": 15, "overview": 10,
}  # fmt: skip
FILTERS = (
    "",
    "?level=4",
    "?level=3&level=4",
    "?order=due",
    "?side=entry",
    "?tab=working",
    "?tab=hints",
    "?order=household",
    "?order=newest",
)
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
KEY = re.compile(rb'name="key" value="([A-Za-z0-9_-]{32})"')
ROW = re.compile(rb'data-row="([^"]+)"')
NEXT = re.compile(rb'href="(/warnings/\?[^"]*after=[^"]+)"')
SEEN = re.compile(rb'action="(/tasks/[^/]+/assign/)".*?name="key" value="([^"]+)".*?name="seen" value="(\d+)"')
LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
COOKIE = re.compile(rb"(?i)set-cookie: *csrftoken=([^;]+)")
PLACE = re.compile(rb"(?i)\nlocation: *([^\r]+)")


class Connections:
    """Open ones that nobody uses are taken first."""

    def __init__(self, port: int) -> None:
        self._port, self._free = port, list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()

    async def ask(self, head: bytes, body: bytes) -> tuple[int, bytes, bytes]:
        """Status, head and content of the answer."""
        while True:
            kept = bool(self._free)
            reader, writer = self._free.pop() if kept else await asyncio.open_connection("127.0.0.1", self._port, limit=1 << 20)
            try:
                writer.write(head + body)
                told = await reader.readuntil(b"\r\n\r\n")
                length = LENGTH.search(told)
                content = await reader.readexactly(int(length[1])) if length else b""
            except (asyncio.IncompleteReadError, ConnectionError):
                writer.close()
                if kept and b"POST" not in head[:4]:
                    continue  # it was closed while nobody used it
                raise
            if length is None or b"connection: close" in told.lower():
                writer.close()
            else:
                self._free.append((reader, writer))
            return int(told[9:12]), told, content


class Window:
    """One officer before a screen."""

    def __init__(self, told: dict[str, Any], asked: Connections, seed: int) -> None:
        self.told, self.asked, self.drawn = told, asked, random.Random(seed)
        self.cookies = dict(told["cookies"])
        self.waits: list[tuple[str, float]] = []
        self.errors: list[str] = []
        self.quicker = 0
        self.page, self.rows, self.released, self.opened = b"", list[str](), list[list[str]](), set[str]()

    async def click(self) -> None:
        kind = self.drawn.choices(list(MIX), list(MIX.values()))[0]
        if kind == "act":
            await self.act()
        elif kind == "drawer" and self.rows:
            await self.get(kind, f"/warnings/{self.drawn.choice(self.rows)}/", b"HX-Request: true\r\nHX-Target: drawer\r\n")
        elif kind in ("list", "drawer"):
            further = NEXT.search(self.page)
            words = (
                further[1].decode().replace("&amp;", "&")
                if further and self.drawn.random() < 0.3
                else "/warnings/" + self.drawn.choice(FILTERS)
            )
            await self.list(words)
        elif kind in ("case", "visit form", "file"):
            among = self.told[{"case": "cases", "visit form": "tasks", "file": "files"}[kind]]
            place = {"case": "/cases/{}/", "visit form": "/tasks/{}/visit/", "file": "/households/{}/"}[kind]
            address = place.format(self.drawn.choice(among)) if among else "/today/"
            if kind == "file" and among and address not in self.opened:
                await self.open(address)
            await self.get(kind if among else "today", address)
        else:
            await self.get(kind, f"/{kind}/")

    async def open(self, address: str) -> None:
        """The file of a family opens for a typed reason, which the page before it asks for."""
        gate = await self.get("file: why", address)
        self.opened.add(address)
        if b'name="because"' in gate:
            await self.post("file: opened", address, {"because": "回访前核对家庭情况"}, gate, follow=False)

    async def list(self, words: str) -> None:
        self.page = await self.get("list", words)
        self.rows = [one.decode() for one in ROW.findall(self.page)]

    async def act(self) -> None:
        """Release a family of one's own, or take one back; every third time give a task. The page it stands on is fetched first, if need be."""
        if self.told["tasks"] and self.drawn.random() < 0.33:
            page = await self.get("tasks", "/tasks/")
            found = SEEN.findall(page)
            if found:
                address, key, seen = (one.decode() for one in self.drawn.choice(found))
                await self.post("act: give", address, {"key": key, "seen": seen, "to": self.told["account"]}, page)
            return
        if not KEY.search(self.page):
            await self.list("/warnings/")
        back = bool(self.released) and (not self.told["own"] or self.drawn.random() < 0.5)
        if not back and not self.told["own"]:
            return
        numbers = self.released.pop() if back else self.told["own"].pop()
        (self.told["own"] if back else self.released).append(numbers)
        key = KEY.search(self.page)
        if key is None:
            return
        told = {"key": key[1].decode(), "w": numbers, "confirmed": "1", "because": "by_mistake" if back else "released_as_found"}
        address = "/warnings/take-back/" if back else "/warnings/release/"
        page, self.page = self.page, b""  # a key serves once
        await self.post("act: take back" if back else "act: release", address, told, page)

    async def get(self, kind: str, address: str, more: bytes = b"") -> bytes:
        return await self._ask(kind, b"GET", address, more, b"")

    async def post(self, kind: str, address: str, form: dict[str, Any], page: bytes, *, follow: bool = True) -> None:
        token = TOKEN.search(page)
        body = urlencode({**form, "csrfmiddlewaretoken": token[1].decode() if token else ""}, doseq=True).encode()
        more = b"Content-Type: application/x-www-form-urlencoded\r\n" + f"Content-Length: {len(body)}\r\n".encode()
        told = await self._ask(kind, b"POST", address, more, body)
        if follow and told.startswith(b"/"):
            page = await self.get("after an act", told.decode())
            if told.startswith(b"/warnings/"):
                self.page = page

    async def _ask(self, kind: str, how: bytes, address: str, more: bytes, body: bytes) -> bytes:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = how + f" {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\n".encode() + more + b"\r\n"
        began = time.monotonic()
        try:
            status, told, content = await self.asked.ask(head, body)
        except OSError as wrong:
            self.errors.append(f"{kind}: {wrong!r}")
            return b""
        self.waits.append((kind, time.monotonic() - began))
        if cookie := COOKIE.search(told):
            self.cookies["csrftoken"] = cookie[1].decode()
        if status == 409 and kind == "act: give":
            self.quicker += 1  # a colleague gave it meanwhile: an answer like any other
        elif status != (200 if how == b"GET" else 302):
            self.errors.append(f"{kind}: {status} at {address}")
        place = PLACE.search(told)
        return place[1] if how == b"POST" and place else content


async def _clicking(window: Window, first: float, until: float) -> None:
    """A click every 15 seconds, however long the one before took; one that falls into it waits for it."""
    due = first
    while due < until:
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        await window.click()
        due += EVERY


async def _all(windows: list[Window], seconds: float) -> None:
    begin = time.monotonic()
    firsts = [begin + EVERY * n / len(windows) for n in range(len(windows))]
    random.Random(7).shuffle(firsts)
    await asyncio.gather(*(_clicking(one, first, begin + seconds) for one, first in zip(windows, firsts, strict=True)))


def main() -> int:
    asked = argparse.ArgumentParser()
    asked.add_argument("windows")
    asked.add_argument("--port", type=int, required=True)
    asked.add_argument("--seconds", type=float, required=True)
    given = asked.parse_args()
    with open(given.windows) as file:
        told = json.load(file)
    connections = Connections(given.port)
    windows = [Window(one, connections, seed) for seed, one in enumerate(told)]
    asyncio.run(_all(windows, given.seconds))
    waits: dict[str, list[float]] = {}
    for window in windows:
        for kind, wait in window.waits:
            waits.setdefault(kind, []).append(wait)
    errors, quicker = [wrong for window in windows for wrong in window.errors], sum(window.quicker for window in windows)
    print(json.dumps({"waits": waits, "errors": errors, "quicker": quicker, "cpu": time.process_time()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
