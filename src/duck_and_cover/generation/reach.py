"""What is asked of a network, in terms of what it knows.

A family of genres of which a network was shown a handful of covers is one that it either knows by heart or not at all:
asked for it plainly, it draws one of those covers or noise (benchmarks/memories.md). So such a family is asked for as
softly as it is known, and the rest goes to the families whose covers look most like its own.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.condition import ConditionEncoder

__all__ = ["HALF_KNOWN", "KIN", "within_reach"]

HALF_KNOWN = 50.0

KIN: Mapping[str, tuple[str, ...]] = {
    "ambient": ("electronic",),
    "blues": ("country", "rock"),
    "experimental": ("electronic",),
    "folk": ("country", "pop"),
    "funk": ("pop", "country"),
    "gospel": ("country", "jazz"),
    "indie": ("rock", "electronic"),
    "latin": ("jazz", "pop"),
    "punk": ("metal", "rock"),
    "r&b": ("jazz", "pop"),
    "reggae": ("jazz", "electronic"),
    "soundtrack": ("electronic", "rock"),
    "spoken": ("country", "rock"),
    "techno": ("electronic",),
    "world": ("jazz", "classical"),
}
"""Family -> larger ones that real covers of it look like, to a judge of pictures (benchmarks/kin.md); of indie and
gospel, where too few covers say so, that they sound like; ambient by its colours (docs/log.md).
"""


def within_reach(
    asked: NDArray[np.float32], encoder: ConditionEncoder, learned: Mapping[str, int]
) -> tuple[NDArray[np.float32], float]:
    """An encoding (D,) with its genres as the network can follow them, and how far that goes, 0 to 1.

    learned:  covers by family that the network was shown; n of them make a family known by n / (n + 50).

    Words are said as softly as the families they came with. Where no family is asked, or nothing is said of what was
    learned, all is within reach as it is.
    """
    names = encoder.tree.families
    families = asked[: len(names)]
    if not learned or not families.any():
        return asked, 1.0
    known = {name: learned.get(name, 0) / (learned.get(name, 0) + HALF_KNOWN) for name in names}
    told = families * np.array([known[name] for name in names])
    own = float(told.sum() / families.sum())
    for name, weight in zip(names, families - told, strict=True):
        kin = [each for each in KIN.get(name, ()) if each in known]
        for each in kin:
            told[names.index(each)] += weight * known[each] / len(kin)
    reached = float(told.sum() / families.sum())
    within = asked.copy()
    within[: len(names)] = told
    within[encoder.words] *= own
    within[encoder.fields["genres"].stop - 1] *= reached  # the mark that a genre is stated
    return within, reached
