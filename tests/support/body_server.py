"""A body's side of the exchange over HTTPS: serves a drop folder on 127.0.0.1, well or badly as a test asks."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from jiuzhu.gateways.exchange.drop_folder import DropFolder


@dataclass
class Served:
    """address, ca: what a client needs. asked: methods, paths and ranges in order. cut: how many files end in the middle.

    instead: an answer given to everything, as (status, headers, content).
    """

    address: str
    ca: Path
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    cut: int = 0
    instead: tuple[int, dict[str, str], bytes] | None = None


@contextmanager
def served(folder: Path, scratch: Path) -> Iterator[Served]:
    ca, key = _certificate(scratch)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, key)
    state = Served("", ca)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(DropFolder(folder), state))
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is what tests are about
    server.socket = context.wrap_socket(server.socket, server_side=True)
    state.address = f"https://127.0.0.1:{server.server_port}/exchange"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(box: DropFolder, state: Served) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = self._asked()
            if state.instead is not None:
                return self._reply(*state.instead)
            if parts == ["messages"]:
                return self._reply(200, {}, json.dumps({"messages": box.waiting()}).encode())
            path = box.folder / "outbox" / parts[1] / parts[3]
            if not path.is_file():
                return self._reply(404, {}, b"")
            return self._file(path.read_bytes())

        def do_PUT(self) -> None:
            parts = self._asked()
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if state.instead is not None:
                return self._reply(*state.instead)
            box.answer(parts[1], {parts[3]: content})
            return self._reply(204, {}, b"")

        def do_POST(self) -> None:
            parts = self._asked()
            if state.instead is not None:
                return self._reply(*state.instead)
            box.acknowledge(parts[1])
            return self._reply(204, {}, b"")

        def _asked(self) -> list[str]:
            state.asked.append((self.command, self.path, self.headers.get("Range", "")))
            return [unquote(part) for part in self.path.removeprefix("/exchange/").split("/")]

        def _file(self, content: bytes) -> None:
            told = self.headers.get("Range")
            start = int(told.removeprefix("bytes=").rstrip("-")) if told else 0
            if told and start >= len(content):
                return self._reply(416, {}, b"")
            headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"} if told else {}
            part = content[start:]
            whole = len(part)
            if state.cut:
                state.cut -= 1
                part = part[: whole // 2]
            return self._reply(206 if told else 200, headers, part, length=whole)

        def _reply(self, status: int, headers: dict[str, str], content: bytes, length: int | None = None) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content) if length is None else length), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _certificate(scratch: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a body")])
    began = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(began)
        .not_valid_after(began + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = scratch / "body.pem", scratch / "body.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    paths[1].write_bytes(key.private_bytes(*form))
    return paths
