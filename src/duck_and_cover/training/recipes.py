"""The recipes that ship, one function each. A recipe names one result.

GANs come in the paper's size, for an accelerator, and as `…-small`, which learns to 100 kimg on two CPU cores in 12 to
45 minutes (benchmarks/networks.md). Any field can be changed on the command line: `--set width=96`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from duck_and_cover.errors import UnknownChoice
from duck_and_cover.models.dcgan import DcganConfig
from duck_and_cover.models.flow import ASPECTS, CHANGES, FlowConfig
from duck_and_cover.models.judge import JudgeConfig
from duck_and_cover.models.progan import ProganConfig
from duck_and_cover.models.r3gan import R3ganConfig
from duck_and_cover.models.upscaler import UpscalerConfig
from duck_and_cover.models.wgan_gp import WganGpConfig
from duck_and_cover.training.recipe import FlowRecipe, GanRecipe, JudgeRecipe, Recipe, UpscaleRecipe

__all__ = [
    "RECIPES",
    "dcgan_64",
    "dcgan_64_small",
    "dcgan_128",
    "flagship",
    "flow_64",
    "flow_128",
    "flow_tiny",
    "judge_64",
    "progan_64_small",
    "progan_512",
    "r3gan_64",
    "r3gan_64_small",
    "r3gan_128",
    "r3gan_256",
    "recipe",
    "upscaler_256",
    "wgan_gp_64",
    "wgan_gp_64_small",
    "wgan_gp_128",
]


def flow_64() -> FlowRecipe:
    """For two CPU cores: 9.6 M parameters, 64 px folded to 32 x 32 x 12; four hours.

    Batches are small because a CPU run shows few pictures: twice as many steps for the same time. Shape and learning
    rate were chosen by experiment (docs/log.md, 2026-11-25).
    """
    return FlowRecipe("flow-64", FlowConfig(resolution_px=64, widths=(64, 128, 192)), batch=32, kimg=840,
                      learning_rate=1e-3, time_mean=0.4, half_known=50, drop_names=0.8, year_off=5,
                      preview_kimg=20)  # fmt: skip


def flow_128() -> FlowRecipe:
    """For an accelerator: 128 px folded to 32 x 32 x 48, 11.9 M parameters, so its bundle stays below 25 MB and two
    CPU cores draw a picture in a fifth of a second.

    Three hundred passes over 9,000 covers want dropout, pictures changed and labelled so, and probably years told wrong
    by a few (docs/log.md, 2026-11-26; what ships was trained before and knows them exactly). Times lie nearer to noise
    than at 64 px, since four times as many pixels show as much through it (Esser et al. 2024, equation 23).
    """
    network = FlowConfig(resolution_px=128, patch_px=4, widths=(128, 160, 192), attention=(False, False, True),
                         embedding=256, dropout=0.1, aspects=ASPECTS + CHANGES)  # fmt: skip
    return FlowRecipe("flow-128", network, batch=256, kimg=3000, learning_rate=1e-3, warmup_kimg=100, ema_kimg=100,
                      time_mean=1.1, shift=2, augment=0.15, half_known=50, drop_names=0.8, year_off=5,
                      preview_kimg=250, checkpoint_kimg=250, health_kimg=250)  # fmt: skip


def flagship() -> FlowRecipe:
    """What ships, for whoever has covers of their own: today flow-128 by another name.

    docs/flagship.md says what to change with the number of covers and with the machine.
    """
    return replace(flow_128(), name="flagship")


def flow_tiny() -> FlowRecipe:
    """Seconds on any machine: for tests and a first try."""
    network = FlowConfig(resolution_px=32, widths=(32, 64), attention=(False, True), blocks=1, embedding=64)
    return FlowRecipe("flow-tiny", network, batch=16, kimg=1.6, warmup_kimg=0.2, ema_kimg=0.5, steps=4,
                      preview_kimg=0.8, checkpoint_kimg=0.8, health_kimg=1.6)  # fmt: skip


def judge_64() -> JudgeRecipe:
    """Tells genre and decade of a cover, for `evaluate`; a seed of its own, and a network that nothing else shares."""
    return JudgeRecipe("judge-64", JudgeConfig(), batch=64, kimg=400, seed=20_001, zoom=0.25, balance=0.5, augment=0.5,
                       preview_kimg=400, checkpoint_kimg=20, health_kimg=20)  # fmt: skip


def upscaler_256() -> UpscaleRecipe:
    """Makes art of 64 px four times as large, learned from pieces of covers."""
    return UpscaleRecipe("upscaler-256", UpscalerConfig(), batch=16, kimg=100, gamma=1.0, final_gamma=0.1,
                         generator_rate=5e-4, critic_rate=5e-4, final_rate=5e-5, beta1=0.0, beta2=0.99, anneal=1.0,
                         ramp_from=0, ramp_kimg=0, smallest_px=256, balance=0.0, ema_kimg=5, preview_kimg=10,
                         checkpoint_kimg=5, health_kimg=100)  # fmt: skip


def dcgan_64() -> GanRecipe:
    """The paper's network and optimiser: width 128 (1024 at 4 px), batch 128, Adam 2e-4, beta 1 of 0.5."""
    return GanRecipe("dcgan-64", DcganConfig(), batch=128, kimg=2000, beta1=0.5, beta2=0.999,
                     ramp_from=50, ramp_kimg=150, preview_kimg=50, checkpoint_kimg=25, health_kimg=50)  # fmt: skip


