"""The verifier by itself: published signatures, a small log made by hand, and nothing of the platform in it."""

from __future__ import annotations

import ast
import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import jiuzhu_verifier
from jiuzhu_verifier.checks import verify
from jiuzhu_verifier.ed25519 import verifies

PACKAGE = Path(jiuzhu_verifier.__file__).parent

# RFC 8032, 7.1: tests 1, 2 and 3.
PUBLISHED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "content", "signature"), PUBLISHED)
def test_published_signatures_are_true_and_with_one_bit_changed_false(key: str, content: str, signature: str):
    public, said, signed = bytes.fromhex(key), bytes.fromhex(content), bytes.fromhex(signature)
    assert verifies(public, said, signed)
    assert not verifies(public, said + b"x", signed)
    for at in (0, 31, 32, 63):
        assert not verifies(public, said, signed[:at] + bytes([signed[at] ^ 1]) + signed[at + 1 :])
    assert not verifies(bytes.fromhex(PUBLISHED[0][0][:-2] + "1b"), said, signed)


@pytest.mark.requirement("B4")
def test_what_the_compiled_library_signs_the_verifier_finds_true():
    for turn in range(10):
        key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(bytes([turn])).digest())
        content = f"content {turn}".encode()
        public = key.public_key().public_bytes_raw()
        assert verifies(public, content, key.sign(content))
        assert not verifies(public, content, key.sign(content + b"."))


@pytest.mark.requirement("C6")
def test_it_shares_no_code_with_the_platform_and_needs_python_alone(tmp_path: Path):
    for path in PACKAGE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] in sys.stdlib_module_names | {"jiuzhu_verifier"}, f"{path.name} imports {name}"
    shutil.copytree(PACKAGE, tmp_path / PACKAGE.name)
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"\n".join(small()))
    command = [sys.executable, "-S", "-m", "jiuzhu_verifier", str(log)]
    answer = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False, encoding="utf-8")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "the log is whole" in answer.stdout


def event(number: int, previous: str, code: str, **told: object) -> bytes:
    content = {"writer": "w", "number": number, "previous_code": previous, "code": code, "subject_count": 0, "subjects_hash": ""}
    return json.dumps({"kind": "event", "event": content | told, "subjects": []}).encode()


def small() -> list[bytes]:
    """Three events that no seal covers yet, written here by hand."""
    head = {"kind": "head", "writer": "w", "number": 3, "code": "c3"}
    log = {"kind": "log", "form": 1, "hash": "sha256"}
    return [json.dumps(log).encode(), json.dumps(head).encode(), event(1, "", "c1"), event(2, "c1", "c2"), event(3, "c2", "c3")]


def test_a_small_log_is_whole_and_each_of_its_faults_is_named():
    assert verify(small()).findings == []
    faults = {
        "missing w/2": [*small()[:3], small()[4]],
        "missing w/3": small()[:4],
        "unchained w/2": [*small()[:3], event(2, "cx", "c2"), small()[4]],
        "subjects w/2": [*small()[:3], event(2, "c1", "c2", subject_count=1), small()[4]],
        "twice w/3": [*small(), small()[4]],
        "changed w/3": [*small()[:4], event(3, "c2", "cx")],
        "inserted x/1": [*small(), event(1, "", "c1", writer="x")],
        "unreadable ": [*small(), b"{"],
    }
    for expected, lines in faults.items():
        first = verify(lines).first_bad
        assert first is not None, expected
        assert f"{first.kind} {first.event}" == expected


def test_a_log_that_names_a_weak_hash_or_none_is_not_believed():
    for hashed in ("md5", ""):
        report = verify([json.dumps({"kind": "log", "form": 1, "hash": hashed}).encode(), *small()[1:]])
        assert [one.kind for one in report.findings] == ["unreadable"]
