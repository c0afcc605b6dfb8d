"""A worker that dies: after so many statements to the database, or begins and ends of calls to a provider, it is gone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Stop(BaseException):
    """The worker dies here."""


class Dying:
    """Stands before a provider, whose calls go through it, and before the database as an execute wrapper; lets `limit` steps through."""

    def __init__(self, of: object, limit: int) -> None:
        self._of, self._left = of, limit

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Stop

    def __getattr__(self, name: str) -> Any:
        called = getattr(self._of, name)

        def call(*told: Any) -> Any:
            self._step()
            answer = called(*told)
            self._step()
            return answer

        return call

    def statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self._step()
        return execute(sql, params, many, context)
