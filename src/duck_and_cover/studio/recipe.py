"""`Recipe`: all that makes a cover, as the query of an address and back; the address is the cover, on any machine.

/?artist=Otis+Marlowe+Quartet&title=The+Quiet+Hour&genre=jazz&year=1959&seed=7&finish=tiles&palette=…
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlencode

from duck_and_cover.album import Album, Track
from duck_and_cover.errors import BadInput

__all__ = ["AXES", "LAST_SEED", "LOOKS", "NAMES", "OTHERWISE", "RELEASE", "Recipe", "fresh_seed"]

LAST_SEED = 2**31 - 1
AXES = ("art", "finish", "palette", "type", "layout")
"""What has a seed of its own and can be held."""

LOOKS = ("finish", "palette", "type", "lettering", "layout")
"""What can be named."""

RELEASE = ("catalogue", "rights")
"""What is printed on backs, spines and labels beside the tracks."""

NAMES = frozenset(
    (
        *("artist", "title", "genre", "year", "tracks", "engine", "art", "seed", "hold", "toward", "along", "by"),
        *LOOKS,
        *RELEASE,
        *(f"{axis}-seed" for axis in AXES),
    )
)
"""All that a recipe's query may say."""

OTHERWISE = MappingProxyType({"album": "title"})
"""Names as the command line has them -> ours."""

MOST_TRACKS = 300
MOST_GENRES = 40
MOST_FIELDS = 120
_ART, _BY = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{8}")
_NAME_MOST = 160
MOST_LINE = 120
"""Characters of a catalogue number or a line of rights."""


def fresh_seed() -> int:
    """A seed that nobody has used."""
    return secrets.randbelow(LAST_SEED)


