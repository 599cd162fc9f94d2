"""What is counted on one cover: its colours, light and texture, and where, how large and how its words are set.

A statistic is a number, or shares of classes that sum to 1. What a cover does not show (the title's case, where no
title was found) is not counted.

    OKLab  lightness 0 to 1 and two chroma axes        places are the thirds of a cover, from the upper left
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import COLOUR_BINS, INK_NAMES, colour_bin, ink_name, parse_hex, srgb_to_oklab
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.letters import covered
from duck_and_cover.dataset.measures import measure
from duck_and_cover.dataset.priors.palettes import COUNT

__all__ = ["SCHEME", "STATISTICS", "Observation", "Statistic", "colour_shares", "observe"]

THIRDS = tuple(f"{row} {column}" for row in ("top", "middle", "foot") for column in ("left", "centre", "right"))
CASES = ("upper", "title", "lower", "mixed")
SIDES = ("left", "centre", "right")


@dataclass(frozen=True)
class Statistic:
    """labels: of the classes whose shares it is; empty for a number."""

    name: str
    says: str
    labels: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return len(self.labels) or 1


STATISTICS: tuple[Statistic, ...] = (
    Statistic("palette", "which of the typical palettes a cover has", tuple(f"{i + 1:02}" for i in range(COUNT))),
    Statistic("colours", "share of the area by colour", COLOUR_BINS),
    Statistic("inks", "colours that a printer would tell apart, 1 to 5"),
    Statistic("lightness", "mean lightness, 0 to 1"),
    Statistic("contrast", "95th percentile of lightness less the 5th"),
    Statistic("chroma", "mean distance from grey"),
    Statistic("warmth", "chroma towards orange less towards blue"),
    Statistic("symmetry", "likeness of left and right, -1 to 1"),
    Statistic("texture", "fine structure in the calmer half"),
    Statistic("flat", "share of the area without any change"),
    Statistic("busyness", "mean step of lightness between neighbours"),
    Statistic("spread", "how far from their centre things happen"),
    Statistic("lettered", "whether any words are there", ("yes", "no")),
    Statistic("covered", "share of the area under words, where there are any"),
    Statistic("lines", "lines of words, where there are any"),
    Statistic("artist lines", "lines that the artist's name is set in"),
    Statistic("title lines", "lines that the title is set in"),
    Statistic("artist place", "where the artist's name stands", THIRDS),
    Statistic("title place", "where the title stands", THIRDS),
    Statistic("artist side", "to which side the artist's name is set", SIDES),
    Statistic("title side", "to which side the title is set", SIDES),
    Statistic("artist height", "height of the artist's largest line, of the cover"),
    Statistic("title height", "height of the title's largest line, of the cover"),
    Statistic("artist case", "letter case of the artist's name", CASES),
    Statistic("title case", "letter case of the title", CASES),
    Statistic("leads", "which of two names is the larger", ("artist", "title")),
    Statistic("ink", "whether words are darker or lighter than what is behind", ("darker", "lighter")),
    Statistic("artist ink", "colour of the artist's name", INK_NAMES),
    Statistic("title ink", "colour of the title", INK_NAMES),
)

_MEASURED = ("inks", "lightness", "contrast", "chroma", "warmth", "symmetry", "texture", "flat", "busyness", "spread")

SCHEME = "scheme"
"""What of an observation is no statistic yet: (K, 4) OKLab and share of its colours. Which of the typical palettes it
is can be said when all covers were seen."""

Observation = Mapping[str, NDArray[np.float32]]
"""Name of a statistic -> (size,) of this cover."""


def observe(pixels: Pixels, lettering: Mapping[str, Any] | None) -> Observation:
    """Count a cover.

    pixels:     uint8 (H, H, 3).
    lettering:  its row of `letters.jsonl`; None where it was not looked for.
    """
    seen = measure(pixels)
    found: dict[str, NDArray[np.float32]] = {"colours": colour_shares(pixels)}
    found[SCHEME] = np.column_stack([seen.palette, seen.shares])
    for name in _MEASURED:
        found[name] = np.array([getattr(seen, name)], np.float32)
    if lettering is not None and "lines" in lettering:
        found |= _words(lettering)
    return found


def colour_shares(pixels: Pixels) -> NDArray[np.float32]:
    """(bins,) summing to 1, in the order of `COLOUR_BINS`."""
    small = np.asarray(cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA), np.float32)
    counts = np.bincount(colour_bin(srgb_to_oklab(small.reshape(-1, 3) / 255)), minlength=len(COLOUR_BINS))
    return np.asarray(counts / counts.sum(), np.float32)


def _words(row: Mapping[str, Any]) -> dict[str, NDArray[np.float32]]:
    lines: Sequence[Mapping[str, Any]] = row["lines"]
    found = {"lettered": _one(("yes", "no"), "yes" if row["boxes"] else "no")}
    if not row["boxes"]:
        return found
    found["covered"] = np.array([covered(row["boxes"])], np.float32)
    found["lines"] = np.array([min(len(row["boxes"]), 20)], np.float32)
    largest = {role: max((line for line in lines if line["role"] == role), key=_height, default=None)
               for role in ("artist", "album")}  # fmt: skip
    for role, name in (("artist", "artist"), ("album", "title")):
        if (line := largest[role]) is None:
            continue
        found[f"{name} place"] = _one(THIRDS, _third(line["box"]))
        found[f"{name} side"] = _one(SIDES, _side(line["box"]))
        found[f"{name} height"] = np.array([_height(line)], np.float32)
        found[f"{name} lines"] = np.array([sum(each["role"] == role for each in lines)], np.float32)
        found[f"{name} ink"] = _one(INK_NAMES, ink_name(srgb_to_oklab(parse_hex(line["colour"]))))
        if line["case"]:
            found[f"{name} case"] = _one(CASES, line["case"])
    artist, album = largest["artist"], largest["album"]
    if artist and album:
        found["leads"] = _one(("artist", "title"), "artist" if _height(artist) > _height(album) else "title")
    named = [line for line in (artist, album) if line]
    if named:
        steps = [_lightness(line["colour"]) - _lightness(line["ground"]) for line in named]
        found["ink"] = _one(("darker", "lighter"), "darker" if float(np.mean(steps)) < 0 else "lighter")
    return found


def _one(labels: Sequence[str], which: str) -> NDArray[np.float32]:
    return np.array([label == which for label in labels], np.float32)


def _height(line: Mapping[str, Any]) -> float:
    """Of a line that stands on end, its width: type is as large as its short side."""
    left, top, right, bottom = line["box"]
    return min(right - left, bottom - top)


def _third(box: Sequence[float]) -> str:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return THIRDS[3 * min(2, int(3 * y)) + min(2, int(3 * x))]


def _side(box: Sequence[float]) -> str:
    """By its margins: centred where they are nearly alike."""
    left, right = box[0], 1 - box[2]
    return "centre" if abs(left - right) < 0.10 else "left" if left < right else "right"


def _lightness(colour: str) -> float:
    return float(srgb_to_oklab(parse_hex(colour))[0])
