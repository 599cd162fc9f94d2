"""What was typed, checked field by field: each fault beside its field, and what was typed stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duck_and_cover.album import FIRST_YEAR, LAST_YEAR, Album
from duck_and_cover.errors import BadInput
from duck_and_cover.studio.recipe import NAMES, OTHERWISE, RELEASE, Recipe

__all__ = ["Form"]

_ALONE = ("artist", "title", "genre", "year", "tracks", *RELEASE)
"""Fields of the form; a fault of anything else is told at its head."""

_ABOUT = ("seat",)
"""Names that are about the asking."""

MOST_CHARACTERS = 40_000
"""Of one field."""


@dataclass(frozen=True)
class Form:
    """A form as it came.

    recipe:  what of it makes a cover.    typed: field -> text, whatever it is.    faults: field -> what is wrong.
    unknown: names that mean nothing here, of which only their page tells.
    """

    recipe: Recipe
    typed: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    genres: Sequence[str] = ()
    unknown: Sequence[str] = ()

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Form:
        """The form of a query's names and values. Raises nothing."""
        given = [(OTHERWISE.get(name, name), value) for name, value in pairs][:400]
        faults: dict[str, str] = {}
        kept: list[tuple[str, str]] = []
        for name, value in given:
            fault = _fault(name, value)
            if fault is None:
                kept.append((name, value))
            else:
                faults[name] = fault
        rest: list[tuple[str, str]] = [(name, value) for name, value in kept if name in _ALONE]
        recipe = Recipe()
        try:
            recipe = Recipe.read(kept)
        except BadInput as error:
            faults.setdefault("", str(error))
            try:
                recipe = Recipe.read(rest)
            except BadInput as error:
                faults.setdefault("tracks", str(error))
        typed = {name: value for name, value in reversed(given) if name in _ALONE and name != "genre"}
        genres = tuple(value for name, value in given if name == "genre" and value.strip())
        unknown = tuple(dict.fromkeys(name[:40] for name, _ in given if name not in NAMES and name not in _ABOUT))
        return cls(recipe, typed, faults, genres, unknown)


def _fault(name: str, value: str) -> str | None:
    if len(value) > MOST_CHARACTERS:
        return f"{name} holds {len(value):,} characters; wanted {MOST_CHARACTERS:,} at most"
    try:
        if name in ("artist", "title"):
            Album(artist=value) if name == "artist" else Album(title=value)
        elif name == "genre":
            Album(genres=(value,))
        elif name == "tracks":
            lines = tuple(line for line in value.splitlines() if line.strip())
            Album(tracks=lines)
        elif name == "year" and value.strip():
            try:
                number = int(value)
            except ValueError:
                return f"“{value[:20]}” is no year; a whole number from {FIRST_YEAR} to {LAST_YEAR}, or nothing"
            Album(year=number)
        elif name in ("seed", "toward", "along", *RELEASE) or name.endswith("-seed"):
            Recipe.read([(name, value)])
    except BadInput as error:
        return str(error)
    return None
