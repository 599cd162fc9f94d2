"""An engine over another, which goes by the name of the one beneath."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duck_and_cover.bundle import Bundle
    from duck_and_cover.generation.onnx import OnnxEngine

__all__ = ["Wrapping"]


class Wrapping:
    """What such engines share; `draw` is their own."""

    def __init__(self, engine: OnnxEngine | Wrapping) -> None:
        self.engine = engine

    @property
    def name(self) -> str:
        return self.engine.name

    @property
    def sha256(self) -> str:
        return self.engine.sha256

    @property
    def bundle(self) -> Bundle:
        """What draws in the end; sleeves look for its card."""
        return self.engine.bundle

    @property
    def asked(self) -> dict[str, str]:
        """What was asked of it beside a condition and a seed, by the options of `duckcover create`."""
        return self.engine.asked if isinstance(self.engine, Wrapping) else {}
