"""Another region as a department: a numbered, signed letter with a copy of the authorisation goes out, a signed reply comes back.

Both sides check with public keys alone. The line that carries the letters is handed in; what it loses is asked again under its number.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from jiuzhu.crypto.signing import PublicKey, SigningKey
from jiuzhu.gateways.verification.base import Answer, Copy, Question, Sent, Unreachable

Line = Callable[[bytes], bytes]  # may raise Unreachable


class NotSigned(Exception):
    """The letter or reply is not what the other region signed."""


@dataclass(frozen=True)
class Region:
    """code: our division; to: theirs. key: signs our letters; theirs: checks their replies."""

    code: str
    to: str
    line: Line
    key: SigningKey
    theirs: PublicKey

    def ask(self, question: Question) -> Answer:
        said = {"from": self.code, "to": self.to, "question": asdict(question) | {"on": question.on.isoformat()}}
        return self._answered(said, question.number)

    def fetch(self, numbers: Sequence[str]) -> Sequence[Answer]:
        found = [self._answered({"from": self.code, "to": self.to, "fetch": number}, number) for number in numbers]
        return [one for one in found if one.why != UNHEARD]

    def _answered(self, said: Mapping[str, Any], number: str) -> Answer:
        try:
            reply = opened(self.line(sealed(said, self.key)), self.theirs)
        except NotSigned as wrong:
            raise Unreachable(f"{self.to}: {wrong}") from None
        if reply["number"] != number:
            raise Unreachable(f"{self.to} answered another question")
        rows = {dataset: [Sent(record, columns) for record, columns in some] for dataset, some in reply["rows"].items()}
        return Answer(number, reply["says"], rows, date.fromisoformat(reply["day"]) if reply["day"] else None, reply["why"])


UNHEARD = "unheard"


def sealed(said: Mapping[str, Any], key: SigningKey) -> bytes:
    """Content and signature, as one text."""
    content = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    signature = base64.b64encode(key.sign(content.encode())).decode("ascii")
    return json.dumps({"content": content, "signature": signature}, ensure_ascii=False).encode()


def opened(letter: bytes, key: PublicKey) -> dict[str, Any]:
    """Raises NotSigned."""
    try:
        told = json.loads(letter)
        content, signature = told["content"], base64.b64decode(told["signature"])
        if not key.verifies(content.encode(), signature):
            raise NotSigned("the signature does not hold")
        found: dict[str, Any] = json.loads(content)
    except (ValueError, KeyError, TypeError):
        raise NotSigned("this is no letter") from None
    return found


def sender(letter: bytes) -> str:
    """Who says that they sent it, to look up their key by; not checked yet. Raises NotSigned."""
    try:
        return str(json.loads(json.loads(letter)["content"])["from"])
    except (ValueError, KeyError, TypeError):
        raise NotSigned("this is no letter") from None


def question_in(said: Mapping[str, Any]) -> Question:
    told = dict(said["question"])
    told["authorisation"] = Copy(**told["authorisation"])
    told["columns"] = {dataset: tuple(names) for dataset, names in told["columns"].items()}
    return Question(**told | {"on": date.fromisoformat(told["on"])})


def reply_of(answer: Answer, key: SigningKey) -> bytes:
    rows = {dataset: [[one.record_id, dict(one.columns)] for one in some] for dataset, some in answer.rows.items()}
    day = answer.day.isoformat() if answer.day else ""
    return sealed({"number": answer.number, "says": answer.says, "rows": rows, "day": day, "why": answer.why}, key)
