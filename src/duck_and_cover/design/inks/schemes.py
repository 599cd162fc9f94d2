"""Colour schemes of real sleeves as palettes: the typical ones that `priors/covers.json` holds, made fit to print.

A scheme is five colours in OKLab with their shares of the area. On paper its colours are pulled apart in lightness, as
those of art are (`palette.from_colours`); which are likely on covers of a genre and year `Prior.schemes` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from duck_and_cover import colour
from duck_and_cover.design.choosing.prior import typical_palettes
from duck_and_cover.design.inks.palette import Palette, from_colours, named
from duck_and_cover.errors import BadInput, UnknownChoice

__all__ = ["OWN", "PREFIX", "drawer", "palette_named", "schemes"]

PREFIX = "sleeve "
"""Names of these palettes are this and their number, from the darkest scheme to the lightest."""

OWN = "own "
"""Palettes of one's own are this and their colours: `own f3ead6 17130f e2571e 1f6f8c`, paper, inks, accent."""


@lru_cache(maxsize=1)
def schemes() -> Mapping[str, Palette]:
    """Every scheme by name, "sleeve 01" onwards."""
    return MappingProxyType({
        name: from_colours(name, colours[:, :3], colours[:, 3], seed=int(label))
        for label, colours in typical_palettes().items()
        for name in [PREFIX + label]
    })  # fmt: skip


@lru_cache(maxsize=1)
def drawer() -> Mapping[str, Palette]:
    """All palettes by name: the named inks of an era and the schemes of real sleeves."""
    return MappingProxyType({**named(), **schemes()})


def palette_named(name: str) -> Palette:
    """A palette of the drawer, or one of one's own: paper, two to six inks and an accent, as in `OWN`.

    Raises UnknownChoice for another name, BadInput for colours that make no palette.
    """
    if not name.startswith(OWN):
        if name not in drawer():
            raise UnknownChoice("palette", name, drawer())
        return drawer()[name]
    written = name.removeprefix(OWN).split()
    try:
        if len(written) < 4:
            raise ValueError(f"{len(written)} colours")
        paper, *inks, accent = (colour.parse_hex(f"#{each}") for each in written)
        return Palette(name, paper, tuple(inks), accent)
    except ValueError as error:
        raise BadInput(f"palette {name!r}: {error}; wanted paper, two to six inks and an accent, dark and light among "
                       f"them, as in '{OWN}f3ead6 17130f e2571e 1f6f8c'") from error  # fmt: skip
