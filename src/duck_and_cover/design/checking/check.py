"""Stores' rules, held against a picture: one finding a rule."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from duck_and_cover.album import Album
from duck_and_cover.design.checking import codes, margins, sharpness, words
from duck_and_cover.design.checking.opened import Opened, opened
from duck_and_cover.design.checking.rules import RULES, Rule, demanding
from duck_and_cover.design.checking.stores import Store, stores_named
from duck_and_cover.design.checking.words import Line, Reader

__all__ = ["Finding", "Report", "check"]

State = Literal["passed", "failed", "not looked at"]
Severity = Literal["must", "should"]
Verdict = tuple[bool | None, str]
"""Whether a rule holds, None where it could not be looked at; and what was found or why not."""


@dataclass(frozen=True)
class Finding:
    """What one rule says of a picture.

    severity:  'must' where a store that nearly everyone sells through demands it, or one that was named; else 'should'.
    found, wanted: one plain line each.
    stores:    where it failed, the stores that refuse the picture for it; else those that demand it.
    sources:   the pages on which these say so.
    """

    rule: str
    state: State
    severity: Severity
    found: str
    wanted: str
    stores: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """All findings on a picture, in the order of the rules. picture: what it is, in one line."""

    picture: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether no 'must' has failed."""
        return not any(each.state == "failed" and each.severity == "must" for each in self.findings)

    def failed(self, severity: Severity | None = None) -> tuple[Finding, ...]:
        """What failed, of one severity or of both."""
        return tuple(each for each in self.findings
                     if each.state == "failed" and severity in (None, each.severity))  # fmt: skip

    def as_json(self) -> dict[str, Any]:
        """Plain dictionaries and lists."""
        return {"ok": self.ok, **asdict(self)}


def check(
    source: bytes | str | os.PathLike[str],
    album: Album | None = None,
    reader: Reader | None = None,
    *,
    stores: Sequence[str] = (),
) -> Report:
    """Hold a picture against the rules of stores.

    source:  a path or the bytes of a file, ours or not.
    album:   the record, for the words on its cover; artist and title count. None: the names are not looked at.
    reader:  reads words off pixels. None: rules about words are not looked at.
    stores:  names of `stores.STORES` to ask alone, all their demands being musts; () asks all, and musts are the
        demands of those that nearly everyone sells through.
    Raises BadInput for what is no picture, UnknownChoice for a store that is not known.

    >>> check("cover.png", Album("Razormouth", "Cathedral of Rust")).ok  # doctest: +SKIP
    True
    """
    asked = stores_named(stores)
    picture = opened(source)
    lines = None if reader is None else list(reader(picture.pixels))
    record = album or Album()
    findings = []
    for rule in RULES.values():
        demand = demanding(rule, asked)
        if stores and not demand:
            continue
        if rule.limit:
            findings.append(_limited(rule, picture, demand, bool(stores)))
        else:
            verdict = _read(rule, lines, record) if rule.reads else _SEEN[rule.name](picture)
            findings.append(_finding(rule, verdict, demand, bool(stores)))
    return Report(_described(picture), tuple(findings))


def _finding(rule: Rule, verdict: Verdict, stores: Sequence[Store], named: bool, wanted: str | None = None) -> Finding:
    holds, found = verdict
    state: State = "not looked at" if holds is None else "passed" if holds else "failed"
    must = any(named or store.usual for store in stores) and rule.name != "spelling"  # a reader may err by a letter
    return Finding(rule.name, state, "must" if must else "should", found, wanted or rule.wanted,
                   tuple(store.name for store in stores),
                   tuple(dict.fromkeys(page for store in stores for page in store.sources)))  # fmt: skip


# ------------------------------------------------------------------------------------------ limits that differ by store


def _limited(rule: Rule, picture: Opened, stores: Sequence[Store], named: bool) -> Finding:
    refusing = [store for store in stores if not _within(rule.name, picture, store)]
    found = {"format": picture.kind, "bytes": f"{picture.size_bytes / 1e6:.1f} MB",
             "size": f"{picture.width_px} × {picture.height_px} px"}[rule.name]  # fmt: skip
    wanted = {"format": _kinds, "bytes": _bytes, "size": _sides}[rule.name](refusing or stores)
    return _finding(rule, (not refusing, found), refusing or stores, named, wanted)


