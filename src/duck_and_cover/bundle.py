"""`Bundle`: the folder that carries a finished network from learning to making.

    model.onnx    the averaged weights, opened without torch
    bundle.json   format, name, sha256 and size of every other file, shape, sampler, condition encoding, training facts,
                 and a hash of all that
    card.md       the model card: data, recipe, rights, known weaknesses

The sha256 of `bundle.json` names the bundle, and it vouches for the rest: `Bundle.open` checks every byte.
Nothing in a bundle is executed; there is no pickle.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.errors import BadInput, CannotWrite, DamagedBundle

__all__ = ["Bundle", "Sampler"]

FORMAT = 1
INDEX = "bundle.json"
MODEL = "model.onnx"
CARD = "card.md"
OWN_HASH = "index_sha256"
_KEYS = {"format", "name", "family", "resolution_px", "files", "sampler", "training", "condition", OWN_HASH}


@dataclass(frozen=True)
class Sampler:
    """How a denoiser is drawn with.

    steps:     evaluations of the velocity with the condition.
    guidance:  how strictly the condition is followed; 1 is not beyond the data. Genres that the network hardly knows
               are asked for softly, and those that look like them beside (`generation/reach.py`).
    refresh:   the difference that guidance amplifies changes slowly: it is evaluated anew every so many steps
               and kept in between, which costs no visible quality (docs/log.md).
    shift:     0 spaces the times evenly; above 0 puts more of them near noise, where composition is decided.
    """

    steps: int = 8
    guidance: float = 2.5
    refresh: int = 4
    shift: float = 1.0

    def __post_init__(self) -> None:
        if self.steps < 1 or self.refresh < 1 or self.guidance < 0 or self.shift < 0:
            raise BadInput(f"not a sampler: {self}; wanted steps and refresh of 1 or more, the others 0 or more")


@dataclass(frozen=True)
class Bundle:
    """An opened, verified bundle.

    folder:         where it lies.
    sha256:         of `bundle.json`: its identity.
    resolution_px:  side of the pictures it draws.
    """

    folder: Path
    name: str
    family: str
    sha256: str
    resolution_px: int
    sampler: Sampler
    encoder: ConditionEncoder
    facts: Mapping[str, Any]

    @property
    def model(self) -> Path:
        return self.folder / MODEL

    @property
    def learned(self) -> Mapping[str, int]:
        """Covers by family that the network was shown; empty where the bundle does not say."""
        return self.facts["training"].get("data", {}).get("families", {})

    @classmethod
    def open(cls, folder: Path) -> Bundle:
        """Read and verify; raises `BadInput` where there is no bundle and `DamagedBundle` where it is not whole."""
        index = folder / INDEX
        try:
            text = index.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BadInput(f"{folder}: not a bundle, it has no {INDEX}") from error
        except OSError as error:
            raise DamagedBundle(f"{index}: {error.strerror or error}; it must be a file you may read") from error
        try:
            facts = json.loads(text)
            if facts.get("format") != FORMAT:
                raise DamagedBundle(f"{index}: format {facts.get('format')!r}; this version reads format {FORMAT}")
            if unknown := sorted(facts.keys() - _KEYS):
                raise DamagedBundle(f"{index}: holds {unknown[0]!r}, which no bundle has; fetch the bundle again")
            if facts.get(OWN_HASH, found := _own_hash(facts)) != found:
                raise DamagedBundle(f"{index}: was changed after it was written; fetch the bundle again")
            if MODEL not in facts["files"]:
                raise DamagedBundle(f"{index}: does not vouch for {MODEL}; fetch the bundle again")
            for name, wanted in facts["files"].items():
                _verify(folder / Path(name).name, wanted)
            return cls(
                folder,
                facts["name"],
                facts["family"],
                hashlib.sha256(text).hexdigest(),
                int(facts["resolution_px"]),
                Sampler(**facts["sampler"]),
                ConditionEncoder.from_json(facts["condition"]),
                facts,
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DamagedBundle(f"{index}: damaged ({type(error).__name__}: {error}); fetch it again") from error

    @classmethod
    def write(cls, folder: Path, model: bytes, card: str, *, name: str, family: str, resolution_px: int,
              sampler: Sampler, encoder: ConditionEncoder, training: Mapping[str, Any]) -> Bundle:  # fmt: skip
        """Write a bundle beside `folder`, verify it, and move it into place as a whole."""
        files = {MODEL: model, CARD: card.encode()}
        facts = {
            "format": FORMAT,
            "name": name,
            "family": family,
            "resolution_px": resolution_px,
            "files": {n: {"sha256": hashlib.sha256(b).hexdigest(), "bytes": len(b)} for n, b in files.items()},
            "sampler": asdict(sampler),
            "training": dict(training),
            "condition": encoder.to_json(),
        }
        facts[OWN_HASH] = _own_hash(facts)
        partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
        try:
            partial.mkdir(parents=True)
            for file, content in files.items():
                (partial / file).write_bytes(content)
            (partial / INDEX).write_text(json.dumps(facts, ensure_ascii=False, indent=0) + "\n", "utf-8")
            cls.open(partial)
            before = partial.with_suffix(".before")
            if folder.exists():
                folder.rename(before)  # set aside, not removed: a kill here loses nothing
            partial.rename(folder)
            shutil.rmtree(before, ignore_errors=True)
        except OSError as error:
            raise CannotWrite(f"{folder}: cannot write the bundle there ({error.strerror or error})") from error
        finally:
            shutil.rmtree(partial, ignore_errors=True)
        return cls.open(folder)


def _own_hash(facts: Mapping[str, Any]) -> str:
    """sha256 of everything in the index but this hash itself, in one canonical spelling."""
    rest = {key: value for key, value in facts.items() if key != OWN_HASH}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _verify(path: Path, wanted: Mapping[str, Any]) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DamagedBundle(f"{path}: missing from the bundle; fetch the bundle again") from error
    if found != wanted["sha256"]:
        raise DamagedBundle(f"{path}: sha256 is {found[:12]}…, wanted {wanted['sha256'][:12]}…; fetch the bundle again")
