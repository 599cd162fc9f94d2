"""A dataset written for other tools, all from its one table.

An export is written whole beside its folder and then put in its place. It remembers what it wrote (`export.json`), so
that it replaces nothing but its own: a folder that holds anything else, or a caption that someone changed, is refused.
The same dataset gives the same bytes.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duck_and_cover.dataset.exports.art import art_only
from duck_and_cover.dataset.exports.place import RECORD, put, refuse_others, work_beside
from duck_and_cover.dataset.exports.sample import Sample, format_of, samples
from duck_and_cover.dataset.exports.tars import write_tars
from duck_and_cover.dataset.exports.trees import write_image_folder, write_sidecars
from duck_and_cover.dataset.letters import Box
from duck_and_cover.dataset.reader import letters_hash
from duck_and_cover.dataset.shards import PARTS, manifest, read_rows
from duck_and_cover.errors import BadInput, CannotWrite, UnknownChoice

__all__ = ["FORMATS", "Exported", "export"]

Writer = Callable[[Path, str, Iterator[Sample]], Iterator[tuple[str, str]]]
FORMATS: Mapping[str, Writer] = {
    "webdataset": write_tars, "imagefolder": write_image_folder, "sidecars": write_sidecars,
}  # fmt: skip
"""Name -> what writes the covers of one part into a folder and yields path and sha256 of each file."""

SMALLEST_PX, LARGEST_PX = 16, 2048


@dataclass(frozen=True)
class Exported:
    """What was written. parts: name -> covers."""

    parts: dict[str, int]
    files: int
    bytes: int


def export(dataset: Path, target: Path, form: str, *, parts: Sequence[str] = (), size_px: int | None = None,
           letters: Mapping[str, Sequence[Box]] | None = None,
           progress: Callable[[int], None] = lambda done: None) -> Exported:  # fmt: skip
    """Write a dataset with a manifest into the folder `target` and replace an earlier export there.

    form:     one of `FORMATS`.
    parts:    of "train", "validation" and "test" those to write; all that are there by default.
    size_px:  larger pictures are made so small and square; by default each keeps its bytes.
    letters:  id -> boxes, to write art alone: lettering filled in, covers that it fills left out.
    Raises `BadInput` where the target holds what no export wrote, `CannotWrite` for a full disk; both before anything
    of the target is touched.
    """
    if form not in FORMATS:
        raise UnknownChoice("export", form, FORMATS)
    if size_px is not None and not SMALLEST_PX <= size_px <= LARGEST_PX:
        raise BadInput(f"size is {size_px} px; wanted {SMALLEST_PX} to {LARGEST_PX}")
    target = target.resolve()
    told = manifest(dataset)
    counts = _wanted(dataset, told["parts"], parts)
    work = work_beside(target)
    try:
        if (work / RECORD).is_file():  # whole, and broken off while it was put in its place
            put(work, target)
        refuse_others(target)
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        files: dict[str, str] = {}
        rows = _rows(dataset, counts, progress)
        rows = rows if letters is None else art_only(rows, letters)
        first = next(rows, None)
        if first is None:
            raise BadInput(f"{dataset}: lettering fills every cover, or nobody looked for it; nothing is left to write")
        kind = format_of(first) if form == "webdataset" else None
        whole = samples(itertools.chain([first], rows), kind, size_px)
        written: Counter[str] = Counter()
        for part, group in itertools.groupby(whole, lambda sample: sample.record["part"]):
            files |= FORMATS[form](work, part, _counted(group, written))
        done = Exported(dict(written), len(files), sum((work / name).stat().st_size for name in files))
        record = {"as": form, "dataset": told["content"], "parts": dict(written), "size_px": size_px,
                  "art_only": letters_hash(letters), "files": files}  # fmt: skip
        partial = work / f"{RECORD}.partial"
        partial.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(work / RECORD)
        put(work, target)
    except OSError as error:
        raise CannotWrite(f"{target}: cannot be written ({error.strerror or error}); what was there is whole"
                          ) from error  # fmt: skip
    finally:
        if not (work / RECORD).is_file():
            shutil.rmtree(work, ignore_errors=True)
    return done


def _counted(samples: Iterator[Sample], counts: Counter[str]) -> Iterator[Sample]:
    for sample in samples:
        counts[sample.record["part"]] += 1
        yield sample


def _wanted(dataset: Path, there: Mapping[str, int], parts: Sequence[str]) -> dict[str, int]:
    """Part -> covers, of those that were asked for."""
    for part in parts:
        if part not in PARTS:
            raise UnknownChoice("part", part, PARTS)
        if part not in there:
            raise BadInput(f"{dataset}: no cover is in part {part!r}; it has {', '.join(there)}")
    return {part: there[part] for part in PARTS if part in there and part in (parts or PARTS)}


def _rows(dataset: Path, parts: Mapping[str, int], progress: Callable[[int], None]) -> Iterator[Mapping[str, Any]]:
    """Those of the parts."""
    done = 0
    for row in read_rows(dataset):
        if row["part"] in parts:
            yield row
            done += 1
            progress(done)
