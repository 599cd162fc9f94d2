"""What draws, judges and enlarges the art of a sleeve, opened when it is wanted and not before.

threads:  for one run of a network; 0 leaves it to onnxruntime.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duck_and_cover.errors import BadInput

if TYPE_CHECKING:
    from duck_and_cover.generation.engine import Engine
    from duck_and_cover.generation.judge import Judge
    from duck_and_cover.generation.upscaler import Enlarger

__all__ = ["between", "drawer", "shipped_enlarger", "shipped_judge"]


def drawer(engine: str | Path | Engine | None, art: str | Path | None, threads: int) -> Engine:
    """What draws: an engine by name or folder, one that is open already, or a picture of one's own."""
    if art is not None:
        from duck_and_cover.generation.photograph import PhotographEngine

        return PhotographEngine(Path(art))
    from duck_and_cover.generation.engine import DEFAULT_ENGINE, open_engine

    if engine is None or isinstance(engine, str | Path):
        return open_engine(DEFAULT_ENGINE if engine is None else engine, threads)
    return engine


def between(engine: Engine, toward: int, share: float) -> Engine:
    """The engine on the way to another seed's art; raises `BadInput` where there is no way."""
    from duck_and_cover.generation.between import Between
    from duck_and_cover.generation.onnx import OnnxEngine

    if not isinstance(engine, OnnxEngine):
        raise BadInput(f"{engine.name} knows no way between the art of two seeds; networks of bundles do")
    return Between(engine, int(toward), float(share))


def shipped_judge(art: str | Path | None, threads: int) -> Judge | None:
    """The judge that ships, if one does; a picture of one's own is not judged."""
    if art is not None:
        return None
    from duck_and_cover.generation.engine import DEFAULT_JUDGE, shelf
    from duck_and_cover.generation.judge import open_judge

    return open_judge(threads=threads) if (shelf() / DEFAULT_JUDGE).is_dir() else None


def shipped_enlarger(threads: int) -> Enlarger | None:
    """The upscaler that ships, if one does."""
    from duck_and_cover.bundle import Bundle
    from duck_and_cover.generation.engine import DEFAULT_UPSCALER, shelf
    from duck_and_cover.generation.upscaler import Enlarger

    folder = shelf() / DEFAULT_UPSCALER
    return Enlarger(Bundle.open(folder), threads) if folder.is_dir() else None
