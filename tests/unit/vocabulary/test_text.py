"""Texts that mean the same get the same spelling, and nothing else is changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jiuzhu.vocabulary.text import compact, narrow, tidy


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("\ufeff张三\u200b", "张三"),
        ("  张\u3000三\t\n", "张 三"),
        ("阿不都·热合曼", "阿不都·热合曼"),
        ("3号楼（东）", "3号楼（东）"),
        ("a\u00adb\u200db\u2066c\x07", "abbc"),
        ("\u00a0", ""),
    ],
)
def test_names_lose_only_what_nobody_sees(text: str, said: str) -> None:
    assert tidy(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("２０２６－１１－２０", "2026-11-20"),
        ("2026—11–20", "2026-11-20"),
        ("ＡＢｃ！", "ABc!"),
        ("１ ２３４", "1 234"),
        ("−5", "-5"),
        ("一号", "一号"),
    ],
)
def test_codes_and_numbers_are_narrow(text: str, said: str) -> None:
    assert narrow(text) == said


def test_numbers_broken_up_for_reading_are_put_together() -> None:
    assert compact(" 6222 0210\u00a00111\u3000２２３３ ") == "6222021001112233"


@given(st.text())
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    for act in (tidy, narrow, compact):
        assert act(act(text)) == act(text)
