"""How fast does each network learn? Images/s beside what its arithmetic allows, in benchmarks/networks.md and .json.

    python benchmarks/networks.py COVERS [--seconds 40] [RECIPE ...]

Every recipe trains on real covers through the whole system. Its floating-point work is counted by torch over whole
steps, penalties and their second derivatives included, and divided by the rate that a plain convolution reaches in
bf16 on the same machine, forwards and backwards: that is what the arithmetic allows.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
from create import commit, machine
from torch.utils.flop_counter import FlopCounterMode

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.training.batches import BatchStream, training_set
from duck_and_cover.training.module import Training
from duck_and_cover.training.recipes import recipe
from duck_and_cover.training.run import train

HERE = Path(__file__).parent
RECIPES = ("flow-64", "dcgan-64-small", "wgan-gp-64-small", "progan-64-small", "r3gan-64-small")
WARM_STEPS = 5


def plain_rate(seconds: float = 3.0) -> float:
    """GFLOP/s of one convolution, 32 pictures of 128 channels at 16 x 16, forwards and backwards, bf16."""
    conv = torch.nn.Conv2d(128, 128, 3, padding=1).to(memory_format=torch.channels_last).bfloat16()
    x = torch.randn(32, 128, 16, 16).to(memory_format=torch.channels_last).bfloat16().requires_grad_(True)
    work, best, began = 3 * 2 * 9 * 128 * 128 * 256 * 32 / 1e9, 0.0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        start = time.perf_counter()
        for _ in range(10):
            y = conv(x)
            y.backward(y)
        best = max(best, 10 * work / (time.perf_counter() - start))
    return best


class _NoModules:
    """In place of the counter's tracker of modules, whose hooks do not bear `torch.autograd.grad` inside a step."""

    parents = frozenset({"Global"})

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class Watch:
    """Replaces `Training.training_step`: counts the work of some steps, times the others, then ends the run."""

    def __init__(self, seconds: float, counted: int) -> None:
        self.seconds, self.counted = seconds, counted
        self.original = Training.training_step
        self.steps, self.flops, self.images, self.counted_images, self.began = 0, 0, 0, 0, 0.0

    def __call__(self, module: Training, batch: Any, index: int) -> None:
        before = int(module.images_shown)
        counting = WARM_STEPS <= self.steps < WARM_STEPS + self.counted
        if counting:
            counter = FlopCounterMode(display=False)
            counter.mod_tracker = _NoModules()  # type: ignore[assignment]
            with counter:
                self.original(module, batch, index)
            self.flops += counter.get_total_flops()
            self.counted_images += int(module.images_shown) - before
        else:
            self.original(module, batch, index)
        self.steps += 1
        if self.steps == WARM_STEPS + self.counted:
            self.began = time.perf_counter()
        elif self.steps > WARM_STEPS + self.counted:
            self.images += int(module.images_shown) - before
            module.trainer.should_stop |= time.perf_counter() - self.began > self.seconds

    @property
    def rate(self) -> float:
        return self.images / (time.perf_counter() - self.began)


def measured(name: str, covers: Path, cache: Path, seconds: float, rate: float) -> dict[str, Any]:
    """One row. A growing network is measured at its last resolution, where it spends most of its time."""
    chosen = recipe(name).with_changes(kimg=10_000, health_kimg=10_000, preview_kimg=10_000, checkpoint_kimg=10_000)
    if getattr(chosen, "grows", False):
        chosen = chosen.with_changes(stable_kimg=0.001, fade_kimg=0.0)
    watch = Watch(seconds, 2 * getattr(chosen, "critic_steps", 1))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "run").mkdir()
        (Path(folder) / "run" / "cache").symlink_to(cache, target_is_directory=True)
        Training.training_step = lambda module, batch, index: watch(module, batch, index)  # type: ignore[method-assign]  # noqa: PLW0108
        try:
            module = train(chosen, covers, Path(folder) / "run", accelerator="cpu", quiet=True)
            found = watch.rate
        finally:
            Training.training_step = watch.original  # type: ignore[method-assign]
        encoder = ConditionEncoder()
        stream = BatchStream(training_set(covers, chosen, encoder, Path(folder) / "run" / "cache"), chosen, encoder)
        start, shown = time.perf_counter(), 0
        while time.perf_counter() - start < 2:
            shown += len(stream.batch(1_000_000 + shown).picture)
        loading = shown / (time.perf_counter() - start)
    each = watch.flops / watch.counted_images / 1e9
    parameters = sum(p.numel() for n, p in module.named_parameters() if not n.startswith("averaged"))
    return {"recipe": name, "parameters_m": round(parameters / 1e6, 2), "batch": chosen.batch_at(10_000_000),
            "gflop_per_image": round(each, 2), "images_per_s": round(found, 1), "allowed_per_s": round(rate / each, 1),
            "share": round(found * each / rate, 2), "loading_per_s": round(loading)}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("recipes", nargs="*", default=RECIPES)
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--cache", type=Path, help="keep decoded covers there for the next time")
    arguments = parser.parse_args()
    rate, rows = plain_rate(), []
    print(f"a plain convolution: {rate:.0f} GFLOP/s", flush=True)
    for name in arguments.recipes:
        with tempfile.TemporaryDirectory() as cache:
            rows.append(measured(name, arguments.covers, arguments.cache or Path(cache), arguments.seconds, rate))
        print(rows[-1], flush=True)
    record = {"machine": machine(), "commit": commit(), "plain_gflop_per_s": round(rate), "rows": rows}
    (HERE / "networks.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# How fast does each network learn?\n",
        f"`python benchmarks/networks.py`, on {record['machine']}, commit {record['commit']}. A plain convolution "
        f"reaches {rate:.0f} GFLOP/s there (bf16, forwards and backwards).\n",
        "| recipe | parameters | batch | GFLOP an image | images/s | allowed | share | loading, images/s |",
        "|---|---|---|---|---|---|---|---|",
        *(f"| {r['recipe']} | {r['parameters_m']} M | {r['batch']} | {r['gflop_per_image']} | **{r['images_per_s']}** "
          f"| {r['allowed_per_s']} | {r['share']:.0%} | {r['loading_per_s']} |" for r in rows),
        "\nWhich is better, by every metric beside its floor: [quality](quality.md).",
    ]  # fmt: skip
    (HERE / "networks.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
