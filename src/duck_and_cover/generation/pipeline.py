"""`Pipeline`: a pipeline of the library `diffusers`, loaded from a folder and asked for pictures. torch lives here.

Nothing is fetched, only safetensors are read, and no code that comes with a model is run. What a pipeline takes is read
off the signature of its class, so that any of them draws that takes a prompt and gives pictures. A safety checker is
left as the pipeline has it.

Reference: `diffusers` 0.42, `DiffusionPipeline.from_pretrained`; PyTorch, "Reproducibility".
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import re
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput, Failure, MissingExtra
from duck_and_cover.generation.modelfolder import ModelFolder
from duck_and_cover.generation.prompt import UNWRITTEN, Prompt

__all__ = ["DEVICES", "Pipeline"]

DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")
_ADAPTER = "cover"
_OTHER_WORK = re.compile(r"Img2Img|Image2Image|Inpaint|Edit|Kontext|ControlNet|Upscale|Video|Audio|Depth|InstructPix")
_FULL = ("out of memory", "not enough memory", "can't allocate memory")


class Pipeline:
    """A pipeline ready to draw.

    model:      the folder, looked through.
    device:     "auto" is an accelerator where there is one. There it computes in bfloat16 (float16 where that is
                missing), on a CPU in float32, or bfloat16 where only that fits into memory.
    trainable:  it lies whole on its device, in bfloat16 or float32, whose gradients need no scaling.
    offloaded:  whether parts wait in the machine's memory until they are needed, since the accelerator's does not hold
                all. Such a pipeline draws slower.

    Raises `MissingExtra`, `BadInput` for what cannot be loaded, `Failure` where memory does not suffice.
    """

    def __init__(self, model: ModelFolder, device: str = "auto", *, trainable: bool = False) -> None:
        try:
            import torch
            import transformers

            transformers.utils.logging.set_verbosity_error()  # it warns of torchvision, which is not needed
            transformers.utils.logging.disable_progress_bar()
            diffusers: Any = importlib.import_module("diffusers")  # not the file beside this one, as checkers take it
        except ImportError as error:
            raise MissingExtra("an engine of diffusers", "large") from error
        diffusers.utils.logging.set_verbosity_error()
        diffusers.utils.logging.disable_progress_bar()
        self.model, self.device = model, _place(torch, device)
        self.dtype = _dtype(torch, self.device, model, trainable)
        if _OTHER_WORK.search(model.kind) or getattr(diffusers, model.kind, None) is None:
            raise BadInput(f"{model.folder}: {model.kind} does not draw from words alone; wanted a text-to-image "
                           f"pipeline of diffusers {diffusers.__version__}")  # fmt: skip
        for part, (library, name) in model.parts.items():
            if library not in ("diffusers", "transformers") and not hasattr(diffusers.pipelines, library):
                raise BadInput(f"{model.folder}: {part} is code of its own ({library}.{name}); wanted a class of "
                               "diffusers or transformers")  # fmt: skip
        with _said_plainly(model.folder, "cannot be loaded"):
            self.pipe: Any = diffusers.DiffusionPipeline.from_pretrained(
                model.folder, torch_dtype=self.dtype, variant=model.variant, local_files_only=True,
                use_safetensors=True,
            )  # fmt: skip
        self._takes = inspect.signature(type(self.pipe).__call__).parameters
        if "prompt" not in self._takes or "num_frames" in self._takes:
            raise BadInput(f"{model.folder}: {model.kind} does not draw pictures from words; wanted one that does")
        self.pipe.set_progress_bar_config(disable=not sys.stderr.isatty(), leave=False)
        self.offloaded = self._moved(torch, trainable)

    def _moved(self, torch: Any, whole: bool) -> bool:
        """Bring everything to the device; whether only part of it at a time."""
        try:
            self.pipe.to(self.device)
            return False
        except torch.OutOfMemoryError as error:
            if whole:
                raise Failure(f"{self.model.folder}: does not fit into the memory of {self.device}, as it must to be "
                              "trained; take a smaller model") from error  # fmt: skip
            self.pipe.to("cpu")
            torch.get_device_module(self.device).empty_cache()
        with _said_plainly(self.model.folder, "does not fit"):
            self.pipe.enable_model_cpu_offload(device=self.device)
        return True

    def adapt(self, weights: Path, strength: float = 1.0) -> None:
        """Add a LoRA from a safetensors file. Raises `BadInput` where it belongs to another kind of model."""
        if not hasattr(self.pipe, "load_lora_weights"):
            raise BadInput(f"{self.model.folder}: diffusers knows no LoRA for a {self.model.kind}")
        with _said_plainly(weights, f"does not fit {self.model.name}"):
            self.pipe.load_lora_weights(str(weights.parent), weight_name=weights.name, adapter_name=_ADAPTER,
                                        local_files_only=True, use_safetensors=True)  # fmt: skip
            there = {name for names in self.pipe.get_list_adapters().values() for name in names}
            if _ADAPTER not in there:
                raise ValueError("none of its tensors belongs to a part of the pipeline")
            self.pipe.set_adapters(_ADAPTER, strength)

    def call(self, prompt: Prompt, steps: int | None = None, guidance: float | None = None,
             size_px: int | None = None) -> dict[str, Any]:  # fmt: skip
        """The arguments of a drawing but for its luck, of those that the pipeline takes; what is None is left to it.

        Raises `BadInput` where it does not take something that was asked for.
        """
        said = {"steps": ("num_inference_steps", steps), "guidance": (self._guidance, guidance),
                "size": ("height", size_px)}  # fmt: skip
        call: dict[str, Any] = {"prompt": prompt.text}
        for what, (name, value) in said.items():
            if value is not None and name not in self._takes:
                raise BadInput(f"{self.model.kind} takes no {what}; leave it out")
            if value is not None:
                call[name] = value
        if size_px is not None:
            call["width"] = size_px
        if self._listens_to_negatives(guidance):
            call["negative_prompt"] = prompt.against
        else:
            call["prompt"] += f", {UNWRITTEN}"
        if "output_type" in self._takes:
            call["output_type"] = "pil"
        return call

    def draw(self, call: Mapping[str, Any], seed: int) -> Pixels:
        """One picture, uint8 (H, H, 3): the middle square of what the pipeline draws with these arguments."""
        import torch

        generator = torch.Generator("cpu").manual_seed(seed)  # the same noise on every device
        with _said_plainly(self.model.folder, "cannot draw this"):
            drawn = self.pipe(**call, generator=generator)
        if any(getattr(drawn, "nsfw_content_detected", None) or ()):
            raise Failure(f"{self.model.name}: its safety checker withheld the picture; take another seed")
        picture = np.asarray(drawn.images[0].convert("RGB"), np.uint8)
        if not picture.any():
            raise Failure(f"{self.model.name}: drew nothing but black, as models do that do not compute well in "
                          f"{str(self.dtype).removeprefix('torch.')}; try device=cpu")  # fmt: skip
        side = min(picture.shape[:2])
        top, left = ((length - side) // 2 for length in picture.shape[:2])
        return np.ascontiguousarray(picture[top : top + side, left : left + side])

    @property
    def _guidance(self) -> str:
        """What the pipeline calls guidance: some have two, and leave one of them open."""
        scale = self._takes.get("guidance_scale")
        return "true_cfg_scale" if "true_cfg_scale" in self._takes and scale and scale.default is None else (
            "guidance_scale")  # fmt: skip

    def _listens_to_negatives(self, guidance: float | None) -> bool:
        """Whether a negative prompt is taken and counts: one whose true guidance is 1 by default does not hear it."""
        if "negative_prompt" not in self._takes:
            return False
        name = "true_cfg_scale" if "true_cfg_scale" in self._takes else "guidance_scale"
        default = getattr(self._takes.get(name), "default", None)
        scale = guidance if guidance is not None and name == self._guidance else default
        return not isinstance(scale, int | float) or scale > 1


def _place(torch: Any, device: str) -> str:
    if device not in DEVICES:
        raise BadInput(f"device is {device!r}; wanted one of {', '.join(DEVICES)}")
    found = torch.accelerator.current_accelerator(check_available=True) if torch.accelerator.is_available() else None
    there = "cpu" if found is None else found.type
    if device not in ("auto", "cpu", there):
        raise BadInput(f"device is {device} and torch finds none here; wanted cpu or auto")
    return there if device == "auto" else device


def _dtype(torch: Any, device: str, model: ModelFolder, trainable: bool) -> Any:
    """What to compute in; raises `Failure` where the machine's memory does not hold the weights in any way."""
    bfloat = device != "mps" and (device != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False))
    small = torch.bfloat16 if bfloat else torch.float32 if trainable else torch.float16
    import psutil  # pyright: ignore[reportMissingModuleSource]

    free, numbers = psutil.virtual_memory().available, model.numbers()
    if device == "cpu" and 4.2 * numbers < free:
        return torch.float32
    if device == "cpu" and 2.2 * numbers > free:
        raise Failure(f"{model.folder}: needs {2.2e-9 * numbers:.1f} GB of memory and {1e-9 * free:.1f} GB are free; "
                      "close other programs or take a smaller model")  # fmt: skip
    return small


@contextlib.contextmanager
def _said_plainly(path: Path, what: str) -> Iterator[None]:
    """Errors of libraries in one line; their warnings are for programmers and stay unsaid."""
    import torch

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise Failure(f"{path}: memory does not suffice; take a smaller model or size, or device=cpu") from error
    except (OSError, ValueError, KeyError, ImportError, AttributeError, TypeError, RuntimeError) as error:
        told = next(iter(str(error).splitlines()), "") or type(error).__name__
        if isinstance(error, RuntimeError) and any(full in str(error) for full in _FULL):
            raise Failure(f"{path}: memory does not suffice; take a smaller model or size") from error
        raise BadInput(f"{path}: {what} ({told[:300]})") from error
