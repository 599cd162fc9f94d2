"""Write a caption for every cover of a dataset: the column `text`, and `caption_by`, who saw what it says.

DATASET/captions.jsonl holds what captioners saw, one line a picture: {sha256, id, captioner, revision, prompt, text}. A
picture that a captioner of that revision saw with that prompt is not shown to it again, however often it occurs and
wherever it was broken off; what is known of the record is added when the column is written.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duck_and_cover.catalog.lock import Lock
from duck_and_cover.cover import Pixels, read_pixels
from duck_and_cover.dataset.captions import Captioner
from duck_and_cover.dataset.reader import CoverDataset
from duck_and_cover.dataset.shards import add_columns, manifest, read_rows
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = ["SIDECAR", "Captioned", "caption"]

SIDECAR = "captions.jsonl"
_COLUMNS = ("text", "caption_by")


@dataclass(frozen=True)
class Captioned:
    """What came of it.

    captions:    id -> caption, of all covers whose pictures were seen, now or before.
    seen:        pictures that were looked at now.
    silent:      of these, those of which the captioner had nothing to say; the caption is what is known of the record.
    unreadable:  files that are no pictures; their covers have no caption.
    written:     whether the shards were written anew.
    """

    captions: Mapping[str, str]
    seen: int
    silent: int
    unreadable: int
    written: bool


def caption(folder: Path, captioner: Captioner, *, names: bool = False, batch: int = 32, limit: int | None = None,
            watch: Callable[[int, int], None] | None = None) -> Captioned:  # fmt: skip
    """Describe the covers of a dataset. Broken off, the same call goes on where it was.

    names:  whether captions tell artist and title.
    batch:  pictures that are shown to the captioner at a time.
    limit:  look at so many new pictures at most and leave the shards as they are: to see what captions will be like.
    watch:  called with how many pictures of how many are done.

    Raises `BadInput` where there is no dataset or the captions of before cannot be read.
    """
    if sum(manifest(folder)["parts"].values()) == 0:
        raise BadInput(f"{folder}: holds no cover; build the dataset again")
    path = folder / SIDECAR
    with Lock(folder / f".{SIDECAR}.lock", f"{folder}: another process is captioning it"):
        return _caption(folder, path, captioner, names, batch, limit, watch)


def _caption(folder: Path, path: Path, captioner: Captioner, names: bool, batch: int, limit: int | None,
             watch: Callable[[int, int], None] | None) -> Captioned:  # fmt: skip
    hashes = _hashes(folder)
    said = _said(path, captioner)
    left = len(set(hashes.values()) - said.keys())
    left = left if limit is None else min(left, limit)
    seen = silent = unreadable = 0
    rows = _unseen(folder, hashes, set(said), left)
    while block := list(itertools.islice(rows, batch)):
        sights = [(row, pixels) for row in block if (pixels := _decoded(row)) is not None]
        texts = captioner.see([pixels for _, pixels in sights]) if sights else []
        lines = [{"sha256": hashes[row["id"]], "id": row["id"], "captioner": captioner.name,
                  "revision": captioner.revision, "prompt": captioner.prompt, "text": text}
                 for (row, _), text in zip(sights, texts, strict=True)]  # fmt: skip
        _append(path, lines)
        said |= {line["sha256"]: line["text"] for line in lines}
        seen, silent, unreadable = seen + len(lines), silent + texts.count(""), unreadable + len(block) - len(sights)
        if watch:
            watch(seen + unreadable, left)
    captions = {cover.id: captioner.tell(said[hashes[cover.id]], cover, names)
                for cover in CoverDataset(folder).origins() if hashes[cover.id] in said}  # fmt: skip
    written = limit is None and _write(folder, captions, f"{captioner.name}@{captioner.revision}")
    return Captioned(captions, seen, silent, unreadable, written)


def _hashes(folder: Path) -> dict[str, str]:
    """id -> sha256 of its picture file, as the dataset says, or computed where it does not."""
    stated = {row["id"]: row.get("sha256") for row in read_rows(folder, ["id", "sha256"])}
    if not all(stated.values()):
        for row in read_rows(folder, ["id", "image"]):
            stated[row["id"]] = stated[row["id"]] or hashlib.sha256(_bytes(row)).hexdigest()
    return {id: str(hash) for id, hash in stated.items()}


def _said(path: Path, captioner: Captioner) -> dict[str, str]:
    """sha256 -> what this captioner said before. A last line without its end was torn and is cut off."""
    said: dict[str, str] = {}
    if not path.exists():
        return said
    wanted = {"captioner": captioner.name, "revision": captioner.revision, "prompt": captioner.prompt}
    whole = 0
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                break
            whole += len(line)
            try:
                row = json.loads(line)
                if wanted.items() <= row.items():
                    said[str(row["sha256"])] = str(row["text"])
            except (ValueError, KeyError, AttributeError) as error:
                raise BadInput(f"{path}:{number}: no line of a caption; take that line out, or the file away"
                               ) from error  # fmt: skip
    if whole < path.stat().st_size:
        with _writing(path):
            os.truncate(path, whole)
    return said


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror or error}); what was seen before is kept"
                          ) from error  # fmt: skip


def _append(path: Path, lines: Sequence[Mapping[str, str]]) -> None:
    """Add lines to what is there; they are with the system when this returns."""
    with _writing(path), path.open("a", encoding="utf-8") as file:
        file.write("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))


def _unseen(folder: Path, hashes: Mapping[str, str], seen: set[str], most: int) -> Iterator[dict[str, Any]]:
    """Rows with pictures that were not seen, each picture once, `most` of them."""
    for row in read_rows(folder, ["id", "image"]) if most else ():
        if (hash := hashes[row["id"]]) not in seen:
            seen.add(hash)
            yield row
            most -= 1
            if most == 0:
                return


def _decoded(row: Mapping[str, Any]) -> Pixels | None:
    try:
        return read_pixels(_bytes(row))
    except BadInput:
        return None


def _bytes(row: Mapping[str, Any]) -> bytes:
    return (row["image"] or {}).get("bytes") or b""


def _write(folder: Path, captions: Mapping[str, str], by: str) -> bool:
    """Write the two columns, unless they are there already and say the same."""
    there = {row["id"]: (row.get("text"), row.get("caption_by")) for row in read_rows(folder, ["id", *_COLUMNS])}
    if there == {id: (captions[id], by) if id in captions else (None, None) for id in there}:
        return False
    add_columns(folder, {"text": ("string", captions), "caption_by": ("string", dict.fromkeys(captions, by))})
    return True
