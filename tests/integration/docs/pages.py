"""Reads the code of a page of docs and follows it, as a reader would: write the files it names, run its shell blocks in order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"
_FENCE = re.compile(r"^```(?P<language>\w+)(?: (?P<rest>[^\n]+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "END_OF_BLOCK"


@dataclass(frozen=True)
class Block:
    """`sh` is run, `sh refused` must end with exit code 1, `console` only shows; others with a path are files to write."""

    language: str
    rest: str
    text: str

    def as_shell(self) -> str:
        if self.language == "sh" and self.rest == "refused":
            return f"code=0\n( {self.text} ) || code=$?\ntest $code -eq 1\n"
        if self.language == "sh":
            return self.text
        if self.language == "console" or not self.rest:
            return ""
        path = shlex.quote(self.rest)
        return f"mkdir -p $(dirname {path})\ncat > {path} <<'{_END}'\n{self.text}{_END}\n"


def blocks(page: str) -> Iterator[Block]:
    for found in _FENCE.finditer((DOCS / page).read_text(encoding="utf-8")):
        yield Block(found["language"], found["rest"] or "", found["text"])


def follow(page: str, folder: Path) -> str:
    """Do what the page says, in one shell in a folder; gives what its commands wrote to standard output."""
    script = "".join(block.as_shell() for block in blocks(page))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eux", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{page}:\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout
