"""What is measured and read on one sleeve, for benchmarks/sleeves.py."""

from __future__ import annotations

import functools
import math
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover import colour
from duck_and_cover.cover import Pixels
from duck_and_cover.design.compose import Design
from duck_and_cover.design.inks import ink
from duck_and_cover.design.layouts.layout import Placed
from duck_and_cover.design.shapes.outline import Outline
from duck_and_cover.design.type.faces import face
from duck_and_cover.design.type.typography import set_line
from duck_and_cover.design.type.writing import cased

READ_PX = 640
"""Side to which the eye for words reduces a picture before it looks for lines."""

CROP_EM_PX = (60, 36, 100)
"""Heights of an em in the crops that are read, until one is read exactly: the eye has sizes it reads best."""

FEWEST = 4
"""A title of fewer letters must be read alone in its place; a longer one anywhere on the front will do."""

Line = tuple[tuple[float, float], float, str]
"""Centre, height and words of a line that was read; cover units."""


# ------------------------------------------------------------------------------------------------------- measured


def margin(design: Design) -> float:
    """How near the letters come to the edge, cover units; below 0 where anything printed with them is cut off."""
    nearest = min((_inside(text.outline) for text in design.plan.texts), default=0.5)
    printed = (_inside(layer.outline) - max(layer.spread, 0) for words in design.words for layer in words.layers)
    cut = min(printed, default=0.5)
    return round(min(nearest, cut) if cut < 0 else nearest, 4)


def _inside(outline: Outline) -> float:
    left, top, right, bottom = outline.bounds
    return min(left, top, 1 - right, 1 - bottom)


def overlap(design: Design, size_px: int = 1000) -> int:
    """Pixels, of a cover of so many, where letters of two texts lie on each other."""
    covered = [text.outline.coverage(size_px) > 0.5 for text in design.plan.texts]
    return int(sum((a & b).sum() for i, a in enumerate(covered) for b in covered[i + 1 :]))


def contrast_on(pixels: Pixels, outline: Outline, spread: float = 0.0) -> float:
    """Fifth percentile of the WCAG contrast between letters and what surrounds them, on finished pixels.

    The design measures the ink against the ground under and around it before it prints. Here each pixel just beside a
    letter (seen at 600 px) is held against the ink as it was printed near it, with all that lies between: grain, wear,
    glow, shadow, line.
    """
    size, view = len(pixels), min(ink.VIEW, len(pixels))
    tone = colour.luminance(pixels.astype(np.float32) / 255)
    core = (outline.coverage(size) > 0.9).astype(np.float32)

    def small(field: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(field, (view, view), interpolation=cv2.INTER_AREA), np.float32)

    share = cv2.GaussianBlur(small(core), (0, 0), 0.01 * view)
    inked = cv2.GaussianBlur(small(tone * core), (0, 0), 0.01 * view) / np.maximum(share, 1e-6)
    reach = max(1, round(2 * ink.AROUND * view)) | 1
    wide = cv2.dilate(outline.coverage(view), cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    beside = (wide > 0.25) & (outline.coverage(view, embolden=spread + 0.5 / view) < 0.02) & (share > 1e-4)
    if not beside.any():
        return 21.0
    own, other = inked[beside] + 0.05, small(tone)[beside] + 0.05
    return float(np.percentile(np.maximum(own / other, other / own), 5))


def is_complete(shown: str, typed: str) -> bool:
    """Whether a text is what was typed, but for letter case and where its lines end."""
    one, other = ("".join(cased("".join(text.split()), "upper").casefold().split()) for text in (shown, typed))
    return one == other


def broken_words(shown: str, typed: str) -> int:
    """How many lines end within a word."""
    return max(0, len(shown.split()) - len(typed.split()))


def has_notdef(text: Placed) -> bool:
    """Whether a character came out as its typeface's box for unknown ones."""
    return any(glyph.id == 0 for line in text.setting.lines for glyph in line.glyphs)


# ----------------------------------------------------------------------------------------------------------- read

_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "p", "ı": "i"})
_DASHES = str.maketrans("", "", "一ー")  # how the eye reads a long dash beside Latin letters
_TWINS = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s"})


