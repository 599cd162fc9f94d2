"""The picture facing itself: noise turns into a skull, an insect, an altar."""

from __future__ import annotations

from duck_and_cover.design.finish.base import Finish, InkLook
from duck_and_cover.design.finish.contours import print_steps
from duck_and_cover.design.finish.plate import Bed
from duck_and_cover.design.finish.prepare import prepare
from duck_and_cover.design.inks.palette import Palette
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["draw"]


def draw(art: Floats, palette: Palette, width_px: int, height_px: int, px_per_cover: float, seed: int) -> Floats:
    """Inked flat colours, symmetrical about the upright middle."""
    bed = Bed(width_px, height_px, px_per_cover, seed)
    drawing = prepare(
        art,
        bed.width,
        bed.height,
        seed,
        simplify=0.8,
        warp=0.009,
        equalise=0.65,
        shock=6,
        knife=52,
        mirror=True,
    )
    steps = min(6, max(4, len(palette.colours) + 1))
    return print_steps(bed, drawing, palette, steps, line=0.0032, shade=1.0)


FINISH = Finish(
    "mirror",
    "Half the picture facing its reflection in inked flat colours, so that shapes become a mask or a temple.",
    {
        "metal": 1.0,
        "electronic": 0.4,
        "rock": 0.5,
        "experimental": 0.5,
        "techno": 0.4,
        "world": 0.4,
        "punk": 0.3,
    },
    (1968, None),
    draw,
    InkLook(mottle=0.25, spread=0.0006, grain=0.01),
    paper=0.7,
)
