"""`Recipe`: everything that defines a training run. Two equal recipes on one dataset are one run.

Recipe            what every family has: the network, length, data, averaging
├── FlowRecipe    the denoiser: learning rate, times, guidance
├── JudgeRecipe   the judge: learning rate, how pictures are changed and mixed
└── GanRecipe     the four GANs: loss, penalties, schedules of the condition and of growing
    └── UpscaleRecipe   the upscaler: a GAN asked for a small picture made large

One kimg is a thousand pictures shown. A GAN's are the real ones its critic is shown, as in the ProGAN paper.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeAlias, get_args

from duck_and_cover.errors import BadInput
from duck_and_cover.models.conditioning import Stage
from duck_and_cover.models.dcgan import DcganConfig
from duck_and_cover.models.flow import ASPECTS, CHANGES, FlowConfig
from duck_and_cover.models.judge import JudgeConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.models.r3gan import R3ganConfig
from duck_and_cover.models.upscaler import UpscalerConfig
from duck_and_cover.models.wgan_gp import WganGpConfig

__all__ = ["FlowRecipe", "GanConfig", "GanRecipe", "JudgeRecipe", "Loss", "Recipe", "UpscaleRecipe"]

GanConfig: TypeAlias = DcganConfig | WganGpConfig | ProganConfig | R3ganConfig | UpscalerConfig
Loss = Literal["standard", "wasserstein", "relativistic"]

_FAMILIES: dict[str, type] = {
    "flow": FlowConfig, "dcgan": DcganConfig, "wgan-gp": WganGpConfig, "progan": ProganConfig, "r3gan": R3ganConfig,
    "judge": JudgeConfig, "upscaler": UpscalerConfig,
}  # fmt: skip


@dataclass(frozen=True)
class Recipe:
    """What every training run has.

    batch:              pictures a step, over all devices.
    kimg:               length of the run.
    ema_kimg:           half life of the averaged weights, at most; early on it is a tenth of what was shown. In
                        pictures, so that it does not change with the batch: 11.085 is 0.999 a step of 16.
    drop_*:             how often a field is left open in training, so that the network can do without.
    half_known:         k; a genre's words are left open, its families not, with a chance of k / (n + k) where n covers
                        share it: a network learns the few covers of a rare genre by heart otherwise. 0 leaves all.
    condition_noise:    added to every number of the fields that are known, so that sparse conditions are not learned by
                        heart; their entries are about 0.2.
    year_off:           years by which a stated year is told wrong, one standard deviation, so that neighbouring years
                        teach each other and a cover is not known by its year.
    balance:            0 shows all covers alike, 1 all genre families alike, but for those of a handful of covers.
    zoom:               a picture is zoomed into by up to this share.
    smallest_px:        covers that were smaller at their source are not shown (where the data tell: `source_width`).
    health_kimg:        how often a network is held against covers kept back; a collapse of what it draws stops the run.
    """

    name: str
    network: Any
    batch: int = 64
    kimg: float = 1000.0
    ema_kimg: float = 20.0
    drop_all: float = 0.10
    drop_genres: float = 0.05
    drop_year: float = 0.15
    drop_names: float = 0.60
    half_known: float = 0.0
    condition_noise: float = 0.0
    year_off: float = 0.0
    balance: float = 0.5
    zoom: float = 0.0
    smallest_px: int = 0
    seed: int = 0
    preview_kimg: float = 10.0
    checkpoint_kimg: float = 5.0
    health_kimg: float = 20.0

    def __post_init__(self) -> None:
        numbers = [f.name for f in fields(self) if isinstance(getattr(self, f.name), int | float)]
        self._want("a finite number", math.isfinite, *numbers)
        self._want("0 or more", lambda v: v >= 0, "seed", "smallest_px")
        self._want("0 to 1", lambda v: 0 <= v <= 1, "drop_all", "drop_genres", "drop_year", "drop_names", "balance")
        self._want("above 0", lambda v: v > 0, "batch", "kimg", "ema_kimg", "preview_kimg", "checkpoint_kimg",
                   "health_kimg")  # fmt: skip
        self._want("0 or more", lambda v: v >= 0, "half_known", "condition_noise", "year_off")
        self._want("0 to 0.5", lambda v: 0 <= v < 0.5, "zoom")
        for f in fields(self.network):
            value = getattr(self.network, f.name)
            least = 0 if f.name == "group" else 1
            if any(type(v) is int and v < least for v in (value if isinstance(value, tuple) else (value,))):
                raise BadInput(f"recipe {self.name}: {f.name} is {value}; wanted {least} or more")

    def _want(self, wanted: str, fits: Any, *names: str) -> None:
        for name in names:
            if not fits(getattr(self, name)):
                raise BadInput(f"recipe {self.name}: {name} is {getattr(self, name)}; wanted {wanted}")

    @property
    def family(self) -> str:
        """ "flow", "dcgan", "wgan-gp", "progan", "r3gan", "judge" or "upscaler"."""
        return next(family for family, config in _FAMILIES.items() if isinstance(self.network, config))

    @property
    def total_images(self) -> int:
        return max(1, round(self.kimg * 1000))

    def batch_at(self, images: int) -> int:
        """Pictures of the step that begins after `images`."""
        return self.batch

    def resolution_at(self, images: int) -> int:
        """Side in px of the pictures that are shown then."""
        return self.network.resolution_px

    @property
    def resolutions(self) -> tuple[int, ...]:
        """Every side that `resolution_at` can give."""
        return (self.network.resolution_px,)

    def to_json(self) -> dict[str, Any]:
        return {"family": self.family, **asdict(self)}

    @staticmethod
    def from_json(values: dict[str, Any]) -> Recipe:
        """The recipe that `to_json` described; raises `BadInput` for a family unknown here."""
        rest = dict(values)
        family = rest.pop("family", "flow")
        if family not in _FAMILIES:
            raise BadInput(f"a recipe of family {family!r}; this version knows {', '.join(_FAMILIES)}")
        cls = {"flow": FlowRecipe, "judge": JudgeRecipe, "upscaler": UpscaleRecipe}.get(family, GanRecipe)
        try:
            network = {k: tuple(v) if isinstance(v, list) else v for k, v in rest["network"].items()}
            if "batches" in rest:
                rest["batches"] = tuple(tuple(pair) for pair in rest["batches"])
            return cls(**{**rest, "network": _FAMILIES[family](**network)})
        except (TypeError, KeyError, AttributeError) as error:
            raise BadInput(f"a recipe of another version: {error}") from error

    def with_changes(self, **changes: Any) -> Recipe:
        """This recipe with some fields changed, its network's among them; unknown names raise `BadInput`."""
        own, network = {f.name for f in fields(self)}, {f.name for f in fields(self.network)}
        if unknown := set(changes) - own - network:
            known = sorted((own | network) - {"name", "network"})
            raise BadInput(f"a recipe has no {sorted(unknown)}; {self.name} has {', '.join(known)}")
        shape = {k: v for k, v in changes.items() if k not in own}
        rest = {k: v for k, v in changes.items() if k in own}
        try:
            built = replace(rest.pop("network", self.network), **shape)
        except (ValueError, ZeroDivisionError) as error:
            raise BadInput(f"recipe {self.name}: {error}") from error
        return replace(self, network=built, **rest)


