"""Names, addresses and numbers in the one spelling in which they are compared."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import lazy_pinyin

_SEPARATORS = re.compile(r"[\s·•.,,,。、()()\-—_/\\'\"#]+")
_PLACE = re.compile(r"^.{2,8}?(?:省|自治区)|^.{2,6}?(?:市|州|盟)|^.{1,6}?(?:区|县|旗)")
_ADDRESS_WORDS = {"号楼": "栋", "幢": "栋", "单元": "元", "组团": "组", "第": ""}


def narrow(text: str) -> str:
    """Full-width characters made narrow, letters small, nothing at the ends."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def name(text: str) -> str:
    """Words with single spaces between; a Chinese name without any."""
    words = [word for word in _SEPARATORS.split(narrow(text)) if word]
    return ("" if is_chinese(text) else " ").join(words)


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def in_order(text: str) -> str:
    """The words of a name in the order of the alphabet: who writes the family name last is the same person."""
    return " ".join(sorted(text.split()))


@lru_cache(maxsize=200_000)
def sound(text: str) -> str:
    """How a name is spoken, without tones; Latin words as they are."""
    return " ".join(lazy_pinyin(text)) if is_chinese(text) else text


def address(text: str) -> str:
    """Without province, city, county and signs; words for parts of a house made alike."""
    plain = _SEPARATORS.sub("" if is_chinese(text) else " ", narrow(text)).strip()
    for _ in range(3):
        plain = _PLACE.sub("", plain, count=1)
    for word, other in _ADDRESS_WORDS.items():
        plain = plain.replace(word, other)
    return plain


def phone(text: str) -> str:
    """Digits only, without the country code."""
    digits = re.sub(r"\D", "", narrow(text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def id_number(text: str) -> str:
    return re.sub(r"[\s\-]", "", narrow(text)).upper()
