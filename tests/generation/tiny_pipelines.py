"""Pipelines of diffusers that fit into a test: random weights, 16 px, a tokenizer that spells. None is downloaded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

LATENT, LATENT_PX = 4, 8


def tokenizer(folder: Path) -> Any:
    """CLIP's kind, whose every token is a character."""
    from transformers import CLIPTokenizer

    characters = [chr(code) for code in range(33, 127)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *characters, *(f"{c}</w>" for c in characters)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer(str(folder / "vocab.json"), str(folder / "merges.txt"), model_max_length=77)


def clip(width: int, projects: bool = False) -> Any:
    from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

    config = CLIPTextConfig(vocab_size=190, hidden_size=width, intermediate_size=32, num_attention_heads=2,
                            num_hidden_layers=2, projection_dim=width, bos_token_id=0, eos_token_id=1,
                            pad_token_id=1)  # fmt: skip
    return (CLIPTextModelWithProjection if projects else CLIPTextModel)(config)


def t5(width: int) -> Any:
    from transformers import T5Config, T5EncoderModel

    return T5EncoderModel(T5Config(vocab_size=190, d_model=width, d_kv=8, d_ff=16, num_layers=1, num_heads=2))


def vae(channels: int = LATENT, **more: Any) -> Any:
    from diffusers import AutoencoderKL

    return AutoencoderKL(block_out_channels=(8, 16), down_block_types=("DownEncoderBlock2D",) * 2,
                         up_block_types=("UpDecoderBlock2D",) * 2, latent_channels=channels, norm_num_groups=4,
                         sample_size=2 * LATENT_PX, **more)  # fmt: skip


def unet(width: int, **more: Any) -> Any:
    from diffusers import UNet2DConditionModel

    return UNet2DConditionModel(sample_size=LATENT_PX, in_channels=LATENT, out_channels=LATENT,
                                block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4,
                                down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
                                up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=width,
                                attention_head_dim=2, **more)  # fmt: skip


def stable_diffusion(words: Path) -> Any:
    from diffusers import DDIMScheduler, StableDiffusionPipeline

    return StableDiffusionPipeline(vae=vae(), text_encoder=clip(16), tokenizer=tokenizer(words), unet=unet(16),
                                   scheduler=DDIMScheduler(steps_offset=1, clip_sample=False), safety_checker=None,
                                   feature_extractor=None, requires_safety_checker=False)  # fmt: skip


def sdxl(words: Path) -> Any:
    from diffusers import EulerDiscreteScheduler, StableDiffusionXLPipeline

    spelled = tokenizer(words)
    net = unet(32, addition_embed_type="text_time", addition_time_embed_dim=8, transformer_layers_per_block=(1, 1),
               projection_class_embeddings_input_dim=16 + 6 * 8)  # fmt: skip
    return StableDiffusionXLPipeline(vae=vae(), text_encoder=clip(16), text_encoder_2=clip(16, True),
                                     tokenizer=spelled, tokenizer_2=spelled, unet=net,
                                     scheduler=EulerDiscreteScheduler(prediction_type="v_prediction"),
                                     add_watermarker=False)  # fmt: skip


def sd3(words: Path) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel, StableDiffusion3Pipeline

    spelled = tokenizer(words)
    net = SD3Transformer2DModel(sample_size=LATENT_PX, patch_size=1, in_channels=LATENT, num_layers=1,
                                attention_head_dim=8, num_attention_heads=2, joint_attention_dim=32,
                                caption_projection_dim=16, pooled_projection_dim=32, out_channels=LATENT)  # fmt: skip
    return StableDiffusion3Pipeline(transformer=net, scheduler=FlowMatchEulerDiscreteScheduler(),
                                    vae=vae(shift_factor=0.06, use_quant_conv=False, use_post_quant_conv=False),
                                    text_encoder=clip(16, True), tokenizer=spelled, text_encoder_2=clip(16, True),
                                    tokenizer_2=spelled, text_encoder_3=t5(32), tokenizer_3=spelled)  # fmt: skip


def flux(words: Path) -> Any:
    from diffusers import FlowMatchEulerDiscreteScheduler, FluxPipeline, FluxTransformer2DModel

    spelled = tokenizer(words)
    net = FluxTransformer2DModel(patch_size=1, in_channels=4 * LATENT, num_layers=1, num_single_layers=1,
                                 attention_head_dim=16, num_attention_heads=2, joint_attention_dim=32,
                                 pooled_projection_dim=16, axes_dims_rope=(4, 4, 8), guidance_embeds=True)  # fmt: skip
    return FluxPipeline(scheduler=FlowMatchEulerDiscreteScheduler(), transformer=net,
                        vae=vae(shift_factor=0.06, use_quant_conv=False, use_post_quant_conv=False),
                        text_encoder=clip(16), tokenizer=spelled, text_encoder_2=t5(32),
                        tokenizer_2=spelled)  # fmt: skip


KINDS: dict[str, Callable[[Path], Any]] = {"sd": stable_diffusion, "sdxl": sdxl, "sd3": sd3, "flux": flux}


def saved(kind: str, folder: Path) -> Path:
    """A pipeline of a kind, written as its library writes it. The same kind has the same weights each time."""
    import torch

    with torch.random.fork_rng():
        torch.manual_seed(7)
        pipe = KINDS[kind](folder.with_name(f"{folder.name}-words"))
    pipe.save_pretrained(folder, safe_serialization=True)
    return folder