def _within(rule: str, picture: Opened, store: Store) -> bool:
    if rule == "format":
        return picture.kind in store.formats
    if rule == "bytes":
        return picture.size_bytes <= (store.most_bytes or picture.size_bytes)
    shorter, longer = sorted((picture.width_px, picture.height_px))
    return (store.least_px or 1) <= shorter and longer <= (store.most_px or longer)


def _kinds(stores: Sequence[Store]) -> str:
    common = [kind for kind in stores[0].formats if all(kind in store.formats for store in stores)] if stores else []
    return " or ".join(common) or "a kind of file that is taken"


def _bytes(stores: Sequence[Store]) -> str:
    limits = {store.name: store.most_bytes for store in stores if store.most_bytes}
    most = max(limits.values(), default=0)
    less = "".join(f", {limit / 1e6:.0f} at {name}" for name, limit in limits.items() if limit < most)
    return f"at most {most / 1e6:.0f} MB{less}"


def _sides(stores: Sequence[Store]) -> str:
    least = max((store.least_px or 1 for store in stores), default=1)
    most = min((store.most_px for store in stores if store.most_px), default=None)
    return f"{least} px or more" if most is None else f"{least} px" if least == most else f"{least} to {most} px"


# ------------------------------------------------------------------------------------------------------- what is seen


def _detail(picture: Opened) -> Verdict:
    hard = sharpness.hardness(picture.pixels)
    if hard is None:
        blank = margins.varied(picture.pixels) < margins.LEAST_VARIED
        return (None, "nothing on it to be sharp") if blank else (False, "not one edge: blurred")
    if hard >= sharpness.LEAST_HARDNESS:
        return True, f"the sharpest edges have {100 * hard:.0f} % of their step within a pixel"
    least = 100 * sharpness.LEAST_HARDNESS
    return False, f"the sharpest edges have {100 * hard:.0f} % of their step within a pixel, less than {least:.0f} %"


def _pixels(picture: Opened) -> Verdict:
    uneven = sharpness.unevenness(picture.pixels)
    return uneven <= sharpness.MOST_UNEVEN, (
        "pixels are pixels" if uneven <= sharpness.MOST_UNEVEN else "small squares of one colour: an enlargement"
    )


def _border(picture: Opened) -> Verdict:
    found = margins.bars(picture.pixels)
    return not found, ", ".join(f"{side} {thick} px" for side, thick in found.items()) or "none"


def _blank(picture: Opened) -> Verdict:
    share = margins.varied(picture.pixels)
    return share >= margins.LEAST_VARIED, f"{100 * share:.1f} % differs from its commonest colour"


def _none(found: Sequence[str]) -> Verdict:
    return not found, ", ".join(repr(each[:60]) for each in found[:4]) or "none"


_SEEN: dict[str, Callable[[Opened], Verdict]] = {
    "square": lambda p: (p.width_px == p.height_px, f"{p.width_px} × {p.height_px} px"),
    "colours": lambda p: (p.colours == "RGB", p.colours),
    "depth": lambda p: (p.bits == 8, f"{p.bits} bits a channel"),
    "profile": lambda p: (not p.foreign, "another profile than sRGB" if p.foreign else "sRGB"),
    "transparency": lambda p: (not p.transparent, "a transparent channel or colour" if p.transparent else "none"),
    "orientation": lambda p: (not p.turned, "to be turned, says the camera" if p.turned else "upright"),
    "one picture": lambda p: (p.frames == 1, f"{p.frames} pictures" if p.frames > 1 else "one"),
    "detail": _detail,
    "pixels": _pixels,
    "border": _border,
    "blank": _blank,
    "QR code": lambda p: _none(codes.qr_codes(p.pixels)),
    "bar code": lambda p: _none(codes.bar_codes(p.pixels)),
}


# ------------------------------------------------------------------------------------------------------- what is read


def _read(rule: Rule, lines: Sequence[Line] | None, album: Album) -> Verdict:
    if lines is None:
        return None, "needs a reader of words"
    if rule.name in ("names", "spelling"):
        if not (album.artist or album.title):
            return None, "needs the artist and the album"
        find = words.foreign if rule.name == "names" else words.misspelt
        found = find(lines, album)
        script = words.unread_script(album) if found else None
        return (None, f"the reader does not know {script} letters") if script else _none(found)
    return _none(words.offences(rule.name, lines, album))


def _described(picture: Opened) -> str:
    profile = "other profile" if picture.foreign else "sRGB"
    colours = profile if picture.colours == "RGB" else picture.colours
    return f"{picture.width_px} × {picture.height_px} px {picture.kind}, {colours}, {picture.size_bytes / 1e6:.1f} MB"