@dataclass(frozen=True)
class Recipe:
    """A cover before it is made.

    seed:    None until one is drawn.    seeds: axis -> a seed of its own.    looks: axis -> name, what is decided.
    held:    axes that stay when eight new ones are drawn.
    engine:  a shipped network's name, None for the usual one.    art: sha256 of a picture dropped here, instead.
    by:      the beginning of the sha256 of the network that drew it; it makes no other cover, and says if one is to be
             expected.
    toward, along:  another art seed, and how far the art is on its way there, 0 to 1.
    release: number in the catalogue and line of rights, where they are given.
    """

    album: Album = field(default_factory=Album)
    seed: int | None = None
    seeds: Mapping[str, int] = field(default_factory=dict)
    looks: Mapping[str, str] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    engine: str | None = None
    art: str | None = None
    toward: int | None = None
    along: float = 0.0
    by: str | None = None
    release: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        looks = {axis: " ".join(self.looks[axis].casefold().split()) for axis in LOOKS if self.looks.get(axis)}
        if looks.get("layout") == "no words" and (self.album.artist or self.album.title):
            del looks["layout"]  # it was drawn before there was a word
        for axis, name in looks.items():
            if len(name) > _NAME_MOST:
                raise BadInput(f"{axis} has {len(name)} characters; no name is so long")
        for axis in (*self.seeds, *self.held):
            if axis not in AXES:
                raise BadInput(f"no axis is called {axis!r}; wanted one of {', '.join(AXES)}")
        for number in (self.seed, self.toward, *self.seeds.values()):
            if number is not None and not 0 <= number <= LAST_SEED:
                raise BadInput(f"a seed is {number}; wanted 0 to {LAST_SEED}")
        if not 0.0 <= self.along <= 1.0:
            raise BadInput(f"along is {self.along}; wanted 0 to 1")
        if self.by is not None and not _BY.fullmatch(self.by):
            raise BadInput("by is no beginning of a sha256; leave it out")
        if self.art is not None and not _ART.fullmatch(self.art):
            raise BadInput("art is no sha256 of a picture; drop the picture again")
        if len(self.album.tracks) > MOST_TRACKS:
            raise BadInput(f"{len(self.album.tracks)} tracks; wanted {MOST_TRACKS} at most")
        if len(self.album.genres) > MOST_GENRES:
            raise BadInput(f"{len(self.album.genres)} genres; wanted {MOST_GENRES} at most")
        release = {name: _line_of(name, self.release[name]) for name in RELEASE if self.release.get(name)}
        object.__setattr__(self, "release", MappingProxyType({name: text for name, text in release.items() if text}))
        object.__setattr__(self, "looks", MappingProxyType(looks))
        object.__setattr__(self, "seeds", MappingProxyType({a: self.seeds[a] for a in AXES if a in self.seeds}))

    def __reduce__(self) -> tuple[Any, ...]:
        return Recipe.of, (self.query,)

    @classmethod
    def of(cls, query: str) -> Recipe:
        """The recipe of an address's query. Raises `BadInput` for what is no recipe; unknown fields are passed over."""
        try:
            pairs = parse_qsl(query, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise BadInput(f"a recipe of more than {MOST_FIELDS} fields") from error
        return cls.read(pairs)

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Recipe:
        """The recipe of names and values. Raises `BadInput`."""
        one: dict[str, str] = {}
        genres: list[str] = []
        held: set[str] = set()
        for said, value in pairs:
            name = OTHERWISE.get(said, said)
            if name == "genre":
                genres.append(value)
            elif name == "hold":
                held.add(value)
            else:
                one.setdefault(name, value)
        tracks = tuple(line for line in one.get("tracks", "").splitlines() if line.strip())
        album = Album(one.get("artist"), one.get("title"), tuple(genres), _whole(one, "year"), tracks)
        seeds = {axis: number for axis in AXES if (number := _whole(one, f"{axis}-seed")) is not None}
        along = one.get("along", "")
        if not re.fullmatch(r"[01]?\.?[0-9]{0,6}", along):
            raise BadInput(f"along is {along[:20]!r}; wanted 0 to 1")
        return cls(
            album,
            _whole(one, "seed"),
            seeds,
            {axis: one.get(axis, "") for axis in LOOKS},
            frozenset(held),
            one.get("engine") or None,
            one.get("art") or None,
            _whole(one, "toward"),
            float(along) if along.strip(".") else 0.0,
            one.get("by") or None,
            {name: one.get(name, "") for name in RELEASE},
        )

    @property
    def query(self) -> str:
        """The same cover, the same text: fields in one order, nothing that is not needed."""
        album = self.album
        pairs: list[tuple[str, object]] = [
            ("artist", album.artist),
            ("title", album.title),
            *(("genre", genre) for genre in album.genres),
            ("year", album.year),
            ("tracks", "\n".join(_line(track) for track in album.tracks)),
            *self.release.items(),
            ("engine", self.engine),
            ("art", self.art),
            ("seed", self.seed),
            *((f"{axis}-seed", number) for axis, number in self.seeds.items()),
            *self.looks.items(),
            *(("hold", axis) for axis in AXES if axis in self.held),
        ]
        if self.toward is not None:
            pairs += [("toward", self.toward), ("along", f"{self.along:.3f}".rstrip("0").rstrip(".") or "0")]
        pairs += [("by", self.by)]
        return urlencode([(name, value) for name, value in pairs if value not in (None, "")])

    @property
    def plain(self) -> Recipe:
        """The same cover, whatever is held for the next ones and whoever made it."""
        return replace(self, held=frozenset(), by=None)

    @property
    def settled(self) -> bool:
        """Whether every choice is named, so that nothing is left to draw."""
        return self.seed is not None and all(axis in self.looks for axis in LOOKS)

    def without(self, *axes: str) -> Recipe:
        """The same with some axes open again; lettering goes with type."""
        dropped = {*axes, *(("lettering",) if "type" in axes else ())}
        return replace(
            self,
            looks={axis: name for axis, name in self.looks.items() if axis not in dropped},
            seeds={axis: number for axis, number in self.seeds.items() if axis not in dropped},
        )

    def with_looks(self, **looks: str) -> Recipe:
        """The same with some choices named."""
        return replace(self, looks={**self.looks, **looks})

    def with_seeds(self, **seeds: int) -> Recipe:
        """The same with seeds of their own for some axes."""
        return replace(self, seeds={**self.seeds, **seeds})


def _whole(fields: Mapping[str, str], name: str) -> int | None:
    text = fields.get(name, "").strip()
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,12}", text):
        raise BadInput(f"{name} is {text[:20]!r}; wanted a whole number")
    return int(text)


def _line_of(name: str, text: str) -> str:
    """A line of print: single spaces, no control characters."""
    if len(text) > MOST_LINE:
        raise BadInput(f"{name} has {len(text)} characters; wanted {MOST_LINE} at most")
    return Album(title=text).title or ""


def _line(track: str | Track) -> str:
    if isinstance(track, str):
        return track
    time = "" if track.seconds is None else f" {track.seconds // 60}:{track.seconds % 60:02d}"
    return f"{track.side or ''} {track.title}{time}".strip()
