"""`DiffusersEngine`: a large text-to-image model from a folder of one's own as an engine, with or without a LoRA.

diffusers:FOLDER[+LORA][,steps=N][,guidance=W][,size=PX][,strength=S][,device=D]

FOLDER is what `save_pretrained` of the library `diffusers` writes, LORA what `duckcover train lora` or others write: a
folder with one safetensors file, or that file. Everything is read from disk, nothing is fetched.
"""

from __future__ import annotations

import hashlib
import json
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Drawn
from duck_and_cover.errors import BadInput, UnknownChoice
from duck_and_cover.generation.modelfolder import ModelFolder, header_of
from duck_and_cover.generation.pipeline import DEVICES, Pipeline
from duck_and_cover.generation.prompt import prompt_of

__all__ = ["ADAPTER_FILE", "PREFIX", "Adapter", "DiffusersEngine", "Model"]

PREFIX = "diffusers:"
ADAPTER_FILE = "pytorch_lora_weights.safetensors"
"""What diffusers calls the weights of a LoRA."""

SMALLEST_PX, LARGEST_PX, MOST_STEPS = 64, 4096, 1000


def _number(least: float, most: float, read: Callable[[str], float]) -> Callable[[str], float]:
    def value(text: str) -> float:
        found = read(text)
        if not least <= found <= most or math.isnan(found):
            raise ValueError(f"wanted {least:g} to {most:g}")
        return found

    return value


_SETTINGS: dict[str, Callable[[str], Any]] = {
    "steps": _number(1, MOST_STEPS, int),
    "guidance": _number(0, 100, float),
    "size": _number(SMALLEST_PX, LARGEST_PX, int),
    "strength": _number(0, 4, float),
    "device": str,
}


@dataclass(frozen=True)
class Adapter:
    """A LoRA on disk.

    weights:    its safetensors file.
    name:       of its folder, or of the file.
    sha256:     of the file's bytes.
    captioned:  whether it was taught by captions that begin with "album cover", as `duckcover train lora` does.
    card:       its card, "" where it has none.
    """

    weights: Path
    name: str
    sha256: str
    captioned: bool = False
    card: str = ""

    @classmethod
    def open(cls, path: Path) -> Adapter:
        """From a folder, the folder of a run, or a file. Raises `BadInput` where there is none."""
        folder = path / "adapter" if (path / "adapter").is_dir() else path
        files = [path] if path.is_file() else sorted(folder.glob("*.safetensors"))
        chosen = next((file for file in files if file.name == ADAPTER_FILE), files[0] if len(files) == 1 else None)
        if chosen is None or chosen.suffix != ".safetensors":
            found = f"{len(files)} safetensors files" if files and not path.is_file() else "no safetensors file"
            raise BadInput(f"{path}: holds {found}; wanted one with the weights of a LoRA")
        if not any("lora" in tensor.casefold() for tensor in header_of(chosen)):
            raise BadInput(f"{chosen}: holds no LoRA, none of its tensors is called so")
        told, card = chosen.with_name("lora.json"), chosen.with_name("card.md")
        with chosen.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return cls(chosen, chosen.stem if path.is_file() else path.resolve().name, sha256,
                   told.is_file() and _captioned(told), card.read_text("utf-8") if card.is_file() else "")  # fmt: skip


