"""Can a denoiser learn to draw in fewer evaluations? In benchmarks/distillation.md and .json.

    python benchmarks/distillation.py COVERS --letters letters.jsonl --runs FOLDER

FOLDER is where `experiments.py` keeps its runs; their `base` (32 px, 9.3 M parameters) teaches. Two lessons:

    folded   the student answers at once what guidance makes of two answers (Meng et al. 2023, arXiv:2210.03142; here
             for one guidance instead of all)
    halved   one step of this student goes as far as two of the one before (Salimans & Ho 2022, arXiv:2202.00512)

What each draws, in how many evaluations, is measured as in `quality.py`, for the conditions of training covers.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from create import commit, machine
from torch import Tensor, nn

from duck_and_cover.bundle import Sampler
from duck_and_cover.condition import Condition, ConditionEncoder
from duck_and_cover.cover import Pixels, from_network
from duck_and_cover.dataset.letters import load_letters
from duck_and_cover.evaluation.evaluate import evaluate, real_covers
from duck_and_cover.evaluation.report import as_json
from duck_and_cover.generation.judge import open_judge
from duck_and_cover.generation.onnx import follow, times_of
from duck_and_cover.models.flow import guided, mixed
from duck_and_cover.training.batches import Batch, BatchStream, training_set
from duck_and_cover.training.recipe import FlowRecipe
from duck_and_cover.training.record import load_run

HERE = Path(__file__).parent
SIDE_PX = 32
GUIDANCE = 2.0
SHIFT = 2.0
NUMBERS = ("frechet", "kid", "coverage", "genre", "families", "year")

Velocity = Callable[[Tensor, Tensor, Tensor], Tensor]
"""(x, t, condition) -> velocity, for batches."""


def guided_by(net: nn.Module) -> Velocity:
    def velocity(x: Tensor, t: Tensor, condition: Tensor) -> Tensor:
        return guided(net(x, t, condition), net(x, t, torch.zeros_like(condition)), GUIDANCE)

    return velocity


def taught(student: nn.Module, target: Callable[[Batch, torch.Generator], tuple[Tensor, ...]], stream: BatchStream,
           images: int, rate: float = 2e-4) -> None:  # fmt: skip
    """Make `student` answer `target`'s last at its first two (x, t), in place; the rate falls to nothing."""
    best = torch.optim.AdamW(student.parameters(), rate, betas=(0.9, 0.99))
    average = copy.deepcopy(student)
    generator, size, began = torch.Generator().manual_seed(11), stream.recipe.batch, time.process_time()
    for shown in range(0, images, size):
        batch = stream.batch(10_000_000 + shown)
        with torch.autocast("cpu", torch.bfloat16):
            x, t, wanted = target(batch, generator)
            answer = student(x, t, batch.condition)
        loss = (answer.float() - wanted.float()).square().mean()
        best.zero_grad()
        loss.backward()
        best.param_groups[0]["lr"] = rate * min(1.0, (shown + size) / 1000) * (1 - shown / images)
        best.step()
        with torch.no_grad():
            torch._foreach_lerp_(list(average.parameters()), list(student.parameters()), size / 2000)
        if shown % 3200 == 0:
            print(f"{shown} images, loss {float(loss.detach()):.4f}, {time.process_time() - began:.0f} s", flush=True)
    student.load_state_dict(average.state_dict())


def folded(teacher: nn.Module, stream: BatchStream, images: int) -> nn.Module:
    recipe, velocity = stream.recipe, guided_by(teacher)
    assert isinstance(recipe, FlowRecipe)

    @torch.no_grad()
    def target(batch: Batch, generator: torch.Generator) -> tuple[Tensor, ...]:
        normal = torch.randn(len(batch.picture), generator=generator)
        t = torch.sigmoid(recipe.time_mean + recipe.time_std * normal)
        x = mixed(batch.picture, torch.randn(batch.picture.shape, generator=generator), t)
        return x, t, velocity(x, t, batch.condition)

    student = copy.deepcopy(teacher).requires_grad_(True)
    taught(student, target, stream, images)
    return student.requires_grad_(False)


def halved(teacher: nn.Module, stream: BatchStream, images: int, steps: int) -> nn.Module:
    """A student whose `steps` Euler steps go as far as twice as many of the teacher's."""
    times = torch.from_numpy(times_of(Sampler(steps=2 * steps, shift=SHIFT))).float()

    @torch.no_grad()
    def target(batch: Batch, generator: torch.Generator) -> tuple[Tensor, ...]:
        step = 2 * torch.randint(steps, (len(batch.picture),), generator=generator)
        start = mixed(batch.picture, torch.randn(batch.picture.shape, generator=generator), times[step])
        x = start
        for half in (0, 1):
            now, then = times[step + half], times[step + half + 1]
            x = x + (then - now)[:, None, None, None] * teacher(x, now, batch.condition)
        return start, times[step], (x - start) / (times[step + 2] - times[step])[:, None, None, None]

    student = copy.deepcopy(teacher).requires_grad_(True)
    taught(student, target, stream, images)
    return student.requires_grad_(False)


