"""The ciphers give the published answers, and a machine that gives others is refused."""

import dataclasses
import hashlib
import hmac

import pytest

from jiuzhu.crypto.suite import SuiteBroken, prove, suite


@pytest.mark.parametrize("name", ["gm", "international"])
def test_each_suite_gives_the_published_answers(name: str) -> None:
    prove(suite(name))


@pytest.mark.parametrize(("name", "hash_name"), [("gm", "sm3"), ("international", "sha256")])
def test_the_hashes_agree_with_another_implementation(name: str, hash_name: str) -> None:
    chosen = suite(name)
    for length in (0, 1, 55, 56, 63, 64, 65, 1000):
        content = bytes(range(256))[: length % 256] * (length // 256 + 1)
        assert chosen.digest(content) == hashlib.new(hash_name, content).digest()
        assert chosen.mac(b"key", content) == hmac.digest(b"key", content, hash_name)


def test_a_cipher_with_another_answer_is_refused_by_name() -> None:
    good = suite("gm")
    broken = dataclasses.replace(good, _encrypt=lambda key, nonce, plain, bound: plain + bytes(16))
    with pytest.raises(SuiteBroken, match="suite gm: encryption does not give the published answer"):
        prove(broken)


def test_a_cipher_that_does_not_look_at_the_tag_is_refused() -> None:
    good = suite("international")
    careless = dataclasses.replace(good, _decrypt=lambda key, nonce, sealed, bound: b"anything")
    with pytest.raises(SuiteBroken, match="refusal of a changed tag"):
        prove(careless)


def test_an_unknown_suite_names_those_there_are() -> None:
    with pytest.raises(ValueError, match="gm, international"):
        suite("rot13")
