"""What must be declared before the platform starts: the operation of every address, the level of every field kept (A1, A4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import wraps
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, URLResolver, get_resolver

from jiuzhu.casework.accounts.permissions import table
from jiuzhu.rules.datasets import LEVELS
from jiuzhu.rules.faults import nearest

View = Callable[..., HttpResponseBase]
KEPT_BY_US = "jiuzhu."


def does(operation: str, view: View) -> View:
    """The view as the address of one operation. The same view may serve several addresses, each with its own."""

    @wraps(view)
    def declared(request: HttpRequest, *given: Any, **named: Any) -> HttpResponseBase:
        return view(request, *given, **named)

    declared.operation = operation  # type: ignore[attr-defined]
    return declared


@register("permissions")
def every_address_declares_its_operation(**_: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for address, pattern in addresses(get_resolver().url_patterns):
        operation = getattr(pattern.callback, "operation", None)
        if operation is None:
            found.append(Error(f"/{address} declares no operation", hint="wrap its view in does(…)", id="jiuzhu.A1"))
        elif operation not in table().operations:
            mend = nearest(operation, table().operations)
            found.append(Error(f"/{address} declares '{operation}', not in permissions.toml", hint=mend, id="jiuzhu.A1"))
    return found


@register("permissions")
def every_field_declares_its_level(**_: Any) -> list[CheckMessage]:
    models = [model for app in apps.get_app_configs() if app.name.startswith(KEPT_BY_US) for model in app.get_models()]
    return [fault for model in models for fault in faults_of(model)]


def faults_of(model: type[Model]) -> Iterator[CheckMessage]:
    """The fields of a model without a level, with a word that is none, and levels of fields that are not there."""
    levels = getattr(model, "levels", {})
    fields = {field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many)}
    for name in sorted(fields - levels.keys()):
        yield Error(
            f"{model._meta.label}.{name} has no level", hint=f"write it into `levels`: {', '.join(LEVELS)}", id="jiuzhu.A4"
        )
    for name, level in sorted(levels.items()):
        if name not in fields:
            yield Error(f"{model._meta.label} has a level for '{name}'", hint=nearest(name, fields), id="jiuzhu.A4")
        elif level not in LEVELS:
            yield Error(f"{model._meta.label}.{name} is '{level}'", hint=nearest(level, LEVELS), id="jiuzhu.A4")


def addresses(patterns: Sequence[URLPattern | URLResolver], before: str = "") -> Iterable[tuple[str, URLPattern]]:
    """Every address under these patterns with the pattern that answers it."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address, pattern