@torch.no_grad()
def drawn_by(net: nn.Module, sampler: Sampler, *, euler: bool = False) -> Callable[[Condition, int], Pixels]:
    """As `DenoiserEngine` draws; with guidance where the sampler's is not 1."""
    encoder, times = ConditionEncoder(), times_of(sampler)

    @torch.no_grad()
    def draw(condition: Condition, seed: int) -> Pixels:
        noise = np.random.default_rng(seed).standard_normal((1, 3, SIDE_PX, SIDE_PX), np.float32)
        asked = torch.from_numpy(encoder.encode(condition)[None])
        difference = torch.zeros(1)

        def velocity(x: np.ndarray, t: float, step: int) -> np.ndarray:
            nonlocal difference
            at, now = torch.from_numpy(x), torch.full((1,), t)
            told = net(at, now, asked)
            if sampler.guidance != 1 and step % sampler.refresh == 0:
                difference = told - net(at, now, torch.zeros_like(asked))
            return (told + (sampler.guidance - 1) * difference).numpy()

        if not euler:
            return from_network(follow(velocity, noise, times))[0]
        for step, (now, then) in enumerate(pairwise(times)):
            noise = noise + np.float32(then - now) * velocity(noise, float(now), step)
        return from_network(noise)[0]

    return draw


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("covers", type=Path)
    parser.add_argument("--letters", type=Path)
    parser.add_argument("--runs", type=Path, required=True)
    parser.add_argument("--images", type=int, default=20_000, help="of each lesson")
    parser.add_argument("--samples", type=int, default=1000)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    letters = load_letters(arguments.letters) if arguments.letters else {}
    module, encoder, _ = load_run(arguments.runs / "base")
    recipe, cache = module.recipe, arguments.runs / "cache"
    stream = BatchStream(training_set(arguments.covers, recipe, encoder, cache, letters=letters), recipe, encoder)
    covers, judge = real_covers(arguments.covers, SIDE_PX, cache, letters), open_judge()
    teacher = module.averaged.float().eval().requires_grad_(False)
    rows: dict[str, dict[str, Any]] = {}

    def measure(name: str, evaluations: int, net: nn.Module, sampler: Sampler, *, euler: bool = False) -> None:
        found = evaluate(drawn_by(net, sampler, euler=euler), covers, judge, samples=arguments.samples)
        rows[name] = {"evaluations": evaluations, **{each: as_json(found.drawn[each]) for each in NUMBERS}}
        rows["real covers"] = {"evaluations": "", **{each: as_json(found.real[each]) for each in NUMBERS}}
        print(name, rows[name], flush=True)
        write(rows, arguments.images)

    def sampler(steps: int, guidance: float = GUIDANCE, refresh: int = 1) -> Sampler:
        return Sampler(steps, guidance, refresh, SHIFT)

    measure("teacher, 8 steps, the difference anew at each", 16, teacher, sampler(8))
    measure("teacher, 8 steps, anew at every fourth (as flow-128 ships)", 10, teacher, sampler(8, refresh=4))
    measure("teacher, 6 steps, anew at every sixth", 7, teacher, sampler(6, refresh=6))
    measure("teacher, 4 steps, anew at every fourth", 5, teacher, sampler(4, refresh=4))
    pupil = folded(teacher, stream, arguments.images)
    measure("folded, 8 steps", 8, pupil, sampler(8, 1.0))
    measure("folded, 4 steps", 4, pupil, sampler(4, 1.0))
    measure("halved, 4 steps", 4, halved(pupil, stream, arguments.images, 4), sampler(4, 1.0), euler=True)


def write(rows: dict[str, dict[str, Any]], images: int) -> None:
    record = {"machine": machine(), "commit": commit(), "images": images, "rows": rows}
    (HERE / "distillation.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# Can a denoiser learn to draw in fewer evaluations?\n",
        f"`python benchmarks/distillation.py COVERS --letters letters.jsonl --runs FOLDER`: {record['machine']}. "
        f"The 32 px network `base` of [experiments](experiments.md) at guidance {GUIDANCE:g} teaches; each lesson has "
        f"{images:,} images.\n",
        f"| | evaluations | {' | '.join(NUMBERS)} |",
        f"|---|{'---|' * (1 + len(NUMBERS))}",
        *(f"| {name} | {row['evaluations']} | {' | '.join(shown(row[each]) for each in NUMBERS)} |"
          for name, row in sorted(rows.items(), key=lambda item: item[0] == "real covers")),
    ]  # fmt: skip
    (HERE / "distillation.md").write_text("\n".join(lines) + "\n")


def shown(number: dict[str, Any]) -> str:
    value = number.get("value")
    return f"{value:.3f}" if isinstance(value, int | float) else "–"


if __name__ == "__main__":
    main()
