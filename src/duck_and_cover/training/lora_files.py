"""What a fine-tuning writes beside its checkpoints: the adapter with its card, previews, and numbers as it goes."""

from __future__ import annotations

import json
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Pixels, resized
from duck_and_cover.errors import Failure
from duck_and_cover.training.lora_bases import Base
from duck_and_cover.training.record import read_record

if TYPE_CHECKING:
    from duck_and_cover.training.lora import Large

__all__ = ["PREVIEWS", "Watch", "write_adapter", "write_preview"]

PREVIEWS: tuple[tuple[str, int], ...] = (("thrash metal", 1988), ("jazz", 1959), ("vaporwave", 2015), ("folk", 1972))
LARGEST_CELL_PX = 512

_CARD = """# {name}

A LoRA for {pipeline} **{base}** (identity {sha256}), rank {rank}, trained with `duckcover train lora` on {covers:,}
album covers and their captions at {size_px} px: {shown:,} pictures shown, learning rate {learning_rate:g}, batches of
{batch}, seed {seed}. {letters}

## Using it

`duckcover create --engine diffusers:BASE+THIS_FOLDER --genre "thrash metal" --year 1988`, or `load_lora_weights` of
diffusers. Prompts begin as the captions do: "album cover, thrash metal, 1988".

## Rights

It is made from the model it belongs to and from the covers it was shown: the licence of the one and the rights to the
others decide what may be done with it. Nothing here grants either. It can reproduce what it was shown often; the fewer
covers and the longer the training, the more.
"""


def write_adapter(pipe: Any, base: Base, adapter: str, run_dir: Path, shown: int) -> Path:
    """Write `RUN/adapter`: safetensors as diffusers loads them, `lora.json`, `card.md`; each renamed into place."""
    from peft.utils import get_peft_model_state_dict  # pyright: ignore[reportMissingImports]

    record = read_record(run_dir)
    recipe, told = record["recipe"], record["base"]
    work, folder = run_dir / "adapter.partial", run_dir / "adapter"
    shutil.rmtree(work, ignore_errors=True)
    layers = get_peft_model_state_dict(base.denoiser, adapter_name=adapter)
    pipe.save_lora_weights(work, **{f"{base.part}_lora_layers": layers}, safe_serialization=True)
    letters = "Lettering was filled in beforehand, so it draws none." if record["data"]["letters"] else (
        "Lettering was left on the covers, so it may draw letters of its own.")  # fmt: skip
    card = _CARD.format(name=run_dir.resolve().name, pipeline=told["pipeline"], base=told["name"], shown=shown,
                        sha256=told["sha256"][:16], covers=record["data"]["covers"], letters=letters,
                        **{k: recipe[k] for k in ("rank", "size_px", "learning_rate", "batch", "seed")})  # fmt: skip
    (work / "card.md").write_text(card, "utf-8")
    facts = {"captioned": True, "images_shown": shown, **record}
    (work / "lora.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", "utf-8")
    folder.mkdir(exist_ok=True)
    for path in sorted(work.iterdir()):
        path.replace(folder / path.name)
    work.rmdir()
    return folder


def write_preview(large: Large, run_dir: Path, shown: int) -> None:
    """`RUN/previews/NUMBER.png`: the same conditions and seeds each time, side by side."""
    pictures = [_drawn(large, Condition({genre: 1.0}, year)) for genre, year in PREVIEWS]
    side = min(LARGEST_CELL_PX, *map(len, pictures))
    target = run_dir / "previews" / f"{shown:010d}.png"
    target.parent.mkdir(exist_ok=True)
    partial = target.with_suffix(".partial")
    Image.fromarray(np.concatenate([resized(picture, side) for picture in pictures], axis=1)).save(partial, "PNG")
    partial.replace(target)


def _drawn(large: Large, condition: Condition) -> Pixels:
    """A picture, or grey where the pipeline withholds it: that ends no training."""
    try:
        return large.draw(condition, 1).pixels
    except Failure:
        return np.full((LARGEST_CELL_PX, LARGEST_CELL_PX, 3), 128, np.uint8)


class Watch:
    """`stats.jsonl`, a line every `every_kimg`, and a line or bar in the terminal.

    shown:  pictures shown before; rows after it are dropped, since those pictures are shown again.
    """

    def __init__(self, path: Path, shown: int, total: int, every_kimg: float, quiet: bool) -> None:
        self.path, self.total, self.every, self.quiet = path, total, max(1, round(1000 * every_kimg)), quiet
        self.live = sys.stdout.isatty() and not quiet
        self.losses: list[float] = []
        self.began = self.since = (time.monotonic(), shown)
        if path.exists():
            rows = [line for line in path.read_text("utf-8").splitlines(keepends=True) if line.endswith("\n")]
            partial = path.with_suffix(".partial")
            partial.write_text("".join(row for row in rows if json.loads(row)["images"] <= shown), "utf-8")
            partial.replace(path)
        if shown and not quiet:
            sys.stdout.write(f"going on from {shown:,} images shown\n")

    def saw(self, shown: int, loss: float, rate: float) -> None:
        """After each step: pictures shown by then, its loss, the learning rate."""
        self.losses.append(loss)
        now = time.monotonic()
        speed = (shown - self.began[1]) / max(1e-9, now - self.began[0])
        minutes = round((self.total - shown) / speed / 60)
        state = (f"{shown:9,} of {self.total:,} images   {speed:7.2f} images/s   {minutes // 60} h {minutes % 60:02d} "
                 f"min left   loss {np.mean(self.losses):.4f}")  # fmt: skip
        if self.live:
            sys.stdout.write(f"\r{state}\x1b[K")
            sys.stdout.flush()
        if shown // self.every == self.since[1] // self.every:
            return
        row = {"images": shown, "loss": round(float(np.mean(self.losses)), 6), "learning_rate": rate,
               "images_per_s": round((shown - self.since[1]) / max(1e-9, now - self.since[0]), 3)}  # fmt: skip
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")
        if not self.live and not self.quiet:
            sys.stdout.write(f"{state}\n")
            sys.stdout.flush()
        self.losses, self.since = [], (now, shown)

    def close(self) -> None:
        """Leave the line that the bar stands in."""
        if self.live:
            sys.stdout.write("\n")
            sys.stdout.flush()
