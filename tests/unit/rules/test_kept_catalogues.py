"""A catalogue that was in force once is read by newer code: what is only told may be missing, what is computed may not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jiuzhu.rules.catalogue import CatalogueFaults, load_catalogue, load_kept

NATIONAL = Path(__file__).parents[3] / "catalogue"


def test_words_and_letters_that_newer_checks_want_are_no_fault_of_it_but_a_rule_they_cannot_read_is(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(NATIONAL, kept)
    (kept / "notices.toml").unlink()
    words = kept / "codes" / "words.en.toml"
    words.write_text(words.read_text(encoding="utf-8").replace('"送达文书" =', '"送达文书了" ='), encoding="utf-8")
    form = kept / "application_form.toml"  # with a key of an earlier form, and without the items that were not there then
    form.write_text(form.read_text(encoding="utf-8").replace("code =", "bundles = []\ncode =", 1), encoding="utf-8")
    (kept / "bundles.toml").unlink()
    with pytest.raises(CatalogueFaults, match="no notice"):
        load_catalogue(kept)
    with pytest.raises(CatalogueFaults, match="bundles"):
        load_catalogue(kept)
    assert len(load_kept(kept).indicators) == 291
    rule = kept / "indicators" / "S01-E01.toml"
    rule.write_text(rule.read_text(encoding="utf-8").replace("code =", "cod =", 1), encoding="utf-8")
    with pytest.raises(CatalogueFaults):
        load_kept(kept)
