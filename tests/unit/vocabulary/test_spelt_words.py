"""Grades, classes of persons and kinds of rows."""

import pytest

from jiuzhu.vocabulary.grade import Grade
from jiuzhu.vocabulary.person_class import PersonClass
from jiuzhu.vocabulary.record_kind import ChangeKind, RowKind


def test_red_is_the_most_urgent_grade_and_blue_the_least() -> None:
    assert [grade.code for grade in sorted(Grade, reverse=True)] == ["red", "orange", "yellow", "blue"]
    assert [grade.level for grade in Grade] == [4, 3, 2, 1]


def test_a_grade_is_told_without_its_colour() -> None:
    for words in ([grade.zh for grade in Grade], [grade.en for grade in Grade], [grade.shape for grade in Grade]):
        assert len(set(words)) == 4


@pytest.mark.parametrize("grade", list(Grade))
def test_a_grade_is_found_by_code_and_by_level(grade: Grade) -> None:
    assert Grade.of(grade.code) is Grade.of(grade.level) is grade


@pytest.mark.parametrize("wrong", ["", "Red", "green", 0, 5])
def test_another_grade_is_refused(wrong: str | int) -> None:
    with pytest.raises(ValueError, match="none of red, orange, yellow, blue"):
        Grade.of(wrong)


def test_the_main_class_is_the_first_that_holds() -> None:
    assert PersonClass.main([PersonClass.RIGID, PersonClass.MONITORED, PersonClass.DIBAO]) is PersonClass.DIBAO
    assert PersonClass.main([]) is PersonClass.GENERAL
    order = [each.code for each in sorted(PersonClass, key=lambda each: each.priority)]
    assert order == ["tekun", "dibao", "edge", "rigid", "monitored", "general"]


def test_a_class_is_found_by_its_code() -> None:
    assert PersonClass.of("edge") is PersonClass.NEAR_DIBAO
    with pytest.raises(ValueError, match="person class"):
        PersonClass.of("near")


def test_kinds_of_rows_are_the_words_of_the_files() -> None:
    assert [RowKind(word) for word in ("event", "state", "month")] == list(RowKind)
    assert [ChangeKind(letter) for letter in "IUD"] == list(ChangeKind)
