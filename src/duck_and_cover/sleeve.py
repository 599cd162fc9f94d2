"""The front door: `create(album)` -> `Sleeve`, a finished front cover ready to be saved.

Importing this module costs nothing; the network and the design room are loaded when the first cover is made.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput, UnknownChoice
from duck_and_cover.generation.opening import between, drawer, shipped_enlarger, shipped_judge

if TYPE_CHECKING:
    from duck_and_cover.cover import Cover, Pixels
    from duck_and_cover.design.checking.words import Reader
    from duck_and_cover.design.compose import Design
    from duck_and_cover.design.kit import KitFile, Missing
    from duck_and_cover.design.report import Nearest
    from duck_and_cover.design.style import Seeds, Style
    from duck_and_cover.generation.engine import Engine
    from duck_and_cover.generation.judge import Judge
    from duck_and_cover.generation.upscaler import Enlarger

__all__ = ["LARGEST_PX", "MOST_VARIANTS", "SMALLEST_PX", "Sleeve", "create", "create_variants"]

SMALLEST_PX, LARGEST_PX = 64, 8000
MOST_VARIANTS = 64
_LAST_SEED = 2**31 - 1


@dataclass(frozen=True, eq=False)
class Sleeve:
    """A finished front cover.

    pixels:  uint8 (size, size, 3), sRGB.
    art:     what the network drew, before finish and type.
    finished_from:  the art as it went into the finish, larger where that helps.
    report:  everything that went into it, JSON-able: engine, bundle hash, what was asked, seeds, finish,
             palette, faces, contrast, how far the art looks like what was asked, seconds.
    card:    the model card of the network that drew the art, Markdown; "" where there is none.
    """

    album: Album
    pixels: Pixels
    art: Cover
    report: dict[str, Any] = field(repr=False)
    style: Style = field(repr=False)
    seeds: Seeds = field(repr=False)
    finished_from: Pixels = field(repr=False)
    card: str = field(default="", repr=False)

    def save(self, path: str | Path, *, most_bytes: int | None = None, link: bool = False) -> Path:
        """Write PNG, JPEG, SVG or PDF by suffix; complete or not at all.

        most_bytes: of a JPEG; the best quality that fits is taken. None takes full colour resolution at quality 92.
        link:       the artwork of an SVG lies beside it as `NAME-artwork.png` instead of in it.

        PNG and JPEG: sRGB profile embedded, no alpha, 300 dpi. SVG and PDF: the artwork as a picture, the words as
        outlines above it, a layer each, so that they can be moved and coloured; the front is printed once more for it.
        Raises `BadInput` for another suffix, an option that its kind does not know and a budget that cannot be met,
        and `CannotWrite` where the target cannot be written.
        """
        from duck_and_cover.design.files.about import for_art
        from duck_and_cover.design.files.formats import (
            artwork_beside,
            check_target,
            encoded,
            save,
            write,
            write_together,
        )

        told = self._about
        target, kind = check_target(path, most_bytes=most_bytes, link=link)
        if kind in ("PNG", "JPEG"):
            return save(self.pixels, target, told, most_bytes=most_bytes)
        from duck_and_cover.design.compose import compose

        size_px = len(self.pixels)
        design = compose(self.finished_from, self.album, self.style, self.seeds, size_px, keep_ground=True)
        if kind == "PDF":
            from duck_and_cover.design.files.pdf import as_pdf

            return write(target, as_pdf(design, told))
        from duck_and_cover.design.files.vector import as_svg

        if not link or design.ground is None:
            return write(target, as_svg(design, told).encode())
        picture = artwork_beside(target)
        text = as_svg(design, told, picture=quote(os.fsencode(picture.name)))
        write_together({picture: encoded(design.ground, "PNG", for_art(told)), target: text.encode()})
        return target

    def kit(
        self,
        folder: str | Path,
        progress: Callable[[KitFile | Missing], None] = lambda file: None,
        *,
        catalogue: str | None = None,
        rights: str | None = None,
        profile: str | Path | None = None,
        without: Collection[str] = (),
        reader: Reader | None = None,
        nearest: Sequence[Nearest] | None = None,
    ) -> Path:
        """Write everything that a release needs into a new folder (`design.kit` says what), whole or not at all.

        progress:   is told of each file when it is written, and of one that is not there, why.
        catalogue:  number of the release, printed on spines, backs and labels.
        rights:     the line of rights on backs and labels; None writes "© YEAR ARTIST", "" none.
        profile:    ICC file of the press; None takes coated paper by FOGRA39.
        without:    "print" or "moving", to leave those out.
        reader:     reads words off pixels, for the stores' rules about them; None leaves those unlooked at.
        nearest:    training covers near to the art, for the report; None where there is no index of them.
        Each size is printed anew, whatever that of this sleeve. A front that a store refuses is written all the same;
        report.html and report.json ("stores") say by whom, for what, and what to do. Raises `BadInput` for tracks that
        cannot be read or printed, a profile of another kind and a part that no kit has, and `CannotWrite`.
        """
        from duck_and_cover.design import kit
        from duck_and_cover.design.compose import compose
        from duck_and_cover.design.motion.loop import loop
        from duck_and_cover.design.pieces.release import pieces

        for part in without:
            if part not in kit.PARTS:
                raise UnknownChoice("part of a kit", part, kit.PARTS)

        def design(size_px: int) -> Design:
            return compose(self.finished_from, self.album, self.style, self.seeds, size_px, keep_ground=True)

        target = kit.check_folder(Path(folder))
        asked = {"catalogue": catalogue, "rights": rights, "profile": profile and str(profile), "without": [*without]}
        report = {**self.report, "asked": {**self.report.get("asked", {}), **asked}}
        parts: list[Iterable[KitFile | Missing]] = []
        if "print" not in without:
            sheets = pieces(self.album, self.finished_from, self.style, self.seeds, catalogue=catalogue,
                            legal=rights)  # fmt: skip
            parts.append(kit.printed(sheets, self._about, profile))
        if "moving" not in without:
            parts.append(kit.moving(lambda: loop(self.finished_from, self.album, self.style, self.seeds), self._about))
        whole = kit.Kit(self.album, design(kit.SIZE_PX), report, self._about, self.card, reader, nearest)
        kit.write_kit(target, kit.reported(chain(kit.digital(whole, design), *parts), whole), progress)
        return target

    @property
    def _about(self) -> dict[str, str]:
        """What is written into files beside their pixels."""
        from duck_and_cover.design.files.about import about

        return about(self.album, self.report)


def create(
    album: Album,
    *,
    seed: int | None = None,
    seeds: Mapping[str, int] | None = None,
    size_px: int = 3000,
    engine: str | Path | Engine | None = None,
    art: str | Path | None = None,
    toward: tuple[int, float] | None = None,
    finish: str | None = None,
    palette: str | None = None,
    type: str | None = None,
    lettering: str | None = None,
    layout: str | None = None,
) -> Sleeve:
    """Make one cover.

    album:    what is known of the record; an empty `Album()` works too.
    seed:     same album, seed and version give the same cover; None draws one, `report["seed"]` tells it.
    seeds:    other seeds for "art", "finish", "palette", "type" or "layout" alone: that one is drawn anew.
    size_px:  side of the square, 64 to 8000. Stores ask for 3000.
    engine:   name of a shipped bundle, folder of a bundle, or an opened engine; None for the default.
    art:      a picture file to be finished in the place of a network's art; its middle square is taken.
    toward:   (another seed, share 0 to 1): art that share of the way from its own seed's to the other's.
    finish, palette, type, lettering, layout:  fix one axis of the style by name; None lets genre, year and seed choose.
    Raises `BadInput` for what nobody could do, `Failure` for what did not work here.

    >>> create(Album("Otis Marlowe Quartet", "The Quiet Hour", ("jazz",), 1959), seed=7)  # doctest: +SKIP
    """
    return next(create_variants(album, 1, seed=seed, seeds=seeds, size_px=size_px, engine=engine,
                                art=art, toward=toward, finish=finish, palette=palette, type=type,
                                lettering=lettering, layout=layout))  # fmt: skip


def create_variants(
    album: Album,
    count: int,
    *,
    seed: int | None = None,
    seeds: Mapping[str, int] | None = None,
    size_px: int = 3000,
    engine: str | Path | Engine | None = None,
    art: str | Path | None = None,
    toward: tuple[int, float] | None = None,
    finish: str | None = None,
    palette: str | None = None,
    type: str | None = None,
    lettering: str | None = None,
    layout: str | None = None,
) -> Iterator[Sleeve]:
    """Make `count` covers that differ in art and style, in order as they are ready. Arguments as in `create`.

    The input is checked before anything is drawn; variant 1 of a seed is what `create` makes of it, and each other
    has a seed of its own: `create` with that seed and its finish, palette, type, lettering and layout makes it again,
    at any size.
    """
    _check_kinds(album, count, seed, size_px, engine)
    if engine is not None and art is not None:
        raise BadInput("an engine draws art and art is given; wanted one of the two")
    size_px, count = int(size_px), int(count)
    if not SMALLEST_PX <= size_px <= LARGEST_PX:
        raise BadInput(f"size is {size_px} px; wanted {SMALLEST_PX} to {LARGEST_PX}")
    if not 1 <= count <= MOST_VARIANTS:
        raise BadInput(f"{count} variants; wanted 1 to {MOST_VARIANTS}")
    if seed is None:
        seed = secrets.randbelow(_LAST_SEED)
    seed = int(seed)
    own = _checked_seeds(seeds or {})
    if not 0 <= seed <= _LAST_SEED:
        raise BadInput(f"seed is {seed}; wanted 0 to {_LAST_SEED}")
    started = time.perf_counter()
    with ThreadPoolExecutor(1) as opener:  # the network is read while the design room is imported
        threads = 0 if count == 1 else 1
        opening, judging = opener.submit(drawer, engine, art, threads), opener.submit(shipped_judge, art, threads)
        enlarging = opener.submit(shipped_enlarger, threads)
        from duck_and_cover.design.axes import check
        from duck_and_cover.design.compose import compose  # noqa: F401
        from duck_and_cover.design.style import Seeds

        locks = {axis: name if name is None else name.casefold() for axis, name in
                 {"finish": finish, "palette": palette, "type": type, "lettering": lettering,
                  "layout": layout}.items()}  # fmt: skip
        check(**locks)
        draws, judge, enlarger = opening.result(), judging.result(), enlarging.result()
    draws = draws if toward is None else between(draws, *_checked_way(toward))
    named = engine if engine is None or isinstance(engine, str | Path) else engine.name
    asked = {"engine": None if named is None else str(named),
             "art": None if art is None else Path(art).name, **getattr(draws, "asked", {}), **locks,
             "seeds": own}  # fmt: skip
    each = [(seed + 1_000_003 * i) % (_LAST_SEED + 1) for i in range(count)]
    own_seeds = [Seeds.of(n).with_(**own) for n in each]
    return _variants(album, draws, judge, enlarger, each=each, seeds=own_seeds, size_px=size_px, locks=locks,
                     told={name: value for name, value in asked.items() if value}, started=started)  # fmt: skip


def _check_kinds(album: Album, count: int, seed: int | None, size_px: int, engine: object) -> None:
    """Raise `BadInput` for values of the wrong kind, as only callers from Python can give."""
    if not isinstance(album, Album):
        raise BadInput(f"album is {album!r}; wanted an Album, like Album('Artist', 'Title')")
    for name, number in (("seed", 0 if seed is None else seed), ("size", size_px), ("count", count)):
        if isinstance(number, bool) or not isinstance(number, Integral):
            raise BadInput(f"{name} is {number!r}; wanted a whole number")
    if not (engine is None or isinstance(engine, str | Path) or callable(getattr(engine, "draw", None))):
        raise BadInput(f"engine is {engine!r}; wanted a name, a folder or an engine")


def _checked_way(toward: object) -> tuple[int, float]:
    """Another seed and a share of the way there; raises `BadInput` for anything else."""
    match toward:
        case (int(seed), int() | float() as share) if 0 <= seed <= _LAST_SEED and 0.0 <= share <= 1.0:
            return seed, float(share)
    raise BadInput(f"toward is {toward!r}; wanted another seed, 0 to {_LAST_SEED}, and a share of the way, 0 to 1")


def _checked_seeds(seeds: Mapping[str, int]) -> dict[str, int]:
    for axis, number in seeds.items():
        if axis not in ("art", "finish", "palette", "type", "layout"):
            raise UnknownChoice("axis", axis, ("art", "finish", "palette", "type", "layout"))
        if isinstance(number, bool) or not isinstance(number, Integral) or not 0 <= number <= _LAST_SEED:
            raise BadInput(f"the seed of {axis} is {number!r}; wanted a whole number, 0 to {_LAST_SEED}")
    return {axis: int(number) for axis, number in seeds.items()}


def _variants(
    album: Album,
    engine: Engine,
    judge: Judge | None,
    enlarger: Enlarger | None,
    *,
    each: list[int],
    seeds: list[Seeds],
    size_px: int,
    locks: dict[str, str | None],
    told: dict[str, Any],
    started: float,
) -> Iterator[Sleeve]:
    import cv2

    from duck_and_cover.condition import Condition
    from duck_and_cover.design.style import choose_styles
    from duck_and_cover.generation.judge import verdict

    asked = Condition.of(album)
    with ThreadPoolExecutor(min(len(seeds), os.cpu_count() or 1, 8)) as pool:
        arts = list(pool.map(lambda s: engine.draw(asked, s.art), seeds))
        drawn = time.perf_counter()
        styles = choose_styles(album, [art.pixels for art in arts], seeds, **locks)

        def finished(i: int) -> Sleeve:
            sleeve = _finished(album, engine, enlarger, arts[i], styles[i], seeds[i], size_px)
            if judge:
                sleeve.report["judged"] = verdict(judge, arts[i], asked)
            return sleeve

        # small covers side by side, a thread each; a large one takes a gigabyte and uses all cores alone
        beside = len(seeds) > 1 and size_px <= 1500
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1 if beside else threads)
        try:
            made = pool.map(finished, range(len(seeds))) if beside else map(finished, range(len(seeds)))
            for i, sleeve in enumerate(made):
                now = time.perf_counter()
                seconds = {"art": round(drawn - started, 3), "all": round(now - started, 3)}
                sleeve.report.update(seed=each[i], variant=i + 1, asked=told, seconds=seconds)
                yield sleeve
        finally:
            cv2.setNumThreads(threads)


def _finished(album: Album, engine: Engine, enlarger: Enlarger | None, art: Cover, style: Style, seeds: Seeds,
              size_px: int) -> Sleeve:  # fmt: skip
    from dataclasses import asdict

    from duck_and_cover.condition import Condition
    from duck_and_cover.design.choosing.looks import COARSE
    from duck_and_cover.design.compose import compose

    helps = enlarger is not None and art.size_px == enlarger.side_px and style.finish.name not in COARSE
    pixels = enlarger.enlarge(art.pixels, seeds.art) if enlarger and helps else art.pixels
    design = compose(pixels, album, style, seeds, size_px)
    words = {"artist": album.artist, "title": album.title, "genres": list(album.genres), "year": album.year}
    told = getattr(engine, "told", None)
    report = {"album": words, "art": "own" if _is_own(engine) else "drawn",
              "engine": engine.name, "bundle": engine.sha256,
              **({} if told is None else {"drawn_with": told(Condition.of(album), seeds.art)}),
              "upscaler": enlarger.bundle.sha256 if enlarger and helps else None, "seeds": asdict(seeds),
              **design.report}  # fmt: skip
    return Sleeve(album, design.pixels, art, report, style, seeds, pixels, _card(engine))


def _is_own(engine: Engine) -> bool:
    """Whether the art is a picture of the user's own."""
    from duck_and_cover.generation.photograph import PhotographEngine

    return isinstance(engine, PhotographEngine)


def _card(engine: Engine) -> str:
    """The card of an engine, or of its bundle; "" where it has none."""
    if (card := getattr(engine, "card", None)) is not None:
        return card
    bundle = getattr(engine, "bundle", None)
    path = None if bundle is None else bundle.folder / "card.md"
    return path.read_text("utf-8") if path is not None and path.is_file() else ""
