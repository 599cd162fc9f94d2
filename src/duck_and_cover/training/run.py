"""`train`: carry a recipe out on a dataset, from the start or from where it was left.

A run is a folder: `run.json` (recipe, data, versions), `stats.jsonl`, `previews/`, `last.ckpt`.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import logging
import os
import platform
import signal
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning as L
import torch
from torch.utils.data import DataLoader

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.letters import Box
from duck_and_cover.errors import BadInput
from duck_and_cover.training.batches import BatchStream, training_set
from duck_and_cover.training.callbacks import Checkpoints, Previews, Stats
from duck_and_cover.training.denoising import FlowTraining
from duck_and_cover.training.recipe import Recipe

__all__ = ["load_run", "train"]

CHECKPOINT = "last.ckpt"


def train(
    recipe: Recipe,
    data: Path,
    run_dir: Path,
    *,
    letters: Mapping[str, Sequence[Box]] | None = None,
    resume: bool = False,
    devices: int = 1,
    nodes: int = 1,
    accelerator: str = "auto",
    quiet: bool = False,
) -> FlowTraining:
    """Train until `recipe.kimg` and return the module; `run_dir` holds everything it wrote.

    resume:  go on from `run_dir/last.ckpt`. Without it a folder that holds a run is refused, never overwritten.
    Raises `BadInput` where the folder, the data or the recipe do not fit together.
    """
    checkpoint = run_dir / CHECKPOINT
    if resume and not checkpoint.exists():
        raise BadInput(f"{run_dir}: nothing to resume, there is no {CHECKPOINT}")
    if not resume and _first_process() and (checkpoint.exists() or (run_dir / "run.json").exists()):
        raise BadInput(f"{run_dir}: holds a run already; add --resume to go on with it, or name another folder")
    run_dir.mkdir(parents=True, exist_ok=True)
    with _alone(run_dir):
        return _train(recipe, data, run_dir, letters, resume, devices, nodes, accelerator, quiet)


def _train(recipe: Recipe, data: Path, run_dir: Path, letters: Mapping[str, Sequence[Box]] | None, resume: bool,
           devices: int, nodes: int, accelerator: str, quiet: bool) -> FlowTraining:  # fmt: skip
    checkpoint = run_dir / CHECKPOINT
    _keep_memory()
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)  # its advertisements
    torch.set_float32_matmul_precision("high")

    encoder = ConditionEncoder()
    module = FlowTraining(recipe)
    start = 0
    if resume:
        _check_same(recipe, run_dir)
        start = torch.load(checkpoint, map_location="cpu", weights_only=True)["global_step"]
    covers = training_set(data, recipe, encoder, run_dir / "cache", letters=letters)
    record = _record(recipe, covers.content_hash, len(covers), bool(letters))
    if resume:
        _check_same_data(record["data"], run_dir)
    if _first_process():
        _write_json(run_dir / "run.json", record)

    ranks = devices * nodes
    trainer = L.Trainer(
        accelerator=accelerator,
        devices=devices,
        num_nodes=nodes,
        precision="bf16-mixed",
        max_steps=recipe.total_steps,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[
            Stats(run_dir / "stats.jsonl", min(1.0, recipe.kimg / 4), quiet),
            Previews(run_dir / "previews", encoder),
            Checkpoints(checkpoint),
        ],
    )
    stream = BatchStream(covers, recipe, encoder, start, trainer.global_rank, ranks)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*does not have many workers.*")
        warnings.filterwarnings("ignore", ".*weights_only.*")
        warnings.filterwarnings("ignore", ".*LeafSpec.*")
        with _stopped_between_steps(trainer):
            trainer.fit(
                module,
                DataLoader(stream, batch_size=None, num_workers=0),
                ckpt_path=checkpoint if resume else None,
                weights_only=True,
            )
    return module


def load_run(run_dir: Path) -> tuple[FlowTraining, ConditionEncoder, dict[str, Any]]:
    """The module of a run as last checkpointed, its encoder, and `run.json`. No pickled code is executed."""
    try:
        record = json.loads((run_dir / "run.json").read_text("utf-8"))
        checkpoint = torch.load(run_dir / CHECKPOINT, map_location="cpu", weights_only=True)
    except FileNotFoundError as error:
        raise BadInput(f"{run_dir}: not a run with a checkpoint ({Path(error.filename).name} is missing)") from error
    module = FlowTraining(Recipe.from_json(record["recipe"]))
    module.load_state_dict(checkpoint["state_dict"])
    return module, ConditionEncoder.from_json(checkpoint["duck_and_cover"]["encoder"]), record


@contextlib.contextmanager
def _stopped_between_steps(trainer: L.Trainer) -> Iterator[None]:
    """Ctrl-C and a polite kill end training after the step in hand, so that what is saved is whole."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    asked = False

    def ask(number: int, frame: object) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked, trainer.should_stop = True, True

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt


def _first_process() -> bool:
    """Whether this is the only process of a training, or the first of those that Lightning or torchrun started."""
    return os.environ.get("LOCAL_RANK", "0") == "0" and os.environ.get("NODE_RANK", "0") == "0"


@contextlib.contextmanager
def _alone(run_dir: Path) -> Iterator[None]:
    """Hold the run for this process; a second one would overwrite its checkpoints. The system frees it on any death."""
    if sys.platform == "win32" or "LOCAL_RANK" in os.environ:  # the other ranks of one training share a run
        yield
        return
    import fcntl

    with (run_dir / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadInput(f"{run_dir}: another process is training this run; wait for it or stop it") from error
        yield


def _check_same(recipe: Recipe, run_dir: Path) -> None:
    """A resumed run may be made longer; nothing else about it may change."""
    before = json.loads((run_dir / "run.json").read_text("utf-8"))["recipe"]
    now = json.loads(json.dumps(recipe.to_json()))
    free = {"kimg", "preview_kimg", "checkpoint_kimg", "guidance", "steps"}
    changed = sorted(k for k in now if now[k] != before.get(k) and k not in free)
    if changed:
        raise BadInput(f"{run_dir}: was started with another recipe (differs in {', '.join(changed)}); wanted the same")


def _check_same_data(now: dict[str, Any], run_dir: Path) -> None:
    """A resumed run is shown what it was shown before; above all, `--letters` is not forgotten."""
    before = json.loads((run_dir / "run.json").read_text("utf-8"))["data"]
    if now != before:
        changed = ", ".join(f"{k} was {before.get(k)!r}, is {now[k]!r}" for k in now if now[k] != before.get(k))
        raise BadInput(f"{run_dir}: was started on other data ({changed}); give the same --data and --letters")


def _record(recipe: Recipe, content_hash: str, covers: int, letters: bool) -> dict[str, Any]:
    return {
        "recipe": recipe.to_json(),
        "data": {"content_hash": content_hash, "covers": covers, "letters_filled_in": letters},
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "lightning": L.__version__},
        "machine": f"{platform.system()} {platform.machine()}, {torch.get_num_threads()} threads"
        + (f", {torch.cuda.get_device_name()}" if torch.cuda.is_available() else ""),
    }


def _write_json(path: Path, value: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", "utf-8")
    partial.replace(path)


def _keep_memory() -> None:
    """Ask glibc to keep freed memory: mapping every activation anew took over half of a CPU step (docs/log.md)."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(-4, 0)  # M_MMAP_MAX
            mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
            mallopt(-2, 2**28)  # M_TOP_PAD
