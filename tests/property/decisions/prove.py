"""Past decisions computed again after rules, numbers and facts changed: every one must come out in the bytes that were kept.

python -m tests.property.decisions.prove --decisions 10000

Families of every kind are drawn at random and judged by one of three rulebooks of three years, of every programme there is; half
are judged alone and kept in words, half many at once and kept in brief. Then the national texts and the numbers change twice, what
was read is forgotten, and each is computed again from what is kept.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

PARTS = ("application", "codes", "tables", "parameters", "programmes", "places")
PORTION = 40  # decided by one rulebook, before the next one
YEARS = ("2024", "2025", "2026")


class Broken(AssertionError):
    """A past decision came out otherwise."""


def main(arguments: Sequence[str] | None = None) -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--decisions", type=int, default=10_000)
    asked.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000)
    options = asked.parse_args(arguments)
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        from jiuzhu.portals.cli.database import open_database

        open_database(Path(folder))
        print(proved(options.decisions, Random(options.seed), Path(folder)))
    return 0


def proved(count: int, draw: Random, folder: Path) -> str:
    """Raises Broken. folder: where the changing catalogues are written."""
    from django.conf import settings

    from jiuzhu.casework.decisions import freezing, rulebooks
    from jiuzhu.casework.decisions.models import Proposal

    national = Path(settings.CATALOGUE_FOLDERS[0])
    books = [_rulebook(folder / year, national, number) for number, year in enumerate(YEARS)]
    if len({book.version for book in books}) < len(YEARS):
        raise Broken("the catalogues of the years are one and the same")
    made = 0
    while made < count:
        made += len(
            _decided(draw, books[made // PORTION % len(books)], min(PORTION, count - made), brief=made // PORTION % 2 == 1)
        )
        print(f"{made}/{count} decided", flush=True)
    # Rules and data move on: what was read of the folders is forgotten, the folders themselves are gone.
    for year in YEARS:
        shutil.rmtree(folder / year)
    _rulebook(folder / "later", national, len(YEARS))
    rulebooks._read.cache_clear()
    met: Counter[str] = Counter()
    for proposal in Proposal.objects.order_by("pk").select_related("item__member", "rulebook").iterator(200):
        kept = freezing.kept(proposal)
        if kept is None or freezing.recomputed(proposal) != kept:
            raise Broken(f"proposal {proposal.pk} of {proposal.item.programme} by {proposal.rulebook.version} came out otherwise")
        met[proposal.advised] += 1
    if sum(met.values()) != count:
        raise Broken(f"{sum(met.values())} of {count} were computed again")
    programmes = Proposal.objects.values("item__programme").distinct().count()
    outcomes = ", ".join(f"{what} {number}" for what, number in met.most_common())
    return f"{count} past decisions of {programmes} programmes by {len(books)} rulebooks, equal bytes: {outcomes}"


def _rulebook(folder: Path, national: Path, number: int) -> Any:
    """A catalogue of its own, in which a text and a number are others each time."""
    from jiuzhu.casework.decisions.models import Rulebook
    from jiuzhu.rules import judging
    from tests.support.deciding import AT

    folder.mkdir()
    for part in PARTS:
        shutil.copytree(national / part, folder / part)
    shutil.copy(national / "laws.toml", folder)
    for code in ("dibao", "near_dibao", "rigid"):
        text = folder / "programmes" / f"{code}.toml"
        text.write_text(
            text.read_text(encoding="utf-8").replace("kind == 'shop'", f"kind == 'shop' and {number} >= 0"), encoding="utf-8"
        )
    numbers = folder / "parameters" / "dibao.csv"
    numbers.write_text(numbers.read_text(encoding="utf-8").replace(",770,", f",{770 + number},"), encoding="utf-8")
    book = judging.rulebook(folder)
    return Rulebook.objects.get_or_create(version=book.version, defaults={"content": book.packed(), "kept_at": AT})[0]


def _decided(draw: Random, book: Any, count: int, *, brief: bool) -> list[str]:
    """So many families judged of one programme each, and kept: in words, or in brief as many judged at once are."""
    from django.db import transaction

    from jiuzhu.casework.decisions import freezing, rulebooks
    from jiuzhu.casework.decisions.facts import Gathered, plain
    from jiuzhu.casework.decisions.models import Proposal
    from jiuzhu.casework.parties.keys import new_key
    from jiuzhu.engines.programmes.many import judged_many
    from jiuzhu.rules.programmes.family import FamilyRefused, family_of
    from tests.support import benefits, random_families
    from tests.support.deciding import AT

    catalogue, bases = rulebooks.catalogue(book), random_families.files()
    made: list[str] = []
    with transaction.atomic():
        while len(made) < count:
            facts = plain(random_families.drawn_facts(draw, bases, catalogue))
            try:
                family = family_of(facts, catalogue.programmes)
            except FamilyRefused:
                continue
            programme = draw.choice(catalogue.programmes.codes(family.on))
            answers = judged_many(catalogue, [family], [programme])[0]
            if not answers:
                continue  # no text in force there, or nobody it could be for
            answer, key = draw.choice(answers), new_key("R")
            item = benefits.decided_about(programme, answer.member)
            frozen = freezing.freeze(Gathered(facts), programme, book)
            sealed = freezing.packed(frozen, case=item.case.key, key=key)
            if brief:
                kept = freezing.packed_many([(freezing.unsealed(frozen)[0], answer, item.case.key, key)])[0]
                sealed = dict(zip(("facts", "content"), kept, strict=True))
            Proposal.objects.create(
                key=key, item=item, number=1, rulebook=book, on=family.on, advised=answer.outcome, advised_fen=None,
                grants=answer.outcome == "granted", fen=0, because="drawn", by="drawn", at=AT, **sealed,
            )  # fmt: skip
            made.append(key)
    return made


if __name__ == "__main__":
    sys.exit(main())
