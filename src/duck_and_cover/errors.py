"""What can go wrong, and whose turn it is to act.

DuckAndCoverError
├── BadInput          the caller asked for something impossible        exit 2   (also a ValueError)
│   ├── UnknownChoice a name that no table holds; lists near names
│   ├── MissingGlyphs no bundled face can set these characters
│   └── TooFewPictures a measurement wants more
└── Failure           the request was fine and could not be done       exit 1
    ├── DamagedBundle a bundle's files do not match their hashes
    ├── CannotWrite   the target cannot be written
    └── MissingExtra  an optional part is not installed; says what to type

Every message says what was found, what was wanted and what to do.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "BadInput",
    "CannotWrite",
    "DamagedBundle",
    "DuckAndCoverError",
    "Failure",
    "MissingExtra",
    "MissingGlyphs",
    "TooFewPictures",
    "UnknownChoice",
]


class DuckAndCoverError(Exception):
    """Any error this package raises on purpose. `exit_code` is what the command line returns."""

    exit_code = 1


class BadInput(DuckAndCoverError, ValueError):
    """The request cannot be met by anyone; change it."""

    exit_code = 2


class UnknownChoice(BadInput):
    """A name was asked for that no table holds."""

    def __init__(self, kind: str, name: str, choices: Iterable[str]) -> None:
        known = sorted(choices)
        near = difflib.get_close_matches(name.casefold(), known, n=3, cutoff=0.5) or known
        more = "" if len(near) == len(known) else f" ({len(known)} in all)"
        super().__init__(f"no {kind} is called {name!r}; try {', '.join(near)}{more}")
        self.kind, self.name, self.choices = kind, name, known


class MissingGlyphs(BadInput):
    """No bundled face can set these characters."""

    def __init__(self, characters: Iterable[str]) -> None:
        self.characters = tuple(dict.fromkeys(characters))
        named = ", ".join(f"{c!r} (U+{ord(c):04X})" for c in self.characters[:8])
        more = f" and {len(self.characters) - 8} more" if len(self.characters) > 8 else ""
        super().__init__(f"no bundled typeface has the characters {named}{more}; leave them out or spell otherwise")


class TooFewPictures(BadInput):
    """A measurement was asked for that so few pictures do not determine."""

    def __init__(self, what: str, found: int, wanted: int) -> None:
        super().__init__(f"{what} of {found} pictures says nothing; wanted {wanted} or more")
        self.found, self.wanted = found, wanted


class Failure(DuckAndCoverError):
    """The request was fine and could not be carried out here."""


class DamagedBundle(Failure):
    """A bundle is incomplete or its files do not match their hashes."""


class CannotWrite(Failure):
    """The target cannot be written."""


class MissingExtra(Failure):
    """A part that is installed separately is missing."""

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(f"{what} needs the extra [{extra}]: pip install '.[{extra}]' in a clone")
