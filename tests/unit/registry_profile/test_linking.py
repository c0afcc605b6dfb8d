"""Records without a right id number: linked where it is certain, left to a person where it is not."""

from __future__ import annotations

import random
from datetime import date

import pyarrow as pa
import pytest

from jiuzhu.registry.identity.known import DETAILS, PEOPLE, SPELLINGS
from jiuzhu.registry.identity.linking import link
from jiuzhu.registry.identity.weights import WrongWeights, read_weights
from jiuzhu.vocabulary.id_number import check_character
from tests.unit.registry_profile.rows import NATIONAL

WEIGHTS = read_weights([NATIONAL])
PHONE, HOME = "13905460001", "山东省东营市东营区文汇街道胜安社区617号"


def number(first: str) -> str:
    return first + check_character(first)


# 1 and 2 are twins of one home; 3 and 4 have one name and one birth date and live apart; 5 is somebody else.
KNOWN = {
    1: (number("37050219900315123"), "王子轩", PHONE, HOME),
    2: (number("37050219900315125"), "王子涵", PHONE, HOME),
    3: (number("37050219800101011"), "张伟", "13905460003", "东营区辛店街道1号"),
    4: (number("37050219800101213"), "张伟", "13905460004", "东营区六户镇9号"),
    5: (number("37050219650722002"), "李爱华", "", ""),
}


def known() -> tuple[pa.Table, pa.Table]:
    people = pa.table({"person": list(KNOWN), "id_text": [row[0] for row in KNOWN.values()]}, schema=PEOPLE)
    told = [
        (person, kind, SPELLINGS[kind](pa.array([text]))[0].as_py())
        for person, row in KNOWN.items()
        for kind, text in zip(("name", "phone", "address"), row[1:], strict=True)
        if text
    ]
    return people, pa.table({name: [row[at] for row in told] for at, name in enumerate(DETAILS.names)}, schema=DETAILS)


def candidate(**cells):
    kinds = {"candidate": pa.int64(), "birth_date": pa.date32()}
    names = ("candidate", "id_text", "name", "birth_date", "sex", "phone", "address")
    return pa.table({name: pa.array([cells.get(name)], kinds.get(name, pa.string())) for name in names})


def found(**cells) -> tuple[list[int], list[int]]:
    """Who the record is linked to, and who is shown to a person."""
    links, review = link(candidate(candidate=99, **cells), known(), WEIGHTS)
    return links["person"].to_pylist(), sorted(review["person"].to_pylist())


def slip(text: str, place: int) -> str:
    return text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]


def swapped(text: str, place: int) -> str:
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def test_one_wrong_digit_or_two_that_changed_places_find_the_person_of_that_name():
    right = KNOWN[5][0]
    texts = [slip(right, place) for place in range(17)] + [swapped(right, place) for place in range(16)]
    texts += [right[:place] + right[place + 1 :] for place in range(17)]
    told = pa.concat_tables([candidate(candidate=at, id_text=text, name="李爱华") for at, text in enumerate(texts)])
    links, review = link(told, known(), WEIGHTS)
    assert dict(zip(links["candidate"].to_pylist(), links["person"].to_pylist(), strict=True)) == dict.fromkeys(
        range(len(texts)), 5
    )
    assert review.num_rows == 0


def test_an_old_number_of_fifteen_digits_is_the_number_it_became():
    text = KNOWN[5][0]
    assert found(id_text=text[:6] + text[8:17], name="李爱华") == ([5], [])


def test_a_name_written_in_full_width_with_spaces_is_the_same_name():
    assert found(id_text=slip(KNOWN[5][0], 16), name="李　爱华") == ([5], [])


def test_without_a_number_name_birth_date_and_address_find_the_person():
    told = {"name": "张伟", "birth_date": date(1980, 1, 1), "address": "东营区六户镇9号"}
    assert found(**told) == ([4], [])


def test_name_and_birth_date_alone_are_left_to_a_person():
    linked, review = found(name="李爱华", birth_date=date(1965, 7, 22))
    assert linked == []
    assert review == [5]


def test_namesakes_of_one_birth_date_stay_apart():
    linked, review = found(name="张伟", birth_date=date(1980, 1, 1))
    assert linked == []
    assert review == [3, 4]


def test_each_twin_is_found_by_their_own_name():
    home = {"birth_date": date(1990, 3, 15), "phone": PHONE, "address": HOME}
    assert found(name="王子轩", **home) == ([1], [])
    assert found(name="王子涵", **home) == ([2], [])


def test_a_third_child_of_that_day_and_home_is_neither_of_the_twins():
    linked, _ = found(name="王子昂", birth_date=date(1990, 3, 15), phone=PHONE, address=HOME)
    assert linked == []


def test_a_number_one_digit_off_under_another_name_links_nobody():
    linked, _ = found(id_text=slip(KNOWN[5][0], 16), name="赵小兵")
    assert linked == []


def test_one_that_sounds_alike_beside_the_twin_of_that_name_is_left_to_a_person():
    """子涵 and 子寒 are spoken alike: with everything else equal it may be either spelling of one, or a brother."""
    home = {"birth_date": date(1990, 3, 15), "phone": PHONE, "address": HOME}
    linked, _ = found(name="王子寒", **home)
    assert linked in ([], [2])


def test_certainty_and_evidence_say_why():
    links, _ = link(candidate(candidate=99, id_text=slip(KNOWN[5][0], 3), name="李爱华"), known(), WEIGHTS)
    row = links.to_pylist()[0]
    assert row["certainty"] >= WEIGHTS.certain
    assert row["evidence"] == "id_number:one_off name:same"


def test_links_do_not_depend_on_the_order_of_what_is_known():
    rows = [candidate(candidate=n, id_text=slip(KNOWN[p][0], 10 + n), name=KNOWN[p][1]) for n, p in enumerate((1, 2, 3, 4, 5))]
    told = pa.concat_tables(rows)
    people, details = known()
    first = sorted(link(told, (people, details), WEIGHTS)[0].to_pylist(), key=str)
    shuffle = random.Random(5)
    for _ in range(3):
        order = shuffle.sample(range(people.num_rows), people.num_rows)
        lines = shuffle.sample(range(details.num_rows), details.num_rows)
        backwards = told.take(shuffle.sample(range(told.num_rows), told.num_rows))
        again = link(backwards, (people.take(order), details.take(lines)), WEIGHTS)[0].to_pylist()
        assert sorted(again, key=str) == first


def test_weights_that_leave_out_a_level_are_refused(tmp_path):
    text = (NATIONAL / "linking.toml").read_text(encoding="utf-8")
    (tmp_path / "linking.toml").write_text(text.replace("one_off =", "two_off ="), encoding="utf-8")
    with pytest.raises(WrongWeights, match="id_number"):
        read_weights([NATIONAL, tmp_path])
