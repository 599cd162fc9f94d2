"""Letters in millimetres: a style's voices at sizes of a typographic scale, lines of type in their place.

Lengths of a `Run` are in em, the size of its type; those of a `Text` in millimetres.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Literal

import numpy as np

from duck_and_cover.design.shapes.outline import Box, Outline
from duck_and_cover.design.style import Style
from duck_and_cover.design.type import bends, effects, linebreak
from duck_and_cover.design.type.faces import Case, Face, face
from duck_and_cover.design.type.typography import Align, cased, fit, optical, set_line
from duck_and_cover.errors import BadInput

__all__ = [
    "LEAST_PT",
    "LEGAL_PT",
    "PT_MM",
    "SCALE_PT",
    "Run",
    "Text",
    "Voice",
    "fitted",
    "lined",
    "reach",
    "readers",
    "ringed",
    "scaled_down",
    "small_print",
    "voices",
    "wrapped",
]

PT_MM = 25.4 / 72
"""Millimetres of a point, as desktop publishing has it."""

SCALE_PT = (5, 5.5, 6, 6.5, 7, 7.5, 8, 8.5, 9, 10, 11, 12, 14, 16, 18, 21, 24, 28, 32, 36, 42, 48, 60, 72, 96, 120)
"""Sizes that type is set in."""

LEAST_PT, LEGAL_PT = 6.0, 5.0
"""The smallest type of a piece, and of its legal line."""

_UNIT_MM = 120.0
"""The cover whose units `typography` is asked in: what a size looks like in the hand is a matter of millimetres."""

_LEAST_X = 0.42
"""Height of small letters in em below which a face is set larger than `LEAST_PT`, so that it reads as well."""

_PHONOGRAM = "℗"
"""No typeface of ours has this sign; it is drawn as a letter in a ring."""

Tone = Literal["plain", "loud", "quiet"]


@dataclass(frozen=True)
class Run:
    """A line at 1 em: the ink of its letters, on a baseline at y = 0, and how far the pen went."""

    letters: tuple[Outline, ...] = field(repr=False)
    advance: float

    @cached_property
    def outline(self) -> Outline:
        """The ink."""
        return Outline.joined(self.letters)

    @cached_property
    def ink(self) -> Box:
        """The box around the ink, em."""
        return self.outline.bounds


@dataclass(frozen=True)
class Voice:
    """A face as a piece speaks with it.

    spacing: letter spacing in em beside the face's own.
    """

    face: Face
    weight: int
    case: Case = "as typed"
    spacing: float = 0.0

    def run(self, text: str, within: str | None = None, size_pt: float = 8.0) -> Run:
        """One line at 1 em, spaced as the size asks. within: the whole text it is a part of."""
        return _run(text, self, within, round(size_pt))

    def figures(self, text: str, size_pt: float = 8.0) -> Run:
        """Figures of one width each, so that they stand below each other."""
        return _figures(text, self, round(size_pt))

    @property
    def least_pt(self) -> float:
        """The size below which this face is not set."""
        return LEAST_PT * min(1.5, max(1.0, _LEAST_X / max(set_line("x", self.face, self.weight).x_height, 0.1)))


@dataclass(frozen=True)
class Text:
    """Words in their place. outline: mm. loud words like colour, quiet ones are printed smaller or paler."""

    text: str
    outline: Outline = field(repr=False)
    size_pt: float
    tone: Tone = "plain"
    name: str = "text"

    def moved(self, dx: float, dy: float) -> Text:
        """The same elsewhere, mm."""
        return replace(self, outline=self.outline.moved(dx, dy))

    def turned(self, box: Box, turn: int) -> Text:
        """From a strip whose corner is at 0, 0 into a box of a sheet, turned clockwise by 0, 90 or 270 degrees."""
        left, top, right, bottom = box
        if turn == 90:
            return replace(self, outline=self.outline.transformed([[0, -1, right], [1, 0, top]]))
        if turn == 270:
            return replace(self, outline=self.outline.transformed([[0, 1, left], [-1, 0, bottom]]))
        return self.moved(left, top)

    @property
    def bounds(self) -> Box:
        """The box around its ink, mm."""
        return self.outline.bounds


def voices(style: Style) -> tuple[Voice, Voice]:
    """The loud voice of a style, for names, and its quiet one, for all that is read."""
    return Voice(style.lead_face, style.lead_weight, style.case), Voice(style.second_face, style.second_weight)


def readers(style: Style) -> tuple[Voice, ...]:
    """The voices for lists, best first: the quiet one, and a narrow face for lists that it cannot hold."""
    return voices(style)[1], Voice(face("roboto-condensed"), 400)


def scaled_down(most_pt: float, least_pt: float) -> list[float]:
    """Sizes of the scale, the largest first; the least itself is the last."""
    return [float(pt) for pt in reversed(SCALE_PT) if least_pt < pt <= most_pt] + [least_pt]


@lru_cache(2048)
def _run(text: str, voice: Voice, within: str | None, size_pt: int) -> Run:
    shown = cased(text, voice.case)
    whole = None if within is None else cased(within.replace(_PHONOGRAM, " "), voice.case)
    if _PHONOGRAM in shown:
        return _with_sign(shown, voice, size_pt)
    first = set_line(shown, voice.face, voice.weight, None, within=whole)
    if voice.face.joined:
        return Run(first.letters, first.advance)
    spaced = max(first.tracking, -0.01) + optical(max(size_pt, 4) * PT_MM / _UNIT_MM) + voice.spacing
    line = set_line(shown, voice.face, voice.weight, spaced, within=whole)
    return Run(line.letters, line.advance)


def _with_sign(text: str, voice: Voice, size_pt: int) -> Run:
    parts, pen = [], 0.0
    for number, part in enumerate(text.split(_PHONOGRAM)):
        if number:
            sign = _sign(voice)
            parts += [letter.moved(pen, 0.0) for letter in sign.letters]
            pen += sign.advance
        if part:
            pen += 0.25 * (part[0] == " ")
            run = voice.run(part, size_pt=size_pt) if part.strip() else Run((), 0.0)
            parts += [letter.moved(pen, 0.0) for letter in run.letters]
            pen += run.advance + 0.25 * (part[-1] == " " and bool(part.strip()))
    return Run(tuple(parts), pen)


def _sign(voice: Voice) -> Run:
    """A P in a ring that is as large as the face's own sign of copyright."""
    left, top, right, bottom = set_line("©", voice.face, voice.weight).outline.bounds
    letter = set_line("P", voice.face, voice.weight).outline
    x, y, radius = (left + right) / 2, (top + bottom) / 2, min(right - left, bottom - top) / 2
    angles = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    disc = Outline.polygon(np.column_stack([x + radius * np.cos(angles), y + radius * np.sin(angles)]))
    ring = effects.without(disc, Outline.polygon((disc.points - (x, y)) * 0.86 + (x, y)))
    box = letter.bounds
    share = 0.95 * radius / (box[3] - box[1])
    small = letter.moved(-(box[0] + box[2]) / 2, -(box[1] + box[3]) / 2).scaled(share).moved(x, y)
    return Run((ring + small,), right + left)


