"""Names, addresses and numbers in the one spelling in which they are compared, whole columns at a time."""

from __future__ import annotations

from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc
from pypinyin import lazy_pinyin

from jiuzhu.vocabulary.id_number import IdNumber, IdNumberFault

_SEPARATORS = r"[\s·•.,,,。、()()\-—_/\\'\"#]+"
_CHINESE = r"[\x{4e00}-\x{9fff}]"
# Province, city and county: one office writes them, another does not.
_DIVISIONS = (r"^.{2,8}?(省|自治区)", r"^.{2,6}?(市|州|盟)", r"^.{1,6}?(区|县|旗)")
_ADDRESS_WORDS = {"号楼": "栋", "幢": "栋", "单元": "元", "组团": "组", "第": ""}


def narrow(texts: pa.Array) -> pa.Array:
    """Full-width characters made narrow, letters small, nothing at the ends."""
    return pc.utf8_trim_whitespace(pc.utf8_lower(pc.utf8_normalize(texts, form="NFKC")))


def names(texts: pa.Array) -> pa.Array:
    """Words with single spaces between; a Chinese name without any."""
    return _joined(narrow(texts))


def addresses(texts: pa.Array) -> pa.Array:
    """Without province, city, county and signs; words for parts of a house made alike."""
    plain = _joined(narrow(texts))
    for pattern in _DIVISIONS:
        plain = pc.replace_substring_regex(plain, pattern, "", max_replacements=1)
    for word, other in _ADDRESS_WORDS.items():
        plain = pc.replace_substring(plain, word, other)
    return plain


def phones(texts: pa.Array) -> pa.Array:
    """Digits only, without the country code."""
    digits = pc.replace_substring_regex(narrow(texts), r"\D", "")
    return pc.replace_substring_regex(digits, r"^86(\d{11})$", r"\1")


def _joined(plain: pa.Array) -> pa.Array:
    chinese = pc.match_substring_regex(plain, _CHINESE)
    words = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, _SEPARATORS, " "))
    return pc.if_else(chinese, pc.replace_substring(words, " ", ""), words)


def id_number(text: str) -> str:
    """Capitals and no spaces; an old number of 15 digits as the one of 18 it became. Digits lost in a sheet say nothing."""
    plain = "".join(text.split()).replace("-", "").upper()
    if "E+" in plain:
        return ""
    if len(plain) == 15:
        try:
            return IdNumber.parse(plain).number
        except IdNumberFault:
            return plain
    return plain


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


def in_order(text: str) -> str:
    """The words of a name in the order of the alphabet: who writes the family name last is the same person."""
    return " ".join(sorted(text.split()))


def sound(text: str) -> str:
    """How a name is spoken, without tones, character by character; Latin words as they are."""
    return " ".join(_character_sound(character) for character in text) if is_chinese(text) else text


@lru_cache(maxsize=30_000)
def _character_sound(character: str) -> str:
    return "".join(lazy_pinyin(character))
