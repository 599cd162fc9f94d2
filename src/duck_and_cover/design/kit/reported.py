"""The report of a kit: its pictures for stores against their rules, and two files on all of it at the end."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from duck_and_cover.cover import Pixels
from duck_and_cover.design.checking import Report, check
from duck_and_cover.design.checking.words import Line, Reader
from duck_and_cover.design.files.formats import encoded
from duck_and_cover.design.kit.digital import Kit, reduced
from duck_and_cover.design.kit.folder import KitFile, Missing
from duck_and_cover.design.report import Entry, Told, command, page
from duck_and_cover.design.report.tables import uploads

__all__ = ["reported"]

PREVIEW_PX = 900
_PREVIEW_BYTES = 400_000


def reported(files: Iterable[KitFile | Missing], kit: Kit) -> Iterator[KitFile | Missing]:
    """The files as they come, and after them report.json and report.html on all of them."""
    entries: list[Entry] = []
    missing: list[Missing] = []
    checks: dict[str, Report] = {}
    lines = None if kit.reader is None else list(kit.reader(kit.front.pixels))
    for file in files:
        if isinstance(file, Missing):
            missing.append(file)
            yield file
            continue
        if file.group == "stores":
            checks[file.name] = check(file.data, kit.album, _remembered(lines))
        entries.append(_entry(file))
        yield file
    report = {**kit.report, **kit.front.report}
    typed = command(kit.album, report)
    facts = {**report, "about": dict(kit.about), "command": typed, "stores": _stores(checks),
             "checks": {name: each.as_json() for name, each in checks.items()},
             "read": None if lines is None else [{"text": each.text, "score": each.score} for each in lines],
             "files": [_plain(each) for each in entries],
             "missing": {each.name: each.why for each in missing}}  # fmt: skip
    last = KitFile.known("report.json", (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())
    own = KitFile.known("report.html", b"")
    told = Told(album=kit.album, report=report, about=kit.about, command=typed, card=kit.card, checks=checks,
                front=_preview(kit.front.pixels), lines=lines, nearest=kit.nearest,
                files=(*entries, _entry(last)), missing={each.name: each.why for each in missing})  # fmt: skip
    yield last
    yield KitFile(own.name, page(told).encode(), own.group, own.purpose)


def _remembered(lines: list[Line] | None) -> Reader | None:
    """A reader of what was read already: the words of a front stand alike on all its files."""
    return None if lines is None else lambda pixels: lines


def _stores(checks: Mapping[str, Report]) -> list[dict[str, Any]]:
    """A row a store: the file to send, None where it takes none, and the rules for which it refuses the first."""
    return [{"store": verdict.store.name, "usual": verdict.store.usual, "send": name,
             "refuses": [each.rule for each in verdict.refused], "not_looked_at": list(verdict.unseen)}
            for verdict, name in uploads(checks)]  # fmt: skip


def _entry(file: KitFile) -> Entry:
    digest = hashlib.sha256(file.data).hexdigest()
    return Entry(file.name, file.group, file.purpose, len(file.data), digest, file.preview, file.notes)


def _plain(entry: Entry) -> dict[str, Any]:
    return {"name": entry.name, "group": entry.group, "purpose": entry.purpose, "bytes": entry.size_bytes,
            "sha256": entry.sha256, "notes": list(entry.notes)}  # fmt: skip


def _preview(pixels: Pixels) -> bytes:
    small = pixels if len(pixels) <= PREVIEW_PX else reduced(pixels, PREVIEW_PX)
    return encoded(small, "JPEG", most_bytes=_PREVIEW_BYTES)
