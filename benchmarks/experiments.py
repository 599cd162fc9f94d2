"""Which choice of the denoiser's recipe is worth what? In benchmarks/experiments.md and .json.

    python benchmarks/experiments.py COVERS --letters letters.jsonl --runs FOLDER [--only NAME ...]

One thing is changed at a time, on covers of 32 px, where composition, colour and what genre and year do to them are all
there, and a run is short: every network is shown as many pictures, or learns for as many seconds of one core where its
size is what is asked. Each is trained by `duckcover train`'s own code on one core and held against covers that it was
not shown:

    error        of the velocity, told all fields, at four shares of noise; the same noise for all
    told         how much of that error (in percent, at 90 % of noise) a field takes away, on covers that state it
    what it draws: as in `quality.py`, for the conditions of training covers

Without `--only`, every experiment that FOLDER does not hold yet. Several of these may run side by side.
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import lightning as L
import numpy as np
import torch
from create import commit, machine
from held_out import FIELDS
from numpy.typing import NDArray
from torch import Tensor, nn

from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import Pixels, to_network
from duck_and_cover.dataset.letters import Box, load_letters
from duck_and_cover.evaluation.evaluate import RealCovers, evaluate, real_covers
from duck_and_cover.evaluation.report import as_json
from duck_and_cover.generation.judge import open_judge
from duck_and_cover.generation.onnx import engine_on
from duck_and_cover.models import flow
from duck_and_cover.models.flow import ASPECTS, CHANGES, FlowConfig, FlowDenoiser, mixed, velocity_loss
from duck_and_cover.training.denoising import FlowTraining
from duck_and_cover.training.export import export
from duck_and_cover.training.recipe import FlowRecipe
from duck_and_cover.training.run import train

HERE = Path(__file__).parent
SIDE_PX = 32
NOISE = (0.25, 0.5, 0.75, 0.9)
HALF_LIVES = (1.0, 5.0, 20.0, 60.0)
"""Of averages, kimg, kept beside the run's own."""

BASE = FlowRecipe(
    "base", FlowConfig(SIDE_PX, widths=(64, 128, 192), embedding=256, aspects=ASPECTS + CHANGES), batch=32, kimg=80,
    ema_kimg=20, learning_rate=1e-3, warmup_kimg=5, time_mean=0.0, augment=0.15, half_known=50, drop_names=0.8,
    preview_kimg=1000, checkpoint_kimg=25, health_kimg=1000,
)  # fmt: skip


@dataclass(frozen=True)
class Experiment:
    """What is other than in `BASE`.

    changes:  of the recipe's and the network's fields.
    gain:     what the condition is multiplied by (`models/conditioning.py`).
    """

    asks: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    gain: float | None = None

    @property
    def recipe(self) -> FlowRecipe:
        changed = BASE.with_changes(**self.changes)
        assert isinstance(changed, FlowRecipe)
        return changed


EXPERIMENTS = {
    "base": Experiment("the others are held against this"),
    "another seed": Experiment("how much is chance", {"seed": 1}),
    "times -0.6": Experiment("loss over time: more of little noise", {"time_mean": -0.6}),
    "times +0.6": Experiment("loss over time: more of much noise", {"time_mean": 0.6}),
    "times wide": Experiment("loss over time: nearly even", {"time_std": 1.7}),
    "no augmentation": Experiment("augmentation", {"augment": 0.0, "aspects": ASPECTS}),
    "more augmentation": Experiment("augmentation", {"augment": 0.4}),
    "dropout": Experiment("dropout", {"dropout": 0.1}),
    "as they come": Experiment("balance: covers alike", {"balance": 0.0}),
    "families alike": Experiment("balance: families alike", {"balance": 1.0}),
    "gain 1": Experiment("condition: as it is encoded", gain=1.0),
    "words always": Experiment("condition: rare words as often as others", {"half_known": 0.0}),
    "words never": Experiment("condition: families and no words", {"half_known": 1e9}),
    "noisy condition": Experiment("condition: with noise", {"condition_noise": 0.1}),
    "years half": Experiment("condition: every other year is left open", {"drop_year": 0.5}),
    "years blurred": Experiment("condition: years told wrong by five", {"year_off": 5.0}),
    "batch 64": Experiment("half as many steps", {"batch": 64}),
    "narrow": Experiment("width, for as long", {"widths": (32, 96, 160), "kimg": 132}),
    "wide": Experiment("width, for as long", {"widths": (96, 160, 256), "kimg": 48}),
    "one block": Experiment("depth, for as long", {"blocks": 1, "kimg": 137}),
    "attention": Experiment("attention at 8 x 8 too", {"attention": (False, True, True), "kimg": 77}),
}
"""`kimg` of other sizes is what takes one core as long as `BASE` (measured once, `--speeds`)."""