def _captioned(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_text("utf-8"))["captioned"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not what `duckcover train lora` writes ({error})") from error


@dataclass(frozen=True)
class Model:
    """What the text of an engine names.

    folder, lora:  where they lie; lora may be None.
    steps, guidance, size_px:  None leaves it to the pipeline.
    strength:      of the LoRA; 1 is as it was trained.
    device:        one of `pipeline.DEVICES`.
    """

    folder: Path
    lora: Path | None = None
    steps: int | None = None
    guidance: float | None = None
    size_px: int | None = None
    strength: float = 1.0
    device: str = "auto"

    @classmethod
    def of(cls, text: str) -> Model:
        """Read `diffusers:FOLDER+LORA,steps=20`; + and , may stand in the names of folders that are there.

        Raises `BadInput` for a setting that there is not or a value that it cannot have.

        >>> Model.of("diffusers:models/sdxl,steps=20,guidance=6").steps
        20
        """
        rest, told = text.removeprefix(PREFIX), {}
        while "," in rest and not any(all(p is None or p.exists() for p in pair) for pair in _readings(rest)):
            before, _, last = rest.rpartition(",")
            name, equals, value = last.partition("=")
            if not equals:
                break
            if name not in _SETTINGS:
                raise UnknownChoice("setting of this engine", name, _SETTINGS)
            try:
                told.setdefault("size_px" if name == "size" else name, _SETTINGS[name](value))
            except ValueError as error:
                raise BadInput(f"{name}={value} of {PREFIX}…: not a number that it can be ({error})") from error
            rest = before
        if told.get("device", "auto") not in DEVICES:
            raise UnknownChoice("device", told["device"], DEVICES)
        if not rest:
            raise BadInput(f"{text}: names no folder; wanted {PREFIX}FOLDER, as in {PREFIX}models/sdxl")
        folder, lora = _split(rest)
        if lora is None and "strength" in told:
            raise BadInput(f"{text}: strength is a LoRA's and none is named; add +LORA or leave it out")
        return cls(folder, lora, **told)


def _split(text: str) -> tuple[Path, Path | None]:
    """Folder and LoRA; a + belongs to a name where a folder of that name is there."""
    whole, *pairs = _readings(text)
    if whole[0].exists() or not pairs:
        return whole
    folder, lora = next((pair for pair in pairs if pair[0].is_dir()), pairs[0])
    if not folder.is_dir():
        return folder, None  # that is said when it is opened
    if lora is None or not lora.exists():
        raise BadInput(f"{lora}: no such file or folder; wanted a LoRA after the +")
    return folder, lora


def _readings(text: str) -> list[tuple[Path, Path | None]]:
    """What a text may mean: a folder alone, or a folder and a LoRA on the two sides of any + in it."""
    split = [(text[:i], text[i + 1 :]) for i, c in enumerate(text) if c == "+"]
    pairs = [(Path(left).expanduser(), Path(right).expanduser()) for left, right in split if left and right]
    return [(Path(text).expanduser(), None), *pairs]


class DiffusersEngine:
    """Draws with a pipeline of diffusers. Opening it loads the model.

    name:    "sdxl-base" or "sdxl-base+mine": folders' names without where they lie.
    sha256:  of the pipeline's identity (`modelfolder.identity_of`), with the LoRA's bytes where there is one.
    card:    of the LoRA, else of the model (its README.md), Markdown; "" where there is none.
    captioned:  whether prompts begin as captions do.
    """

    def __init__(self, model: Model, *, trainable: bool = False) -> None:
        self.model = model
        adapter = None if model.lora is None else Adapter.open(model.lora)
        folder = ModelFolder.open(model.folder)
        self.pipeline = Pipeline(folder, model.device, trainable=trainable)
        self.name, self.sha256, self.base_sha256 = folder.name, folder.sha256, folder.sha256
        readme = folder.folder / "README.md"
        self.card = readme.read_text("utf-8", "replace") if readme.is_file() else ""
        self.captioned = False
        if adapter:
            self.pipeline.adapt(adapter.weights, model.strength)
            self.name, self.card = f"{self.name}+{adapter.name}", adapter.card
            self.sha256 = hashlib.sha256(f"{self.sha256}+{adapter.sha256}".encode()).hexdigest()
            self.captioned = adapter.captioned
        self._lock = threading.Lock()  # a pipeline keeps the state of the picture it is drawing

    @classmethod
    def of(cls, text: str, *, trainable: bool = False) -> DiffusersEngine:
        """From what `--engine` was given: `diffusers:FOLDER…`. trainable: as of `Pipeline`."""
        return cls(Model.of(text), trainable=trainable)

    @property
    def pipe(self) -> Any:
        """The pipeline of diffusers."""
        return self.pipeline.pipe

    def told(self, condition: Condition, seed: int) -> dict[str, Any]:
        """What a picture is drawn with, JSON-able: pipeline, device, precision, and the arguments that it is given."""
        call = {name: value for name, value in self._call(condition, seed).items() if name != "output_type"}
        return {"pipeline": self.pipeline.model.kind, "device": self.pipeline.device,
                "precision": str(self.pipeline.dtype).removeprefix("torch."), **call,
                **({} if self.model.lora is None else {"strength": self.model.strength})}  # fmt: skip

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (H, H, 3), of the size that the pipeline draws by itself or of `size`.

        The same condition and seed give the same pixels on the same device and versions. Raises `Failure` where memory
        does not suffice or the pipeline's safety checker withholds the picture.
        """
        with self._lock:
            return Cover(self.pipeline.draw(self._call(condition, seed), seed), Drawn(self.sha256, condition, seed))

    def _call(self, condition: Condition, seed: int) -> dict[str, Any]:
        prompt = prompt_of(condition, seed, captioned=self.captioned)
        return self.pipeline.call(prompt, self.model.steps, self.model.guidance, self.model.size_px)
