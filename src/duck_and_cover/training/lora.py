"""`train_lora`: teach a large text-to-image model what covers look like, by a LoRA on its attention.

The model stays as it is; beside each projection of its attention two thin matrices are learned. Picture k of a run
depends on the seed and on k alone, so a resumed run is the same run.

RUN/
    run.json, stats.jsonl, previews/, last.ckpt, before.ckpt     as of any run
    captions.jsonl                                               what was said of each cover
    adapter/                                                     the LoRA so far: weights, lora.json, card.md

Reference: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"; `peft` 0.21, `LoraConfig`.
"""

from __future__ import annotations

import contextlib
import platform
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import torch

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover
from duck_and_cover.dataset.letters import Box
from duck_and_cover.errors import BadInput, CannotWrite, Failure, MissingExtra
from duck_and_cover.training.checkpoints import BEFORE, LAST, has_checkpoint, newest
from duck_and_cover.training.lora_bases import Base, base_of
from duck_and_cover.training.lora_covers import CaptionedCovers, LoraStream, captioned_covers
from duck_and_cover.training.lora_files import Watch, write_adapter, write_preview
from duck_and_cover.training.lora_recipe import FREE, LoraRecipe
from duck_and_cover.training.record import alone, check_same_data, read_record, write_record

__all__ = ["Large", "train_lora"]

ADAPTER = "cover"
ATTENTION = ("to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out")
"""Projections of attention, as diffusers calls them; the latter four where words and picture attend together."""