class Averages(L.Callback):
    """Averages of the learner's weights over other horizons than the run's own."""

    def __init__(self) -> None:
        self.kept: dict[float, FlowDenoiser] = {}

    @torch.no_grad()
    def on_train_batch_end(
        self, trainer: L.Trainer, pl_module: L.LightningModule, outputs: object, batch: object, batch_idx: int
    ) -> None:
        assert isinstance(pl_module, FlowTraining)
        for half_life in HALF_LIVES:
            average = self.kept.setdefault(half_life, copy.deepcopy(pl_module.net))
            keep = 0.5 ** (pl_module.last_batch / (1000 * min(half_life, float(pl_module.images_shown) / 10_000)))
            torch._foreach_lerp_(list(average.parameters()), list(pl_module.net.parameters()), 1.0 - keep)


@torch.no_grad()
def errors(net: nn.Module, pictures: Tensor, noise: Tensor, conditions: Tensor) -> NDArray[np.float32]:
    """Squared error of the velocity by `NOISE` and cover, (4, N), for pictures (N, 3, R, R)."""
    net, found = copy.deepcopy(net).float().eval(), []
    for share in NOISE:
        parts = []
        for rows in torch.arange(len(pictures)).split(64):
            t = torch.full((len(rows),), share)
            velocity = net(mixed(pictures[rows], noise[rows], t), t, conditions[rows])
            parts.append(velocity_loss(velocity, pictures[rows], noise[rows]))
        found.append(torch.cat(parts).numpy())
    return np.stack(found)


@dataclass(frozen=True)
class Exam:
    """Covers that no network was shown, (N, 3, R, R), the noise they are mixed with, and what is known of each."""

    pictures: Tensor
    noise: Tensor
    asked: tuple[Condition, ...]

    @classmethod
    def of(cls, covers: RealCovers) -> Exam:
        pictures = torch.from_numpy(to_network(covers.kept_back))
        return cls(pictures, torch.randn(pictures.shape, generator=torch.Generator().manual_seed(5)),
                   covers.kept_back_asked)  # fmt: skip

    def errors(self, net: nn.Module, *told: str) -> NDArray[np.float32]:
        """(4, N), told those fields alone."""
        left_open = {*FIELDS} - {*told}
        conditions = ConditionEncoder().encode_all(asked.without(*left_open) for asked in self.asked)
        return errors(net, self.pictures, self.noise, torch.from_numpy(conditions))

    def told(self, net: nn.Module) -> dict[str, list[float]]:
        """By what is told: how much of the error at most noise it takes away, and one standard error, in percent."""
        base, found = self.errors(net)[-1], {}
        for fields in (("genres",), ("year",), ("genres", "year")):
            stated = np.array([all(getattr(asked, field) for field in fields) for asked in self.asked])
            gain = 100 * (base - self.errors(net, *fields)[-1])[stated] / base[stated].mean()
            found[" and ".join(fields)] = [float(gain.mean()), float(gain.std() / len(gain) ** 0.5)]
        return found


def trained(name: str, data: Path, letters: Mapping[str, Sequence[Box]], runs: Path, exam: Exam) -> FlowTraining:
    """Train, or go on with what was broken off; `trained.json` holds what is known only while it learns."""
    experiment, folder = EXPERIMENTS[name], runs / folder_of(name)
    if experiment.gain is not None:
        flow.CONDITION_GAIN = experiment.gain  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "cache").exists():
        (folder / "cache").symlink_to((runs / "cache").resolve())
    averages, began = Averages(), time.process_time()
    module = train(experiment.recipe, data, folder, letters=letters, accelerator="cpu", quiet=True, watchers=[averages])
    assert isinstance(module, FlowTraining)
    if averages.kept:
        found = {half_life: exam.errors(net, *FIELDS).mean(1).tolist() for half_life, net in averages.kept.items()}
        facts = {"cpu seconds": round(time.process_time() - began), "averages": found}
        (folder / "trained.json").write_text(json.dumps(facts))
    return module


def carried_out(
    name: str, data: Path, letters: Mapping[str, Sequence[Box]], runs: Path, samples: int
) -> dict[str, Any]:
    """Train and measure."""
    (runs / "cache").mkdir(exist_ok=True)
    covers = real_covers(data, SIDE_PX, runs / "cache", letters)
    exam, folder = Exam.of(covers), runs / folder_of(name)
    module = trained(name, data, letters, runs, exam)
    engine = engine_on(export(folder, folder / "bundle", guidance=2.0, steps=10), threads=1)

    def draw(condition: Condition, seed: int) -> Pixels:
        return engine.draw(condition, seed).pixels

    found = evaluate(draw, covers, open_judge(), samples=samples)
    numbers = ("frechet", "kid", "coverage", "genre", "families", "year")
    return {
        "asks": EXPERIMENTS[name].asks,
        "images": int(module.images_shown),
        "parameters": sum(p.numel() for p in module.net.parameters()),
        **json.loads((folder / "trained.json").read_text()),
        "errors": exam.errors(module.averaged, *FIELDS).mean(1).tolist(),
        "told": exam.told(module.averaged),
        "drawn": {each: as_json(found.drawn[each]) for each in numbers},
        "real": {each: as_json(found.real[each]) for each in numbers},
    }


