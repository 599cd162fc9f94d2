"""What a build has done so far: a line for every candidate, and the pictures that were kept, in two files that grow.

A build that is broken off, `kill -9` included, goes on behind the last whole line. A candidate whose file has changed
since is screened anew.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from duck_and_cover.catalog.lock import Lock
from duck_and_cover.dataset.building.candidates import Candidate
from duck_and_cover.dataset.building.screening import Screened
from duck_and_cover.errors import CannotWrite

__all__ = ["Journal"]


class Journal:
    """The two files in `folder`. Use it as a context.

    terms:  what the verdicts depend on; a journal of other terms is thrown away.
    """

    def __init__(self, folder: Path, terms: dict[str, Any]) -> None:
        self.folder = folder
        self._known: dict[tuple[str, str], int] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            beside = folder.with_name(f"{folder.name}.lock")
            self._lock = Lock(beside, f"{folder.parent}: another build is at work on it")
            if _terms(folder) != terms:
                shutil.rmtree(folder)
                folder.mkdir()
                partial = folder / "terms.partial"
                partial.write_text(json.dumps(terms), "utf-8")
                partial.replace(folder / "terms.json")
            self._lines = (folder / "journal.jsonl").open("ab+")
            self._pictures = (folder / "pictures.bin").open("ab+")
            self._take_up()
        except OSError as error:
            raise CannotWrite(f"{folder}: cannot be written ({error.strerror or error})") from error

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *exception: object) -> None:
        for file in (self._lines, self._pictures):
            with contextlib.suppress(OSError):  # a full disk was told of when it was written to
                file.close()
        self._lock.close()

    def _take_up(self) -> None:
        """Read the lines that are whole and whose pictures are; cut off the rest."""
        self._lines.seek(0)
        place = end = 0
        size = self._pictures.seek(0, os.SEEK_END)
        for line in self._lines:
            try:
                row = json.loads(line) if line.endswith(b"\n") else None
            except ValueError:
                row = None
            if row is None or row["at"] + row["length"] > size:
                break
            self._known[row["id"], row["digest"]] = place
            place += len(line)
            end = max(end, row["at"] + row["length"])
        self._lines.truncate(place)
        self._pictures.truncate(end)
        self._lines.seek(place)
        self._pictures.seek(end)

    def place(self, id: str, digest: str) -> int | None:
        """Where the line of a candidate stands, None where there is none."""
        return self._known.get((id, digest))

    def add(self, found: Iterable[tuple[Candidate, str, Screened]]) -> list[int]:
        """Write candidates, the digest of each one's file, and what became of it; where their lines stand."""
        places, lines = [], []
        try:
            at, start = self._pictures.seek(0, os.SEEK_END), self._lines.seek(0, os.SEEK_END)
            for candidate, digest, screened in found:
                self._pictures.write(screened.content)
                line = json.dumps(_row(candidate, digest, screened, at), ensure_ascii=False).encode() + b"\n"
                at += len(screened.content)
                places.append(start)
                start += len(line)
                lines.append(line)
            self._pictures.flush()
            self._lines.write(b"".join(lines))
            self._lines.flush()
        except OSError as error:
            raise CannotWrite(f"{self.folder}: cannot be written ({error.strerror or error}); what is in it stays, the "
                              "same command goes on") from error  # fmt: skip
        return places

    def line(self, place: int) -> dict[str, Any]:
        """The line that stands there."""
        self._lines.seek(place)
        return json.loads(self._lines.readline())

    def picture(self, row: dict[str, Any]) -> bytes:
        """The picture of a line."""
        self._pictures.seek(row["at"])
        return self._pictures.read(row["length"])


def _terms(folder: Path) -> Any:
    """What a journal was begun with; None where that cannot be read."""
    try:
        return json.loads((folder / "terms.json").read_text("utf-8"))
    except (OSError, ValueError):
        return None


def _row(candidate: Candidate, digest: str, screened: Screened, at: int) -> dict[str, Any]:
    """A line: the fields of a dataset's row, and what deciding needs."""
    return {
        "id": candidate.id, "digest": digest, "reason": screened.reason, "at": at, "length": len(screened.content),
        "suffix": screened.suffix, "small": screened.small.hex(), "genres": list(candidate.genres),
        "year": candidate.year, "release": candidate.release, "artist": candidate.artist, "album": candidate.album,
        "source": candidate.source, "rights": candidate.rights, "example": candidate.example,
        "placeholder": candidate.placeholder,
        "source_width": max(candidate.width_px or 0, screened.width_px) or None,
        "source_height": max(candidate.height_px or 0, screened.height_px) or None,
        "sha256": screened.sha256, "phash": f"{screened.phash:016x}",
    }  # fmt: skip
