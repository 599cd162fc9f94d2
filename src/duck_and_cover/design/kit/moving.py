"""The moving piece of a kit: the loop, where this machine has an encoder for it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.design.kit.contents import LOOP
from duck_and_cover.design.kit.folder import KitFile, Missing
from duck_and_cover.design.motion.encode import encode, encoder
from duck_and_cover.design.motion.loop import FPS, Loop
from duck_and_cover.errors import Failure

__all__ = ["moving"]

_PREVIEW_PX = (216, 384)


def moving(made: Callable[[], Loop], about: Mapping[str, str]) -> Iterator[KitFile | Missing]:
    """The loop, or why there is none: a kit goes on without it.

    made:  sets the front in motion, asked only where there is an encoder.    about: what every file says of itself.
    """
    found = encoder()
    if found is None:
        yield Missing(LOOP, "there is no ffmpeg that writes H.264; install ffmpeg, or duck-and-cover[video]")
        return
    loop = made()
    first: list[Pixels] = []

    def frames() -> Iterator[Pixels]:
        for frame in loop:
            if not first:
                first.append(np.asarray(cv2.resize(frame, _PREVIEW_PX, interpolation=cv2.INTER_AREA), np.uint8))
            yield frame

    seconds = len(loop) / FPS
    with tempfile.TemporaryDirectory() as scratch:
        try:
            data = encode(frames(), Path(scratch) / "loop.mp4", FPS, about, seconds=seconds, using=found).read_bytes()
        except Failure as error:
            yield Missing(LOOP, str(error))
            return
    width, height = loop.drawing.width_px, loop.drawing.height_px
    note = f"{width} × {height} px, {seconds:g} s, H.264, ends as it begins: {loop.move.name}"
    yield KitFile(LOOP, data, "moving", "the art in motion beneath its words, upright, for phones",
                  encoded(first[0], "JPEG"), (note,))  # fmt: skip
