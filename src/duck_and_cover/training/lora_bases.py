"""How the denoisers of large models are asked while they learn: what becomes of a cover and its caption, and the loss.

Two kinds are known. A U-Net predicts the noise (or velocity) of a noised latent picture: Stable Diffusion 1, 2 and XL.
A transformer predicts the way from picture to noise along a straight line: Stable Diffusion 3 and FLUX.1.

B  batch    R  resolution in px    L  latent side    C  latent channels    T  tokens    E  width of a token

Reference: Ho et al. 2020 (noise), Salimans & Ho 2022 (velocity), Podell et al. 2023, "SDXL", section 2.2 (sizes and
crops as conditions), Esser et al. 2024, "Scaling Rectified Flow Transformers", section 3.1 (logit-normal times).
"""

from __future__ import annotations

import inspect
import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from duck_and_cover.errors import BadInput

__all__ = ["Base", "FluxBase", "LoraBatch", "Sd3Base", "UnetBase", "base_of", "folded", "unfolded"]


@dataclass(frozen=True, eq=False)
class LoraBatch:
    """One step's worth.

    picture:  float32 (B, 3, R, R) in [-1, 1].
    weight:   float32 (B, 1, R, R), how much an error counts.
    captions: B texts; "" for none.
    luck:     B seeds, one a picture, from which its noise and its time are drawn.
    """

    picture: Tensor
    weight: Tensor
    captions: tuple[str, ...]
    luck: tuple[int, ...]


class Base:
    """A pipeline whose denoiser learns. Everything else stands still.

    part:     what the pipeline calls its denoiser.
    size_px:  side of the pictures that it draws by itself.
    """

    part = "transformer"

    def __init__(self, pipe: Any) -> None:
        self.pipe, self.denoiser = pipe, getattr(pipe, self.part)
        self.device, self.dtype = self.denoiser.device, self.denoiser.dtype
        for name in pipe.components:
            if isinstance(module := getattr(pipe, name), torch.nn.Module):
                module.requires_grad_(False).eval()
        if self.device.type != "cpu" and hasattr(self.denoiser, "enable_gradient_checkpointing"):
            self.denoiser.enable_gradient_checkpointing()  # a third slower, and a fraction of the memory
        self.size_px = self._own_size()

    def loss(self, batch: LoraBatch) -> Tensor:
        """Mean over pictures of the weighted mean of squared errors; a scalar."""
        with torch.no_grad(), self._precision():
            latent = self.latents(batch.picture.to(self.device))
            asked = self.words(batch.captions)
        generators = [torch.Generator("cpu").manual_seed(luck) for luck in batch.luck]
        noise = torch.stack([torch.randn(latent.shape[1:], generator=g) for g in generators]).to(self.device)
        with self._precision():
            found, wanted = self.asked(latent.float(), noise, generators, asked)
        weight = F.interpolate(batch.weight.to(self.device), size=latent.shape[-2:], mode="area")
        return (weight * (found.float() - wanted.float()) ** 2).sum() / (weight.sum() * latent.shape[1])

    def latents(self, picture: Tensor) -> Tensor:
        """(B, 3, R, R) -> (B, C, L, L): the middle of what the encoder says, scaled as the denoiser knows it."""
        vae, config = self.pipe.vae, self.pipe.vae.config
        upcast = getattr(config, "force_upcast", False) and vae.dtype == torch.float16
        found = vae.encode(picture.to(torch.float32 if upcast else vae.dtype)).latent_dist.mode()
        return (found - (getattr(config, "shift_factor", None) or 0.0)) * config.scaling_factor

    def words(self, captions: tuple[str, ...]) -> tuple[Tensor | None, ...]:
        """What the pipeline's own encoders make of captions: (B, T, E) first, others as the pipeline gives them."""
        takes = inspect.signature(self.pipe.encode_prompt).parameters
        offered = {"device": self.device, "num_images_per_prompt": 1, "do_classifier_free_guidance": False}
        also = {f"prompt_{i}": list(captions) for i in (2, 3)}
        return self.pipe.encode_prompt(prompt=list(captions), **{k: v for k, v in (offered | also).items()
                                                                 if k in takes})  # fmt: skip

    def asked(self, latent: Tensor, noise: Tensor, luck: list[torch.Generator], words: Any) -> tuple[Tensor, Tensor]:
        """What the denoiser finds in the noised latents and what it should find, (B, C, L, L) each."""
        raise NotImplementedError

    def _own_size(self) -> int:
        side = self.denoiser.config.sample_size
        return (side if isinstance(side, int) else min(side)) * int(self.pipe.vae_scale_factor)

    def _precision(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.dtype, enabled=self.dtype != torch.float32)

    def _between(self, latent: Tensor, noise: Tensor, luck: list[torch.Generator]) -> tuple[Tensor, Tensor]:
        """Times (B,), logit-normal, 0 at the picture and 1 at the noise, and the latents at those times."""
        time = torch.sigmoid(torch.cat([torch.randn(1, generator=g) for g in luck])).to(self.device)
        at = time.view(-1, 1, 1, 1)
        return time, (1 - at) * latent + at * noise


