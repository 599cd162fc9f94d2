"""`LoraRecipe`: everything that defines a fine-tuning of a large model, but for the model and the covers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from duck_and_cover.errors import BadInput

__all__ = ["FREE", "LoraRecipe"]

FREE = frozenset({"kimg", "preview_kimg", "checkpoint_kimg"})
"""What may change when a run goes on: its length and how it is watched."""


@dataclass(frozen=True)
class LoraRecipe:
    """A fine-tuning.

    kimg:           length in thousands of pictures shown.
    size_px:        of covers as they are shown; 0 is the model's own size.
    batch:          pictures a step.
    rank:           width of the learned matrices: how much can be learned, and how large the file is.
    learning_rate:  AdamW's, after `warmup_kimg` of rising linearly; constant, so a longer run goes on as it was.
    drop_caption:   how often a picture is shown without its caption, so that guidance keeps working.
    letter_weight:  how much an error counts where lettering was filled in, beside 1 elsewhere.
    """

    kimg: float = 8.0
    size_px: int = 0
    batch: int = 4
    rank: int = 16
    learning_rate: float = 1e-4
    warmup_kimg: float = 0.2
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    drop_caption: float = 0.1
    letter_weight: float = 0.1
    seed: int = 1
    checkpoint_kimg: float = 0.5
    preview_kimg: float = 1.0

    def __post_init__(self) -> None:
        for wanted, fits, *names in (
            ("above 0", lambda v: v > 0, "kimg", "batch", "rank", "learning_rate", "clip_norm", "checkpoint_kimg",
             "preview_kimg"),
            ("0 or more", lambda v: v >= 0, "warmup_kimg", "weight_decay", "seed"),
            ("0 to 1", lambda v: 0 <= v <= 1, "drop_caption", "letter_weight"),
            ("0, or 64 to 2048 in steps of 16", lambda v: not v or (64 <= v <= 2048 and v % 16 == 0), "size_px"),
        ):  # fmt: skip
            for name in names:
                if not fits(value := getattr(self, name)):  # type: ignore[operator]
                    raise BadInput(f"{name} of a LoRA is {value}; wanted {wanted}")

    @property
    def total_images(self) -> int:
        """Pictures shown in all, whole batches."""
        return math.ceil(round(1000 * self.kimg, 6) / self.batch) * self.batch

    def learning_rate_at(self, images: int) -> float:
        """Linear rise, then constant."""
        rise = min(1.0, (images + self.batch) / (1000 * self.warmup_kimg)) if self.warmup_kimg else 1.0
        return self.learning_rate * rise
