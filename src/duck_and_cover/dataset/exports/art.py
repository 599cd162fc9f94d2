"""Covers without what is written on them: lettering filled in from its surroundings, as networks are shown them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from PIL import Image

from duck_and_cover.cover import read_pixels
from duck_and_cover.dataset.letters import MOST_COVERED, Box, covered, letter_mask, without_letters
from duck_and_cover.errors import BadInput

__all__ = ["art_only"]


def art_only(rows: Iterable[Mapping[str, Any]], letters: Mapping[str, Sequence[Box]]) -> Iterator[dict[str, Any]]:
    """Rows with the lettering of their pictures filled in, saved anew as JPEG where there was any.

    letters:  id -> boxes. Covers that lettering fills, and those that nobody looked at, are left out.
    Raises `BadInput` for what is no picture.
    """
    for row in rows:
        boxes = letters.get(row["id"])
        if boxes is None or covered(boxes) > MOST_COVERED:
            continue
        if not boxes:
            yield dict(row)
            continue
        try:
            pixels = read_pixels((row["image"] or {}).get("bytes") or b"")
        except BadInput as error:
            raise BadInput(f"cover {row['id']}: {error}; build the dataset again") from error
        file = io.BytesIO()
        bare = without_letters(pixels, letter_mask(boxes, len(pixels)))
        Image.fromarray(bare).save(file, "JPEG", quality=95, subsampling=0)
        yield {**row, "image": {**row["image"], "bytes": file.getvalue()}}
