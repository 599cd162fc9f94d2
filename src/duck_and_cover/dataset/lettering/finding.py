"""Finding the lettering on every cover of a dataset, in several processes, line by line into a file.

A run that is broken off goes on: what stands in the file is not looked at again. Rows are written in the order of the
dataset, so the same covers give the same file from one process or many.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from duck_and_cover.catalog.guard import Crew
from duck_and_cover.cover import read_pixels
from duck_and_cover.dataset.lettering.lines import Lettering, describe
from duck_and_cover.dataset.lettering.ocr import eye
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = ["Census", "Job", "find_letters", "look", "take_census"]

BATCH = 8


class Job(NamedTuple):
    """A cover to look at, and the names that may stand on it."""

    id: str
    content: bytes
    artist: str | None
    album: str | None


@dataclass(frozen=True)
class Census:
    """What was found on `covers` covers. lettered: with any; known, found: names that were known, and found there."""

    covers: int
    lettered: int
    known: int
    found: int


def find_letters(jobs: Iterable[Job], path: Path, crew: Crew,
                 progress: Callable[[int], None] = lambda done: None) -> None:  # fmt: skip
    """Look at covers and append what is written on them to `path`; those that stand there are passed over."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        done = _take_up(path)
        progress(len(done))
        with path.open("a", encoding="utf-8") as file:
            todo = (job for job in jobs if job.id not in done)
            for count, rows in _looked(todo, crew):
                file.write("".join(json.dumps(row.to_json(), ensure_ascii=False) + "\n" for row in rows))
                file.flush()
                progress(len(done) + count)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror or error}); what is in it stays") from error


def _take_up(path: Path) -> set[str]:
    """The ids that stand in a file; what follows the last whole line is cut off."""
    if not path.is_file():
        return set()
    content = path.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    try:
        ids = {json.loads(line)["id"] for line in whole.splitlines()}
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: not a file of lettering; name another, or move it away") from error
    if len(whole) < len(content):
        with path.open("r+b") as file:
            file.truncate(len(whole))
    return ids


def _looked(jobs: Iterable[Job], crew: Crew) -> Iterator[tuple[int, list[Lettering]]]:
    """(how many so far, lettering of some covers), in order, several batches under way at a time."""
    every, count = iter(jobs), 0
    with asyncio.Runner() as runner:
        while block := list(itertools.islice(every, BATCH * 2 * crew.processes)):
            batches = [block[start : start + BATCH] for start in range(0, len(block), BATCH)]
            rows = runner.run(_all(batches, crew))
            count += len(rows)
            yield count, rows


async def _all(batches: list[list[Job]], crew: Crew) -> list[Lettering]:
    found = await asyncio.gather(*(crew.each(look, batch, _blamed) for batch in batches))
    return [replace(row, id=job.id) for batch, rows in zip(batches, found, strict=True)
            for job, row in zip(batch, rows, strict=True)]  # fmt: skip


def look(job: Job) -> Lettering:
    """What is written on a cover. For a crew's processes: the eye is opened once in each."""
    try:
        pixels = read_pixels(job.content)
    except BadInput:
        return Lettering(job.id, (), fault="not a readable picture")
    return describe(job.id, pixels, eye(threads=1)(pixels), job.artist, job.album)


def _blamed(reason: str) -> Lettering:
    return Lettering("", (), fault=reason)


def take_census(path: Path) -> Census:
    """Count what stands in a file of lettering."""
    covers = lettered = known = found = 0
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        names = [row[name] for name in ("artist", "album") if row.get(name) is not None]
        covers, lettered = covers + 1, lettered + bool(row["boxes"])
        known, found = known + len(names), found + sum(names)
    return Census(covers, lettered, known, found)
