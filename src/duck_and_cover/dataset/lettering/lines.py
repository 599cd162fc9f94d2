"""What is written on a cover, and how: which line is the artist and which the title, case, colour, size, place.

Lines are matched with the names that are known. OCR errs and sleeves split names over lines, so a line belongs to a
name where it is nearly a piece of it, and a name is found where its pieces make up most of it.

    boxes are (left, top, right, bottom) in cover units, 0 to 1        colours are "#rrggbb"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import format_hex, oklab_to_srgb, srgb_to_oklab
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.lettering.ocr import Read
from duck_and_cover.dataset.letters import Box, grown
from duck_and_cover.genres import normal

__all__ = ["Lettering", "Line", "Role", "describe", "letters_of", "likeness"]

Role = Literal["artist", "album", "other"]

LIKE = 0.75
"""A line and a piece of a name agree in so much; half of what one sees as misread differs by less."""

FOUND = 0.6
"""A name is found where lines hold so much of its letters."""

_FEWEST = 3
_EDITION = re.compile(r"\s*[(\[].*?[)\]]|\s+[-–—:]\s+.*\b(edition|remaster\w*|version|deluxe|expanded|live|ep)\b.*",
                      re.IGNORECASE)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A line of lettering. case: "upper", "lower", "title", "mixed", "" for none that tells.

    colour, ground:  of the letters and of what is behind them.
    """

    box: Box
    text: str
    score: float
    role: Role
    case: str
    colour: str
    ground: str


@dataclass(frozen=True)
class Lettering:
    """A cover's lettering. boxes: all of it, grown to hold swashes and shadows, as it is filled in.

    artist, album:  whether the name was found; None where it is not known.
    fault:          why nobody could look.    digest:  of the picture's file.
    """

    id: str
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...] = ()
    artist: bool | None = None
    album: bool | None = None
    fault: str = ""
    digest: str = ""

    def to_json(self) -> dict[str, Any]:
        row = {"id": self.id, "digest": self.digest, "boxes": self.boxes,
               "lines": [asdict(line) for line in self.lines], "artist": self.artist, "album": self.album}  # fmt: skip
        return row | ({"fault": self.fault} if self.fault else {})


def describe(id: str, pixels: Pixels, found: Sequence[Read], artist: str | None, album: str | None) -> Lettering:
    """Make sense of what the eye saw on a cover of these names."""
    lines = []
    for read in sorted(found, key=lambda each: (each.box[1], each.box[0])):
        if read.text:
            colour, ground = _colours(pixels, read.box)
            lines.append(Line(read.box, read.text, read.score, _role(read.text, artist, album), _case(read.text),
                              colour, ground))  # fmt: skip
    boxes = tuple(grown(read.box) for read in found)
    return Lettering(id, boxes, tuple(lines), _is_found(lines, artist), _is_found(lines, album))


def letters_of(name: str | None) -> str:
    """The letters and digits of a name, as sleeves show it: no accents or case, no edition in brackets, no "the".

    >>> letters_of("The Wall (2011 Remaster)")
    'wall'
    """
    plain = _EDITION.sub("", name or "") or (name or "")
    text = normal(plain).replace("&", " and ").strip().removeprefix("the ")
    return "".join(filter(str.isalnum, text))


def likeness(line: str, name: str) -> float:
    """How nearly a line is a piece of a name, or a name a piece of it: 0 to 1. Both as `letters_of` gives them."""
    short, long = sorted((line, name), key=len)
    if len(short) < _FEWEST:
        return float(short == long and bool(short))
    if short in long:
        return 1.0
    windows = (long[i : i + len(short)] for i in range(len(long) - len(short) + 1))
    return max(SequenceMatcher(None, short, window, autojunk=False).ratio() for window in windows)


def _role(text: str, artist: str | None, album: str | None) -> Role:
    line = letters_of(text)
    best: tuple[float, Role] = (0.0, "other")
    for role, name in (("artist", letters_of(artist)), ("album", letters_of(album))):
        if name and len(line) >= min(_FEWEST, len(name)):
            like = likeness(line, name)
            if like >= (1.0 if min(len(line), len(name)) <= _FEWEST else LIKE) and like > best[0]:
                best = (like, role)  # type: ignore[assignment]
    return best[1]


def _is_found(lines: Sequence[Line], name: str | None) -> bool | None:
    wanted = letters_of(name)
    if not wanted:
        return None
    there = [letters_of(line.text) for line in lines]
    return sum(min(len(line), len(wanted)) for line in there if likeness(line, wanted) >= LIKE) >= FOUND * len(wanted)


def _case(text: str) -> str:
    letters = [c for c in text if c.isalpha() and c.upper() != c.lower()]
    if len(letters) < 2:
        return ""
    share = sum(c.isupper() for c in letters) / len(letters)
    if share > 0.85:
        return "upper"
    if share < 0.1:
        return "lower"
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word[0].upper() != word[0].lower()]
    starts = sum(word[0].isupper() for word in words) / max(1, len(words))
    return "title" if starts > 0.5 and share < 0.5 else "mixed"


def _colours(pixels: Pixels, box: Box) -> tuple[str, str]:
    """Two colours within a box; the one that its edge shows less of is that of the letters."""
    side = len(pixels)
    left, top, right, bottom = (round(edge * side) for edge in box)
    left, top = min(left, side - 2), min(top, side - 2)
    right, bottom = max(right, left + 2), max(bottom, top + 2)
    lab = srgb_to_oklab(pixels[top:bottom, left:right].astype(np.float32) / 255)
    flat = np.ascontiguousarray(lab.reshape(-1, 3))
    label = (flat[:, :1] > np.median(flat[:, 0])).astype(np.int32)
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 10, 0.01)
    _, label, centre = cv2.kmeans(flat, 2, label, until, 1, cv2.KMEANS_USE_INITIAL_LABELS)
    grid = label.reshape(lab.shape[:2])
    edge = np.concatenate([grid[0], grid[-1], grid[:, 0], grid[:, -1]])
    letters = 0 if edge.mean() > 0.5 else 1
    return _hex(centre[letters]), _hex(centre[1 - letters])


def _hex(lab: NDArray[Any]) -> str:
    return format_hex(oklab_to_srgb(np.asarray(lab)))