def folder_of(name: str) -> str:
    return name.replace(" ", "-")


def speeds(images: int = 640) -> None:
    """Images a CPU second of every size, alone in this process."""
    for name, experiment in EXPERIMENTS.items():
        if name != "base" and not {"widths", "blocks", "attention", "batch"} & set(experiment.changes):
            continue
        recipe = experiment.recipe
        net = FlowDenoiser(recipe.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        best = torch.optim.AdamW(net.parameters(), 1e-4)
        taken = []
        for _ in range(2 * images // recipe.batch):
            began = time.process_time()
            x = torch.randn(recipe.batch, 3, SIDE_PX, SIDE_PX).contiguous(memory_format=torch.channels_last)
            with torch.autocast("cpu", torch.bfloat16):
                velocity = net(x, torch.rand(recipe.batch), torch.randn(recipe.batch, recipe.network.condition_dims))
            velocity.float().square().mean().backward()
            best.step()
            best.zero_grad()
            taken.append(time.process_time() - began)
        print(f"{name}: {recipe.batch / float(np.median(taken)):.0f} images a CPU second", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--only", nargs="+", choices=EXPERIMENTS, default=list(EXPERIMENTS), metavar="NAME")
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--samples", type=int, default=1000)
    parser.add_argument("--speeds", action="store_true", help="only measure how fast each size learns")
    parser.add_argument("--table", action="store_true", help="only write the table of what FOLDER holds")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.runs.mkdir(parents=True, exist_ok=True)
    if arguments.speeds:
        speeds()
        return
    letters = load_letters(arguments.letters) if arguments.letters else {}
    for name in [] if arguments.table else arguments.only:
        result = arguments.runs / f"{folder_of(name)}.json"
        if result.exists():
            continue
        row = carried_out(name, arguments.covers, letters, arguments.runs, arguments.samples)
        written = result.with_suffix(f".{os.getpid()}")
        written.write_text(json.dumps(row, indent=1))
        written.replace(result)
        print(name, json.dumps(row), flush=True)
    write(arguments.runs)


def write(runs: Path) -> None:
    """The table of all that were carried out, in the order of `EXPERIMENTS`."""
    rows = {name: json.loads(path.read_text()) for name in EXPERIMENTS
            if (path := runs / f"{folder_of(name)}.json").exists()}  # fmt: skip
    if not rows:
        sys.exit("nothing was carried out yet")
    record = {"machine": machine(), "commit": commit(), "rows": rows}
    (HERE / "experiments.json").write_text(json.dumps(record, indent=1) + "\n")
    real = next(iter(rows.values()))["real"]
    longest = next(iter(rows.values()))["averages"]
    lines = [
        "# Which choice of the denoiser's recipe is worth what?\n",
        f"`python benchmarks/experiments.py COVERS --letters letters.jsonl --runs FOLDER`: {record['machine']}. "
        f"Covers of {SIDE_PX} px, one core, one thing changed at a time. Error of the velocity on covers kept back, by "
        "share of noise; *told*: how much of it these take away at 90 %, percent; the rest is of pictures drawn at "
        "guidance 2.\n",
        f"| | asks | images | M | CPU s | {' | '.join(f'{share:.0%}' for share in NOISE)} | sum | "
        f"told genres | year | both | {' | '.join(real)} |",
        f"|---|---|{'---|' * (7 + len(NOISE) + len(real))}",
        *(_line(name, row) for name, row in rows.items()),
        f"| real covers | |{' |' * (7 + len(NOISE))} {' | '.join(_number(each) for each in real.values())} |",
        "",
        "Sum of the four errors by the half life of the average, in thousands of images, the run's own first:\n",
        f"| | {BASE.ema_kimg:g}, as it shrinks early on | {' | '.join(longest)} |",
        f"|---|---|{'---|' * len(longest)}",
        *(f"| {name} | {sum(row['errors']):.4f} | {' | '.join(f'{sum(e):.4f}' for e in row['averages'].values())} |"
          for name, row in rows.items()),
    ]  # fmt: skip
    (HERE / "experiments.md").write_text("\n".join(lines) + "\n")


def _line(name: str, row: dict[str, Any]) -> str:
    found = [f"{error:.4f}" for error in (*row["errors"], sum(row["errors"]))]
    told = " | ".join(f"{gain:+.2f} ± {error:.2f}" for gain, error in row["told"].values())
    drawn = " | ".join(_number(each) for each in row["drawn"].values())
    return (f"| {name} | {row['asks']} | {row['images']:,} | {row['parameters'] / 1e6:.1f} | {row['cpu seconds']:,} | "
            f"{' | '.join(found)} | {told} | {drawn} |")  # fmt: skip


def _number(measured: dict[str, Any]) -> str:
    return f"{measured['value']:.3f}" if "value" in measured else "–"


if __name__ == "__main__":
    main()
