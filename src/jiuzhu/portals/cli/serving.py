"""Answering requests: in this process, or in several that share one socket, since a process of Python computes on one core at a time.

`python -m jiuzhu.portals.cli.serving` is one of several: standard input tells it that its parent lives.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

from jiuzhu.portals.cli.answers import Refused, say

THREADS = 4  # of a process: while one waits for the database or the disk, another computes
MOST_CONNECTIONS = 4_000  # browsers keep theirs open
BACKLOG = 1_024
AGAIN_AFTER = 1.0  # seconds before a process that ended is begun anew


def taken(port: int) -> socket.socket:
    """The port of this machine; whoever comes before the desk answers waits. Raises Refused."""
    held = socket.socket()
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind(("127.0.0.1", port))
        held.listen(BACKLOG)
    except OSError:
        held.close()
        told = "stop the other server or choose --port"
        raise Refused(f"port {port} is taken", code="port", value=str(port), next=told) from None
    return held


def answer(held: socket.socket) -> None:
    """Answer requests in this process until it ends. What proxies say of a request is heard only where some of our own stand before."""
    import waitress
    from django.conf import settings

    from jiuzhu.config.wsgi import application

    waitress.serve(
        application, sockets=[held], threads=THREADS, ident=None, connection_limit=MOST_CONNECTIONS, backlog=BACKLOG,
        asyncore_use_poll=True, clear_untrusted_proxy_headers=not settings.PROXIES,
    )  # fmt: skip


def answer_in(processes: int, held: socket.socket) -> None:
    """The same in so many processes of their own; one that ends is begun anew. They end when this one does, however it ends."""
    running = [_begun(held) for _ in range(processes)]
    try:
        while True:
            for place, one in enumerate(running):
                if one.poll() is not None:
                    say(f"process {one.pid} ended with {one.returncode}, another takes its place / 进程已重新启动")
                    running[place] = _begun(held)
            time.sleep(AGAIN_AFTER)
    finally:
        for one in running:
            one.terminate()


def _begun(held: socket.socket) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "jiuzhu.portals.cli.serving", str(held.fileno())]
    return subprocess.Popen(words, stdin=subprocess.PIPE, pass_fds=[held.fileno()])


def _end_with_the_parent() -> None:
    sys.stdin.buffer.read()  # nothing is ever written: it ends when the parent does
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    answer(socket.socket(fileno=int(sys.argv[1])))
