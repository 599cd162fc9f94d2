"""Words for what was measured on a cover: the names of its colours, and how it is lit and composed.

A word that fits most covers tells nothing. The bounds below are tails of 9,783 real covers: each word of light and
composition is said of 4 to 19 % of them, three at most of one cover, and none of one in six.

    K  colours of a palette        OKLab  lightness 0 to 1, two chroma axes -0.4 to 0.4
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.colour import parse_hex, srgb_to_oklab
from duck_and_cover.dataset.measures import Measures

__all__ = ["COLOUR_NAMES", "colour_name", "colour_words", "look_words"]

COLOUR_NAMES: dict[str, str] = {
    "black": "#050505 #181818", "charcoal": "#2a2a2a #373737", "dark grey": "#464646 #585858",
    "grey": "#6c6c6c #7e7e7e #909090", "light grey": "#a4a4a4 #b8b8b8 #cbcbcb", "off-white": "#dfdeda #efece6",
    "white": "#fcfcfc", "slate grey": "#56626e #39444f", "warm grey": "#8d857a #a89f94", "taupe": "#6a5f55",
    "grey green": "#5f6b5c #434f46", "bright red": "#e01b24", "red": "#c02a2a", "crimson": "#a3122b",
    "blood red": "#6d0c12", "maroon": "#451119", "brick red": "#9c4233", "vermilion": "#dc4a2c",
    "reddish brown": "#6b3a30 #4d2a26", "coral": "#f2725e", "salmon": "#ea9a86", "pink": "#ee8db2",
    "hot pink": "#e6308a", "pale pink": "#f4ced6 #f0dad6", "dusty pink": "#bf8b90 #a9777b", "orange": "#ee7a1c",
    "pale orange": "#e59a62", "burnt orange": "#bd5a1c", "rust": "#8a3f20", "terracotta": "#b56c4e",
    "peach": "#f5c7a4", "amber": "#e59e22", "yellow": "#f4d62c", "pale yellow": "#f4eaa2", "gold": "#c9a03c",
    "mustard": "#a98222 #b8a63c", "ochre": "#94773f", "khaki": "#9b9063", "cream": "#f3ead2", "beige": "#d7c7aa",
    "tan": "#b8987a", "light brown": "#96735a", "brown": "#6b4a34", "dark brown": "#3a271c #261a12",
    "bright green": "#2fae3e", "green": "#3c7d43", "dark green": "#183a24 #10241a", "lime green": "#a6d02c",
    "chartreuse": "#a9bb35", "pale green": "#b6dfbc #cfdcc4", "sage green": "#94a485 #78917f", "moss green": "#5d6d42",
    "olive": "#6c672e", "dark olive": "#3a3a1e #232413", "emerald": "#0f8a60", "sea green": "#3a7352",
    "teal": "#1b7a7c", "dark teal": "#123f46 #0d2a30", "turquoise": "#39bfbd", "dusty teal": "#5f9490 #86b1ab",
    "pale turquoise": "#b5e3e3", "bright blue": "#2350dd", "blue": "#2c5a9c", "royal blue": "#1d3a94",
    "navy": "#16284f", "midnight blue": "#0e1730 #131f2e", "dusty blue": "#3f5370 #6d84a0", "steel blue": "#5a80a6",
    "blue grey": "#a9b8c6 #858e9c", "sky blue": "#6bb5e8", "light blue": "#93bfdf", "pale blue": "#c3d8ea",
    "cyan": "#2cc3ea", "periwinkle": "#8b93cb", "violet": "#7c50d0", "purple": "#66308c",
    "dark purple": "#301a47 #1f1230 #320b2c", "lavender": "#b9a9dc", "mauve": "#93738f #b39db0",
    "pinkish grey": "#c6b7ba #ae9d9f", "dusty purple": "#665c76 #463f58", "plum": "#5d2848 #40283a",
    "magenta": "#d12ab2",
}  # fmt: skip
"""Name -> its centres, as people use these words for ink and paint."""

_GREYS = frozenset({"charcoal", "taupe"})
"""Greys without the word."""

_HUE_GAIN = 2.2
"""A step of chroma changes a colour's name sooner than the same step of lightness."""

_GREY_CHROMA = 0.007
"""Without as much chroma as this on average, and `_GREY_MOST` at most, a picture is black and white."""
_GREY_MOST = 0.014
_TINTED = 0.02
_LEAST_SHARE, _HALF, _ACCENT_SHARE, _ACCENT_CHROMA = 0.1, 0.48, 0.035, 0.13

Floats = NDArray[np.float32]


@functools.cache
def _centres() -> tuple[tuple[str, ...], Floats]:
    named = [(name, parse_hex(text)) for name, texts in COLOUR_NAMES.items() for text in texts.split()]
    return tuple(name for name, _ in named), _stretched(srgb_to_oklab(np.array([c for _, c in named], np.float32)))


def _stretched(lab: Floats) -> Floats:
    return lab * np.array((1, _HUE_GAIN, _HUE_GAIN), np.float32)


def colour_name(lab: Floats) -> str:
    """The name nearest to one OKLab colour (3,)."""
    names, centres = _centres()
    return names[int(np.linalg.norm(centres - _stretched(lab), axis=1).argmin())]


