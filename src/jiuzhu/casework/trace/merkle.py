"""The tree whose root stands for many leaves: change, remove, add or reorder one and the root is another (RFC 6962)."""

from __future__ import annotations

from collections.abc import Callable, Sequence


def root(leaves: Sequence[bytes], digest: Callable[[bytes], bytes]) -> bytes:
    """The root over leaves that are hashes already, at least one. A node left over at the end of a row moves up as it is."""
    if not leaves:
        raise ValueError("a tree over nothing has no root")
    row = list(leaves)
    while len(row) > 1:
        pairs = [digest(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = pairs + row[len(row) - len(row) % 2 :]
    return row[0]
