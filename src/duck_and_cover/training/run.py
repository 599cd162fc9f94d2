"""`train`: carry a recipe out on a dataset, from the start or from where it was left."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import lightning as L
import torch
from lightning.pytorch.accelerators import CUDAAccelerator
from lightning.pytorch.utilities.exceptions import MisconfigurationException
from torch.utils.data import DataLoader

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.letters import Box
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.errors import BadInput, Failure
from duck_and_cover.training.batches import FEWEST_COVERS, BatchStream, TrainingSet, training_set
from duck_and_cover.training.checkpoints import LAST, Checkpoints, has_checkpoint, newest
from duck_and_cover.training.deadline import Deadline
from duck_and_cover.training.health import Health
from duck_and_cover.training.marks import Marks
from duck_and_cover.training.module import Training
from duck_and_cover.training.previews import Enlargements, Previews
from duck_and_cover.training.recipe import JudgeRecipe, Recipe, UpscaleRecipe
from duck_and_cover.training.record import (
    alone,
    check_same,
    check_same_data,
    first_process,
    load_weights,
    module_for,
    read_record,
    record_of,
    write_record,
)
from duck_and_cover.training.reporting import Stats, Terminal

__all__ = ["train"]

FEWEST_HELD_BACK = 32


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
    minutes: float | None = None,
    watchers: Sequence[L.Callback] = (),
    warn: Callable[[str], None] = lambda said: None,
) -> Training:
    """Train until `recipe.kimg` and return the module; `run_dir` holds everything it wrote (`record.py`).

    letters:  id -> boxes of lettering, filled in from their surroundings.
    resume:   insist that there is a run to go on with. A folder that holds one is gone on with in any case, from its
              newest whole checkpoint, or refused where recipe or data are others; it is never overwritten.
    minutes:  train for so long instead, and make `kimg` what can be shown in it (`deadline.py`).
    devices, nodes:  processes, each with a share of every batch; gradients are averaged over them.
    watchers:  more callbacks, for experiments (`benchmarks/experiments.py`).
    warn:     is told when a damaged checkpoint was passed over.
    Raises `BadInput` where the folder, the data or the recipe do not fit together, `Failure` where a run collapses.
    """
    deadline = None if minutes is None else Deadline(minutes)
    if devices < 1 or nodes < 1:
        raise BadInput(f"{devices} devices on {nodes} nodes; wanted 1 or more of each")
    sizes = {"batch": (recipe.batch,), "batches": tuple(count for _, count in getattr(recipe, "batches", ()))}
    for field, counts in sizes.items():
        if odd := [count for count in counts if count % (devices * nodes)]:
            raise BadInput(
                f"a batch of {odd[0]} pictures does not divide over {devices * nodes} processes; change --set {field}"
            )
    if resume and not has_checkpoint(run_dir):
        raise BadInput(f"{run_dir}: nothing to resume, there is no {LAST}")
    run_dir.mkdir(parents=True, exist_ok=True)
    with alone(run_dir):
        return _train(recipe, data, run_dir, letters, devices, nodes, accelerator, quiet, deadline, watchers, warn)


def _train(recipe: Recipe, data: Path, run_dir: Path, letters: Mapping[str, Sequence[Box]] | None, devices: int,
           nodes: int, accelerator: str, quiet: bool, deadline: Deadline | None, watchers: Sequence[L.Callback],
           warn: Callable[[str], None]) -> Training:  # fmt: skip
    _keep_memory()
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)  # its advertisements
    torch.set_float32_matmul_precision("high")

    encoder, module, start, checkpoint = ConditionEncoder(), module_for(recipe), 0, None
    begun = (run_dir / "run.json").exists()
    if begun:
        check_same(recipe, Recipe.from_json(read_record(run_dir)["recipe"]), run_dir)
    if has_checkpoint(run_dir):
        checkpoint, content, said = newest(run_dir)
        check_same(recipe, Recipe.from_json(content["duck_and_cover"]["recipe"]), run_dir)
        start = int(content["state_dict"]["images_shown"])
        if said:
            warn(said)
        if start >= recipe.total_images and deadline is None:
            load_weights(module, content, run_dir)
            return module
    covers, held_back = _sets(data, recipe, encoder, run_dir / "cache", letters)
    record = record_of(recipe, covers)
    if begun:
        check_same_data(record["data"], run_dir)
    if first_process():
        write_record(run_dir, record)

    stats = Stats(run_dir / "stats.jsonl", min(1.0, recipe.kimg / 4))
    with _said_plainly():
        trainer = L.Trainer(
            accelerator=accelerator,
            devices=devices,
            num_nodes=nodes,
            strategy="ddp_find_unused_parameters_true" if devices * nodes > 1 else "auto",
            precision="bf16-mixed",
            max_epochs=-1,
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            callbacks=[
                *([] if deadline is None else [deadline]),
                *_watchers(recipe, held_back, run_dir, encoder),
                *watchers,
                stats,
                *([] if quiet else [Terminal(stats)]),
                Checkpoints(run_dir),
            ],
        )
    on_gpu = isinstance(trainer.accelerator, CUDAAccelerator)
    stream = BatchStream(covers, recipe, encoder, start, trainer.global_rank, devices * nodes, packed=on_gpu)
    workers = min(12, (os.cpu_count() or 1) - 1) if on_gpu else 0
    with warnings.catch_warnings():
        for text in (".*does not have many workers.*", ".*weights_only.*", ".*LeafSpec.*", ".*No device id.*"):
            warnings.filterwarnings("ignore", text)
        with _stopped_between_steps(trainer), _said_plainly():
            trainer.fit(
                module,
                DataLoader(stream, batch_size=None, num_workers=workers, pin_memory=on_gpu),
                ckpt_path=checkpoint,
                weights_only=True,
            )
    if deadline is not None and first_process():
        write_record(run_dir, {**record, "recipe": module.recipe.to_json()})
    return module


def _watchers(recipe: Recipe, held_back: TrainingSet, run_dir: Path, encoder: ConditionEncoder) -> list[L.Callback]:
    """What looks at a network as it learns; first of all callbacks, since others write what they find."""
    if isinstance(recipe, JudgeRecipe):
        return [Marks(held_back, recipe.network.resolution_px)]
    if isinstance(recipe, UpscaleRecipe):
        return [Enlargements(run_dir / "previews", held_back)]
    return [Health(held_back, run_dir), Previews(run_dir / "previews", encoder)]


def _sets(data: Path, recipe: Recipe, encoder: ConditionEncoder, cache_dir: Path,
          letters: Mapping[str, Sequence[Box]] | None) -> tuple[TrainingSet, TrainingSet]:  # fmt: skip
    """What is shown and what is kept back to measure against; the former twice where too few are kept back."""
    covers = training_set(data, recipe, encoder, cache_dir, letters=letters)
    if (count := int((covers.chances > 0).sum())) < FEWEST_COVERS:
        raise BadInput(f"{data}: {count} covers to train on; wanted {FEWEST_COVERS} or more")
    if len(CoverDataset(data, "validation", smallest_px=recipe.smallest_px)) < FEWEST_HELD_BACK:
        return covers, covers
    return covers, training_set(data, recipe, encoder, cache_dir, part="validation", letters=letters)


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    """What a user can mend, in one line."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise Failure("the device's memory is full; take a smaller --set batch or network") from error
    except MisconfigurationException as error:
        raise BadInput(f"Lightning cannot train like this: {str(error).splitlines()[0]}") from error


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
    except SystemExit:  # Lightning's own word for a polite kill
        if not asked:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if asked:
        raise KeyboardInterrupt


def _keep_memory() -> None:
    """Ask glibc to keep freed memory: mapping every activation anew took over half of a CPU step (docs/log.md)."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
        if mallopt is not None:
            mallopt(-4, 0)  # M_MMAP_MAX
            mallopt(-1, 2**31 - 1)  # M_TRIM_THRESHOLD
            mallopt(-2, 2**28)  # M_TOP_PAD
