"""WebDataset: tars of `name.jpg`, `name.json` and, where the dataset has captions, `name.txt`.

The same covers give the same bytes: no time, no owner, one order. All pictures have one format, as readers take the
suffixes of a first sample for those of all.

Reference: WebDataset, https://github.com/webdataset/webdataset, "The WebDataset Format".
"""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from duck_and_cover.dataset.exports.sample import Sample

__all__ = ["MOST_BYTES", "write_tars"]

MOST_BYTES = 250_000_000
"""A tar holds about so many bytes: few enough to mix tars well, many enough to read fast."""

_FIRST, _AMONG = 5, 200
"""`datasets` learns the type of each column from the first five samples of a tar."""


def write_tars(folder: Path, part: str, samples: Iterator[Sample],
               most_bytes: int = MOST_BYTES) -> Iterator[tuple[str, str]]:  # fmt: skip
    """Write `train-00000.tar` and so on; yields name and sha256 of each when it is whole."""
    waiting = _fullest_first(samples)
    sample = next(waiting, None)
    for number in itertools.count():
        if sample is None:
            return
        path, size = folder / f"{part}-{number:05d}.tar", 0
        with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as tar:
            while sample is not None and (size == 0 or size + _bytes(sample) <= most_bytes):
                size += _bytes(sample)
                for suffix, content in _files(sample):
                    member = tarfile.TarInfo(sample.name + suffix)
                    member.size = len(content)
                    tar.addfile(member, io.BytesIO(content))
                sample = next(waiting, None)
        with path.open("rb") as file:
            yield path.name, hashlib.file_digest(file, "sha256").hexdigest()


def _files(sample: Sample) -> Iterator[tuple[str, bytes]]:
    yield sample.suffix, sample.content
    yield ".json", json.dumps(sample.record, ensure_ascii=False).encode()
    if sample.text is not None:
        yield ".txt", sample.text.encode()


def _bytes(sample: Sample) -> int:
    """With the blocks of 512 bytes that a tar is made of."""
    return sum(512 + -(-len(content) // 512) * 512 for _, content in _files(sample))


def _fullest_first(samples: Iterator[Sample]) -> Iterator[Sample]:
    """All samples, before them a few of the first that between them have a value in as many columns as possible."""
    head = list(itertools.islice(samples, _AMONG))
    first: list[Sample] = []
    seen: set[str] = set()
    while len(first) < _FIRST and head:
        best = max(head, key=lambda sample: len(_filled(sample.record) - seen))  # the earliest of equals
        seen |= _filled(best.record)
        first.append(best)
        head.remove(best)
    yield from first
    yield from head
    yield from samples


def _filled(record: Mapping[str, Any]) -> set[str]:
    return {column for column, value in record.items() if value is not None and value != []}
