"""The paste-up: a sheet on which colour, pictures and words are laid in millimetres, until it goes to the press.

    H W  pixels of the sheet with its bleed

Grounds are drawn by the front's own finish, on its paper and in its screen, at the size they are printed. Inks are
chosen by what lies beneath (`ink`'s rule: the fifth percentile of the contrast); where none reads, the ground is held
back until one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.colour import Colour
from duck_and_cover.cover import Pixels
from duck_and_cover.design.compose import Design, Layer, Words
from duck_and_cover.design.inks import ink
from duck_and_cover.design.pieces.letters import Text
from duck_and_cover.design.pieces.sheet import Piece, Sheet
from duck_and_cover.design.shapes.coverage import rasterised
from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.sheet import texture
from duck_and_cover.design.style import Seeds, Style

__all__ = ["DPI", "Pasteup"]

DPI = 300.0
_LARGE_PT = 18.0
"""Type from this size on is large (WCAG 2.2, 1.4.3)."""

_VIEW_PX = 160
"""A text's ground is looked at reduced to so many pixels a side, as a reader's eye does."""

_AROUND_MM = 0.7
"""How far around letters the ground counts."""

_WISHED = 1.4
"""Contrast of large type beyond the least that is still worth some colour: names on a back shall shine, not sulk."""

_STEPS = (0.4, 0.55, 0.7, 0.82, 0.9, 0.96, 1.0)


@dataclass(eq=False)
class Pasteup:
    """A sheet in the making.

    cover_mm:  side of the front that this belongs to: the finish's screen and the paper are as large as on that.
    """

    sheet: Sheet
    style: Style
    seeds: Seeds
    cover_mm: float
    dpi: float = DPI
    words: list[Words] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    ground: Pixels = field(init=False, repr=False)

    def __post_init__(self) -> None:
        wide, tall = self.sheet.px(self.dpi)
        self.ground = np.empty((tall, wide, 3), np.uint8)

    @property
    def whole(self) -> Box:
        """The trim, mm."""
        return (0.0, 0.0, self.sheet.width_mm, self.sheet.height_mm)

    def pixels(self, box: Box) -> tuple[int, int, int, int]:
        """The pixels of a box of millimetres, left, top, right, bottom; what reaches the trim reaches the bleed."""
        wide, tall = self.sheet.width_mm, self.sheet.height_mm
        bleed, per = self.sheet.bleed_mm, self.dpi / 25.4
        left, top, right, bottom = box
        x0 = 0 if left <= 1e-6 else round((left + bleed) * per)
        y0 = 0 if top <= 1e-6 else round((top + bleed) * per)
        x1 = self.ground.shape[1] if right >= wide - 1e-6 else round((right + bleed) * per)
        y1 = self.ground.shape[0] if bottom >= tall - 1e-6 else round((bottom + bleed) * per)
        return x0, y0, x1, y1

    @property
    def px_per_cover(self) -> float:
        """Pixels of the front's side at this sheet's resolution."""
        return self.cover_mm / 25.4 * self.dpi

    # -- colour and pictures -----------------------------------------------------------------------------------

    def bare(self, box: Box, tone: Colour, seed: int = 0) -> None:
        """A flat colour on the finish's paper, with its dry ink and grain; plain paper takes no ink."""
        x0, y0, x1, y1 = self.pixels(box)
        wide, tall, per = x1 - x0, y1 - y0, self.px_per_cover
        look, number = self.style.finish.ink, self.seeds.finish + seed
        share = texture.paper(number, wide, tall, per, self.style.finish.paper)
        if tone != self.style.palette.paper:
            took = texture.mottle(number + 9, wide, tall, per, 0.5 * look.mottle)
            share *= 1 - 0.12 * (1 - took.astype(np.float32) / 255)
        if look.grain > 0:
            share += texture.grain(number + 5, wide, tall, per) * np.float32(look.grain)
        for c in range(3):
            self.ground[y0:y1, x0:x1, c] = cv2.convertScaleAbs(share, alpha=255 * tone[c])

    def picture(self, box: Box, art: NDArray[np.float32]) -> None:
        """Art, (h, w, 3) 0 to 1 in the box's proportions, drawn by the finish."""
        x0, y0, x1, y1 = self.pixels(box)
        drawn = self.style.finish.draw(art, self.style.palette, x1 - x0, y1 - y0, self.px_per_cover, self.seeds.finish)
        self.ground[y0:y1, x0:x1] = cv2.convertScaleAbs(drawn, alpha=255)

    def fade(self, box: Box, share: NDArray[np.float32], toward: Colour) -> None:
        """Hold a box back by (h, w) shares 0 to 1, of any size, towards a colour."""
        x0, y0, x1, y1 = self.pixels(box)
        part = self.ground[y0:y1, x0:x1]
        field_ = cv2.resize(np.ascontiguousarray(share, np.float32), (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
        for c in range(3):
            plane = part[..., c].astype(np.float32)
            plane += field_ * (np.float32(255 * toward[c]) - plane)
            part[..., c] = cv2.convertScaleAbs(plane)

    def stroke(self, outline: Outline, tone: Colour) -> None:
        """A solid shape on the ground, mm: a rule, a ring, a patch."""
        bleed, per = self.sheet.bleed_mm, self.dpi / 25.4
        left, top, right, bottom = outline.bounds
        x0, y0 = max(0, int((left + bleed) * per) - 1), max(0, int((top + bleed) * per) - 1)
        x1 = min(self.ground.shape[1], int((right + bleed) * per) + 2)
        y1 = min(self.ground.shape[0], int((bottom + bleed) * per) + 2)
        vertices, contours = outline.flattened(0.1 / per)
        share = rasterised((vertices + bleed) * per - (x0, y0), contours, x1 - x0, y1 - y0)
        part = self.ground[y0:y1, x0:x1]
        for c in range(3):
            plane = part[..., c].astype(np.float32)
            part[..., c] = cv2.convertScaleAbs(plane + share * (np.float32(255 * tone[c]) - plane))

    def front(self, box: Box, design: Design) -> None:
        """A composed front in a square box, its ground mirrored into the bleed; its words stay outlines."""
        assert design.ground is not None
        left, top, right, _ = box
        bleed, per = self.sheet.bleed_mm, self.dpi / 25.4
        x0, y0, x1, y1 = self.pixels(box)
        a, b = max(0, round((left + bleed) * per) - x0), max(0, round((top + bleed) * per) - y0)
        size = design.size_px
        c, d = max(0, x1 - x0 - a - size), max(0, y1 - y0 - b - size)
        wide = cv2.copyMakeBorder(design.ground, b, d, a, c, cv2.BORDER_REFLECT_101)
        self.ground[y0:y1, x0:x1] = wide[: y1 - y0, : x1 - x0]
        side = right - left
        for one in design.words:
            layers = tuple(Layer(each.outline.scaled(side).moved(left, top), each.colour, each.spread * side)
                           for each in one.layers)  # fmt: skip
            self.words.append(Words(f"front {one.name}", one.text, layers))

    # -- words -------------------------------------------------------------------------------------------------

    def luminances(self, texts: Iterable[Text], within: Box | None = None) -> NDArray[np.float32]:
        """Luminance of the ground in and around the boxes of texts, sorted; only within a box, where one is given."""
        table = colour.srgb_to_linear(np.arange(256, dtype=np.float32) / 255)
        found = []
        for text in texts:
            x0, y0, x1, y1 = self._around(text.bounds, within)
            part = self.ground[y0:y1, x0:x1]
            scale = min(1.0, max(_VIEW_PX / max(part.shape[:2]), 0.5))
            if scale < 1:
                size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
                part = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
            found.append((table[np.asarray(part, np.uint8)] @ np.array([0.2126, 0.7152, 0.0722], np.float32)).ravel())
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.float32)

    def _around(self, box: Box, within: Box | None, pad: float = _AROUND_MM) -> tuple[int, int, int, int]:
        bleed, per = self.sheet.bleed_mm, self.dpi / 25.4
        tall, wide = self.ground.shape[:2]
        left, top, right, bottom = (v + bleed for v in box)
        x0, y0, x1, y1 = (0, 0, wide, tall) if within is None else self.pixels(within)
        return (max(x0, int((left - pad) * per)), max(y0, int((top - pad) * per)),
                min(x1, int((right + pad) * per) + 1), min(y1, int((bottom + pad) * per) + 1))  # fmt: skip

    def type(self, texts: Sequence[Text], *, toward: Colour | None = None, within: Box | None = None) -> None:
        """Print texts, one ink a tone; the ground beneath is held back, towards a colour, where no ink reads.

        within:  a panel that their ground does not reach beyond.
        """
        taken: tuple[Colour, ...] = ()
        for tone in ("plain", "loud", "quiet"):
            group = [text for text in texts if text.tone == tone and len(text.outline)]
            if not group:
                continue
            least = ink.LARGE if min(text.size_pt for text in group) >= _LARGE_PT else ink.SMALL
            choice, reached = self._ink(group, tone == "loud", least * ink.SPARE, within, taken)
            if reached < least * ink.SPARE:
                choice, reached = self._held_back(group, tone == "loud", least * ink.SPARE, within, toward)
            taken = (*taken, choice)
            for text in group:
                self.words.append(Words(text.name, text.text, (Layer(text.outline, choice, 0.0),)))
            self.told.append({
                "tone": tone, "texts": len(group), "least_pt": round(min(text.size_pt for text in group), 2),
                "colour": colour.format_hex(choice), "contrast_p5": round(reached, 2), "contrast_needed": least,
            })  # fmt: skip

    def _ink(self, texts: Sequence[Text], loud: bool, least: float, within: Box | None,
             taken: tuple[Colour, ...] = ()) -> tuple[Colour, float]:  # fmt: skip
        ground = self.luminances(texts, within)
        best: tuple[float, Colour, float] | None = None
        for one, welcome in ink.candidates(self.style.palette, loud):
            reached = ink.fifth(one, ground)
            wished = max(0.0, 1 - reached / (_WISHED * least)) if least < ink.SMALL else 0.0
            score = welcome + 0.05 * min(reached / least, 2.5) - 0.1 * (one in taken) - 1.5 * wished
            score = 1 + score if reached >= least else 0.5 * reached / least
            if best is None or score > best[0]:
                best = (score, one, reached)
        assert best is not None
        return best[1], best[2]

    def _held_back(self, texts: Sequence[Text], loud: bool, least: float, within: Box | None,
                   toward: Colour | None) -> tuple[Colour, float]:  # fmt: skip
        """Fade the boxes of texts, in place, until an ink reads on all of them."""
        middle = float(np.median(self.luminances(texts, within)))
        goal = ink.near(self.style.palette, dark=middle <= ink.MIDDLE) if toward is None else toward
        before = 0.0
        choice, reached = self._ink(texts, loud, least, within)
        for step in _STEPS:
            share = 1 - (1 - step) / (1 - before) if before < 1 else 0.0
            for text in texts:
                x0, y0, x1, y1 = self._around(text.bounds, within, 2 * _AROUND_MM)
                part = self.ground[y0:y1, x0:x1].astype(np.float32)
                part += np.float32(share) * (np.asarray(goal, np.float32) * 255 - part)
                self.ground[y0:y1, x0:x1] = cv2.convertScaleAbs(part)
            before = step
            choice, reached = self._ink(texts, loud, least, within)
            if reached >= least:
                break
        return choice, reached

    def piece(self, **report: Any) -> Piece:
        """The sheet, ready for the press."""
        return Piece(self.sheet, self.ground, tuple(self.words), self.dpi, {**report, "inks": self.told})
