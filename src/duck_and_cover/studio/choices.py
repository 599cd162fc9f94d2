"""What there is to choose from: genres as one types, and the names on each axis with what they are."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from duck_and_cover.genres import known_genres, nearest, normal

__all__ = ["axis_names", "engines", "genres_like", "swatches"]

MOST = 9


@lru_cache(512)
def genres_like(text: str, most: int = MOST) -> tuple[str, ...]:
    """Listed genres that a text begins, or that hold it, or that are nearest where few do; popular ones first.

    >>> genres_like("thrash")[0]
    'thrash metal'
    """
    wanted = normal(text[:80])
    if not wanted:
        return known_genres()[:most]
    found: list[tuple[int, bool, int, str]] = []
    for rank, (name, plain) in enumerate(_plain()):
        at = plain.find(wanted)
        if at >= 0:
            place = 0 if at == 0 else 1 if plain[at - 1] in " -/&" else 2
            found.append((place, " " in plain, rank, name))
    listed = [name for *_, name in sorted(found)[:most]]
    if len(listed) < 3 and len(wanted) > 2:
        listed += [name for name in nearest(wanted, most) if name not in listed][: most - len(listed)]
    return tuple(listed)


@lru_cache(1)
def _plain() -> tuple[tuple[str, str], ...]:
    return tuple((name, normal(name)) for name in known_genres())


@lru_cache(8)
def axis_names(axis: str) -> Mapping[str, str]:
    """Name -> what it is, on an axis of style. Raises `UnknownChoice`."""
    from duck_and_cover.design.axes import names

    return names(axis)


@lru_cache(1)
def swatches() -> Mapping[str, tuple[str, ...]]:
    """Palette -> its paper, inks and accent as #rrggbb."""
    from duck_and_cover.colour import format_hex
    from duck_and_cover.design.inks.schemes import drawer

    return {
        name: tuple(format_hex(one) for one in (each.paper, *each.inks, each.accent)) for name, each in drawer().items()
    }


@lru_cache(1)
def engines() -> tuple[dict[str, Any], ...]:
    """The networks that ship, the usual one first: name and model card."""
    from duck_and_cover.generation.engine import DEFAULT_ENGINE, engine_names, shelf

    out = []
    for name in sorted(engine_names(), key=lambda name: name != DEFAULT_ENGINE):
        card = shelf() / name / "card.md"
        out.append({"name": name, "card": card.read_text("utf-8") if card.is_file() else ""})
    return tuple(out)
