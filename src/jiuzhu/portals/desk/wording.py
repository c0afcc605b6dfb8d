"""Words that a view says itself, in the language of the page; both stand together, so neither is ever forgotten."""

from __future__ import annotations

from django.http import HttpRequest


def said(request: HttpRequest | None, zh: str, en: str) -> str:
    return en if getattr(request, "english", False) else zh