@dataclass(frozen=True)
class FlowRecipe(Recipe):
    """A training run of the flow-matching denoiser.

    learning_rate:      AdamW's, after `warmup_kimg` of rising linearly; it falls over the last `cooldown` of the run.
    time_mean, time_std:  logit-normal times; above 0 spends more on noisy ones, where composition is decided.
    letter_weight:      how much an error counts where lettering was filled in, beside 1 elsewhere.
    augment:            how often a picture is moved, turned and recoloured, each; the network is told how, in aspects.
    guidance, steps:    how previews are drawn.
    shift:              of the times at which a bundle is drawn with (`bundle.Sampler`); more for larger pictures.
    """

    network: FlowConfig = field(default_factory=FlowConfig)
    zoom: float = 0.125
    learning_rate: float = 7e-4
    warmup_kimg: float = 12.0
    cooldown: float = 0.4
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    time_mean: float = 0.2
    time_std: float = 1.0
    letter_weight: float = 0.1
    augment: float = 0.0
    guidance: float = 2.5
    steps: int = 16
    shift: float = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self._want("0 to 1", lambda v: 0 <= v <= 1, "letter_weight", "cooldown", "augment")
        self._want("above 0", lambda v: v > 0, "learning_rate", "time_std", "clip_norm", "steps")
        if self.network.aspects != (told := ASPECTS + CHANGES * bool(self.augment)):
            raise BadInput(f"recipe {self.name}: aspects is {self.network.aspects}; with augment at {self.augment} "
                           f"wanted {told}")  # fmt: skip

    def learning_rate_at(self, images: int) -> float:
        """Trapezoid: linear rise over `warmup_kimg`, flat, linear fall to a fiftieth over the last `cooldown`."""
        rise = min(1.0, (images / 1000 + 0.1) / self.warmup_kimg) if self.warmup_kimg else 1.0
        left = 1.0 - images / (1000 * self.kimg)
        fall = max(0.02, min(1.0, left / self.cooldown)) if self.cooldown else 1.0
        return self.learning_rate * rise * fall


