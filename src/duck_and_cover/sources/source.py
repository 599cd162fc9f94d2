"""`Source`: what a service is to us. Tasks go in, one request each; artists, albums, pictures and more tasks come out.

A source keeps nothing and writes nothing; the catalog remembers. What is found does not depend on the order of asking,
so a run that is broken off anywhere and taken up again finds the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:  # looking at a catalog needs nothing that asks services
    from duck_and_cover.sources.http import Http

__all__ = ["SIZES_PX", "Found", "FoundAlbum", "FoundArtist", "FoundPicture", "ReleaseDate", "Source", "Task",
           "smallest_enough"]  # fmt: skip

SIZES_PX = (300, 64)
"""The sizes that covers are kept at, by their founding table."""


@dataclass(frozen=True)
class Task:
    """One request to make. Its three words name it within its source, so the same one is never planned twice.

    stage:  of gathering: "search", "related", "albums" and what else a source needs.
    item:   what is asked about: a genre, an artist's id.
    page:   offset or cursor; "" for the first.
    """

    stage: str
    item: str
    page: str = ""


@dataclass(frozen=True)
class FoundArtist:
    """An artist. genres: as the service states them; asked_for: the genre whose search led here."""

    id: str
    name: str
    genres: tuple[str, ...] = ()
    asked_for: str | None = None


@dataclass(frozen=True)
class ReleaseDate:
    """A date as the service wrote it, "1987", "1987-05" or "1987-05-11", what is left of it, and its year.

    >>> ReleaseDate.of("1987-05")
    ReleaseDate(text='1987-05', precision='month', year=1987)
    >>> ReleaseDate.of("0000").year is None
    True
    """

    text: str = ""
    precision: str = ""
    year: int | None = None

    @classmethod
    def of(cls, text: str | None, precision: str | None = None) -> ReleaseDate:
        """precision: as stated; read off the text where it is not. Text that is no date has none, and no year."""
        text = (text or "").strip()
        parts = re.match(r"(\d{4})(-\d\d)?(-\d\d)?", text)
        year = int(parts[1]) if parts else 0
        if not parts or not FIRST_YEAR <= year <= LAST_YEAR:
            return cls(text)
        read = "day" if parts[3] else "month" if parts[2] else "year"
        return cls(text, precision if precision in ("year", "month", "day") else read, year)


@dataclass(frozen=True)
class FoundPicture:
    """Where a cover can be had. size_px: which of `SIZES_PX` it serves; width_px: as stated, None for unknown."""

    url: str
    size_px: int
    width_px: int | None = None


@dataclass(frozen=True)
class FoundAlbum:
    """An album. artists: (id, name) in the order of the sleeve; rights: of its picture, as this project calls them
    ("spotify-content", "unlicensed", the address of a licence).
    """

    id: str
    name: str
    artists: tuple[tuple[str, str], ...] = ()
    release: ReleaseDate = ReleaseDate()
    kind: str = "album"
    genres: tuple[str, ...] = ()
    rights: str = "unknown"
    pictures: tuple[FoundPicture, ...] = ()


@dataclass(frozen=True)
class Found:
    """What one request brought.

    tasks:    what follows from it: the next page, the albums of an artist.
    noted:    what was learned about the service and is worth remembering over runs, like the largest page it gives.
    missing:  stage -> why, of stages that this service does not have: they are closed once, with one line.
    beyond:   pages of results that there are, but beyond what was wanted; `Task.page` is their first result.
    """

    artists: tuple[FoundArtist, ...] = ()
    albums: tuple[FoundAlbum, ...] = ()
    tasks: tuple[Task, ...] = ()
    noted: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    beyond: tuple[Task, ...] = ()


class Source(Protocol):
    """A service. Construction sends nothing.

    name:    what the catalog calls it.
    terms:   what must be accepted before the first request; "" for nothing.
    hosts:   that it and its pictures are asked of; ".archive.org" stands for everything below it.
    rates:   host -> requests a second that are polite there.
    """

    @property
    def name(self) -> str: ...
    @property
    def terms(self) -> str: ...
    @property
    def hosts(self) -> frozenset[str]: ...
    @property
    def rates(self) -> Mapping[str, float]: ...

    def begin(self, genres: Sequence[str]) -> Iterable[Task]:
        """The tasks that gathering these genres begins with."""
        ...

    async def ask(self, task: Task, http: Http) -> Found:
        """Do one task. Lets the errors of `http` through but for those that mean something here."""
        ...


def smallest_enough(pictures: Iterable[tuple[str, int | None]], sizes: Sequence[int] = SIZES_PX) -> tuple[
    FoundPicture, ...
]:  # fmt: skip
    """For each wanted size the smallest of some (address, width) that is at least so wide, else the widest.

    A picture that does not state its width serves only where none does.
    """
    known = sorted(((width, url) for url, width in pictures if width), key=lambda pair: pair[0])
    unknown = [url for url, width in pictures if not width] if not known else []
    found = []
    for size in sizes:
        if known:
            width, url = next((pair for pair in known if pair[0] >= size), known[-1])
            found.append(FoundPicture(url, size, width))
        elif unknown:
            found.append(FoundPicture(unknown[0], size))
    return tuple(found)
