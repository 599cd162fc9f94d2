"""`ModelFolder`: the folder that a pipeline of `diffusers` was saved into, looked through before anything is loaded.

FOLDER/
    model_index.json                    the pipeline's class, and for each of its parts the library and class
    unet/ or transformer/, vae/, ...    a folder a part: config.json, and weights as *.safetensors

Only safetensors are loaded: files of other kinds are pickles, which run code. A `snapshots` folder of the Hugging Face
cache is looked into. Nothing here needs torch or diffusers.

Reference: `diffusers` 0.42, `DiffusionPipeline.save_pretrained`; safetensors, "Format".
"""

from __future__ import annotations

import hashlib
import json
import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duck_and_cover.errors import BadInput

__all__ = ["ModelFolder", "header_of", "identity_of"]

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_WEIGHTS = re.compile(r"(?:diffusion_pytorch_model|pytorch_model|model)(?:\.([\w-]+?))??(?:-\d+-of-\d+)?\.safetensors")
_SAMPLES, _SAMPLE_BYTES = 32, 65536
_LONGEST_HEADER = 100_000_000
_ITEM_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2}


@dataclass(frozen=True)
class ModelFolder:
    """A pipeline on disk that can be loaded.

    folder:   where model_index.json lies.
    name:     what people call it: the folder's name, or the hub's where it lies in its cache.
    kind:     class of the pipeline, "StableDiffusionXLPipeline".
    parts:    part -> (library, class), those that are there.
    weights:  safetensors files that will be read, in name order.
    variant:  "fp16" where the files are called so, else None.
    """

    folder: Path
    name: str
    kind: str
    parts: Mapping[str, tuple[str, str]]
    weights: tuple[Path, ...]
    variant: str | None

    @classmethod
    def open(cls, path: str | Path) -> ModelFolder:
        """Look a folder through. Raises `BadInput` where it is no pipeline, wants code or pickles, or is not whole."""
        folder, name = _found(Path(path).expanduser())
        try:
            index = json.loads((folder / "model_index.json").read_text("utf-8"))
            kind = index["_class_name"]
            listed = {part: value for part, value in index.items() if isinstance(value, list) and len(value) == 2}
            parts = {part: (str(value[0]), str(value[1])) for part, value in listed.items() if all(value)}
        except (OSError, ValueError, KeyError, AttributeError) as error:
            raise BadInput(f"{folder}: its model_index.json cannot be read ({error})") from error
        if not isinstance(kind, str):
            raise BadInput(f"{folder}: its pipeline is code of its own ({kind[0]}); wanted a class of diffusers")
        variant, weights = _weights(folder, parts)
        return cls(folder, name, kind, parts, weights, variant)

    @property
    def sha256(self) -> str:
        """Which model this is, in about a second: see `identity_of`."""
        return identity_of(self.folder, self.weights)

    def numbers(self) -> int:
        """How many numbers the weights hold, without reading them."""
        return sum(_numbers(path) for path in self.weights)


def identity_of(folder: Path, weights: tuple[Path, ...]) -> str:
    """sha256 over the JSON files of a folder and of its parts and, of each file of weights, over its name, size, header
    (names, kinds and shapes of tensors) and 32 pieces of 64 KiB spread evenly over it, or all of it where that is less.

    Ten gigabytes take about a second. Fine-tunes of one model differ in every piece; a file in which only bytes between
    the pieces were changed keeps its identity, so this tells models apart and is no proof against forgery.
    """
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.json"), *folder.glob("*/*.json")]):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(folder).as_posix()} {len(data)}\n".encode() + data)
    for path in weights:
        size = path.stat().st_size
        digest.update(f"{path.relative_to(folder).as_posix()} {size}\n".encode())
        for piece in _pieces(path, size):
            digest.update(piece)
    return digest.hexdigest()


def header_of(path: Path) -> dict[str, Any]:
    """The header of a safetensors file: tensor -> dtype and shape. Raises `BadInput` where it is none."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > _LONGEST_HEADER:
                raise ValueError("its header has no end")
            header = json.loads(file.read(length))
        if not isinstance(header, dict):
            raise ValueError("its header is no table")
        return {name: value for name, value in header.items() if name != "__metadata__"}
    except (OSError, ValueError, struct.error) as error:
        what = f"{path}: not a whole safetensors file ({error})"
        if path.is_file() and path.stat().st_size < 1024:
            what += "; is it a pointer of Git LFS? `git lfs pull` fetches what it stands for"
        raise BadInput(what) from error


def _numbers(path: Path) -> int:
    offsets = [(tensor["data_offsets"], _ITEM_BYTES.get(tensor["dtype"], 1)) for tensor in header_of(path).values()]
    return sum((end - begin) // item for (begin, end), item in offsets)


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        if size <= _SAMPLES * _SAMPLE_BYTES:
            yield file.read()
            return
        yield file.read(8 + struct.unpack("<Q", file.read(8))[0])
        for i in range(_SAMPLES):
            file.seek(i * (size - _SAMPLE_BYTES) // (_SAMPLES - 1))
            yield file.read(_SAMPLE_BYTES)


def _found(path: Path) -> tuple[Path, str]:
    """The folder that holds model_index.json, and its name."""
    if not path.is_dir():
        file = " is a file" if path.is_file() else ": no such folder"
        raise BadInput(f"{path}{file}; wanted the folder that a pipeline of diffusers was saved into")
    if (path / "model_index.json").is_file():
        return path, path.resolve().name
    cached = sorted((path / "snapshots").glob("*/model_index.json"), key=lambda file: file.stat().st_mtime)
    if cached:
        return cached[-1].parent, path.resolve().name.removeprefix("models--").replace("--", "/")
    single = " (a checkpoint in one file: diffusers' from_single_file and save_pretrained make a folder of it)"
    raise BadInput(f"{path}: no pipeline of diffusers, there is no model_index.json"
                   f"{single if any(path.glob('*.safetensors')) else ''}")  # fmt: skip


def _weights(folder: Path, parts: Mapping[str, tuple[str, str]]) -> tuple[str | None, tuple[Path, ...]]:
    """The variant that every part has, plain files first, and the files of it."""
    found: dict[str, dict[str | None, list[Path]]] = {}
    for part in parts:
        place = folder / part
        if not place.is_dir():
            raise BadInput(f"{folder}: not whole, model_index.json names {part} and there is no such folder")
        kinds: dict[str | None, list[Path]] = {}
        for path in sorted(place.glob("*.safetensors")):
            if matched := _WEIGHTS.fullmatch(path.name):
                kinds.setdefault(matched[1], []).append(path)
        pickles = sorted(path.name for path in place.iterdir() if path.suffix in _PICKLES)
        if pickles and not kinds:
            raise BadInput(f"{place}: only pickled weights ({pickles[0]}), which can run code; wanted *.safetensors "
                           "(save_pretrained of diffusers writes them)")  # fmt: skip
        if kinds:
            found[part] = kinds
        elif (place / "config.json").is_file():
            raise BadInput(f"{place}: has no weights; wanted *.safetensors there")
    if not found:
        raise BadInput(f"{folder}: no part of it has weights")
    shared = set[str | None].intersection(*({*kinds} for kinds in found.values()))
    variant = None
    if None not in shared and not (variant := next(iter(sorted(filter(None, shared))), None)):
        lacking = next(part for part, kinds in found.items() if None not in kinds)
        raise BadInput(f"{folder / lacking}: its weights are of another variant than the others'; wanted one for all")
    files = tuple(sorted(path for kinds in found.values() for path in kinds[variant]))
    for path in files:
        header_of(path)
    return variant, files