@dataclass(frozen=True)
class JudgeRecipe(Recipe):
    """A training run of the judge. It is shown every field of a condition, since it reads its labels there.

    learning_rate:  AdamW's, after `warmup_kimg` of rising linearly; it falls along a cosine to nothing.
    decade_weight:  of decades beside families in the loss.
    augment:        how often a picture is moved, turned and zoomed, each (`augment.py`); colours tell genre and stay.
    mix:            pictures are blended with another by up to this share, and their labels.
    """

    network: JudgeConfig = field(default_factory=JudgeConfig)
    drop_all: float = 0.0
    drop_genres: float = 0.0
    drop_year: float = 0.0
    drop_names: float = 1.0
    learning_rate: float = 2e-3
    warmup_kimg: float = 10.0
    weight_decay: float = 0.05
    decade_weight: float = 0.5
    augment: float = 0.4
    mix: float = 0.4

    def __post_init__(self) -> None:
        super().__post_init__()
        self._want("above 0", lambda v: v > 0, "learning_rate")
        self._want("2 or more, since pictures are normalised together", lambda v: v >= 2, "batch")
        self._want("0 or more", lambda v: v >= 0, "weight_decay", "decade_weight", "warmup_kimg")
        self._want("0 to 1", lambda v: 0 <= v <= 1, "augment", "mix")

    def learning_rate_at(self, images: int) -> float:
        """Linear rise, then half a cosine to 0."""
        rise = min(1.0, (images / 1000 + 0.1) / self.warmup_kimg) if self.warmup_kimg else 1.0
        return self.learning_rate * rise * (0.5 + 0.5 * math.cos(math.pi * min(1.0, images / (1000 * self.kimg))))