@lru_cache(1024)
def _figures(text: str, voice: Voice, size_pt: int) -> Run:
    digits = "0123456789"
    runs = {char: set_line(char, voice.face, voice.weight, 0.0) for char in {*text, *digits} - {" "}}
    cell = max(runs[c].advance for c in digits) + 0.5 * optical(max(size_pt, 4) * PT_MM / _UNIT_MM)
    parts, pen = [], 0.0
    for char in text:
        wide = cell if char.isdigit() else runs[char].advance if char in runs else 0.3
        if char in runs:
            parts.append(runs[char].outline.moved(pen + (wide - runs[char].advance) / 2, 0.0))
        pen += wide
    return Run(tuple(parts), pen)


def wrapped(text: str, voice: Voice, width_em: float, most_lines: int = 12,
            hard: bool = False) -> tuple[str, ...] | None:  # fmt: skip
    """A text broken into the fewest lines of at most so many em, evenly, without lone short words; None where it
    takes more lines than `most_lines`. hard: words may be broken, too, where nothing else helps.
    """
    if voice.run(text).advance <= width_em:
        return (text,)
    for anywhere in (False, True) if hard else (False,):
        parts = linebreak.pieces(text, anywhere=anywhere)
        widths = [voice.run(part.text, within=text).advance for part in parts]
        space = max(voice.run("n n").advance - 2 * voice.run("n").advance, 0.1)
        whole = sum(widths) + space * sum(part.space for part in parts[1:])
        if max(widths) > width_em:
            continue
        for count in range(max(2, int(np.ceil(whole / width_em))), min(most_lines, len(parts)) + 1):
            lines = [linebreak.joined(parts[a:b]) for a, b in linebreak.balanced(parts, widths, space, count)]
            if max(voice.run(line, within=text).advance for line in lines) <= width_em:
                return tuple(lines)
    return None


