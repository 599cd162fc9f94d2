"""The recipes that ship, one function each. A recipe names one result."""

from __future__ import annotations

from collections.abc import Callable

from duck_and_cover.errors import UnknownChoice
from duck_and_cover.models.flow import FlowConfig
from duck_and_cover.training.recipe import Recipe

__all__ = ["RECIPES", "flow_64", "flow_128", "flow_tiny", "recipe"]


def flow_64() -> Recipe:
    """The default bundle: 9.6 M parameters, 64 px folded to 32 x 32 x 12; hours on two CPU cores.

    Batches are small because a CPU run shows few pictures: twice as many steps for the same time.
    """
    return Recipe("flow-64", FlowConfig(resolution_px=64, widths=(64, 128, 192)), batch=32, learning_rate=5e-4)


def flow_128() -> Recipe:
    """For an accelerator: 128 px folded to 64 x 64 x 12, one level more, tens of millions of pictures shown."""
    network = FlowConfig(
        resolution_px=128, widths=(96, 160, 256, 320), attention=(False, False, True, True), blocks=2, embedding=512,
        dropout=0.1,
    )  # fmt: skip
    return Recipe("flow-128", network, batch=256, kimg=20_000, learning_rate=5e-4, warmup_kimg=100, ema_kimg=250,
                  time_mean=0.4, preview_kimg=500, checkpoint_kimg=250)  # fmt: skip


def flow_tiny() -> Recipe:
    """Seconds on any machine: for tests and a first try."""
    network = FlowConfig(resolution_px=32, widths=(32, 64), attention=(False, True), blocks=1, embedding=64)
    return Recipe("flow-tiny", network, batch=16, kimg=1.6, warmup_kimg=0.2, ema_kimg=0.5, steps=4,
                  preview_kimg=0.8, checkpoint_kimg=0.8)  # fmt: skip


RECIPES: dict[str, Callable[[], Recipe]] = {"flow-64": flow_64, "flow-128": flow_128, "flow-tiny": flow_tiny}


def recipe(name: str) -> Recipe:
    """The recipe of that name; raises `UnknownChoice`."""
    if name not in RECIPES:
        raise UnknownChoice("recipe", name, RECIPES)
    return RECIPES[name]()
