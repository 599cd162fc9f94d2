"""The genre tree: 3,253 genre names and any other text -> families, words, nearest names.

A genre is placed by the words it is made of, so a name nobody has listed finds its place too:
"swedish death metal" is *death metal* (metal) with a word that carries no weight.
`families.txt` beside this module is the whole knowledge: one line a family, the words that belong to it.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import TypeVar

__all__ = [
    "FAMILIES",
    "GenreTree",
    "families_of",
    "genre_tree",
    "known_genres",
    "main_family",
    "mixed_families",
    "nearest",
    "normal",
    "similarity",
    "words_of",
]

Key = TypeVar("Key")
_SPLIT = re.compile(r"[^\w&+'/-]+")
_HEAD_GAIN = 1.6  # each later word of a name weighs this much more than the one before it


def normal(genre: str) -> str:
    """Casefolded text without accents: "Música Popular" -> "musica popular"."""
    plain = unicodedata.normalize("NFKD", genre.casefold())
    return " ".join("".join(c for c in plain if not unicodedata.combining(c)).split())


def words_of(genre: str) -> tuple[str, ...]:
    """The words of a genre name; hyphenated and slashed words also yield their parts.

    >>> words_of("Post-Rock")
    ('post-rock', 'post', 'rock')
    """
    found: list[str] = []
    for word in _SPLIT.split(normal(genre)):
        word = word.strip("-/'")
        if not word:
            continue
        found.append(word)
        parts = [p for p in re.split(r"[-/]", word) if p]
        if len(parts) > 1:
            found.extend(parts)
    return tuple(found)


@functools.cache
def known_genres() -> tuple[str, ...]:
    """The 3,253 listed names, most popular first."""
    text = resources.files("duck_and_cover").joinpath("genres.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line)


def _largest_first(score: Mapping[Key, float]) -> list[tuple[Key, float]]:
    return sorted(score.items(), key=lambda item: item[1], reverse=True)


@dataclass(frozen=True)
class GenreTree:
    """Which words place a genre in which families. A network keeps the tree it was trained with in its bundle.

    families:  family names, in the order that encodings use.
    places:    word or phrase, normalised -> indices into `families`; with = before it, a whole name and nothing else.
    """

    families: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]

    @classmethod
    def parse(cls, text: str) -> GenreTree:
        """Read `families.txt`: lines of `family: word "a phrase" word`, `#` for remarks."""
        names: list[str] = []
        places: dict[str, list[int]] = {}
        for line in text.splitlines():
            if not line or line.startswith("#"):
                continue
            name, listed = line.split(":", 1)
            for phrase, word in re.findall(r'"([^"]+)"|(\S+)', listed):
                homes = places.setdefault(normal(phrase or word), [])
                if len(names) not in homes:
                    homes.append(len(names))
            names.append(name)
        return cls(tuple(names), {word: tuple(homes) for word, homes in places.items()})

    def families_of(self, genre: str) -> dict[str, float]:
        """Weights of the families a genre belongs to, largest first, summing to 1; empty where nothing is known."""
        text, words = normal(genre), words_of(genre)
        score: defaultdict[int, float] = defaultdict(float)
        for home in self.places.get(f"={text}", ()):
            score[home] += 4.0
        for home in self.places.get(text, ()):
            score[home] += 4.0 / len(self.places[text])
        for pair in pairwise(words):
            for home in self.places.get(" ".join(pair), ()):
                score[home] += 3.0
        weight = 1.0
        for word in words:
            homes = self.places.get(word, ())
            for home in homes:
                score[home] += weight / len(homes)
            weight *= _HEAD_GAIN if homes else 1.0
        if not score:  # "metalgaze", "scandipop": a listed word hidden inside
            for word, homes in self.places.items():
                hidden = (len(word) >= 4 and word in text) or (len(word) == 3 and text.endswith(word))
                if hidden and " " not in word:
                    for home in homes:
                        score[home] += 0.5 * len(word) / len(homes)
        total = sum(score.values())
        return {self.families[home]: value / total for home, value in _largest_first(score)} if total else {}


@functools.cache
def genre_tree() -> GenreTree:
    """The tree of this version of the package."""
    return GenreTree.parse(resources.files("duck_and_cover").joinpath("families.txt").read_text("utf-8"))


FAMILIES: tuple[str, ...] = genre_tree().families


@functools.lru_cache(8192)
def _families(genre: str) -> tuple[tuple[str, float], ...]:
    return tuple(genre_tree().families_of(genre).items())


def families_of(genre: str) -> dict[str, float]:
    """Weights of the families a genre belongs to, largest first, summing to 1; empty where nothing is known.

    >>> next(iter(families_of("swedish death metal")))
    'metal'
    """
    return dict(_families(normal(genre)))


def mixed_families(genres: Iterable[str] | Mapping[str, float]) -> dict[str, float]:
    """Family weights of several genres; a plain sequence counts its first genre twice as much as the others."""
    if isinstance(genres, Mapping):
        weighted = list(genres.items())
    else:
        weighted = [(g, 2.0 if i == 0 else 1.0) for i, g in enumerate(genres)]
    score: defaultdict[str, float] = defaultdict(float)
    for genre, weight in weighted:
        for family, value in families_of(genre).items():
            score[family] += weight * value
    total = sum(score.values())
    return {family: value / total for family, value in _largest_first(score)} if total else {}


def main_family(genres: Iterable[str]) -> str | None:
    """The family that most of `genres` lies in, or None where none is known."""
    return next(iter(mixed_families(tuple(genres))), None)


@functools.cache
def _rarity() -> dict[str, float]:
    """Inverse document frequency of each word over the listed names: "death" says more than "pop"."""
    names = known_genres()
    counts = Counter(word for name in names for word in set(words_of(name)))
    return {word: math.log(len(names) / count) for word, count in counts.items()}


def _profile(genre: str) -> dict[str, float]:
    rarity = _rarity()
    unseen = math.log(len(known_genres()))
    profile: dict[str, float] = {}
    for word in words_of(genre):
        profile[word] = rarity.get(word, unseen)
    for family, weight in families_of(genre).items():
        profile[f"family:{family}"] = 4.0 * weight
    return profile


def similarity(first: str, second: str) -> float:
    """0 (nothing in common) to 1 (the same words): cosine of rarity-weighted words and families."""
    a, b = _profile(first), _profile(second)
    dot = sum(value * b.get(key, 0.0) for key, value in a.items())
    size = math.sqrt(sum(v * v for v in a.values()) * sum(v * v for v in b.values()))
    return dot / size if size else 0.0


def nearest(genre: str, count: int = 5) -> tuple[str, ...]:
    """The `count` listed names nearest to any text, nearest first; popular names win ties."""
    scored = [(similarity(genre, name), -rank, name) for rank, name in enumerate(known_genres())]
    return tuple(name for score, _, name in sorted(scored, reverse=True)[:count] if score > 0)
