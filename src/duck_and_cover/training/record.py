"""The folder of a run: `run.json`, what was started there, and that only one process trains it at a time.

run.json        recipe, data, versions, machine         stats.jsonl   a line a thousand images
previews/       one condition a row                     last.ckpt     and before.ckpt, the one before it
best.pt         averaged weights of the best moment     tensorboard/  the same numbers as events
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightning as L
import torch

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.reader import SPLIT
from duck_and_cover.errors import BadInput
from duck_and_cover.training.adversarial import GanTraining
from duck_and_cover.training.batches import TrainingSet
from duck_and_cover.training.checkpoints import newest, read_checkpoint
from duck_and_cover.training.denoising import FlowTraining
from duck_and_cover.training.judging import JudgeTraining
from duck_and_cover.training.module import Training
from duck_and_cover.training.recipe import FlowRecipe, GanRecipe, JudgeRecipe, Recipe, UpscaleRecipe
from duck_and_cover.training.upscaling import UpscaleTraining

__all__ = ["alone", "check_same", "check_same_data", "first_process", "load_run", "load_weights", "module_for",
           "read_record", "record_of", "restore_best", "write_record"]  # fmt: skip

_FREE = {"kimg", "preview_kimg", "checkpoint_kimg", "health_kimg", "guidance", "steps"}
"""What may change when a run goes on: its length and how it is watched."""


def module_for(recipe: Recipe) -> Training:
    """An untrained module that carries the recipe out."""
    if isinstance(recipe, FlowRecipe):
        return FlowTraining(recipe)
    if isinstance(recipe, JudgeRecipe):
        return JudgeTraining(recipe)
    if isinstance(recipe, UpscaleRecipe):
        return UpscaleTraining(recipe)
    assert isinstance(recipe, GanRecipe)
    return GanTraining(recipe)


def load_run(run_dir: Path) -> tuple[Training, ConditionEncoder, dict[str, Any]]:
    """The module of a run as last checkpointed, its encoder, and `run.json`. No pickled code is executed."""
    record = read_record(run_dir)
    _, checkpoint, _ = newest(run_dir)
    module = module_for(Recipe.from_json(record["recipe"]))
    load_weights(module, checkpoint, run_dir)
    return module, ConditionEncoder.from_json(checkpoint["duck_and_cover"]["encoder"]), record


def load_weights(module: Training, checkpoint: dict[str, Any], run_dir: Path) -> None:
    """Everything but the optimisers' state; raises `BadInput` where the weights are of another network."""
    try:
        module.load_state_dict(checkpoint["state_dict"])
    except RuntimeError as error:
        raise BadInput(f"{run_dir}: holds weights of another network than its recipe's, of another version?") from error


def restore_best(module: Training, run_dir: Path) -> None:
    """Put the averaged weights of the run's best moment into `module`."""
    kept = read_checkpoint(run_dir / "best.pt")
    module.averaged.load_state_dict(kept["averaged"])
    module.images_shown.fill_(kept["images_shown"])


def read_record(run_dir: Path) -> dict[str, Any]:
    """`run.json`; raises `BadInput` where there is none."""
    try:
        return json.loads((run_dir / "run.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise BadInput(f"{run_dir}: not a run (run.json is missing)") from error
    except ValueError as error:
        raise BadInput(f"{run_dir / 'run.json'}: not JSON ({error})") from error


def write_record(run_dir: Path, record: dict[str, Any]) -> None:
    """Write `run.json`, beside it and renamed."""
    partial = run_dir / "run.partial"
    partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(run_dir / "run.json")


def record_of(recipe: Recipe, covers: TrainingSet) -> dict[str, Any]:
    """What `run.json` says."""
    gpu = f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""
    return {
        "recipe": recipe.to_json(),
        "data": {
            "content_hash": covers.content_hash,
            "covers": len(covers),
            "split": SPLIT,
            "letters": covers.letters_hash,
            "families": covers.families,
        },
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "lightning": L.__version__},
        "machine": f"{platform.system()} {platform.machine()}, {torch.get_num_threads()} threads{gpu}",
    }


def check_same(recipe: Recipe, before: Recipe, run_dir: Path) -> None:
    """A resumed run may be made longer; nothing else about it may change."""
    was, now = before.to_json(), recipe.to_json()
    changed = sorted(k for k in now if now[k] != was.get(k) and k not in _FREE)
    if changed:
        raise BadInput(f"{run_dir}: was started with another recipe (differs in {', '.join(changed)}); wanted the same")


def check_same_data(now: dict[str, Any], run_dir: Path) -> None:
    """A resumed run is shown what it was shown before; above all, `--letters` is not forgotten."""
    before = read_record(run_dir)["data"]
    if now != before:
        changed = ", ".join(f"{k} was {before.get(k)!r}, is {now[k]!r}" for k in now if now[k] != before.get(k))
        raise BadInput(f"{run_dir}: was started on other data ({changed}); give the same --data and --letters")


def first_process() -> bool:
    """Whether this is the only process of a training, or the first that Lightning, torchrun or Slurm started."""
    for name in ("RANK", "SLURM_PROCID"):
        if name in os.environ:
            return os.environ[name] == "0"
    return os.environ.get("LOCAL_RANK", "0") == "0" and os.environ.get("NODE_RANK", "0") == "0"


@contextlib.contextmanager
def alone(run_dir: Path) -> Iterator[None]:
    """Hold the run for this training; a second one would overwrite its checkpoints. Any death frees it."""
    if sys.platform == "win32" or not first_process():  # the other processes of one training share a run
        yield
        return
    import fcntl

    with (run_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadInput(f"{run_dir}: another process is training this run; wait for it or stop it") from error
        yield