def colour_words(seen: Measures) -> tuple[tuple[str, ...], str | None]:
    """The colours of a cover, largest first, one to three, and an accent: a small vivid one that is none of them.

    The first is "mostly black" where it covers half or more, "shades of blue" where the others are of its kind. A
    picture without colour is ("black and white",).
    """
    chroma = np.hypot(seen.palette[:, 1], seen.palette[:, 2])
    if seen.chroma < _GREY_CHROMA and float(chroma.max()) < _GREY_MOST:
        return (_without_colour(seen),), None
    named = [colour_name(colour) for colour in seen.palette]
    shares = {name: float(seen.shares[np.array(named) == name].sum()) for name in named}
    ranked = [name for name in sorted(shares, key=lambda name: -shares[name]) if shares[name] >= _LEAST_SHARE]
    kinds = [_kind(name) for name in ranked]
    main = [name for i, name in enumerate(ranked) if kinds[i] not in kinds[:i]][:3]
    if len(main) == 1 < len(ranked):
        main = ranked[:2] if kinds[0] == "grey" and seen.chroma > _TINTED else [f"shades of {kinds[0]}"]
    elif len(main) > 1 and shares[main[0]] >= _HALF:
        main[0] = f"mostly {main[0]}"
    vivid = [name for name, share, strength in zip(named, seen.shares, chroma, strict=True)
             if share >= _ACCENT_SHARE and strength >= _ACCENT_CHROMA]  # fmt: skip
    accent = next((name for name in vivid if shares[name] < _LEAST_SHARE and _kind(name) not in kinds), None)
    return tuple(main), accent


def _kind(name: str) -> str:
    """What a colour is a shade of: "dark brown" of brown. One of each kind is enough."""
    return "grey" if name in _GREYS else name.rsplit(" ", 1)[-1]


def _without_colour(seen: Measures) -> str:
    """Of grey pictures: whether white, black or grey is most of it."""
    if float(seen.shares[seen.palette[:, 0] > 0.9].sum()) > 0.6:
        return "black on white"
    if float(seen.shares[seen.palette[:, 0] < 0.25].sum()) > 0.6:
        return "white on black" if seen.contrast > 0.5 else "near black"
    return "black and white"


_LOOKS: tuple[tuple[str, ...], ...] = (
    ("dark", "bright"), ("high contrast", "low contrast"), ("vivid colours", "muted colours"),
    ("warm tones", "cool tones"), ("symmetrical composition",),
    ("densely textured", "busy composition", "minimalist", "large plain areas"), ("limited palette",),
    ("central motif", "detail along the edges", "detail to the left", "detail to the right", "detail at the top",
     "detail at the bottom"),
)  # fmt: skip
"""Words of one group exclude each other: the strongest is said."""


def _strengths(seen: Measures) -> dict[str, float]:
    """Word -> how far a cover lies beyond the bound of that word; 1 is where one cover in a hundred lies."""
    x, y = seen.centre
    off_centre = max(abs(x - 0.5), abs(y - 0.5))
    coloured = seen.chroma >= _GREY_CHROMA
    return {
        "dark": _beyond(seen.lightness, 0.34, 0.15),
        "bright": _beyond(seen.lightness, 0.75, 0.93),
        "high contrast": _beyond(seen.contrast, 0.77, 0.92),
        "low contrast": _beyond(seen.contrast, 0.36, 0.12),
        "vivid colours": _beyond(seen.chroma, 0.092, 0.165),
        "muted colours": _beyond(seen.chroma, 0.024, 0.012) if coloured else 0.0,
        "warm tones": _beyond(seen.warmth, 0.062, 0.128),
        "cool tones": _beyond(seen.warmth, -0.014, -0.078),
        "symmetrical composition": _beyond(seen.symmetry, 0.72, 0.93) if seen.busyness > 0.02 else 0.0,
        "densely textured": _beyond(seen.texture, 0.036, 0.067),
        "busy composition": _beyond(seen.busyness, 0.068, 0.098),
        "minimalist": _beyond(seen.busyness, 0.021, 0.007),
        "large plain areas": _beyond(seen.flat, 0.5, 0.83),
        "limited palette": _beyond(-seen.inks, -3.5, -1.5) if coloured else 0.0,
        "central motif": _beyond(seen.spread, 0.225, 0.184) if off_centre < 0.06 else 0.0,
        "detail along the edges": _beyond(seen.spread, 0.296, 0.318),
        "detail to the left": _beyond(x, 0.445, 0.37),
        "detail to the right": _beyond(x, 0.555, 0.623),
        "detail at the top": _beyond(y, 0.40, 0.344),
        "detail at the bottom": _beyond(y, 0.59, 0.658),
    }


def _beyond(value: float, bound: float, far: float) -> float:
    return max(0.0, (value - bound) / (far - bound))


def look_words(seen: Measures, most: int = 3) -> tuple[str, ...]:
    """What is unusual about a cover's light and composition, most unusual first, `most` words or fewer."""
    strength = _strengths(seen)
    told = [max(group, key=lambda word: strength[word]) for group in _LOOKS]
    told = sorted((word for word in told if strength[word] > 0), key=lambda word: -strength[word])
    return tuple(told[:most])
