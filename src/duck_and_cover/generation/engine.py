"""`Engine`: anything that turns a condition and a seed into art, and how one is found by name."""

from __future__ import annotations

from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Protocol

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover
from duck_and_cover.errors import UnknownChoice

__all__ = ["DEFAULT_ENGINE", "DEFAULT_JUDGE", "DEFAULT_UPSCALER", "Engine", "engine_names", "open_engine", "shelf"]

DEFAULT_ENGINE = "flow-128"
DEFAULT_JUDGE = "judge-64"
DEFAULT_UPSCALER = "upscaler-256"

_DRAW_NOTHING = {DEFAULT_JUDGE, DEFAULT_UPSCALER}
"""Bundles that ship and do not draw."""


class Engine(Protocol):
    """Draws art: composition, colour and light, no letters."""

    @property
    def name(self) -> str:
        """What `--engine` calls it."""
        ...

    @property
    def sha256(self) -> str:
        """Identity of the weights."""
        ...

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture. The same condition and seed give the same pixels."""
        ...


def shelf() -> Path:
    """The folder of the bundles that ship."""
    return Path(str(resources.files("duck_and_cover") / "generation" / "bundles"))


def engine_names() -> tuple[str, ...]:
    """Names of the bundles that ship and draw."""
    return tuple(
        sorted(path.parent.name for path in shelf().glob("*/bundle.json") if path.parent.name not in _DRAW_NOTHING)
    )


def open_engine(name: str | Path = DEFAULT_ENGINE, threads: int = 0) -> Engine:
    """The engine of a shipped bundle's name, of a folder that holds a bundle, or of `diffusers:FOLDER`.

    threads: for one picture; 0 for as many as there are, 1 where several pictures are drawn at once.

    Raises `UnknownChoice` for a name that is neither, `DamagedBundle` for one that is not whole.
    """
    if str(name).startswith("diffusers:"):
        from duck_and_cover.generation.diffusers import DiffusersEngine

        return DiffusersEngine.of(str(name))
    from duck_and_cover.bundle import Bundle
    from duck_and_cover.generation.onnx import engine_on

    if str(name) in engine_names():
        return engine_on(Bundle.open(shelf() / str(name)), threads)
    with suppress(OSError):  # a name too long for a file, a folder that may not be entered
        if str(name) not in ("", ".") and Path(name).is_dir():
            return engine_on(Bundle.open(Path(name)), threads)
    raise UnknownChoice("engine (nor bundle folder)", str(name), engine_names())
