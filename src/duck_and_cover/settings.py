"""Keys and addresses from the environment and from a `.env` file. Read by the command line and the studio only."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from duck_and_cover.errors import BadInput, Failure

__all__ = ["Settings"]

_LINE = re.compile(
    r"""\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*("(?:[^"\\]|\\.)*"|'[^']*'|.*?)\s*(?:(?<=\s)\#.*)?"""
)
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Settings:
    """What the environment says. Values are never part of a message or of the representation.

    >>> Settings({"DUCKCOVER_CONTACT": "me@example.org"}).get("DUCKCOVER_CONTACT")
    'me@example.org'
    """

    values: Mapping[str, str] = field(repr=False)

    @classmethod
    def read(cls, folder: Path = Path()) -> Settings:
        """The environment, and below it the `.env` file of a folder, if there is one."""
        path = folder / ".env"
        try:
            written = _parsed(path.read_text("utf-8-sig"), path) if path.is_file() else {}
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput(f"{path}: cannot be read as text; wanted lines NAME=value") from error
        return cls({**written, **{name: value for name, value in os.environ.items() if value.strip()}})

    def get(self, name: str, default: str = "") -> str:
        """The value, or the default where it is not set or empty."""
        return self.values.get(name, "").strip() or default

    def need(self, name: str, what: str) -> str:
        """The value; raises `Failure` that names what it is for where it is not set."""
        if found := self.get(name):
            return found
        raise Failure(f"{name} is not set: {what}; put it into the environment or a .env file here")

    def address(self, name: str, default: str) -> str:
        """A service's base address; https, or http on this machine where the user named it."""
        found = self.get(name, default).rstrip("/")
        parts = _parts(found)
        if parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
            return found
        raise BadInput(f"{name} is no address to ask ({parts.scheme or 'no scheme'}); wanted https://…, or http on "
                       "this machine")  # fmt: skip

    def local(self, *names: str) -> frozenset[tuple[str, int]]:
        """(host, port) of those addresses that were set to this machine: only what is named so may be asked here."""
        found = set()
        for name in names:
            parts = _parts(self.get(name))
            if parts.hostname in _LOOPBACK:
                found.add((parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)))
        return frozenset(found)


def _parts(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError as error:
        raise BadInput(f"{address[:80]!r} is no address; wanted https://…") from error
    return parts


def _parsed(text: str, path: Path) -> dict[str, str]:
    """NAME=value lines; quotes, comments and `export` as shells write them."""
    values = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not (matched := _LINE.fullmatch(line)):
            raise BadInput(f"{path}, line {number}: wanted NAME=value")  # what it says may be a key
        name, value = matched.groups()
        values[name] = value[1:-1].replace('\\"', '"') if value[:1] in ("'", '"') and len(value) > 1 else value
    return values
