"""Art of covers that no network was shown, and what is known of them: for the other scripts here.

`flow-64` was trained by the first rule of splitting, which took spellings of an artist for artists; covers that it was
shown are left out, whatever the rule of today says (`dataset/reader.py`, SPLIT).
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels
from duck_and_cover.dataset.letters import Box, letter_mask, without_letters
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.genres import normal

__all__ = ["FIELDS", "held_out"]

FIELDS = ("genres", "year", "artist", "album")


def held_out(
    covers: Path, side_px: int, letters: Mapping[str, Sequence[Box]], *, all_fields: bool = False, every: bool = False
) -> tuple[Pixels, list[Condition]]:
    """uint8 (N, R, R, 3), lettering filled in, and N conditions.

    all_fields:  leave out covers that lack one.    every:  also those that flow-64 was shown: other networks were not.
    """
    pictures, conditions = [], []
    for part in ("validation", "test"):
        for cover in CoverDataset(covers, part, side_px):
            condition = Condition.of(cover.origin.album)  # type: ignore[union-attr]
            if not every and _trained_on_first(condition.artist, cover.origin.id):  # type: ignore[union-attr]
                continue
            if all_fields and not all(getattr(condition, field) for field in FIELDS):
                continue
            boxes = letters.get(cover.origin.id, ())  # type: ignore[union-attr]
            pictures.append(without_letters(cover.pixels, letter_mask(boxes, side_px)) if boxes else cover.pixels)
            conditions.append(condition)
    return np.stack(pictures), conditions


def _trained_on_first(artist: str | None, id: str) -> bool:
    """Whether a cover was in the training part of the first rule."""
    key = normal(artist or "").removeprefix("the ").strip()
    return zlib.crc32((f"artist:{key}" if key else f"id:{id}").encode()) / 2**32 >= 0.06
