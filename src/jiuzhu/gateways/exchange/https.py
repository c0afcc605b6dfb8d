"""Exchange over HTTPS: list, fetch and go on where it was cut, answer, acknowledge. Nothing is followed elsewhere.

GET  <address>/messages                     {"messages": ["17", …]}
GET  <address>/messages/17/files/<name>     with `Range: bytes=N-` from the second try on
PUT  <address>/messages/17/answers/<name>
POST <address>/messages/17/acknowledged
"""

from __future__ import annotations

import http.client
import json
import re
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from jiuzhu.gateways.exchange.base import MessageRefused, Unreachable, checked_name, not_there, too_large

PIECE = 1 << 16
LONGEST_LIST = 1 << 20  # bytes: some 50,000 names
MOST_WAITING = 10_000


@dataclass(frozen=True)
class Https:
    """address: https://host[:port]/path. context: whom we trust and how we say who we are. timeout: seconds of silence."""

    address: str
    context: ssl.SSLContext
    timeout: float = 30.0

    def waiting(self) -> list[str]:
        with self._asked("GET", "messages") as reply:
            content = reply.read(LONGEST_LIST + 1)
        try:
            names = json.loads(content)["messages"]
            if len(content) > LONGEST_LIST or len(names) > MOST_WAITING:
                raise ValueError
            return [checked_name(name, "message") for name in names if isinstance(name, str)]
        except (ValueError, KeyError, TypeError, MessageRefused):
            words = f"{self.address}: the list of messages is not what was agreed; the body mends its answer to GET /messages"
            raise Unreachable(words) from None

    def fetch(self, message: str, name: str, target: Path, most: int) -> None:
        path = f"messages/{_part(message, 'message')}/files/{_part(name, 'file')}"
        with target.open("ab") as copy:
            there = copy.tell()
            headers = {"Range": f"bytes={there}-"} if there else {}
            with self._asked("GET", path, headers, missing=not_there(message, name)) as reply:
                if reply.status == 416:  # nothing lies behind what we have
                    return
                if (there and reply.status != 206) or not _begins_at(reply, there):
                    copy.truncate(0)
                    copy.seek(0)
                    if reply.status == 206:
                        raise Unreachable(f"{self.address}: it sent another part of {name} than was asked for")
                while piece := reply.read(PIECE):
                    if copy.tell() + len(piece) > most:
                        raise too_large(name, most)
                    copy.write(piece)
                if reply.length:
                    raise Unreachable(f"{self.address}: cut off in the middle of {name}")

    def answer(self, message: str, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            path = f"messages/{_part(message, 'message')}/answers/{_part(name, 'file')}"
            with self._asked("PUT", path, {"Content-Type": "application/octet-stream"}, content):
                pass

    def acknowledge(self, message: str) -> None:
        with self._asked("POST", f"messages/{_part(message, 'message')}/acknowledged", body=b""):
            pass

    @contextmanager
    def _asked(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        missing: Exception | None = None,
    ) -> Iterator[http.client.HTTPResponse]:
        """One question on a connection of its own; every failure of it is Unreachable, except a 404 where that has a meaning."""
        parts = urlsplit(self.address)
        connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, timeout=self.timeout, context=self.context)
        try:
            connection.request(method, f"{parts.path.rstrip('/')}/{path}", body, {"Connection": "close", **(headers or {})})
            reply = connection.getresponse()
            if reply.status == 404 and missing is not None:
                raise missing
            if reply.status not in (200, 201, 204, 206, 416):
                raise Unreachable(f"{self.address}: it answered {method} with {reply.status} {reply.reason[:40]}")
            yield reply
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self.address}: {type(error).__name__}; ask the body whether its exchange runs") from None
        finally:
            connection.close()


def _part(name: str, what: str) -> str:
    return quote(checked_name(name, what), safe="")


def _begins_at(reply: http.client.HTTPResponse, place: int) -> bool:
    if reply.status != 206:
        return True
    told = re.match(r"bytes (\d+)-", reply.getheader("Content-Range", ""))
    return told is not None and int(told[1]) == place
