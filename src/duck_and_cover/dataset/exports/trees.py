"""Folders of single files: Hugging Face's ImageFolder, and pictures with sidecars as kohya's scripts want them.

References:
    Hugging Face `datasets`, "Create an image dataset", ImageFolder.
    kohya-ss/sd-scripts, "Dataset configuration", DreamBooth style with captions.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from duck_and_cover.dataset.exports.sample import CAPTION, Sample
from duck_and_cover.errors import BadInput

__all__ = ["METADATA", "write_image_folder", "write_sidecars"]

METADATA = "metadata.jsonl"


def write_image_folder(folder: Path, part: str, samples: Iterator[Sample]) -> Iterator[tuple[str, str]]:
    """Write `train/ab/name.jpg` and one line a cover in `train/metadata.jsonl`, whose `file_name` is relative to that
    file; yields path and sha256 of each file. The folders in between hold a 256th each, as hubs and file systems want
    no more than 10,000 files in one.
    """
    (folder / part).mkdir()
    lines = hashlib.sha256()
    with (folder / part / METADATA).open("wb") as table:
        for sample in samples:
            name = f"{hashlib.sha256(sample.name.encode()).hexdigest()[:2]}/{sample.name}{sample.suffix}"
            (folder / part / name).parent.mkdir(exist_ok=True)
            yield _written(folder, f"{part}/{name}", sample.content)
            line = json.dumps({"file_name": name, **sample.record}, ensure_ascii=False).encode() + b"\n"
            table.write(line)
            lines.update(line)
    yield f"{part}/{METADATA}", lines.hexdigest()


def write_sidecars(folder: Path, part: str, samples: Iterator[Sample]) -> Iterator[tuple[str, str]]:
    """Write `train/name.jpg` and its caption, `train/name.txt`, all in one folder as the scripts look into no other;
    yields path and sha256 of each file.
    """
    (folder / part).mkdir()
    for sample in samples:
        if sample.text is None:
            raise BadInput(f"sidecars are captions, and the dataset has no column {CAPTION!r}; "
                           "`duckcover dataset caption` writes it")  # fmt: skip
        yield _written(folder, f"{part}/{sample.name}{sample.suffix}", sample.content)
        yield _written(folder, f"{part}/{sample.name}.txt", sample.text.encode())


def _written(folder: Path, name: str, content: bytes) -> tuple[str, str]:
    (folder / name).write_bytes(content)
    return name, hashlib.sha256(content).hexdigest()