class Large(Protocol):
    """What is fine-tuned: an engine on a pipeline of diffusers.

    pipe:         the pipeline, all of it on one device.
    base_sha256:  identity of the model as it was loaded.
    captioned:    whether it is asked with prompts that begin as captions do.
    """

    name: str
    base_sha256: str
    captioned: bool

    @property
    def pipe(self) -> Any:
        """The pipeline."""
        ...

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture."""
        ...


def train_lora(large: Large, recipe: LoraRecipe, data: Path, run_dir: Path, *,
               letters: Mapping[str, Sequence[Box]] | None = None, resume: bool = False, quiet: bool = False,
               warn: Callable[[str], None] = lambda said: None) -> int:  # fmt: skip
    """Train until `recipe.kimg`; returns the pictures shown. `RUN/adapter` is what diffusers loads as a LoRA.

    letters:  id -> boxes of lettering, filled in from their surroundings. Without them covers are never mirrored.
    resume:   insist that there is a run to go on with. A folder that holds one is gone on with in any case.
    warn:     is told when a damaged checkpoint was passed over.
    Raises `BadInput` where model, folder, data and recipe do not fit together, `Failure` where memory does not suffice
    or the loss is no number, `MissingExtra` without peft.
    """
    if resume and not has_checkpoint(run_dir):
        raise BadInput(f"{run_dir}: nothing to resume, there is no {LAST}")
    base = base_of(large.pipe)
    run_dir.mkdir(parents=True, exist_ok=True)
    with alone(run_dir):
        covers = captioned_covers(data, recipe.size_px or base.size_px, run_dir, letters)
        _keep_record(large, base, recipe, covers, run_dir)
        with _said_plainly():
            return _train(large, base, recipe, covers, run_dir, quiet, warn)


def _train(large: Large, base: Base, recipe: LoraRecipe, covers: CaptionedCovers, run_dir: Path, quiet: bool,
           warn: Callable[[str], None]) -> int:  # fmt: skip
    weights = _adapted(base, recipe)
    optimizer = torch.optim.AdamW(weights.values(), recipe.learning_rate, weight_decay=recipe.weight_decay)
    shown = 0
    if has_checkpoint(run_dir):
        _, content, said = newest(run_dir)
        if said:
            warn(said)
        shown = _restored(content, weights, optimizer, run_dir)
    stream = LoraStream(covers, recipe.seed, recipe.batch, recipe.drop_caption, recipe.letter_weight)
    watch = Watch(run_dir / "stats.jsonl", shown, recipe.total_images, min(0.1, recipe.kimg / 4), quiet)
    large.captioned = True  # previews ask with words like those that are taught
    begun, saved = shown, shown
    with _stopping() as asked_to_stop:
        while shown < recipe.total_images and not asked_to_stop():
            if shown == begun == 0:
                write_preview(large, run_dir, 0)
            loss = _step(base, stream, shown, recipe, weights, optimizer)
            shown += recipe.batch
            watch.saw(shown, loss, recipe.learning_rate_at(shown))
            if _passed(shown, recipe.batch, recipe.checkpoint_kimg):
                _save(large, base, recipe, shown, weights, optimizer, run_dir)
                saved = shown
            if _passed(shown, recipe.batch, recipe.preview_kimg):
                write_preview(large, run_dir, shown)
        if shown != saved:
            _save(large, base, recipe, shown, weights, optimizer, run_dir)
        stopped = asked_to_stop()
    watch.close()
    if not (run_dir / "adapter").exists():
        _save(large, base, recipe, shown, weights, optimizer, run_dir)
    if stopped:
        raise KeyboardInterrupt
    return shown


def _step(base: Base, stream: LoraStream, shown: int, recipe: LoraRecipe, weights: Mapping[str, torch.nn.Parameter],
          optimizer: torch.optim.Optimizer) -> float:  # fmt: skip
    """Learn from the next batch; returns the loss. Nothing is changed where that is not a number."""
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate_at(shown)
    loss = base.loss(stream.batch(shown))
    if not torch.isfinite(loss):
        raise Failure(f"the loss is {loss.item()} after {shown:,} images; begin anew with a smaller --rate (the last "
                      "checkpoint is whole)")  # fmt: skip
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(weights.values(), recipe.clip_norm)
    optimizer.step()
    return float(loss.detach())


def _adapted(base: Base, recipe: LoraRecipe) -> dict[str, torch.nn.Parameter]:
    """The denoiser with a LoRA that changes nothing yet; its weights, float32, by name."""
    try:
        from peft import LoraConfig  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise MissingExtra("training a LoRA", "large") from error
    denoiser = base.denoiser
    if not hasattr(denoiser, "add_adapter"):
        raise BadInput(f"diffusers knows no LoRA for a {type(denoiser).__name__}; take another base")
    config = LoraConfig(r=recipe.rank, lora_alpha=recipe.rank, init_lora_weights="gaussian",
                        target_modules=list(ATTENTION))  # fmt: skip
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        denoiser.add_adapter(config, adapter_name=ADAPTER)
    weights = {name: weight for name, weight in denoiser.named_parameters() if f".{ADAPTER}." in name}
    for weight in weights.values():
        weight.data = weight.data.float()
        weight.requires_grad_(True)
    return weights


def _save(large: Large, base: Base, recipe: LoraRecipe, shown: int, weights: Mapping[str, torch.nn.Parameter],
          optimizer: torch.optim.Optimizer, run_dir: Path) -> None:  # fmt: skip
    """A checkpoint and the adapter. Raises `CannotWrite` where the disk is full; the checkpoint before is untouched."""
    last, partial = run_dir / LAST, run_dir / "last.partial"
    state = {"images_shown": torch.tensor(shown), **{name: weight.detach() for name, weight in weights.items()}}
    try:
        torch.save({"state_dict": state, "optimizer": optimizer.state_dict()}, partial)
        if last.exists():
            last.replace(run_dir / BEFORE)
        partial.replace(last)
        write_adapter(large.pipe, base, ADAPTER, run_dir, shown)
    except (OSError, RuntimeError) as error:  # torch reports a full disk as a RuntimeError
        partial.unlink(missing_ok=True)
        raise CannotWrite(f"{last}: cannot write a checkpoint ({getattr(error, 'strerror', None) or error}); "
                          "the one before is kept: make room and go on with --resume") from error  # fmt: skip


def _restored(content: dict[str, Any], weights: Mapping[str, torch.nn.Parameter], optimizer: torch.optim.Optimizer,
              run_dir: Path) -> int:  # fmt: skip
    state = content["state_dict"]
    if {*state} - {"images_shown"} != {*weights} or "optimizer" not in content:
        raise BadInput(f"{run_dir}: its checkpoint is of another kind of run; name another folder")
    with torch.no_grad():
        for name, weight in weights.items():
            weight.copy_(state[name])
    optimizer.load_state_dict(content["optimizer"])
    return int(state["images_shown"])


def _keep_record(large: Large, base: Base, recipe: LoraRecipe, covers: CaptionedCovers, run_dir: Path) -> None:
    """Write run.json, after holding it against the one that is there."""
    data = {"content_hash": covers.content_hash, "covers": len(covers.captions), "letters": covers.letters_hash,
            "captions": covers.captions_hash}  # fmt: skip
    told = {"name": large.name, "sha256": large.base_sha256, "pipeline": type(large.pipe).__name__}
    now = {"recipe": {"family": "lora", **asdict(recipe), "size_px": base.size_px if not recipe.size_px else
                      recipe.size_px}, "base": told, "data": data}  # fmt: skip
    if (run_dir / "run.json").exists():
        before = read_record(run_dir)
        if before.get("base", {}).get("sha256") != large.base_sha256:
            raise BadInput(f"{run_dir}: was started on another model ({before.get('base', {}).get('name', 'none')}); "
                           "give the same --base")  # fmt: skip
        changed = sorted(k for k, v in now["recipe"].items() if v != before["recipe"].get(k) and k not in FREE)
        if changed:
            raise BadInput(f"{run_dir}: was started with another {', '.join(changed)}; wanted the same")
        check_same_data(data, run_dir)
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    write_record(run_dir, {**now, "versions": versions, "machine": f"{platform.system()} {platform.machine()}"})


def _passed(shown: int, batch: int, kimg: float) -> bool:
    return int((shown - batch) / (1000 * kimg)) != int(shown / (1000 * kimg))


@contextlib.contextmanager
def _stopping() -> Iterator[Callable[[], bool]]:
    """Ctrl-C and a polite kill are heard between steps; a second one is obeyed at once."""
    asked = threading.Event()

    def ask(number: int, frame: object) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()

    if threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _said_plainly() -> Iterator[None]:
    try:
        yield
    except (RuntimeError, MemoryError) as error:  # torch.OutOfMemoryError is one of the former
        if isinstance(error, RuntimeError) and "memory" not in str(error):
            raise
        raise Failure("memory does not suffice; take a smaller --batch, --size or --rank") from error
