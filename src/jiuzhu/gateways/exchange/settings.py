"""`exchange.toml` of a workspace: which bodies this place exchanges with, over which way, for which divisions.

place = "370502"

[bodies.police]
folder = "/srv/exchange/police"           # or address = "https://…" with ca, certificate and key
divisions = ["370502"]
"""

from __future__ import annotations

import ssl
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jiuzhu.gateways.exchange.base import Exchange
from jiuzhu.gateways.exchange.drop_folder import DropFolder
from jiuzhu.gateways.exchange.https import Https
from jiuzhu.gateways.exchange.twin import Twin
from jiuzhu.vocabulary.division import DivisionFault, canonical

_KEYS = {"folder", "address", "divisions", "ca", "certificate", "key", "timeout", "twin"}
_NAME = "exchange.toml"


class SettingsWrong(Exception):
    """exchange.toml cannot be used; the text says what, and the next step."""


@dataclass(frozen=True)
class Way:
    """How to reach a body, and the divisions it may speak for."""

    exchange: Exchange
    divisions: tuple[str, ...]


@dataclass(frozen=True)
class Settings:
    """place: the division of this workspace. ways: by code of the body, in the order of the file."""

    place: str
    ways: Mapping[str, Way]


def read_settings(workspace: Path, bodies: Collection[str], *, invented: bool) -> Settings:
    """The settings of a workspace. invented: everybody here is, so that bodies may be simulated. Raises SettingsWrong."""
    path = workspace / _NAME
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsWrong(f"{path} is not there; write it: docs/how-to/connect-a-department.md shows how") from None
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsWrong(f"{path}: it is no TOML ({error}); correct it") from None
    unknown = sorted(set(told) - {"place", "bodies"})
    if unknown:
        raise SettingsWrong(f"{path}: {unknown[0]!r} is no key here; there are place and bodies")
    place = _division(path, "place", told.get("place"))
    ways = {}
    for body, keys in _table(path, "bodies", told.get("bodies")).items():
        if body not in bodies:
            raise SettingsWrong(
                f"{path}: bodies.{body}: there is no catalogue/sources/{body}.toml; there are {', '.join(sorted(bodies))}"
            )
        ways[body] = _way(path, f"bodies.{body}", _table(path, f"bodies.{body}", keys), invented=invented)
    return Settings(place, ways)


def _way(path: Path, at: str, keys: Mapping[str, Any], *, invented: bool) -> Way:
    for key in keys:
        if key not in _KEYS:
            raise SettingsWrong(f"{path}: {at}.{key} is no key here; there are {', '.join(sorted(_KEYS))}")
    codes = keys.get("divisions")
    if not isinstance(codes, list) or not codes:
        raise SettingsWrong(f'{path}: {at}.divisions says for whom the body may speak; write divisions = ["370502"]')
    divisions = tuple(_division(path, f"{at}.divisions", code) for code in codes)
    if ("folder" in keys) == ("address" in keys):
        raise SettingsWrong(f"{path}: {at} names either a folder or an address")
    exchange: Exchange = _folder(path, at, keys) if "folder" in keys else _https(path, at, keys)
    if "twin" in keys:
        if not invented or type(keys["twin"]) is not int:
            raise SettingsWrong(f"{path}: {at}.twin is the seed of a simulated line, a number, and only for an invented county")
        exchange = Twin(exchange, keys["twin"])
    return Way(exchange, divisions)


def _folder(path: Path, at: str, keys: Mapping[str, Any]) -> DropFolder:
    wrong = sorted({"ca", "certificate", "key", "timeout"} & set(keys))
    if wrong:
        raise SettingsWrong(f"{path}: {at}.{wrong[0]} belongs to an address, and this is a folder; leave it out")
    return DropFolder(path.parent / _text(path, at, keys, "folder"))


def _https(path: Path, at: str, keys: Mapping[str, Any]) -> Https:
    address = _text(path, at, keys, "address")
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise SettingsWrong(f"{path}: {at}.address is https://host[:port]/path without anything behind it")
    timeout = keys.get("timeout", 30)
    if type(timeout) is not int or not 1 <= timeout <= 600:
        raise SettingsWrong(f"{path}: {at}.timeout is a number of seconds from 1 to 600")
    try:
        # Only the authority named here is trusted, not the machine's list of them.
        context = ssl.create_default_context(cafile=str(path.parent / _text(path, at, keys, "ca")))
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if "certificate" in keys or "key" in keys:
            names = [str(path.parent / _text(path, at, keys, name)) for name in ("certificate", "key")]
            context.load_cert_chain(*names)
    except (OSError, ssl.SSLError) as error:
        raise SettingsWrong(
            f"{path}: {at}: ca, certificate or key cannot be read ({type(error).__name__}); name PEM files"
        ) from None
    return Https(address, context, float(timeout))


def _text(path: Path, at: str, keys: Mapping[str, Any], name: str) -> str:
    value = keys.get(name)
    if not isinstance(value, str) or not value:
        raise SettingsWrong(f'{path}: {at}.{name} is missing; write {name} = "…"')
    return value


def _table(path: Path, at: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not value:
        raise SettingsWrong(f"{path}: {at} is a table; write [{at}{'' if '.' in at else '.police'}] and its keys")
    return value


def _division(path: Path, at: str, value: object) -> str:
    try:
        return canonical(value if isinstance(value, str) else "")
    except DivisionFault:
        raise SettingsWrong(f'{path}: {at} is a division code in quotes, such as "370502"') from None