def letters(text: str) -> str:
    """What counts of a name that is read: letters and digits, without accents or case.

    >>> letters("Señor Ñandú & Søn, No. 2")
    'senornandusonno2'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_FOLDED).translate(_DASHES))
    return "".join(c for c in plain if c.isalnum())


def but_for_twins(text: str) -> str:
    """The same without telling 0 from O, 1 and l from I, 5 from S, which many typefaces hardly do."""
    return letters(text).translate(_TWINS)


def is_readable(text: str) -> bool:
    """Whether a name has Latin letters or digits, no others, and all of them are in the alphabet of the eye for words.

    It has little Vietnamese, and leaves out what it does not know.
    """
    kept = letters(text)
    latin = bool(kept) and all(c in "0123456789" or unicodedata.name(c, "").startswith("LATIN") for c in kept)
    alphabet = set(_engine().text_rec.postprocess_op.character) if latin else set()
    return latin and all(c in alphabet for c in text if c.isalnum())


@functools.cache
def reads_plain(title: str) -> bool:
    """Whether the eye reads a title at all: set in Inter, black on white, in one line at each size of the crops."""
    for em_px in CROP_EM_PX:
        line = set_line(title, face("inter"), 500).outline.scaled(em_px / 1000)
        left, top, right, bottom = line.bounds
        air = em_px / 1000
        box = (left - air, top - air, right + air, bottom + air)
        page = np.uint8(255) - np.rint(255 * line.coverage(1000, box)).astype(np.uint8)
        if letters(in_order(eye()(np.repeat(page[..., None], 3, 2), False))) == letters(title):
            return True
    return False


@functools.cache
def _engine() -> Any:
    from rapidocr import RapidOCR

    engine = RapidOCR(params={"Global.log_level": "error", "Det.limit_side_len": READ_PX, "Det.limit_type": "max",
                              "EngineConfig.onnxruntime.intra_op_num_threads": 1})  # fmt: skip
    engine(
        np.full((48, 96, 3), 255, np.uint8), use_det=False, use_cls=False
    )  # its alphabet is read with the first line
    return engine


@functools.cache
def eye() -> Callable[[Pixels, bool], list[Line]]:
    """The eye for words: PP-OCR in the `rapidocr` wheel, on one thread.

    Called with a picture and whether words may stand on their head, as those that run upwards do once they are turned
    for reading; where they cannot, it would turn XXVII and NOON all the same.
    """
    engine = _engine()

    def read(pixels: Pixels, headlong: bool) -> list[Line]:
        found: Any = engine(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), use_det=True, use_cls=headlong, use_rec=True)
        if found.boxes is None:
            return []
        corners = np.asarray(found.boxes, float) / len(pixels)
        return [((float(c[:, 0].mean()), float(c[:, 1].mean())), float(np.ptp(c[:, 1])), words)
                for c, words in zip(corners, found.txts, strict=True)]  # fmt: skip

    return read


def in_order(lines: Iterable[Line]) -> str:
    """Lines as one reads them: row by row, each from left to right."""
    rows: list[list[tuple[float, str]]] = []
    last = -math.inf
    for (x, y), height, words in sorted(lines, key=lambda line: line[0][1]):
        if y - last > 0.5 * height:
            rows.append([])
        rows[-1].append((x, words))
        last = y
    return " ".join(words for row in rows for _, words in sorted(row))


def stands(lines: Sequence[Line], box: Sequence[float], title: str) -> bool:
    """Whether what was read in the title's box is the title; or, if it is long enough, whether it was read anywhere."""
    left, top, right, bottom = box
    inside = [line for line in lines if left <= line[0][0] <= right and top <= line[0][1] <= bottom]
    wanted = letters(title)
    return letters(in_order(inside)) == wanted or (len(wanted) >= FEWEST and wanted in letters(in_order(lines)))


def turn_of(design: Design, text: Placed) -> int:
    """By how many quarter turns anticlockwise a text stands."""
    return next((block.turn for block in design.plan.layout.blocks if text.item in block.items), 0)


def ring_of(design: Design, text: Placed) -> Literal["head", "foot"] | None:
    """Whether a text goes round the head or the foot of a ring."""
    block = next((block for block in design.plan.layout.blocks if text.item in block.items and block.ring), None)
    return None if block is None else "head" if block.valign == "top" else "foot"


def unrolled(pixels: Pixels, outline: Outline, ring: Literal["head", "foot"], air: float) -> Pixels:
    """Lettering on a circle about the middle of the cover, its baseline made straight."""
    points = outline.flattened(1e-4)[0] - 0.5
    away = np.hypot(points[:, 0], points[:, 1])
    side = -1.0 if ring == "head" else 1.0
    angle = np.arctan2(points[:, 0], side * points[:, 1])  # 0 where the line is centred
    low, high, reach = away.min() - air, away.max() + air, float(np.abs(angle).max()) + air / away.min()
    size, middle = len(pixels), (low + high) / 2
    u = np.linspace(-reach, reach, max(8, round(2 * reach * middle * size)))
    r = np.linspace(high, low, max(8, round((high - low) * size)))
    if ring == "foot":
        r = r[::-1]
    x, y = 0.5 + np.outer(r, np.sin(u)), 0.5 + side * np.outer(r, np.cos(u))
    across, down = ((grid * size - 0.5).astype(np.float32) for grid in (x, y))
    return np.asarray(cv2.remap(pixels, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def crop(design: Design, text: Placed, em_px: int = CROP_EM_PX[0]) -> Pixels:
    """The place of a text with air round it, upright, unrolled where it goes round a ring, an em so many px high."""
    size, air = design.size_px, 0.08 * text.setting.size
    left, top, right, bottom = np.clip(np.add(text.outline.bounds, (-air, -air, air, air)), 0, 1) * size
    part = np.rot90(design.pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1], -turn_of(design, text))
    if ring := ring_of(design, text):
        part = unrolled(design.pixels, text.outline, ring, air)
    scale = min(em_px / (text.setting.size * size), 1600 / max(part.shape[:2]))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    part = cv2.resize(np.ascontiguousarray(part), None, fx=scale, fy=scale, interpolation=how)
    edge = np.concatenate([part[0], part[-1], part[:, 0], part[:, -1]])
    page = np.empty((part.shape[0] + 80, part.shape[1] + 80, 3), np.uint8)
    page[:] = np.median(edge, axis=0)
    page[40:-40, 40:-40] = part
    return page
