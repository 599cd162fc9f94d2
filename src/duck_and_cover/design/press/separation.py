"""Separation: screen colours become four inks, and inks become the colours that print.

Relative colorimetric with black-point compensation, by littlecms; no pixel carries more ink in all than paper takes.

Legend: H W pixels; `rgb` uint8 (H, W, 3) sRGB; `cmyk` uint8 (H, W, 4), 0 no ink, 255 a full plate; `lab` float32
(..., 3), CIELAB under D50, white of the paper as 100 0 0.
Reference: ICC.1:2022, annex D; ISO 12647-2:2013, 4.3 (ink in all).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PIL import Image, ImageCms

from duck_and_cover.cover import Pixels
from duck_and_cover.design.files.formats import srgb_profile
from duck_and_cover.design.press.profile import Profile
from duck_and_cover.errors import BadInput

__all__ = ["MOST_INK", "Separator", "ink_percent", "separator_for"]

MOST_INK = 300.0
"""Most ink in all, per cent: what coated paper takes and printers ask for."""
_LEAST_INK = 200.0
_MARGIN = 12.0
"""How far a picture keeps below the most ink in all, per cent."""
_ROWS = 256
"""Rows separated at a time: littlecms needs copies."""

Cmyk = NDArray[np.uint8]
Lab = NDArray[np.float32]

_FINE = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.HIGHRESPRECALC


@dataclass(frozen=True, eq=False)
class Separator:
    """Between the screen and one printing condition.

    most_ink:  the most ink in all, per cent.
    """

    profile: Profile
    most_ink: float = MOST_INK

    def __post_init__(self) -> None:
        if not _LEAST_INK <= self.most_ink <= 400:
            raise BadInput(f"ink in all of at most {self.most_ink:g} %; wanted {_LEAST_INK:g} to 400")

    @property
    def picture_ink(self) -> float:
        """The most ink in all of a picture, per cent: a little less, since JPEG rounds both ways."""
        return self.most_ink - _MARGIN

    def cmyk(self, rgb: Pixels) -> Cmyk:
        """Inks of a picture: rgb (H, W, 3) -> cmyk (H, W, 4)."""
        inks = _by_rows(rgb, 4, lambda part: _image(self._to_inks, part, "RGB"))
        for at in range(0, len(inks), _ROWS):
            _limit(inks[at : at + _ROWS], self.picture_ink * 2.55)
        return inks

    def rgb(self, cmyk: Cmyk, *, paper: bool = False) -> Pixels:
        """How inks look on a screen: cmyk (H, W, 4) -> rgb (H, W, 3).

        paper:  show paper and ink as they measure, the paper's tint and a black lighter than a screen's; else the paper
            is the screen's white and the fullest black its black, as an eye used to paper sees them.
        """
        return _by_rows(cmyk, 3, lambda part: _image(self._to_paper if paper else self._to_screen, part, "CMYK"))

    def lab_of_inks(self, cmyk: ArrayLike) -> Lab:
        """CIELAB of inks (N, 4), uint8, black as dark as the screen's so that the two compare. Returns (N, 3)."""
        return _lab(self._inks_to_lab, np.asarray(cmyk, np.uint8), "CMYK")

    def lab_of_rgb(self, rgb: ArrayLike) -> Lab:
        """CIELAB of screen colours (N, 3), uint8. Returns (N, 3)."""
        return _lab(self._rgb_to_lab, np.asarray(rgb, np.uint8), "RGB")

    @cached_property
    def _to_inks(self) -> ImageCms.ImageCmsTransform:
        return _transform(_srgb(), self.profile.opened(), "RGB", "CMYK")

    @cached_property
    def _to_screen(self) -> ImageCms.ImageCmsTransform:
        return _transform(self.profile.opened(), _srgb(), "CMYK", "RGB")

    @cached_property
    def _to_paper(self) -> ImageCms.ImageCmsTransform:
        return _transform(self.profile.opened(), _srgb(), "CMYK", "RGB", ImageCms.Intent.ABSOLUTE_COLORIMETRIC,
                          ImageCms.Flags.HIGHRESPRECALC)  # fmt: skip

    @cached_property
    def _inks_to_lab(self) -> ImageCms.ImageCmsTransform:
        return _transform(self.profile.opened(), ImageCms.createProfile("LAB"), "CMYK", "LAB")

    @cached_property
    def _rgb_to_lab(self) -> ImageCms.ImageCmsTransform:
        return _transform(_srgb(), ImageCms.createProfile("LAB"), "RGB", "LAB")


@lru_cache(8)
def separator_for(profile: Profile, most_ink: float = MOST_INK) -> Separator:
    """The separator of a condition, kept: its tables take a tenth of a second. Raises `BadInput` as `Separator`."""
    return Separator(profile, most_ink)


def ink_percent(cmyk: Cmyk) -> NDArray[np.float32]:
    """Ink in all of each pixel, per cent: cmyk (..., 4) -> (...)."""
    return cmyk.sum(-1, dtype=np.uint16).astype(np.float32) / 2.55


def _limit(inks: Cmyk, most: float) -> None:
    """Thin cyan, magenta and yellow together, in place, where ink in all passes `most` (255 a plate); black stays."""
    total = inks.sum(-1, dtype=np.uint16)
    y, x = np.nonzero(total > most)
    if not len(y):
        return
    over = inks[y, x].astype(np.float32)
    chromatic = over[:, :3].sum(1)
    share = np.clip((most - over[:, 3]) / np.maximum(chromatic, 1), 0, 1)
    over[:, :3] *= share[:, None]
    inks[y, x] = over.astype(np.uint8)


def _srgb() -> ImageCms.ImageCmsProfile:
    import io

    return ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))


def _transform(
    source: Any,
    target: Any,
    from_: str,
    to: str,
    intent: ImageCms.Intent = ImageCms.Intent.RELATIVE_COLORIMETRIC,
    flags: ImageCms.Flags = _FINE,
) -> ImageCms.ImageCmsTransform:
    return ImageCms.buildTransform(source, target, from_, to, intent, flags)


def _image(transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8], mode: str) -> Image.Image:
    """Pixels (H, W, 3 or 4) through a transform."""
    height, width = pixels.shape[:2]
    picture = Image.frombuffer(mode, (width, height), np.ascontiguousarray(pixels), "raw", mode, 0, 1)
    done = transform.apply(picture)
    assert done is not None
    return done


def _by_rows(pixels: NDArray[np.uint8], channels: int, part: Callable[[NDArray[np.uint8]], Image.Image]
             ) -> NDArray[np.uint8]:  # fmt: skip
    out = np.empty((*pixels.shape[:2], channels), np.uint8)
    for at in range(0, len(pixels), _ROWS):
        out[at : at + _ROWS] = np.asarray(part(pixels[at : at + _ROWS]))
    return out


def _lab(transform: ImageCms.ImageCmsTransform, pixels: NDArray[np.uint8], mode: str) -> Lab:
    """Pillow's LAB has L in 0 to 255 for 0 to 100, and a and b as signed bytes."""
    raw = np.asarray(_image(transform, pixels[None], mode))[0]
    signed = raw[:, 1:].view(np.int8).astype(np.float32)
    return np.concatenate([raw[:, :1].astype(np.float32) / 2.55, signed], axis=1)
