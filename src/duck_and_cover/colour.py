"""Colour as numbers: sRGB, linear light, OKLab, contrast, and ramps between inks.

Legend: `...` any leading shape, the last axis is the colour. sRGB and linear values run 0 to 1, OKLab
lightness 0 to 1 and its two chroma axes about -0.4 to 0.4. Arrays in, float32 arrays out; a single `Colour`
is a tuple of three floats.

References:
    sRGB transfer curve: IEC 61966-2-1.
    OKLab: B. Ottosson 2020, https://bottosson.github.io/posts/oklab/ (matrices of the 2021-01-25 revision).
    Luminance and contrast: WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "COLOUR_BINS",
    "INK_NAMES",
    "as_colour",
    "bin_colour",
    "colour_bin",
    "contrast_ratio",
    "format_hex",
    "ink_name",
    "into_gamut",
    "linear_to_oklab",
    "linear_to_srgb",
    "luminance",
    "oklab_to_linear",
    "oklab_to_srgb",
    "parse_hex",
    "ramp",
    "srgb_to_linear",
    "srgb_to_oklab",
]

Colour = tuple[float, float, float]
"""One sRGB colour, each channel 0 to 1."""

Floats = NDArray[np.float32]

_LMS_FROM_LINEAR = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB_FROM_LMS = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_LMS_FROM_LAB = np.linalg.inv(_LAB_FROM_LMS)
_LINEAR_FROM_LMS = np.linalg.inv(_LMS_FROM_LINEAR)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])

HUES, LIGHTS, GREY = 8, 4, 0.035
COLOUR_BINS = tuple(f"{tone} {kind}" for tone in ("black", "dark", "light", "white")
                    for kind in ("grey", *(f"hue {i}" for i in range(HUES))))  # fmt: skip
"""All colours in 36 coarse classes: four steps of OKLab lightness, each of grey (chroma below 0.035) and of eight hues,
45 degrees wide, the first about angle 0, a purplish red.
"""

INK_NAMES = ("black", "grey", "white", "red", "orange", "yellow", "green", "blue", "purple")
"""Classes of a flat colour as type is printed in; see `ink_name`."""

_COLOURLESS = 0.05
_HUES = (("red", 45), ("orange", 82), ("yellow", 118), ("green", 190), ("blue", 292), ("purple", 345))
"""Where each hue ends, in degrees of OKLab."""


def parse_hex(text: str) -> Colour:
    """The colour written as `#rrggbb` or `#rgb`; the hash may be left out.

    Raises ValueError when the text is no such colour.
    """
    digits = text.strip().removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * d for d in digits)
    if len(digits) != 6 or any(d not in "0123456789abcdefABCDEF" for d in digits):
        raise ValueError(f"{text!r} is no colour; write six hexadecimal digits such as #d8432a")
    red, green, blue = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


def format_hex(colour: ArrayLike) -> str:
    """`#rrggbb` of the nearest 8-bit colour."""
    red, green, blue = np.rint(np.clip(np.asarray(colour, np.float64), 0, 1) * 255).astype(int)
    return f"#{red:02x}{green:02x}{blue:02x}"


def as_colour(value: ArrayLike) -> Colour:
    """A plain tuple clipped into the gamut, so that it can live in a frozen dataclass."""
    red, green, blue = np.clip(np.asarray(value, np.float64), 0, 1)
    return float(red), float(green), float(blue)


def srgb_to_linear(srgb: ArrayLike) -> Floats:
    """Undo the sRGB transfer curve."""
    x = np.asarray(srgb, np.float32)
    return np.where(x <= 0.04045, x / 12.92, ((np.maximum(x, 0.04045) + 0.055) / 1.055) ** 2.4).astype(np.float32)


def linear_to_srgb(linear: ArrayLike) -> Floats:
    """Apply the sRGB transfer curve; values outside 0 to 1 are clipped first."""
    x = np.clip(np.asarray(linear, np.float32), 0, 1)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * np.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055).astype(np.float32)


def linear_to_oklab(linear: ArrayLike) -> Floats:
    """OKLab of linear-light sRGB."""
    lms = np.asarray(linear, np.float64) @ _LMS_FROM_LINEAR.T
    return (np.cbrt(lms) @ _LAB_FROM_LMS.T).astype(np.float32)


def oklab_to_linear(lab: ArrayLike) -> Floats:
    """Linear-light sRGB of OKLab; colours outside the gamut come back outside 0 to 1."""
    lms = np.asarray(lab, np.float64) @ _LMS_FROM_LAB.T
    return ((lms**3) @ _LINEAR_FROM_LMS.T).astype(np.float32)


def srgb_to_oklab(srgb: ArrayLike) -> Floats:
    """OKLab of sRGB."""
    return linear_to_oklab(srgb_to_linear(srgb))


def oklab_to_srgb(lab: ArrayLike) -> Floats:
    """sRGB of OKLab, clipped into the gamut."""
    return linear_to_srgb(oklab_to_linear(lab))


def into_gamut(lab: ArrayLike) -> Colour:
    """The sRGB colour of one OKLab value, chroma reduced (lightness and hue kept) until a screen can show
    it."""
    lightness, a, b = (float(v) for v in np.asarray(lab, np.float64))
    lightness = min(max(lightness, 0.0), 1.0)
    low, high = 0.0, 1.0
    for share in (1.0, *(0.0,) * 12):
        middle = share or (low + high) / 2
        linear = oklab_to_linear([lightness, a * middle, b * middle])
        if float(linear.min()) >= -1e-3 and float(linear.max()) <= 1.001:
            low = middle
        else:
            high = middle
        if low == 1.0:
            break
    return as_colour(oklab_to_srgb([lightness, a * low, b * low]))


def luminance(srgb: ArrayLike) -> Floats:
    """Relative luminance, 0 for black to 1 for white (WCAG 2.2)."""
    return (srgb_to_linear(srgb) @ _LUMINANCE).astype(np.float32)


def contrast_ratio(a: ArrayLike, b: ArrayLike) -> Floats:
    """WCAG contrast, 1 (same luminance) to 21 (black on white); the order of the two does not matter."""
    one, two = luminance(a), luminance(b)
    return ((np.maximum(one, two) + 0.05) / (np.minimum(one, two) + 0.05)).astype(np.float32)


def ramp(colours: Sequence[Colour], n: int = 256, stops: Sequence[float] | None = None) -> Floats:
    """A table of `n` sRGB colours running through `colours`, interpolated in OKLab so that no step turns to
    mud.

    stops: where on 0 to 1 each colour stands, ascending; evenly spaced by default.
    """
    if not colours or n < 2:
        raise ValueError(f"a ramp wants at least one colour and two steps, got {len(colours)} and {n}")
    at = np.linspace(0, 1, len(colours)) if stops is None else np.asarray(stops, np.float64)
    if len(at) != len(colours):
        raise ValueError(f"{len(colours)} colours need as many stops, got {len(at)}")
    lab = srgb_to_oklab(np.asarray(colours, np.float32))
    steps = np.linspace(0, 1, n)
    return oklab_to_srgb(np.stack([np.interp(steps, at, lab[:, c]) for c in range(3)], axis=1))


def colour_bin(lab: ArrayLike) -> NDArray[np.int64]:
    """The class in `COLOUR_BINS` of OKLab colours: (..., 3) -> (...,)."""
    lab = np.asarray(lab, np.float32)
    tone = np.clip((lab[..., 0] * LIGHTS).astype(np.int64), 0, LIGHTS - 1)
    hue = np.round(np.arctan2(lab[..., 2], lab[..., 1]) / (2 * np.pi) * HUES).astype(np.int64) % HUES
    return tone * (1 + HUES) + np.where(np.hypot(lab[..., 1], lab[..., 2]) < GREY, 0, 1 + hue)


def ink_name(lab: ArrayLike) -> str:
    """What a printer would call the ink of an OKLab colour: one of `INK_NAMES`."""
    lightness, a, b = (float(v) for v in np.asarray(lab, np.float64))
    if np.hypot(a, b) < _COLOURLESS:
        return INK_NAMES[int(lightness > 0.4) + int(lightness > 0.75)]
    hue = float(np.degrees(np.arctan2(b, a))) % 360
    return next((name for name, end in _HUES if hue < end), "red")


def bin_colour(index: int) -> Colour:
    """The sRGB colour in the middle of a class of `COLOUR_BINS`."""
    tone, kind = divmod(index, 1 + HUES)
    angle, strength = 2 * np.pi * (kind - 1) / HUES, 0.0 if kind == 0 else (0.07, 0.11, 0.11, 0.06)[tone]
    return into_gamut([(tone + 0.5) / LIGHTS, strength * np.cos(angle), strength * np.sin(angle)])
