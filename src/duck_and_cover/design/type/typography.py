"""Type: words, a face and a box in; finished outlines out.

    setting = fit("Midnight Harvest", face("caprasimo"), width=0.84, height=0.3)
    title = setting.outline.moved(0.08, 0.08)

Whatever is typed is set exactly so or refused: nothing is clipped, no empty boxes, no letter from a stray
typeface.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np

from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.type import linebreak, writing
from duck_and_cover.design.type.faces import Face
from duck_and_cover.design.type.shaping import Line, set_line
from duck_and_cover.design.type.writing import cased
from duck_and_cover.errors import BadInput, MissingGlyphs

__all__ = ["HANGS", "DoesNotFit", "Line", "MissingGlyphs", "Setting", "cased", "fit", "optical", "set_line"]

Align = Literal["left", "center", "right"]
Valign = Literal["top", "middle", "bottom"]

_CLEARANCE = 0.07
"""Least gap in em between the ink of two lines, accents and descenders included."""

_FOOT = 0.14
"""Room in em that a line keeps under its baseline even without descenders."""

_LINE_COST = 0.02
"""A further line must make the type this much larger to be worth it."""

_CARE = (1.0, 8.0)
"""How strictly bad breaks are avoided, in the two candidates of each number of lines."""

_JUSTIFY_LIMIT = 0.4
"""Letter spacing in em beyond which a justified line is left as it is."""

HANGS = {**dict.fromkeys("\"'“”‘’„‚«»‹›「」『』", 1.0), **dict.fromkeys(".,:;·", 0.8), **dict.fromkeys("-–—…!?", 0.45),
         **dict.fromkeys("()[]", 0.35)}  # fmt: skip
"""How much of a mark hangs outside the edge of a text, of its width."""


class DoesNotFit(BadInput):
    """The text cannot be set in its box at a readable size.

    size:  the em reached, in cover units.
    """

    def __init__(self, text: str, size: float, least: float) -> None:
        shown = text if len(text) <= 40 else text[:37] + "..."
        super().__init__(
            f"{shown!r} fits its box only at {size:.4f} of the cover's height, below the least readable "
            f"{least:.4f}; allow more lines, a larger box or another layout"
        )
        self.text, self.size, self.least = text, size, least


@dataclass(frozen=True)
class Setting:
    """Lines of type placed in a box whose corner is at 0, 0; cover units.

    lines:      as set at 1 em.
    origins:    where the pen of each line starts, on its baseline.
    size:       the em.
    """

    lines: tuple[Line, ...]
    origins: tuple[tuple[float, float], ...] = field(repr=False)
    size: float

    @cached_property
    def outline(self) -> Outline:
        """The ink of all lines."""
        return Outline.joined(
            line.outline.scaled(self.size).moved(x, y) for line, (x, y) in zip(self.lines, self.origins, strict=True)
        )

    @property
    def bounds(self) -> Box:
        """The box around the ink."""
        return self.outline.bounds

    @property
    def face(self) -> Face:
        """The face that drew the words; a sibling when the wanted one lacks their script."""
        return max(self.lines, key=lambda line: line.advance).face

    @property
    def text(self) -> str:
        """What reads on the cover, lines parted by line feeds."""
        return "\n".join(line.text for line in self.lines)

    @property
    def x_height(self) -> float:
        """Height of the small letters."""
        return self.lines[0].x_height * self.size

    @property
    def cap_height(self) -> float:
        """Height of the capitals."""
        return self.lines[0].cap_height * self.size


@dataclass(frozen=True)
class _Stack:
    """Lines at 1 em with their pitch, aligned among themselves; how wide and tall the ink is decides the size.

    Quotation marks, hyphens and stops at the ends of lines hang outside the edge that the letters make.
    """

    lines: tuple[Line, ...]
    pitch: float
    cost: float
    align: Align

    @cached_property
    def starts(self) -> tuple[float, ...]:
        """Where the pen of each line starts, from the edge or the axis on which they are aligned."""
        edges = [(line.ink[0] + hung[0], line.ink[2] - hung[1]) for line in self.lines for hung in [_hung(line)]]
        at = {"left": 0.0, "center": 0.5, "right": 1.0}[self.align]
        return tuple(-(left + at * (right - left)) for left, right in edges)

    @cached_property
    def reach(self) -> tuple[float, float]:
        """How far the ink reaches to the left and to the right of that edge or axis."""
        pairs = list(zip(self.starts, self.lines, strict=True))
        left, right = max(-(x + line.ink[0]) for x, line in pairs), max(x + line.ink[2] for x, line in pairs)
        most = max(left, right)
        return (most, most) if self.align == "center" else (left, right)

    @cached_property
    def width(self) -> float:
        return sum(self.reach)

    @cached_property
    def top(self) -> float:
        return min(line.ink[1] + i * self.pitch for i, line in enumerate(self.lines))

    @cached_property
    def bottom(self) -> float:
        return max(line.ink[3] + i * self.pitch for i, line in enumerate(self.lines))

    def size(self, width: float, height: float) -> float:
        """The largest em at which the ink stays inside."""
        return min(width / max(self.width, 1e-6), height / max(self.bottom - self.top, 1e-6))


def _hung(line: Line) -> tuple[float, float]:
    """How much of the marks at its ends a line hangs outside, left and right, in em."""
    shapes, clusters = line.letters, writing.graphemes(line.text)
    if len(shapes) < 3:
        return 0.0, 0.0
    first, last = (clusters[0], clusters[-1]) if not writing.base_level(line.text) else (clusters[-1], clusters[0])
    left = HANGS.get(first, 0.0) * max(shapes[1].bounds[0] - shapes[0].bounds[0], 0.0)
    right = HANGS.get(last, 0.0) * max(shapes[-1].bounds[2] - shapes[-2].bounds[2], 0.0)
    return left, right


def optical(size: float) -> float:
    """Letter spacing in em that a size asks for beside the face's own: small type is opened, large type closed, as in
    founts cut for each size. Reference: Ahrens & Mugikura 2014, "Size-specific Adjustments to Type Designs".
    """
    return float(np.interp(np.log(size), np.log((0.02, 0.04, 0.1, 0.25)), (0.022, 0.01, 0.0, -0.012)))


def fit(
    text: str,
    face: Face,
    width: float,
    height: float,
    *,
    weight: int | None = None,
    tracking: float | None = None,
    max_lines: int = 3,
    align: Align = "left",
    valign: Valign = "top",
    leading: float = 1.05,
    max_size: float | None = None,
    min_size: float = 0.018,
    justify: bool = False,
) -> Setting:
    """Set a text as large as a box allows, over the line breaks that read best.

    width, height:  of the box, cover units; the ink touches its edges and never crosses them.
    weight:         100 to 900; the face's title weight by default.
    tracking:       letter spacing in em; the face's own by default.
    max_lines:      the most lines; a line feed in the text forces a break and then no others are made.
    align, valign:  of the ink in the box, optically: by ink, not by side bearings.
    leading:        distance of lines over the height of their capitals and descenders; accents may ask for
                    more.
    max_size, min_size:  limits of the em in cover units.
    justify:        open the shorter lines by letter spacing to the width of the longest.
    Raises MissingGlyphs, DoesNotFit, BadInput for an empty text.

    >>> from duck_and_cover.design.type.faces import face
    >>> fit("Midnight Harvest", face("anton"), 0.8, 0.4).text
    'Midnight\\nHarvest'
    """
    forced = [c for part in text.splitlines() if (c := writing.clean(part))]
    if not forced:
        raise BadInput("there is no text to set; give at least one character")
    whole = " ".join(forced)
    if not set_line(whole, face, weight, tracking).outline.verbs.size:  # names missing characters, too
        raise BadInput(f"{whole!r} leaves no ink; give at least one visible character")
    style = _Style(face, weight, tracking, whole, leading, align)
    if len(forced) > 1:
        stacks = [style.stack(forced, 0.0)]
    else:
        stacks = _candidates(whole, style, max_lines, anywhere=False)
        if max(s.size(width, height) for s in stacks) < min_size:
            stacks += _candidates(whole, style, max_lines, anywhere=True)
    cap = max_size or float("inf")
    stack = max(stacks, key=lambda s: min(s.size(width, height), cap) * (1 - s.cost) * (1 - _LINE_COST * len(s.lines)))
    if justify and len(stack.lines) > 1:
        stack = style.justified(stack)
    elif tracking is None and not face.joined:
        spaced = style.opened(stack, optical(min(stack.size(width, height), cap)))
        stack = spaced if spaced.size(width, height) >= min_size else stack
    size = min(stack.size(width, height), cap)
    if size < min_size:
        raise DoesNotFit(whole, size, min_size)
    return _placed(stack, size, width, height, valign)


def _placed(stack: _Stack, size: float, width: float, height: float, valign: Valign) -> Setting:
    slack = height - (stack.bottom - stack.top) * size
    first = slack * {"top": 0.0, "middle": 0.5, "bottom": 1.0}[valign] - stack.top * size
    left, right = stack.reach
    axis = {"left": left * size, "center": width / 2, "right": width - right * size}[stack.align]
    origins = tuple((axis + x * size, first + i * stack.pitch * size) for i, x in enumerate(stack.starts))
    return Setting(stack.lines, origins, size)


@dataclass(frozen=True)
class _Style:
    """What all lines of one setting share."""

    face: Face
    weight: int | None
    tracking: float | None
    whole: str
    leading: float
    align: Align

    def line(self, text: str, tracking: float | None = None) -> Line:
        """One line at 1 em, in the direction and the typefaces of the whole text."""
        tracking = self.tracking if tracking is None else tracking
        return set_line(text, self.face, self.weight, tracking, within=self.whole)

    def stack(self, texts: list[str], cost: float) -> _Stack:
        """Several lines at 1 em."""
        lines = tuple(map(self.line, texts))
        return _Stack(lines, self.pitch(lines), cost, self.align)

    def opened(self, stack: _Stack, by: float) -> _Stack:
        """The same lines with their letters further apart, in em; nearer together where below 0."""
        lines = tuple(self.line(line.text, line.tracking + by) for line in stack.lines)
        return _Stack(lines, self.pitch(lines), stack.cost, self.align)

    def pitch(self, lines: tuple[Line, ...]) -> float:
        """Baseline distance in em: capitals and descenders times the leading, more where ink would touch."""
        pairs = list(pairwise(lines))
        if not pairs:
            return 0.0
        body = max(max(_FOOT, above.ink[3]) + min(below.cap_height, -below.ink[1]) for above, below in pairs)
        touch = max(above.ink[3] - below.ink[1] for above, below in pairs) + _CLEARANCE
        return max(self.leading * body, touch)

    def justified(self, stack: _Stack) -> _Stack:
        """The stack with its shorter lines tracked out to the longest, where that stays readable."""
        lines = tuple(self._stretched(line, stack.width) for line in stack.lines)
        return _Stack(lines, stack.pitch, stack.cost, self.align)

    def _stretched(self, line: Line, width: float) -> Line:
        gaps = len(writing.graphemes(line.text)) - 1
        extra = (width - (line.ink[2] - line.ink[0])) / gaps if gaps else 0.0
        if not 0 < extra <= _JUSTIFY_LIMIT:
            return line
        wider = self.line(line.text, line.tracking + extra)
        return wider if wider.ink[2] - wider.ink[0] <= width + 1e-6 else line


def _candidates(text: str, style: _Style, max_lines: int, anywhere: bool) -> list[_Stack]:
    """Balanced breaks for each number of lines, once for even lines and once for good places."""
    parts = linebreak.pieces(text, anywhere=anywhere)
    widths = [style.line(p.text).advance for p in parts]
    space = max(style.line("n n").advance - 2 * style.line("n").advance, 0.0)
    out = []
    for count in range(1, min(max_lines, len(parts)) + 1):
        for breaks in dict.fromkeys(linebreak.balanced(parts, widths, space, count, c) for c in _CARE):
            texts = [linebreak.joined(parts[a:b]) for a, b in breaks]
            out.append(style.stack(texts, min(linebreak.ugliness(parts, widths, breaks), 0.9)))
    return out