def fitted(text: str, voice: Voice, width: float, height: float, *, most_pt: float, least_pt: float = LEAST_PT,
           max_lines: int = 3, align: Align = "left", tone: Tone = "loud", name: str = "text") -> Text:  # fmt: skip
    """A text as large as a box of millimetres allows, its ink in the box's upper left, upper middle or upper right.

    Raises `typography.DoesNotFit` where it cannot be set in `least_pt`.
    """
    setting = fit(
        cased(text, voice.case), voice.face, width / _UNIT_MM, height / _UNIT_MM, weight=voice.weight,
        max_lines=max_lines, align=align, max_size=most_pt * PT_MM / _UNIT_MM, min_size=least_pt * PT_MM / _UNIT_MM,
    )  # fmt: skip
    return Text(text, setting.outline.scaled(_UNIT_MM), setting.size * _UNIT_MM / PT_MM, tone, name)


def small_print(text: str, voice: Voice, width: float, height: float, *, most_pt: float, align: Align = "left",
                name: str = "legal") -> Text:  # fmt: skip
    """A text in lines of one size, its ink from x = 0, y = 0, mm; it may hold the sign of sound recordings.

    Raises `BadInput` where a box of millimetres does not hold it in `LEGAL_PT`.
    """
    for size in scaled_down(max(most_pt, LEGAL_PT), LEGAL_PT):
        em = size * PT_MM
        lines = wrapped(text, voice, width / em, most_lines=8, hard=size == LEGAL_PT)
        if lines is None:
            continue
        runs = [voice.run(line, within=text, size_pt=size) for line in lines]
        wide = max(run.ink[2] - run.ink[0] for run in runs)
        shift = {"left": 0.0, "center": 0.5, "right": 1.0}[align]
        shapes = [run.outline.moved(shift * (wide - run.ink[2] + run.ink[0]) - run.ink[0], 1.25 * i)
                  for i, run in enumerate(runs)]  # fmt: skip
        outline = Outline.joined(shapes).scaled(em)
        outline = outline.moved(0.0, -outline.bounds[1])
        if outline.bounds[3] <= height and outline.bounds[2] <= width + 1e-6:
            return Text(text, outline, size, "quiet", name)
    raise BadInput(f"{text!r} does not fit {width:.0f} x {height:.0f} mm at {LEGAL_PT:.0f} pt; shorten it")


def lined(text: str, voice: Voice, size_pt: float, *, tone: Tone = "plain", name: str = "text") -> Text:
    """One line, its ink from x = 0, its baseline at y = 0, mm."""
    run = voice.run(text, size_pt=size_pt)
    return Text(text, run.outline.moved(-run.ink[0], 0.0).scaled(size_pt * PT_MM), size_pt, tone, name)


def ringed(text: str, voice: Voice, size_pt: float, radius: float, *, foot: bool = True, tone: Tone = "quiet",
           name: str = "text") -> Text | None:  # fmt: skip
    """One line round a circle about 0, 0, inside it at its foot or outside it at its head, mm; None where it would go
    round more than a third.
    """
    run = voice.run(text, size_pt=size_pt)
    em = size_pt * PT_MM
    if run.advance * em > 2.1 * radius:
        return None
    letters = [letter.scaled(em) for letter in run.letters]
    return Text(text, bends.along(letters, bends.circle(0.0, 0.0, radius, foot=foot)), size_pt, tone, name)


def reach(texts: Iterable[Text]) -> Box:
    """The box around the ink of texts, mm."""
    boxes = np.array([text.bounds for text in texts])
    low, high = boxes[:, :2].min(0), boxes[:, 2:].max(0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
