"""A PostgreSQL of one's own, for as long as one command runs: `python -m tests.support.postgresql pytest …`.

It listens on a socket in a folder that goes with it, and JIUZHU_DATABASE tells the command where. What is written is not forced to
the disk, since nothing of it is to be kept; only who measures asks for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")
OWNER = "postgres"  # the account that Debian's package makes; the server refuses to run as root
PLAIN = "-c listen_addresses='' -c max_connections=60"
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


def programs() -> Path:
    """The folder of the newest installed server. Raises FileNotFoundError."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise FileNotFoundError(f"no PostgreSQL in {PROGRAMS}; as root: apt-get install postgresql (make postgresql does it)")
    return found[-1].parent


def run(command: Sequence[str], *, durable: bool = False) -> int:
    """How the command ended, with a server beside it. durable: what is acknowledged is on the disk, as in production."""
    folder = Path(tempfile.mkdtemp(prefix="jiuzhu-postgresql-", dir="/tmp"))
    root = os.geteuid() == 0
    if root:
        shutil.chown(folder, OWNER)
    owner = ["runuser", "-u", OWNER, "--"] if root else []
    user = OWNER if root else os.environ.get("USER", OWNER)
    kept, control = str(folder / "kept"), str(programs() / "pg_ctl")

    def act(*words: str) -> None:
        subprocess.run([*owner, *words], check=True, cwd=folder, stdout=subprocess.DEVNULL)

    act(str(programs() / "initdb"), "-D", kept, "-U", user, "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    try:
        act(
            control, "-D", kept, "-w", "-l", str(folder / "log"), "-o", f"-k {folder} {PLAIN} {'' if durable else QUICK}", "start"
        )
        address = f"host={folder} user={user} dbname=postgres"
        return subprocess.run(command, env={**os.environ, "JIUZHU_DATABASE": address}, check=False).returncode
    finally:
        subprocess.run(
            [*owner, control, "-D", kept, "-m", "immediate", "stop"], cwd=folder, stdout=subprocess.DEVNULL, check=False
        )
        shutil.rmtree(folder, ignore_errors=True)


def server() -> int:
    """The number of the process of the server that JIUZHU_DATABASE names, if it was begun here."""
    folder = os.environ["JIUZHU_DATABASE"].split("host=")[1].split()[0]
    return int((Path(folder) / "kept" / "postmaster.pid").read_text().split()[0])


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
