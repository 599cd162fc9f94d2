"""Finishes: ways to turn small, blurred art into a picture with real detail at 3000 px. One file a finish.

A new finish is one new file with a `FINISH` and one entry in the tuple below.
"""

from __future__ import annotations

from duck_and_cover.design.finish import (
    contours,
    engraving,
    film,
    halftone,
    isolines,
    mirror,
    neon,
    paint,
    ridges,
    riso,
    rosette,
    tiles,
    woodcut,
    xerox,
)
from duck_and_cover.design.finish.base import Finish, InkLook

FINISHES: tuple[Finish, ...] = (
    halftone.FINISH,
    contours.FINISH,
    isolines.FINISH,
    riso.FINISH,
    engraving.FINISH,
    woodcut.FINISH,
    neon.FINISH,
    paint.FINISH,
    film.FINISH,
    xerox.FINISH,
    mirror.FINISH,
    tiles.FINISH,
    ridges.FINISH,
    rosette.FINISH,
)
"""Every finish, in the order in which they are shown."""


def finish_named(name: str) -> Finish:
    """The finish of that name.

    Raises KeyError with the names that exist.
    """
    for finish in FINISHES:
        if finish.name == name:
            return finish
    raise KeyError(f"no finish is called {name!r}; there are {', '.join(f.name for f in FINISHES)}")


def finishes_for(family: str, year: int | None = None) -> list[tuple[Finish, float]]:
    """Finishes that suit a genre family and a year, best first, with weights above 0 for a weighted choice.

    A family nobody has heard of gets all of them at a low weight.
    """
    found = [(finish, finish.weight(family, year)) for finish in FINISHES if finish.weight(family, year) > 0]
    return sorted(found or [(finish, 0.1) for finish in FINISHES], key=lambda pair: -pair[1])


__all__ = ["FINISHES", "Finish", "InkLook", "finish_named", "finishes_for"]
