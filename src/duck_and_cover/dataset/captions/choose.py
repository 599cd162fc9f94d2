"""Captioners by what people ask for, here or in the workers of a crew."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from duck_and_cover.catalog.guard import Crew
from duck_and_cover.cover import Found, Pixels
from duck_and_cover.dataset.captions import Captioner
from duck_and_cover.dataset.captions.vision import Device
from duck_and_cover.errors import BadInput, Failure

__all__ = ["TEMPLATE", "Asked", "Spread"]

TEMPLATE = "template"


@dataclass(frozen=True)
class Asked:
    """Which captioner. name: "template", or a model's; the others as of `Vision`, None and ignored for the template."""

    name: str = TEMPLATE
    revision: str | None = None
    prompt: str | None = None
    device: Device = "auto"
    batch: int = 8

    def __post_init__(self) -> None:
        for option, value in (("--revision", self.revision), ("--prompt", self.prompt)):
            if self.name == TEMPLATE and value is not None:
                raise BadInput(f"{option} is for models; give one with --captioner, or leave it out")

    def captioner(self) -> Captioner:
        """It, ready to see."""
        return _captioner(self)


@functools.lru_cache(1)
def _captioner(asked: Asked) -> Captioner:
    """Loaded once in a process."""
    if asked.name == TEMPLATE:
        from duck_and_cover.dataset.captions.template import Template

        return Template()
    from duck_and_cover.dataset.captions.vision import Vision

    return Vision(asked.name, asked.revision, asked.prompt, asked.device, asked.batch)


class Spread:
    """A captioner whose pictures are seen by a crew; what it tells is told here."""

    def __init__(self, asked: Asked, crew: Crew) -> None:
        self._asked, self._crew, self._here = asked, crew, asked.captioner()
        self.name, self.revision, self.prompt = self._here.name, self._here.revision, self._here.prompt

    def see(self, pictures: Sequence[Pixels]) -> list[str]:
        """As `Captioner.see`, each worker a batch at a time."""
        size = self._asked.batch
        batches = [list(pictures[start : start + size]) for start in range(0, len(pictures), size)]
        function = functools.partial(_see, self._asked)

        async def every() -> list[list[list[str]]]:
            return await asyncio.gather(*(self._crew.each(function, [batch], _failed) for batch in batches))

        return [text for (texts,) in asyncio.run(every()) for text in texts]

    def tell(self, seen: str, cover: Found, names: bool = False) -> str:
        """As `Captioner.tell`."""
        return self._here.tell(seen, cover, names)


def _see(asked: Asked, pictures: list[Pixels]) -> list[str]:
    return asked.captioner().see(pictures)


def _failed(reason: str) -> NoReturn:
    raise Failure(f"a worker could not caption ({reason}); the same command goes on")
