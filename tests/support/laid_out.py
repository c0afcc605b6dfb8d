"""A base laid out on the disk and read back mapped, as a release does it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from jiuzhu.engines.base import Base
from jiuzhu.registry.profile.kept import RELATION, ROWS
from jiuzhu.registry.release.folder import BASE, Writer


def laid_out(base: Base, folder: Path) -> Base:
    (folder / BASE).mkdir(parents=True)
    writer = Writer(folder)
    for name, table in (("people", base.people), ("households", base.households), ("hukou", base.hukou), ("places", base.places)):
        writer.store(name, table)
    for code, table in base.rows.items():
        writer.store(ROWS + code, table)
    for code, table in base.relations.items():
        writer.store(RELATION + code, table)
    return replace(base, **vars(writer.tables()))
