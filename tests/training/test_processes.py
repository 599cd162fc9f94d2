"""Two processes on one machine learn what one does, picture by picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from duck_and_cover.training.recipe import Recipe
from duck_and_cover.training.record import load_run, module_for

TOLERANCE = 0.02
"""Of a loss: the halves of a batch are summed in another order, in half precision."""

COMMON = ("--set", "checkpoint_kimg=0.16", "--set", "health_kimg=100", "--set", "preview_kimg=100", "--set",
          "resolution_px=16", "--kimg", "0.32")  # fmt: skip


def run(name: str, data: Path, folder: Path, devices: int, *more: str) -> list[dict[str, float]]:
    command = [sys.executable, "-m", "duck_and_cover.cli", "train", name, "--data", str(data), "-o", str(folder),
               "--devices", str(devices), *COMMON, *more]  # fmt: skip
    environment = {k: v for k, v in os.environ.items() if k not in ("LOCAL_RANK", "NODE_RANK", "WORLD_SIZE")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in (folder / "stats.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("flow-tiny", ()),
        ("r3gan-64-small", ("--set", "widths=16,16", "--set", "group=8", "--set", "batch=16")),
    ],
)
def test_two_processes_learn_what_one_does(
    name: str, more: tuple[str, ...], tiny_dataset: Path, tmp_path: Path
) -> None:
    one = run(name, tiny_dataset, tmp_path / "one", 1, *more)
    two = run(name, tiny_dataset, tmp_path / "two", 2, *more)
    assert [row["images"] for row in one] == [row["images"] for row in two]
    begun = module_for(Recipe.from_json(json.loads((tmp_path / "one" / "run.json").read_text("utf-8"))["recipe"]))
    alone_, shared_ = (load_run(tmp_path / name)[0] for name in ("one", "two"))
    first, end, other = (torch.cat([p.detach().flatten() for p in m.learner.parameters()])
                         for m in (begun, alone_, shared_))  # fmt: skip
    assert (end - other).norm() < 0.3 * (end - first).norm(), "without averaged gradients they would drift apart"
    for alone, shared in zip(one, two, strict=True):
        for loss in {"loss", "critic", "generator"} & alone.keys():
            assert shared[loss] == pytest.approx(alone[loss], rel=TOLERANCE), (loss, alone["images"])
