"""Colour schemes of real sleeves as palettes: the typical ones that `priors/covers.json` holds, made fit to print.

A scheme is five colours in OKLab with their shares of the area. On paper its colours are pulled apart in lightness, as
those of art are (`palette.from_colours`); which are likely on covers of a genre and year `Prior.schemes` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

from duck_and_cover.design.palette import Palette, from_colours, named
from duck_and_cover.design.prior import typical_palettes

__all__ = ["PREFIX", "drawer", "schemes"]

PREFIX = "sleeve "
"""Names of these palettes are this and their number, from the darkest scheme to the lightest."""


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
