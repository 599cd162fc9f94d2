"""What a report tells, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duck_and_cover.album import Album
from duck_and_cover.design.checking import Report
from duck_and_cover.design.checking.words import Line

__all__ = ["GROUPS", "Entry", "Nearest", "Told"]

GROUPS: Mapping[str, str] = {
    "stores": "For stores",
    "web": "For the web",
    "open": "To work on",
    "print": "For the pressing plant",
    "proofs": "How print will look",
    "moving": "Moving",
    "report": "About it",
}
"""Group of files -> its heading, in the order in which they are shown."""


@dataclass(frozen=True)
class Entry:
    """A file of a kit as its report lists it.

    name:     within the kit, folders by "/".    group: of `GROUPS`.    purpose: in a few words.
    preview:  bytes of a small JPEG, for what is worth a look; notes: what its maker should know.
    """

    name: str
    group: str
    purpose: str
    size_bytes: int
    sha256: str = ""
    preview: bytes | None = field(default=None, repr=False)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Nearest:
    """A training cover that the art lies near to. distance: in CIELAB, as `evaluation.copies` measures it.

    usual:  what covers that were kept back lie from their nearest, median; a copy lies far below it.
    """

    title: str
    distance: float
    usual: float
    preview: bytes = field(repr=False)


@dataclass(frozen=True, eq=False)
class Told:
    """Everything on the page.

    report:   of the sleeve, as `Sleeve.report`.    about: what the files say of themselves.
    command:  what makes the kit again.    card: the model card of the network, Markdown, "" for none.
    front:    bytes of a JPEG of the front.
    checks:   file -> what the stores' rules say of it.
    lines:    what a reader read on the front; None where none is installed.
    nearest:  training covers, the nearest first; None where there is no index to search.
    missing:  file that the kit does without -> why.
    """

    album: Album
    report: Mapping[str, Any]
    about: Mapping[str, str]
    command: str
    card: str
    front: bytes = field(repr=False)
    checks: Mapping[str, Report]
    lines: Sequence[Line] | None
    nearest: Sequence[Nearest] | None
    files: Sequence[Entry]
    missing: Mapping[str, str] = field(default_factory=dict)