def dcgan_128() -> GanRecipe:
    """One layer more than the paper's."""
    return _at(dcgan_64(), "dcgan-128", resolution_px=128)


def dcgan_64_small() -> GanRecipe:
    """A CPU's: half the width, batch 32 and a narrow condition; with 64 and as wide a one as the paper's size has,
    all pictures of a genre became one (docs/log.md, 2026-11-25).
    """
    return _at(dcgan_64(), "dcgan-64-small", width=64, embedding=16, batch=32, **_SHORT)


def wgan_gp_64() -> GanRecipe:
    """The paper's: lambda 10, five critic steps, batch 64, Adam 1e-4 with betas (0, 0.9), 200,000 generator steps."""
    return GanRecipe("wgan-gp-64", WganGpConfig(), batch=64, kimg=64_000, loss="wasserstein", gradient_penalty=10.0,
                     critic_steps=5, generator_rate=1e-4, critic_rate=1e-4, beta1=0.0, beta2=0.9,
                     ramp_from=100, ramp_kimg=300, preview_kimg=100, checkpoint_kimg=50, health_kimg=100)  # fmt: skip


def wgan_gp_128() -> GanRecipe:
    """One halving more than the paper's."""
    return _at(wgan_gp_64(), "wgan-gp-128", resolution_px=128)


def wgan_gp_64_small() -> GanRecipe:
    """A CPU's: half the width, batch 32 and two critic steps, since few steps are all there are."""
    return _at(wgan_gp_64(), "wgan-gp-64-small", width=32, batch=32, critic_steps=2, generator_rate=2e-4,
               critic_rate=2e-4, **_SHORT)  # fmt: skip


def progan_512() -> GanRecipe:
    """The paper's, grown from 4 px: 800 kimg a resolution and 800 to fade the next in.

    Batch 16 (14 at 256 px, 6 at 512), Adam 1e-3 with betas (0, 0.99), lambda 10, drift 0.001,
    averaging of 0.999 a step of 16 pictures.
    """
    return GanRecipe("progan-512", ProganConfig(), batch=16, batches=((256, 14), (512, 6)), kimg=15_000,
                     loss="wasserstein", gradient_penalty=10.0, drift=0.001, stable_kimg=800, fade_kimg=800,
                     generator_rate=1e-3, critic_rate=1e-3, beta1=0.0, beta2=0.99, ema_kimg=11.085,
                     ramp_from=200, ramp_kimg=600, preview_kimg=100, checkpoint_kimg=50, health_kimg=200)  # fmt: skip


