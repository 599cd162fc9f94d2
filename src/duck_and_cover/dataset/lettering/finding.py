"""Finding the lettering on every cover of a dataset, in several processes, line by line into a file.

A run that is broken off goes on: a picture that was looked at is not looked at again. In the end rows stand in the
order of the dataset, so the same covers give the same file from one process or many.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from duck_and_cover.catalog.guard import Crew
from duck_and_cover.catalog.lock import Lock
from duck_and_cover.cover import read_pixels
from duck_and_cover.dataset.lettering.lines import Lettering, describe
from duck_and_cover.dataset.lettering.ocr import eye
from duck_and_cover.dataset.letters import read_lines
from duck_and_cover.errors import BadInput, CannotWrite

__all__ = ["Census", "Job", "digest_of", "find_letters", "look", "take_census"]

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
    """Look at covers and write what stands on them to `path`, in their order.

    A picture that was looked at before is passed over, unless that failed; rows of covers that are gone are taken out.
    Raises `BadInput` where `path` is something else or another process is at work on it, `CannotWrite`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with Lock(path.with_name(f".{path.name}.lock"), f"{path}: another process is finding letters"):
            done = _take_up(path)
            progress(len(done))
            order: list[tuple[str, str]] = []

            def todo() -> Iterator[Job]:
                for job in jobs:
                    order.append((job.id, digest_of(job.content)))
                    if order[-1] not in done:
                        yield job

            with path.open("a", encoding="utf-8") as file:
                for count, rows in _looked(todo(), crew):
                    file.write("".join(json.dumps(row.to_json(), ensure_ascii=False) + "\n" for row in rows))
                    file.flush()
                    progress(len(done) + count)
            _settle(path, order)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror or error}); what is in it stays") from error


def _take_up(path: Path) -> set[tuple[str, str]]:
    """(id, digest) of the covers that were looked at; what follows the last whole line is cut off."""
    if not path.is_file():
        return set()
    done = set()
    try:
        for row in read_lines(path):
            if not row.get("fault"):
                done.add((row["id"], row["digest"]))
            row["lines"]
    except (BadInput, KeyError) as error:
        raise BadInput(f"{path}: not a file of lettering of this version; name another, or move it away") from error
    content = path.read_bytes()
    if not content.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)
    return done


def _settle(path: Path, order: list[tuple[str, str]]) -> None:
    """One row a cover, the last that was written, in the order of the dataset; nothing is done where it is so."""
    with path.open("rb") as file:
        lines = file.readlines()
    rows = [json.loads(line) for line in lines]
    if [(row["id"], row["digest"]) for row in rows] == order:
        return
    last = {(row["id"], row["digest"]): line for row, line in zip(rows, lines, strict=True)}
    partial = path.with_name(f".{path.name}.partial")
    partial.write_bytes(b"".join(last[key] for key in dict.fromkeys(order)))
    partial.replace(path)


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
    return [replace(row, id=job.id, digest=digest_of(job.content)) for batch, rows in zip(batches, found, strict=True)
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


def digest_of(content: bytes) -> str:
    """Which file it is: 16 hex digits."""
    return hashlib.blake2b(content, digest_size=8).hexdigest()


def take_census(path: Path) -> Census:
    """Count what stands in a file of lettering."""
    covers = lettered = known = found = 0
    for row in read_lines(path):
        names = [row[name] for name in ("artist", "album") if row.get(name) is not None]
        covers, lettered = covers + 1, lettered + bool(row["boxes"])
        known, found = known + len(names), found + sum(names)
    return Census(covers, lettered, known, found)
