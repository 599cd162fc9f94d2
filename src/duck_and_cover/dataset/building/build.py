"""`build`: from covers that were gathered to a dataset. Screen every one, keep each picture once, split, write.

What is decided, and how, does not depend on the order in which covers come:

the same picture twice     the row that states most stays, then the larger one, then the smaller id
a placeholder              as its catalog says, or one picture that more than five artists share
the split                  by artist (`reader.part_of`), and near pictures together: a group with a cover that is kept
                           back is kept back whole, so that nothing is asked in a test that was shown in training
examples                   albums that were collected as examples go to the test part
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
import json
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from duck_and_cover.catalog.guard import Crew
from duck_and_cover.dataset.building.candidates import Candidate
from duck_and_cover.dataset.building.journal import Journal
from duck_and_cover.dataset.building.screening import Screen, Screened, screen
from duck_and_cover.dataset.building.twins import groups
from duck_and_cover.dataset.reader import SPLIT, part_of
from duck_and_cover.dataset.shards import PARTS, order_of, refuse_others, write_shards
from duck_and_cover.errors import BadInput

__all__ = ["REJECTED", "Built", "build"]

REJECTED = "rejected.jsonl"
BATCH = 32
MANY_ARTISTS = 5
_VERSION = 1
_KEPT_BACK = ("test", "validation", "train")


@dataclass(frozen=True)
class Built:
    """What became of the candidates. rejected: reason -> how many; manifest: of the dataset."""

    candidates: int
    kept: int
    rejected: Mapping[str, int]
    manifest: Mapping[str, Any]


class _Seen(NamedTuple):
    """What is held of every candidate that passed: enough to decide."""

    place: int
    id: str
    artist: str | None
    example: bool
    placeholder: bool
    facts: int
    width: int
    phash: int
    small: bytes


def build(covers: Iterable[Candidate], folder: Path, crew: Crew, *, wanted: Screen = Screen(),  # noqa: B008  (frozen)
          left_out: Mapping[str, str] | None = None,
          progress: Callable[[int], None] = lambda done: None) -> Built:  # fmt: skip
    """Make a dataset of candidates in `folder`, or renew the one that is there.

    crew:      who screens. progress: is told how many have been screened.
    left_out:  what came to no candidate, and why; it is counted with what is rejected.
    Raises `BadInput` where nothing is left or other Parquet lies in the folder, `CannotWrite` where the disk is full;
    the same command goes on.
    """
    refuse_others(folder)
    work = folder / ".build"
    terms = {"version": _VERSION, **asdict(wanted)}
    with Journal(work, terms) as journal:
        seen, rejected = asyncio.run(_screened(covers, journal, crew, wanted, progress))
        rejected |= left_out or {}
        count = len(seen) + len(rejected)
        if not count:
            raise BadInput(f"{folder}: no candidate came; is the catalog or folder empty?")
        seen, parts, more = _decided(seen)
        rejected |= more
        counted = Counter(reason.partition(": ")[0] for reason in rejected.values())
        reasons = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
        facts = {"made_by": "duckcover dataset build", "screen": asdict(wanted), "split": SPLIT, "candidates": count,
                 "rejected": reasons}  # fmt: skip
        if not seen:
            why = ", ".join(f"{many} {reason}" for reason, many in list(reasons.items())[:3])
            raise BadInput(f"{folder}: of {count} covers none is kept ({why})")
        told = write_shards(folder, _rows(journal, seen, parts), facts)
        _write_rejected(folder / REJECTED, rejected)
    shutil.rmtree(work, ignore_errors=True)
    return Built(count, len(seen), reasons, told)


async def _screened(covers: Iterable[Candidate], journal: Journal, crew: Crew, wanted: Screen,
                    progress: Callable[[int], None]) -> tuple[list[_Seen], dict[str, str]]:  # fmt: skip
    """Screen what the journal does not know yet, several batches at a time, in order."""
    seen: list[_Seen] = []
    rejected: dict[str, str] = {}
    taken: set[str] = set()
    done = 0
    function = functools.partial(screen, wanted=wanted)

    def note(place: int) -> None:
        row = journal.line(place)
        if row["reason"]:
            rejected[row["id"]] = row["reason"]
        else:
            seen.append(_held(place, row))

    async def batch(block: list[tuple[Candidate, str]]) -> list[tuple[Candidate, str, Screened]]:
        looked = await crew.each(function, [candidate.content for candidate, _ in block], Screened)
        return [(candidate, digest, each) for (candidate, digest), each in zip(block, looked, strict=True)]

    under_way: list[asyncio.Task[list[tuple[Candidate, str, Screened]]]] = []

    async def collect() -> None:
        nonlocal done
        for place in journal.add(await under_way.pop(0)):
            note(place)
            done += 1
        progress(done)

    try:
        for block in _blocks(covers, taken, rejected):
            new = []
            for candidate, digest in block:
                if (place := journal.place(candidate.id, digest)) is None:
                    new.append((candidate, digest))
                else:
                    note(place)
                    done += 1
            if new:
                under_way.append(asyncio.create_task(batch(new)))
            if len(under_way) >= 2 * crew.processes:
                await collect()
        while under_way:
            await collect()
    finally:
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
    return seen, rejected


def _blocks(covers: Iterable[Candidate], taken: set[str], rejected: dict[str, str]) -> Iterator[
    list[tuple[Candidate, str]]
]:  # fmt: skip
    """Candidates with the digest of what is known of them; an id that comes again is left out."""
    fresh = []
    for candidate in covers:
        if candidate.id in taken:
            rejected[f"{candidate.id} (again)"] = "an id that came before"
            continue
        taken.add(candidate.id)
        fresh.append((candidate, _digest(candidate)))
        if len(fresh) == BATCH:
            yield fresh
            fresh = []
    if fresh:
        yield fresh


def _digest(candidate: Candidate) -> str:
    facts = {name: value for name, value in vars(candidate).items() if name != "content"}
    digest = hashlib.blake2b(candidate.content, digest_size=12)
    digest.update(json.dumps(facts, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _held(place: int, row: Mapping[str, Any]) -> _Seen:
    facts = sum(bool(row[name]) for name in ("artist", "album", "genres", "year")) + bool(row["example"]) * 8
    return _Seen(place, row["id"], row["artist"], row["example"], row["placeholder"], facts, row["source_width"],
                 int(row["phash"], 16), bytes.fromhex(row["small"]))  # fmt: skip


def _decided(seen: list[_Seen]) -> tuple[list[_Seen], dict[str, str], dict[str, str]]:
    """(what is kept, id -> part, id -> reason of what is not)."""
    seen = sorted(seen, key=lambda each: (-each.facts, -each.width, each.id))  # of a group the first is the one to keep
    if not seen:
        return [], {}, {}
    same, near = groups([each.phash for each in seen], [each.small for each in seen])
    artists: defaultdict[int, set[str]] = defaultdict(set)
    for i, each in enumerate(seen):
        artists[same[i]].add(each.artist or "")
    rejected: dict[str, str] = {}
    for i, each in enumerate(seen):
        if each.placeholder or len(artists[same[i]]) > MANY_ARTISTS:
            rejected[each.id] = "a placeholder"
        elif same[i] != i:
            rejected[each.id] = f"the same picture: {seen[same[i]].id}"
    strictest = np.full(len(seen), len(_KEPT_BACK) - 1)
    for i, each in enumerate(seen):
        part = "test" if each.example else part_of(each.artist, each.id)
        strictest[near[i]] = min(strictest[near[i]], _KEPT_BACK.index(part))
    parts = {each.id: _KEPT_BACK[strictest[near[i]]] for i, each in enumerate(seen)}
    return [each for each in seen if each.id not in rejected], parts, rejected


def _rows(journal: Journal, seen: list[_Seen], parts: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Rows in the order of a dataset, one picture in memory at a time."""
    ordered = sorted(seen, key=lambda each: (PARTS.index(parts[each.id]), order_of(each.id)))
    for each in ordered:
        row = journal.line(each.place)
        name = hashlib.sha256(each.id.encode()).hexdigest()[:20]
        yield {**row, "part": parts[each.id],
               "image": {"bytes": journal.picture(row), "path": f"{name}.{row['suffix']}"}}  # fmt: skip


def _write_rejected(path: Path, rejected: Mapping[str, str]) -> None:
    """One line for every candidate that is not in the dataset, and why."""
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        for id, reason in sorted(rejected.items()):
            file.write(json.dumps({"id": id, "reason": reason}, ensure_ascii=False) + "\n")
    partial.replace(path)