def progan_64_small() -> GanRecipe:
    """A CPU's, to 64 px: a quarter of the capacity, 9 kimg a phase, larger minibatches while pictures are small."""
    return _at(progan_512(), "progan-64-small", resolution_px=64, capacity=2048, widest=128, latent=128, embedding=48,
               group=4, stable_kimg=9, fade_kimg=9, batch=16, batches=((4, 64), (8, 64), (16, 32), (32, 32)),
               **(_SHORT | {"kimg": 105}))  # fmt: skip


def r3gan_64() -> GanRecipe:
    """The paper's at 64 px: width 768, batch 256, 20,000 kimg.

    Over the run gamma goes from 2 to 0.2, Adam from 2e-4 to 5e-5, beta 2 from 0.9 to 0.99.
    """
    return GanRecipe("r3gan-64", R3ganConfig(), batch=256, kimg=20_000, loss="relativistic", gamma=2.0, final_gamma=0.2,
                     generator_rate=2e-4, critic_rate=2e-4, final_rate=5e-5, beta1=0.0, beta2=0.9, final_beta2=0.99,
                     anneal=1.0, ema_kimg=500, augment=0.5, ramp_from=200, ramp_kimg=600,
                     preview_kimg=250, checkpoint_kimg=100, health_kimg=250)  # fmt: skip


def r3gan_128() -> GanRecipe:
    """Between the paper's 64 and 256 px: gamma grows with the number of pixels."""
    return _at(r3gan_64(), "r3gan-128", resolution_px=128, widths=(768, 768, 768, 768, 768, 384), gamma=16.0,
               final_gamma=1.6)  # fmt: skip


def r3gan_256() -> GanRecipe:
    """The paper's at 256 px: gamma 150 to 15."""
    return _at(r3gan_64(), "r3gan-256", resolution_px=256, widths=(768, 768, 768, 768, 768, 384, 192), gamma=150.0,
               final_gamma=15.0)  # fmt: skip


def r3gan_64_small() -> GanRecipe:
    """A CPU's, 2.8 M parameters a network: pictures folded 2 x 2, one block a resolution, 3 x 3 without groups.

    Gamma is ten times the paper's: with 9,000 pictures and small batches the critic wins at 2 (docs/log.md).
    """
    return _at(r3gan_64(), "r3gan-64-small", widths=(384, 256, 128, 64), fold_px=2, blocks=1, expansion=1, group=0,
               embedding=32, gamma=20.0, final_gamma=20.0, batch=32, **_SHORT)  # fmt: skip


_SHORT = {"kimg": 100, "ema_kimg": 5, "ramp_from": 10, "ramp_kimg": 30, "preview_kimg": 4, "checkpoint_kimg": 5,
          "health_kimg": 10}  # fmt: skip


def _at(base: GanRecipe, name: str, **changes: object) -> GanRecipe:
    changed = base.with_changes(name=name, **changes)
    assert isinstance(changed, GanRecipe)
    return changed


RECIPES: dict[str, Callable[[], Recipe]] = {
    make.__name__.replace("_", "-"): make
    for make in (flagship, flow_64, flow_128, flow_tiny, dcgan_64, dcgan_128, dcgan_64_small, wgan_gp_64, wgan_gp_128,
                 wgan_gp_64_small, progan_512, progan_64_small, r3gan_64, r3gan_128, r3gan_256, r3gan_64_small,
                 judge_64, upscaler_256)
}  # fmt: skip


def recipe(name: str) -> Recipe:
    """The recipe of that name; raises `UnknownChoice`."""
    if name not in RECIPES:
        raise UnknownChoice("recipe", name, RECIPES)
    return RECIPES[name]()
