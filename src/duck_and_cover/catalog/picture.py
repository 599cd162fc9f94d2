"""Looking at what was downloaded: is it a picture, and which? For a `Guard`'s processes (guard.py).

Everything is decoded to the last byte: a file that was cut short passes every check but that one. Sizes are read and
limited before a pixel is made.

References: Pillow's documentation on decompression bombs; Krawetz 2013, "Kind of like that", difference hash.
"""

from __future__ import annotations

import hashlib
import io
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from duck_and_cover.cover import flattened

__all__ = ["Looked", "look_at"]

MOST_PIXELS = 25_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_FLAT = 3.0


@dataclass(frozen=True)
class Looked:
    """What a file is. fault: why it is no picture, "" where it is one.

    look:     64 bits that near-equal pictures share but for a few (difference hash), signed for SQLite.
    flags:    "animated", "flat" (one colour), "not square".
    smaller:  size -> the picture as a JPEG of about that size, of the sizes asked for that it does not serve as it is.
    """

    fault: str = ""
    sha256: str = ""
    format: str = ""
    width_px: int = 0
    height_px: int = 0
    look: int = 0
    flags: str = ""
    smaller: Mapping[int, bytes] = field(default_factory=dict)


def look_at(content: bytes, sizes_px: Iterable[int] = ()) -> Looked:
    """Decode a file wholly, describe it, and make it smaller where an album wants that."""
    if not content:
        return Looked("an empty file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return Looked(f"more than {MOST_PIXELS // 1_000_000} million pixels")
                if min(picture.size) < 2:
                    return Looked("a picture of one pixel")
                flags = ["animated"] if getattr(picture, "n_frames", 1) > 1 else []
                picture.load()
                small = np.asarray(flattened(picture).convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
                wide, high, kind = *picture.size, str(picture.format)
                smaller = {px: _smaller(picture, px) for px in sizes_px if not _serves(kind, wide, high, px)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Looked(f"more than {MOST_PIXELS // 1_000_000} million pixels")
    except Image.UnidentifiedImageError:
        return Looked("not a picture")
    except (OSError, SyntaxError, ValueError, EOFError):
        return Looked("a damaged picture")
    except MemoryError:
        return Looked("a picture that takes too much memory")
    except Exception:  # decoders of rare formats raise what they like
        return Looked("a damaged picture")
    if small.max() - small.min() < _FLAT:
        flags.append("flat")
    if abs(wide - high) > 0.02 * max(wide, high):
        flags.append("not square")
    bits = np.packbits((small[:, 1:] > small[:, :-1]).ravel()).tobytes()
    return Looked("", hashlib.sha256(content).hexdigest(), kind, wide, high,
                  int.from_bytes(bits, "big", signed=True), " ".join(flags), smaller)  # fmt: skip


def _serves(format: str, wide: int, high: int, size_px: int) -> bool:
    """Whether a picture can be shown at a size as it is."""
    return format == "JPEG" and max(wide, high) <= 1.25 * size_px


def _smaller(picture: Image.Image, size_px: int) -> bytes:
    """A JPEG of about a size; the shape is kept."""
    plain = flattened(picture)
    plain.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    plain.save(file, "JPEG", quality=95, optimize=True)
    return file.getvalue()
