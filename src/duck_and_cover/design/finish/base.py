"""What a finish is: a name, where it belongs, how it draws, and how it prints type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from duck_and_cover.design.inks.palette import Palette, year_weight
from duck_and_cover.design.sheet.texture import Floats

__all__ = ["Finish", "InkLook"]

Draw = Callable[[Floats, Palette, int, int, float, int], Floats]


@dataclass(frozen=True)
class InkLook:
    """How letters come off this press; the composer gives them the same treatment as the picture.

    mottle:      dry-ink pinholes, 0 solid to 1 starved (`texture.mottle`)
    spread:      how far ink creeps beyond the outline, cover units; negative for toner that eats the edge
    misregister: reach of a second colour's slip, cover units (`texture.misregistration`)
    grain:       deviation of the grain over everything, sRGB
    glow:        strength of a halo of light round the letters, 0 to 1
    """

    mottle: float = 0.0
    spread: float = 0.0
    misregister: float = 0.0
    grain: float = 0.0
    glow: float = 0.0


@dataclass(frozen=True)
class Finish:
    """One way to turn small art into a printed picture.

    draw:     `draw(art, palette, width_px, height_px, px_per_cover, seed)`: art `(h, w, 3)` float32 sRGB 0
              to 1, small; gives `(height_px, width_px, 3)` float32 sRGB 0 to 1. Frequencies and widths
              refer to the cover unit of `px_per_cover` pixels, so a box inside a layout has the same screen
              as a full front.
    families: affinity 0 to 1 by genre family; a family that is missing has 0.
    years:    the years it evokes, None leaves an end open.
    paper:    amount for `texture.paper` on the bare parts of the cover around the picture.
    from_ink: whether only the palette's inks appear (False: the art's own colours pass through).
    """

    name: str
    sentence: str
    families: Mapping[str, float]
    years: tuple[int | None, int | None]
    draw: Draw
    ink: InkLook
    paper: float = 0.0
    from_ink: bool = True

    def __post_init__(self) -> None:
        if any(not 0 < weight <= 1 for weight in self.families.values()):
            raise ValueError(f"finish {self.name!r}: an affinity lies above 0 and up to 1, found {dict(self.families)}")

    def weight(self, family: str, year: int | None = None) -> float:
        """How well it suits a genre family and a year."""
        return self.families.get(family, 0.0) * year_weight(self.years, year)