class UnetBase(Base):
    """Stable Diffusion 1, 2 and XL."""

    part = "unet"

    def asked(self, latent: Tensor, noise: Tensor, luck: list[torch.Generator], words: Any) -> tuple[Tensor, Tensor]:
        kept = self.pipe.scheduler.alphas_cumprod.to(self.device, torch.float32)
        time = torch.cat([torch.randint(len(kept), (1,), generator=g) for g in luck]).to(self.device)
        signal, spread = (x.view(-1, 1, 1, 1) for x in (kept[time].sqrt(), (1 - kept[time]).sqrt()))
        found = self.denoiser((signal * latent + spread * noise).to(self.dtype), time, words[0].to(self.dtype),
                              added_cond_kwargs=self._added(latent, words), return_dict=False)[0]  # fmt: skip
        kind = self.pipe.scheduler.config.prediction_type
        targets = {"epsilon": noise, "v_prediction": signal * noise - spread * latent, "sample": latent}
        return found, targets[kind]

    def _added(self, latent: Tensor, words: Any) -> dict[str, Tensor] | None:
        """SDXL's: the words as one vector, and six numbers: size of the original, place of its crop, size wanted."""
        if getattr(self.denoiser.config, "addition_embed_type", None) != "text_time":
            return None
        side = latent.shape[-1] * int(self.pipe.vae_scale_factor)
        sizes = torch.tensor([[side, side, 0, 0, side, side]] * len(latent), device=self.device, dtype=self.dtype)
        return {"text_embeds": words[2].to(self.dtype), "time_ids": sizes}


class Sd3Base(Base):
    """Stable Diffusion 3."""

    def asked(self, latent: Tensor, noise: Tensor, luck: list[torch.Generator], words: Any) -> tuple[Tensor, Tensor]:
        time, noised = self._between(latent, noise, luck)
        found = self.denoiser(hidden_states=noised.to(self.dtype), timestep=1000 * time,
                              encoder_hidden_states=words[0].to(self.dtype),
                              pooled_projections=words[2].to(self.dtype), return_dict=False)[0]  # fmt: skip
        return found, noise - latent


class FluxBase(Base):
    """FLUX.1, whose latents are folded two by two into a row of tokens."""

    def asked(self, latent: Tensor, noise: Tensor, luck: list[torch.Generator], words: Any) -> tuple[Tensor, Tensor]:
        time, noised = self._between(latent, noise, luck)
        batch, channels, side, _ = latent.shape
        embeddings, pooled, text_places = words
        places = self.pipe._prepare_latent_image_ids(batch, side // 2, side // 2, self.device, self.dtype)
        guided = self.denoiser.config.guidance_embeds
        guidance = torch.full((batch,), self._own_guidance(), device=self.device) if guided else None
        found = self.denoiser(hidden_states=folded(noised).to(self.dtype), timestep=time, guidance=guidance,
                              pooled_projections=pooled.to(self.dtype), txt_ids=text_places, img_ids=places,
                              encoder_hidden_states=embeddings.to(self.dtype), return_dict=False)[0]  # fmt: skip
        return unfolded(found, channels), noise - latent

    def _own_guidance(self) -> float:
        """That at which the pipeline draws by itself, so that what is learned is what is drawn."""
        return float(inspect.signature(type(self.pipe).__call__).parameters["guidance_scale"].default)

    def _own_size(self) -> int:
        return int(self.pipe.default_sample_size * self.pipe.vae_scale_factor)


def folded(latent: Tensor) -> Tensor:
    """(B, C, L, L) -> (B, L L / 4, 4 C)."""
    return F.pixel_unshuffle(latent, 2).flatten(2).transpose(1, 2)


def unfolded(tokens: Tensor, channels: int) -> Tensor:
    """(B, L L / 4, 4 C) -> (B, C, L, L)."""
    side = math.isqrt(tokens.shape[1])
    return F.pixel_shuffle(tokens.transpose(1, 2).reshape(len(tokens), 4 * channels, side, side), 2)


_KINDS: dict[str, type[Base]] = {
    "UNet2DConditionModel": UnetBase, "SD3Transformer2DModel": Sd3Base, "FluxTransformer2DModel": FluxBase,
}  # fmt: skip


def base_of(pipe: Any) -> Base:
    """How the denoiser of a pipeline learns. Raises `BadInput` for one that is not known here."""
    denoiser = getattr(pipe, "unet", None) or getattr(pipe, "transformer", None)
    kind = _KINDS.get(type(denoiser).__name__)
    if kind is None or getattr(getattr(pipe, "vae", None), "config", None) is None:
        raise BadInput(f"a {type(pipe).__name__} cannot be fine-tuned here; wanted Stable Diffusion 1, 2, XL or 3, or "
                       "FLUX.1")  # fmt: skip
    if kind is UnetBase and not hasattr(pipe.scheduler, "alphas_cumprod"):
        raise BadInput(f"its scheduler ({type(pipe.scheduler).__name__}) does not say how pictures are noised")
    if kind is UnetBase and pipe.unet.config.in_channels != pipe.vae.config.latent_channels:
        raise BadInput(f"its U-Net takes {pipe.unet.config.in_channels} channels, more than a picture has: a model for "
                       "other work than drawing from words")  # fmt: skip
    return kind(pipe)
