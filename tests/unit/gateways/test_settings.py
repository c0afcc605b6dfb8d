"""exchange.toml: what is wrong is said with its place and the next step, before anything is connected to."""

from __future__ import annotations

from pathlib import Path

import pytest

from jiuzhu.gateways.exchange.drop_folder import DropFolder
from jiuzhu.gateways.exchange.settings import SettingsWrong, read_settings
from jiuzhu.gateways.exchange.twin import Twin

GOOD = 'place = "370502"\n[bodies.police]\nfolder = "box"\ndivisions = ["370502"]\n'
BODIES = {"police", "health"}


def wrong(text: str, tmp_path: Path, *, invented: bool = False) -> str:
    (tmp_path / "exchange.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsWrong) as refusal:
        read_settings(tmp_path, BODIES, invented=invented)
    return str(refusal.value)


def test_a_folder_is_found_beside_the_file_and_a_twin_only_where_everybody_is_invented(tmp_path: Path) -> None:
    (tmp_path / "exchange.toml").write_text(GOOD, encoding="utf-8")
    found = read_settings(tmp_path, BODIES, invented=False)
    assert found.place == "370502"
    assert found.ways["police"].exchange == DropFolder(tmp_path / "box")
    assert found.ways["police"].divisions == ("370502",)
    assert "only for an invented county" in wrong(GOOD + "twin = 7\n", tmp_path)
    assert isinstance(read_settings(tmp_path, BODIES, invented=True).ways["police"].exchange, Twin)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('place = "370502"', "place = 370502", "division code in quotes"),
        ('place = "370502"', 'place = "3705"', "division code in quotes"),
        ("[bodies.police]", "[bodies.polices]", "no catalogue/sources/polices.toml; there are health, police"),
        ("[bodies.police]", "[body.police]", "'body' is no key here"),
        ("folder", "foldr", "bodies.police.foldr is no key here"),
        ('folder = "box"', "", "either a folder or an address"),
        ('folder = "box"', 'folder = "box"\naddress = "https://a/b"', "either a folder or an address"),
        ('folder = "box"', "folder = 3", 'write folder = "…"'),
        ('folder = "box"', 'folder = "box"\nca = "x"', "belongs to an address"),
        ('folder = "box"', 'address = "http://a/b"', "https://host"),
        ('folder = "box"', 'address = "https://a/b?c"', "https://host"),
        ('folder = "box"', 'address = "https://a/b"', 'write ca = "…"'),
        ('folder = "box"', 'address = "https://a/b"\nca = "gone.pem"', "name PEM files"),
        ('folder = "box"', 'address = "https://a/b"\nca = "gone.pem"\ntimeout = 0', "from 1 to 600"),
        ('divisions = ["370502"]', "divisions = []", "for whom the body may speak"),
        ('divisions = ["370502"]', 'divisions = ["all"]', "division code in quotes"),
        ('place = "370502"', 'place = "370502', "it is no TOML"),
    ],
)
def test_each_fault_names_its_place_and_the_mend(old: str, new: str, said: str, tmp_path: Path) -> None:
    assert old in GOOD
    assert said in wrong(GOOD.replace(old, new), tmp_path)


def test_a_missing_file_says_where_it_is_explained(tmp_path: Path) -> None:
    with pytest.raises(SettingsWrong, match=r"connect-a-department\.md"):
        read_settings(tmp_path, BODIES, invented=False)
