"""The loop: a front in motion, frame by frame.

Every drawing is the finish's own, of the art as it stands at that moment: screen, paper and ink stay where they are and
the art passes beneath (only paint goes with it). Prints cut or pressed by hand are drawn for every other frame, as
films of such are; photographs have new grain for each of those.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from duck_and_cover.album import Album
from duck_and_cover.design.choosing.taste import Taste
from duck_and_cover.design.compose import compose
from duck_and_cover.design.motion.drawing import Drawing, Grain
from duck_and_cover.design.motion.field import Field
from duck_and_cover.design.motion.lettered import Reading, read, veiled
from duck_and_cover.design.motion.moves import Move, check_kind, move_for
from duck_and_cover.design.motion.overlay import Step, marks, overlay
from duck_and_cover.design.motion.stage import Stage, staged
from duck_and_cover.design.style import Seeds, Style
from duck_and_cover.errors import BadInput

__all__ = ["FPS", "LEAST_S", "MOST_S", "Loop", "loop"]

Pixels = NDArray[np.uint8]

FPS = 24
LEAST_S, MOST_S = 3.0, 8.0
"""Shortest and longest loop that players take (Spotify, Canvas guidelines)."""

_HELD = {"halftone": 2, "contours": 2, "mirror": 2, "woodcut": 2, "riso": 2, "film": 2, "neon": 2}
"""Frames for which a drawing is shown; 1 for finishes that are not listed."""

_BLENDED = frozenset(("film", "neon"))
"""Finishes without edges, whose drawings pass into each other."""

_EASED = {"tiles": 6}
"""How many drawings lie over each other, for finishes that change by leaps."""

_LOOK_PX = 540
"""Width at which the ground of words is looked at."""

_FRONT_PX = 1620
"""Side of the front whose inks the words take: smaller ones may choose others where two read about alike."""

_LOOKS = 8
"""At how many moments it is."""

_SIDE_BY_SIDE, _AHEAD = 2, 3
"""Drawings made at a time, and made or waiting; each takes some 60 MB while it is made."""


@dataclass(frozen=True, eq=False)
class Loop:
    """A loop ready to be drawn. Iterating gives its frames, uint8 (1920, 1080, 3) sRGB, drawn as they are asked for;
    the same words and seeds give the same frames.

    count:     frames of one turn, at `FPS` a second.
    readings:  how each text reads at the worst of the moments looked at.
    """

    style: Style
    stage: Stage
    move: Move
    count: int
    readings: tuple[Reading, ...]
    drawing: Drawing = field(repr=False)
    steps: tuple[Step, ...] = field(repr=False)

    def __len__(self) -> int:
        return self.count

    def __iter__(self) -> Iterator[Pixels]:
        return self.frames()

    def frames(self) -> Generator[Pixels, None, None]:
        """The frames of one turn, each an array of its own."""
        above = overlay(self.steps, self.drawing.width_px, self.drawing.height_px)
        grain: Grain | None = None
        for number, ground in enumerate(self._grounds()):
            frame = ground.copy()
            grain = grain if number else Grain.of(self.drawing, ground)
            if grain:
                grain.on(frame, number // 2)
            above.on(frame)
            yield frame

    def at_width(self, width_px: int) -> Loop:
        """The same loop at another width, a multiple of 18 px: a preview is the loop made small."""
        if width_px < 90 or width_px % 18:
            raise BadInput(
                f"a loop {width_px} px wide; wanted a multiple of 18, 90 or more, so that 9:16 is whole pixels"
            )
        return replace(self, drawing=replace(self.drawing, width_px=width_px))

    @property
    def report(self) -> dict[str, Any]:
        """What was done, JSON-able."""
        return {"seconds": self.count / FPS, "fps": FPS, "size_px": [self.drawing.width_px, self.drawing.height_px],
                "move": self.move.name, "finish": self.style.finish.name, "layout": self.stage.plan.layout.name,
                "texts": [{"name": r.name, "contrast_p5": round(r.contrast, 2), "contrast_needed": r.needed,
                           "held_back": r.held} for r in self.readings]}  # fmt: skip

    def _grounds(self) -> Iterator[Pixels]:
        """The frames without what lies above the art."""
        name = self.style.finish.name
        held, eased = _HELD.get(name, 1), _EASED.get(name, 1)
        drawings = self.count // held
        if eased > 1:
            window: deque[Pixels] = deque(maxlen=eased)
            for drawn in self._drawn(range(1 - eased, drawings), drawings):
                window.append(drawn)
                if len(window) == eased:
                    total = np.zeros(drawn.shape, np.uint16)
                    for each in window:
                        total += each
                    yield np.asarray((total + eased // 2) // eased, np.uint8)
            return
        if held == 1 or name not in _BLENDED:
            for drawn in self._drawn(range(drawings), drawings):
                for _ in range(held):
                    yield drawn
            return
        before: Pixels | None = None
        for drawn in self._drawn(range(drawings + 1), drawings):
            if before is not None:
                yield before
                yield np.asarray(cv2.addWeighted(before, 0.5, drawn, 0.5, 0), np.uint8)
            before = drawn

    def _drawn(self, numbers: range, drawings: int) -> Iterator[Pixels]:
        """Drawings by number, of so many to the loop, in order; the next ones are made meanwhile."""
        queue = iter(numbers)
        pool = ThreadPoolExecutor(_SIDE_BY_SIDE)
        try:
            self.drawing.prepare()
            waiting = deque(pool.submit(self.drawing.at, k % drawings / drawings)
                            for k in islice(queue, _AHEAD))  # fmt: skip
            while waiting:
                drawn = waiting.popleft().result()
                if (k := next(queue, None)) is not None:
                    waiting.append(pool.submit(self.drawing.at, k % drawings / drawings))
                yield drawn
        finally:
            pool.shutdown(cancel_futures=True)


def loop(
    art: NDArray[np.uint8],
    album: Album,
    style: Style,
    seeds: Seeds,
    *,
    seconds: float = 5.0,
    words: bool = True,
    move: str | None = None,
) -> Loop:
    """Set a front in motion; nothing but previews is drawn yet.

    art, album, style, seeds:  as `compose` takes them; the inks of words are those of that front.
    seconds:  3 to 8, rounded to an even number of frames.
    words:    False leaves them out, as Spotify asks for a Canvas, beside which its app shows artist and title.
    move:     one of `moves.KINDS`; None lets finish, genre and seed choose.
    Raises BadInput for a length or movement nobody offers and for art that cannot be printed.

    >>> frames = loop(art, album, style, Seeds.of(7))  # doctest: +SKIP
    """
    if not LEAST_S <= seconds <= MOST_S:
        raise BadInput(f"a loop of {seconds} s; wanted {LEAST_S:g} to {MOST_S:g}")
    check_kind(move)
    front = compose(art, album if words else replace(album, artist=None, title=None), style, seeds, _FRONT_PX)
    stage = staged(front.plan)
    moving = move_for(Taste.of(album), style, seeds, move)
    picture = np.asarray(art, np.float32) / np.float32(255)
    fields = tuple(veiled(stage, front, style, Field(picture, w.box, w.read, moving, style.finish.name == "mirror"))
                   for w in stage.windows)  # fmt: skip
    drawing = Drawing(stage, fields, style, seeds)
    small = replace(drawing, width_px=_LOOK_PX)
    moments = _LOOKS if any(stage.floats(text) for text in stage.plan.texts) else 1
    looks = [small.at(k / moments) for k in range(moments)]
    steps = marks(stage, style, seeds)
    for look in looks:
        for step in steps:
            step(look)
    above, readings = read(looks, stage, front, style, seeds)
    return Loop(style, stage, moving, 2 * round(seconds * FPS / 2), tuple(readings), drawing, (*steps, *above))
