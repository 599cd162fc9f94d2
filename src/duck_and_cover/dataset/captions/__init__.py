"""Captions: what is seen on a cover by a captioner, and what is known of the record, as one line of text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from duck_and_cover.cover import Found, Pixels

__all__ = ["Captioner"]


@runtime_checkable
class Captioner(Protocol):
    """Sees and tells. The two are apart so that pictures are looked at once, whatever is learned of the records later.

    name, revision, prompt:  what decides what is seen; as long as all three are the same, no picture is seen twice.
    """

    @property
    def name(self) -> str:
        """As people know it, without folders: "template", "florence-community/Florence-2-base"."""
        ...

    @property
    def revision(self) -> str:
        """Which version of it, so exactly that it would see the same again."""
        ...

    @property
    def prompt(self) -> str:
        """What it is asked; "" where it is not asked."""
        ...

    def see(self, pictures: Sequence[Pixels]) -> list[str]:
        """What there is on each picture, uint8 (H, H, 3) of any size; "" where nothing can be said."""
        ...

    def tell(self, seen: str, cover: Found, names: bool = False) -> str:
        """The caption of a cover: what was seen on it and what is known of its record.

        names:  whether artist and title are told; without it neither stands in the caption, wherever it was read.
        """
        ...