@dataclass(frozen=True)
class GanRecipe(Recipe):
    """A training run of a GAN.

    loss:               "standard" (DCGAN's, non-saturating), "wasserstein" or "relativistic" (pairing).
    generator_rate, critic_rate, beta1, beta2:  Adam's. With `final_rate` the rates, and with `final_beta2` beta 2, move
                        to that value along a cosine over the first `anneal` of the run.
    critic_steps:       steps of the critic for one of the generator.
    gradient_penalty:   weight of (|gradient| - 1)^2 on blends of real and generated, WGAN-GP's lambda.
    drift:              weight of score^2 on real pictures, ProGAN's epsilon.
    gamma:              weight of R1 + R2, the squared gradients at real and at generated pictures, halved; moves to
                        `final_gamma` as the rates do.
    ramp_from, ramp_kimg:  the condition is not listened to before, and fully after `ramp_kimg` more.
    stable_kimg, fade_kimg:  a growing network learns a resolution for so long, then fades the next one in.
    batches:            pictures a step at some resolutions, (px, count); `batch` at all others.
    augment:            target of the adaptive augmentation, 0 for none (`augment.py`).
    """

    network: GanConfig = field(default_factory=DcganConfig)
    condition_noise: float = 0.05
    loss: Loss = "standard"
    generator_rate: float = 2e-4
    critic_rate: float = 2e-4
    final_rate: float | None = None
    beta1: float = 0.5
    beta2: float = 0.999
    final_beta2: float | None = None
    anneal: float = 0.5
    critic_steps: int = 1
    gradient_penalty: float = 0.0
    drift: float = 0.0
    gamma: float = 0.0
    final_gamma: float | None = None
    ramp_from: float = 10.0
    ramp_kimg: float = 30.0
    stable_kimg: float = 0.0
    fade_kimg: float = 0.0
    batches: tuple[tuple[int, int], ...] = ()
    augment: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.loss not in get_args(Loss):
            raise BadInput(f"recipe {self.name}: loss is {self.loss!r}; wanted one of {', '.join(get_args(Loss))}")
        self._want("above 0", lambda v: v > 0, "generator_rate", "critic_rate", "critic_steps", "anneal")
        self._want("0 to below 1", lambda v: 0 <= v < 1, "beta1", "beta2")
        self._want("above 0", lambda v: v is None or v > 0, "final_rate")
        self._want("0 to below 1", lambda v: v is None or 0 <= v < 1, "final_beta2")
        self._want("0 or more", lambda v: v is None or v >= 0, "final_gamma")
        self._want("(px, count) pairs, counts of 1 or more", lambda v: all(n > 0 for _, n in v), "batches")
        self._want("0 or more", lambda v: v >= 0, "gradient_penalty", "drift", "gamma", "ramp_from", "ramp_kimg",
                   "stable_kimg", "fade_kimg", "augment")  # fmt: skip
        if self.grows and not isinstance(self.network, ProganConfig):
            raise BadInput(f"recipe {self.name}: only progan grows; stable_kimg and fade_kimg must be 0")

    @property
    def grows(self) -> bool:
        return self.stable_kimg > 0 or self.fade_kimg > 0

    def stage_at(self, images: int) -> Stage:
        """What the networks are told after so many images."""
        strength = (images / 1000 - self.ramp_from) / self.ramp_kimg if self.ramp_kimg else math.inf
        return Stage(min(1.0, max(0.0, strength)), self.level_at(images))

    def level_at(self, images: int) -> float:
        """log2 of the resolution; a fraction is how far the next one has faded in. Infinite where nothing grows."""
        if not self.grows:
            return math.inf
        whole, inside = divmod(images / 1000, self.stable_kimg + self.fade_kimg)
        share = max(0.0, inside - self.stable_kimg) / self.fade_kimg if self.fade_kimg else 0.0
        return min(2 + whole + share, math.log2(self.network.resolution_px))

    def phase_at(self, images: int) -> tuple[int, int]:
        """(level, 1 while the next one fades in else 0): when it changes, the optimisers start anew."""
        level = self.level_at(images)
        return (0, 0) if math.isinf(level) else (math.floor(level), int(level != math.floor(level)))

    @property
    def resolutions(self) -> tuple[int, ...]:
        last = self.network.resolution_px
        return tuple(2**level for level in range(2, int(math.log2(last)) + 1)) if self.grows else (last,)

    def resolution_at(self, images: int) -> int:
        level = self.level_at(images)
        return self.network.resolution_px if math.isinf(level) else 2 ** math.ceil(level)

    def batch_at(self, images: int) -> int:
        return dict(self.batches).get(self.resolution_at(images), self.batch)

    def annealed(self, images: int, first: float, final: float | None) -> float:
        """A setting on its way from `first` to `final`, half a cosine over the first `anneal` of the run."""
        if final is None:
            return first
        gone = min(1.0, images / (1000 * self.kimg * self.anneal))
        return final + (first - final) * (0.5 + 0.5 * math.cos(math.pi * gone))


@dataclass(frozen=True)
class UpscaleRecipe(GanRecipe):
    """A training run of the upscaler.

    faithful:  weight of the difference to the small picture, after what was drawn is made small again.
    content:   weight of the difference to the very piece; a little of it calms the beginning.
    worse:     how much small pictures are blurred and grained at most, since drawn art is not as clean as covers are.
    """

    network: UpscalerConfig = field(default_factory=UpscalerConfig)
    drop_all: float = 1.0
    condition_noise: float = 0.0
    loss: Loss = "relativistic"
    faithful: float = 10.0
    content: float = 1.0
    worse: float = 0.5

    def __post_init__(self) -> None:
        super().__post_init__()
        self._want("0 or more", lambda v: v >= 0, "faithful", "content")
        self._want("0: what is drawn must fit the small picture", lambda v: v == 0, "augment")
        self._want("0 to 1", lambda v: 0 <= v <= 1, "worse")
