"""Boundaries of divisions: the whole country with its lines, and shapes that lie where their division does."""

from __future__ import annotations

from datetime import date

from jiuzhu.registry import public


def test_every_province_of_the_list_has_a_shape_and_so_have_those_the_list_leaves_out():
    boundaries = public.boundaries()
    listed = {one.code for one in public.divisions().children("000000", on=date(2026, 11, 20))}
    drawn = {area.code for area in boundaries.within("000000", like="370000")}
    assert len(drawn) == 34
    assert listed <= drawn


def test_a_map_of_the_whole_country_has_its_lines_far_into_the_south():
    lines = public.boundaries().lines
    south = min(north for line in lines for _, north in line)
    assert len(lines) > 10
    assert south < 5.0  # degrees: the southernmost of the lines in the South China Sea


def test_a_county_lies_inside_the_box_of_its_prefecture_and_a_township_has_no_shape():
    boundaries = public.boundaries()
    prefecture, county = boundaries.area("370500"), boundaries.area("370502")
    assert prefecture is not None
    assert county is not None
    whole = [point for ring in prefecture.rings for point in ring]
    part = [point for ring in county.rings for point in ring]
    for axis in (0, 1):
        assert min(point[axis] for point in whole) - 0.02 <= min(point[axis] for point in part)
        assert max(point[axis] for point in part) <= max(point[axis] for point in whole) + 0.02
    assert county.name == "东营区"
    assert boundaries.area("370502001") is None
    assert boundaries.area("370599") is None
