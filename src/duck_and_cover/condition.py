"""`Condition`: what is asked of a network, and its encoding as numbers.

Every field is optional; the empty condition is all zeros, which networks are trained to read as "anything".
The encoding is plain numpy and has no vocabulary: any genre text and any name gives a vector. Layout (`D` values):

    families   one weight per genre family ("jazz rap": hip hop 0.62, jazz 0.38)
    words      signed hashes of the genre's words and letter trigrams, length 1: unseen genres land near their kin
    year       known?, linear, and sines and cosines of 4 periods
    artist     known?, signed hashes of letter trigrams
    album      known?, the same
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR, Album
from duck_and_cover.errors import BadInput, DamagedBundle
from duck_and_cover.genres import GenreTree, genre_tree, normal, words_of

__all__ = ["Condition", "ConditionEncoder", "Reading"]

ENCODING = 1
_YEAR_CENTRE, _YEAR_SPAN = 1990.0, 35.0
_YEAR_PERIODS = (200.0, 80.0, 40.0, 20.0)
_UNPLACED_WORD_WEIGHT = 0.35  # "swedish", "modern": they shade a genre, they do not make it
_TRIGRAM_WEIGHT = 0.25


@dataclass(frozen=True)
class Condition:
    """What a network is asked to draw.

    genres:  text -> weight above 0; weights are relative.
    year:    1900 to 2100.
    artist, album:  names as written.
    """

    genres: Mapping[str, float] = field(default_factory=dict)
    year: int | None = None
    artist: str | None = None
    album: str | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.genres, Mapping):
            raise BadInput("Condition.genres wants a mapping of text to weight; Condition.of(album) makes one")
        if not all(0 < weight < np.inf for weight in self.genres.values()):
            raise BadInput(f"genre weights must be numbers above 0; found {dict(self.genres)}")
        if self.year is not None and not FIRST_YEAR <= self.year <= LAST_YEAR:
            raise BadInput(f"year is {self.year}; wanted {FIRST_YEAR} to {LAST_YEAR}")

    @classmethod
    def of(cls, album: Album) -> Condition:
        """The condition an album states; its first genre counts twice as much as each other."""
        weights: dict[str, float] = {}
        for i, genre in enumerate(album.genres):
            weights[genre] = weights.get(genre, 0.0) + (2.0 if i == 0 else 1.0)
        return cls(weights, album.year, album.artist, album.title)

    def without(self, *fields: str) -> Condition:
        """This condition with some of "genres", "year", "artist", "album" left open."""
        empty: dict[str, Any] = {"genres": {}, "year": None, "artist": None, "album": None}
        return replace(self, **{name: empty[name] for name in fields})


class Reading(NamedTuple):
    """families (B, K): weights in the order of the tree, 0 where none is known. knows_year (B,): 0 or 1. year (B,)."""

    families: Any
    knows_year: Any
    year: Any


@dataclass(frozen=True)
class ConditionEncoder:
    """Turns conditions into float32 vectors. `to_json` is what a bundle carries, so old networks keep their reading.

    >>> ConditionEncoder().encode(Condition({"death metal": 1.0}, year=1991)).shape
    (213,)
    """

    tree: GenreTree = field(default_factory=genre_tree)
    word_dims: int = 128
    name_dims: int = 24

    @property
    def dims(self) -> int:
        """`D`, the length of an encoding."""
        return len(self.tree.families) + self.word_dims + 2 + 2 * len(_YEAR_PERIODS) + 2 * (1 + self.name_dims) + 1

    def encode(self, condition: Condition) -> NDArray[np.float32]:
        """One condition -> (D,) float32. Missing fields are zeros."""
        return np.concatenate(
            [
                self._genres(condition.genres),
                _year(condition.year),
                _name(condition.artist, self.name_dims),
                _name(condition.album, self.name_dims),
            ]
        ).astype(np.float32)

    def encode_all(self, conditions: Iterable[Condition]) -> NDArray[np.float32]:
        """Several conditions -> (B, D) float32."""
        rows = [self.encode(condition) for condition in conditions]
        return np.stack(rows) if rows else np.zeros((0, self.dims), np.float32)

    @property
    def fields(self) -> dict[str, slice]:
        """Where each field lies in an encoding; zeroing a slice is the same as leaving the field open."""
        genres = len(self.tree.families) + self.word_dims + 1
        year = genres + 1 + 1 + 2 * len(_YEAR_PERIODS)
        artist = year + 1 + self.name_dims
        return {
            "genres": slice(0, genres),
            "year": slice(genres, year),
            "artist": slice(year, artist),
            "album": slice(artist, artist + 1 + self.name_dims),
        }

    @property
    def words(self) -> slice:
        """The part of the genres that is their words; without it an encoding names families alone."""
        return slice(len(self.tree.families), len(self.tree.families) + self.word_dims)

    def read(self, encodings: Any) -> Reading:
        """What encodings (B, D) say, of numpy or torch: labels for whoever learns from covers."""
        year = self.fields["year"].start
        return Reading(encodings[:, : len(self.tree.families)], encodings[:, year],
                       _YEAR_CENTRE + _YEAR_SPAN * encodings[:, year + 1])  # fmt: skip

    def dated(self, encoding: NDArray[np.float32], year: float) -> NDArray[np.float32]:
        """An encoding (D,) of another year."""
        other = encoding.copy()
        other[self.fields["year"]] = _year(year)
        return other

    def _genres(self, genres: Mapping[str, float]) -> NDArray[np.float64]:
        total = sum(genres.values())
        vector = np.zeros(len(self.tree.families) + self.word_dims + 1)
        if not total:
            return vector
        for genre, weight in genres.items():
            vector[:-1] += weight / total * np.concatenate(_genre(genre, self))
        vector[-1] = 1.0
        return vector

    def to_json(self) -> dict[str, Any]:
        """Everything needed to encode the same way again."""
        return {
            "encoding": ENCODING,
            "word_dims": self.word_dims,
            "name_dims": self.name_dims,
            "families": list(self.tree.families),
            "places": {word: list(homes) for word, homes in self.tree.places.items()},
        }

    @classmethod
    def from_json(cls, spec: Mapping[str, Any]) -> ConditionEncoder:
        """Rebuild an encoder; raises `DamagedBundle` where the text is of another make."""
        if spec.get("encoding") != ENCODING:
            raise DamagedBundle(f"condition encoding {spec.get('encoding')!r} is not known here; wanted {ENCODING}")
        places = {word: tuple(homes) for word, homes in spec["places"].items()}
        return cls(GenreTree(tuple(spec["families"]), places), spec["word_dims"], spec["name_dims"])

    def __hash__(self) -> int:
        return hash((self.tree.families, self.word_dims, self.name_dims))


@functools.lru_cache(8192)
def _genre(genre: str, encoder: ConditionEncoder) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    families = np.zeros(len(encoder.tree.families))
    for family, weight in encoder.tree.families_of(genre).items():
        families[encoder.tree.families.index(family)] = weight
    words = np.zeros(encoder.word_dims)
    for word in words_of(genre):
        words += (1.0 if word in encoder.tree.places else _UNPLACED_WORD_WEIGHT) * _hashed(word, encoder.word_dims)
    words += _TRIGRAM_WEIGHT * _trigrams(genre, encoder.word_dims)
    length = np.linalg.norm(words)
    return families, words / length if length else words


def _hashed(token: str, dims: int) -> NDArray[np.float64]:
    """Four signed positions a token, of length 1: collisions of two tokens stay small."""
    vector = np.zeros(dims)
    for i in range(4):
        code = zlib.crc32(f"{i}:{token}".encode())
        vector[code % dims] += 0.5 if code >> 31 else -0.5
    return vector


def _trigrams(text: str, dims: int) -> NDArray[np.float64]:
    padded = f" {normal(text)} "
    vector = np.zeros(dims)
    for i in range(len(padded) - 2):
        vector += _hashed(padded[i : i + 3], dims)
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def _year(year: float | None) -> NDArray[np.float64]:
    vector = np.zeros(2 + 2 * len(_YEAR_PERIODS))
    if year is not None:
        offset = year - _YEAR_CENTRE
        angles = 2 * np.pi * offset / np.array(_YEAR_PERIODS)
        vector[:2] = 1.0, offset / _YEAR_SPAN
        vector[2:] = np.concatenate([np.sin(angles), np.cos(angles)])
    return vector


def _name(name: str | None, dims: int) -> NDArray[np.float64]:
    vector = np.zeros(1 + dims)
    if name:
        vector[0] = 1.0
        vector[1:] = _trigrams(name, dims)
    return vector
