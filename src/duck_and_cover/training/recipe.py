"""`Recipe`: everything that defines a training run. Two equal recipes on one dataset are one run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any

from duck_and_cover.errors import BadInput
from duck_and_cover.models.flow import FlowConfig

__all__ = ["Recipe"]


@dataclass(frozen=True)
class Recipe:
    """A training run of the flow-matching denoiser. One kimg is a thousand pictures shown.

    batch:              pictures a step.
    kimg:               length of the run; the learning rate falls over the last `cooldown` of it.
    learning_rate:      AdamW's, after `warmup_kimg` of rising linearly.
    ema_kimg:           half life of the averaged weights, at most; early on it is a tenth of what was shown.
    time_mean, time_std:  logit-normal times; above 0 spends more on noisy ones, where composition is decided.
    letter_weight:      how much an error counts where lettering was filled in, beside 1 elsewhere.
    drop_*:             how often a field is left open in training, so that the network can do without.
    balance:            0 shows all covers alike, 1 all genre families alike.
    zoom:               a picture is zoomed into by up to this share, and the network is told so.
    guidance, steps:    how previews are drawn.
    """

    name: str
    network: FlowConfig = field(default_factory=FlowConfig)
    batch: int = 64
    kimg: float = 1000.0
    learning_rate: float = 7e-4
    warmup_kimg: float = 12.0
    cooldown: float = 0.4
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    ema_kimg: float = 20.0
    time_mean: float = 0.2
    time_std: float = 1.0
    letter_weight: float = 0.1
    drop_all: float = 0.10
    drop_genres: float = 0.05
    drop_year: float = 0.15
    drop_names: float = 0.60
    balance: float = 0.5
    zoom: float = 0.125
    seed: int = 0
    guidance: float = 2.5
    steps: int = 16
    preview_kimg: float = 10.0
    checkpoint_kimg: float = 5.0

    def __post_init__(self) -> None:
        for name in ("drop_all", "drop_genres", "drop_year", "drop_names", "balance", "letter_weight", "cooldown"):
            if not 0 <= getattr(self, name) <= 1:
                raise BadInput(f"recipe {self.name}: {name} is {getattr(self, name)}; wanted 0 to 1")
        for name in ("batch", "kimg", "learning_rate", "ema_kimg", "time_std", "preview_kimg", "checkpoint_kimg"):
            if getattr(self, name) <= 0:
                raise BadInput(f"recipe {self.name}: {name} is {getattr(self, name)}; wanted above 0")
        if not 0 <= self.zoom < 0.5:
            raise BadInput(f"recipe {self.name}: zoom is {self.zoom}; wanted 0 to 0.5")

    @property
    def total_steps(self) -> int:
        return max(1, round(self.kimg * 1000 / self.batch))

    def learning_rate_at(self, images: int) -> float:
        """Trapezoid: linear rise over `warmup_kimg`, flat, linear fall to a fiftieth over the last `cooldown`."""
        rise = min(1.0, (images / 1000 + 0.1) / self.warmup_kimg) if self.warmup_kimg else 1.0
        left = 1.0 - images / (1000 * self.kimg)
        fall = max(0.02, min(1.0, left / self.cooldown)) if self.cooldown else 1.0
        return self.learning_rate * rise * fall

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Recipe:
        network: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values["network"].items()}
        return cls(**{**values, "network": FlowConfig(**network)})

    def with_changes(self, **changes: Any) -> Recipe:
        """This recipe with some fields changed; unknown names raise `BadInput`."""
        unknown = set(changes) - set(self.to_json())
        if unknown:
            raise BadInput(f"a recipe has no {sorted(unknown)}; it has {', '.join(sorted(self.to_json()))}")
        return replace(self, **changes)
