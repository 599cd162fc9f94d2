"""All that workers do, by name. Each takes the easel, `tell`, and arguments that can be sent to another process."""

from __future__ import annotations

import io
import json
import secrets
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from duck_and_cover.errors import BadInput
from duck_and_cover.studio.easel import Easel
from duck_and_cover.studio.recipe import Recipe
from duck_and_cover.studio.worker import Line

if TYPE_CHECKING:
    from duck_and_cover.cover import Pixels
    from duck_and_cover.sleeve import Sleeve

__all__ = ["FILE_PX", "TASKS", "check", "cover", "draft", "faces", "file", "intake", "kit", "proof", "reroll", "tags"]

THUMBNAIL_PX = 280
FILE_PX = 3000
MOST_PIXELS = 64_000_000
"""Of a picture that was dropped; more is no photograph but a trap for memory."""
_MOST = MOST_PIXELS // 1_000_000
PROOF_DPI = 110.0


def draft(easel: Easel, tell: Line, query: str, seed: int, size_px: int) -> dict:
    """One of several: drawn from a seed, unlike those before it.

    Draws its art, asks for the looks of those before it, and tells its own as soon as it is decided.
    """
    from duck_and_cover.design.style import Look

    sibling = easel.sibling(Recipe.of(query), seed)
    easel.art(sibling, easel.seeds(sibling))
    recipe = easel.settled(sibling, [Look(**each) for each in tell.asked()])
    tell(dict(recipe.looks))
    return _made(easel, recipe, size_px)


def cover(easel: Easel, tell: Line, query: str, size_px: int) -> dict:
    """The cover of a recipe; what it leaves open is decided."""
    recipe = easel.settled(Recipe.of(query))
    tell(None)
    return _made(easel, recipe, size_px)


def reroll(easel: Easel, tell: Line, query: str, axis: str, seed: int, size_px: int) -> dict:
    """One axis drawn anew."""
    recipe = easel.rerolled(Recipe.of(query), axis, seed)
    tell(None)
    return _made(easel, recipe, size_px)


def file(easel: Easel, tell: Line, query: str, folder: str, name: str) -> str:
    """The front as one file; its path."""
    sleeve = easel.sleeve(easel.settled(Recipe.of(query)), FILE_PX)
    tell(None)
    return str(sleeve.save(Path(folder) / name))


def kit(easel: Easel, tell: Line, query: str, folder: str, without: Sequence[str]) -> dict:
    """Every file of a release in a new folder; tells each as it is made. The stores' verdicts, from its report."""
    from duck_and_cover.design.kit import KitFile

    recipe = easel.settled(Recipe.of(query))
    sleeve = easel.sleeve(recipe, 1024)

    def made(one: Any) -> None:
        known = isinstance(one, KitFile)
        tell(
            {"name": one.name, "purpose": one.purpose if known else one.why, "bytes": len(one.data) if known else None}
        )

    number, legal = recipe.release.get("catalogue"), recipe.release.get("rights")
    sleeve.kit(folder, made, catalogue=number, rights=legal, without=tuple(without), reader=easel.words)
    facts = json.loads((Path(folder) / "report.json").read_text("utf-8"))
    return {"stores": facts["stores"], "files": facts["files"], "missing": facts["missing"]}


def check(easel: Easel, tell: Line, query: str) -> dict:
    """What stores say of the front as they would get it: 3000 px, JPEG, at most 10 MB."""
    from duck_and_cover.design.checking import check as checked
    from duck_and_cover.design.checking.verdicts import by_store
    from duck_and_cover.design.files.formats import encoded

    sleeve = easel.sleeve(easel.settled(Recipe.of(query)), FILE_PX)
    tell(None)
    data = encoded(sleeve.pixels, "JPEG", most_bytes=10_000_000)
    report = checked(data, sleeve.album, easel.words)
    return {
        "picture": report.picture,
        "findings": [
            {
                "rule": each.rule,
                "state": each.state,
                "severity": each.severity,
                "found": each.found,
                "wanted": each.wanted,
                "stores": list(each.stores),
            }
            for each in report.findings
        ],
        "stores": [
            {
                "store": each.store.name,
                "source": each.store.source,
                "takes": each.takes,
                "held": each.held,
                "asked": each.asked,
                "refused": [f"{f.rule}: {f.found}" for f in each.refused],
                "unseen": list(each.unseen),
            }
            for each in by_store(report)
        ],
    }


def proof(easel: Easel, tell: Line, query: str, piece: str) -> dict:
    """How a printed piece will look, a JPEG; and how far its colours move."""
    from duck_and_cover.design.pieces.release import pieces
    from duck_and_cover.design.press.profile import open_profile
    from duck_and_cover.design.press.proof import movement
    from duck_and_cover.design.press.proof import proof as proofed

    recipe = easel.settled(Recipe.of(query))
    sleeve = easel.sleeve(recipe, 512)
    tell(None)
    number, legal = recipe.release.get("catalogue"), recipe.release.get("rights")
    made = dict(
        pieces(
            sleeve.album,
            sleeve.finished_from,
            sleeve.style,
            sleeve.seeds,
            catalogue=number,
            legal=legal,
            dpi=PROOF_DPI,
        )
    )
    if piece not in made:
        raise BadInput(f"no printed piece is called {piece!r}; wanted one of {', '.join(made)}")
    sheet, profile = made[piece](), open_profile(None)
    tell(None)
    moved = movement(sheet, profile)
    return {
        "jpeg": _jpeg(proofed(sheet, profile, dpi=PROOF_DPI, folds=True), 88),
        "pieces": list(made),
        "profile": profile.description,
        "mean": moved.mean,
        "p95": moved.p95,
        "ink": moved.most_ink,
        "collapses": moved.collapses,
        "size": f"{sheet.sheet.width_mm:g} × {sheet.sheet.height_mm:g} mm",
    }


def intake(easel: Easel, tell: Line, path: str, sha256: str) -> dict:
    """A dropped picture, opened here and kept as our own PNG of its middle square; what was dropped is not kept.

    Raises `BadInput` where it is none, or larger when opened than anyone's photograph.
    """
    from PIL import Image

    from duck_and_cover.cover import FORMATS
    from duck_and_cover.generation.photograph import PhotographEngine

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as opened:
                width, height = opened.size
    except Image.DecompressionBombError as error:
        raise BadInput(f"this picture opens to more pixels than may be; {_MOST} million at most") from error
    except Exception as error:  # decoders raise what they like
        raise BadInput("this is no picture that can be read; wanted JPEG, PNG, WebP, TIFF, GIF or BMP") from error
    if width * height > MOST_PIXELS:
        raise BadInput(f"this picture has {width} × {height} px; wanted {_MOST} million at most")
    from duck_and_cover.condition import Condition

    try:
        pixels = PhotographEngine(Path(path)).draw(Condition(), 0).pixels
    except BadInput as error:  # says where the file lies, which is nobody's business
        raise BadInput(str(error).replace(path, "the picture")) from error
    easel.pictures.mkdir(parents=True, exist_ok=True)
    part = easel.pictures / f".{secrets.token_hex(8)}.part"
    try:
        Image.fromarray(pixels).save(part, "PNG", compress_level=1)
        part.replace(easel.pictures / f"{sha256}.png")
    finally:
        part.unlink(missing_ok=True)
    return {"art": sha256, "size_px": len(pixels)}


def tags(easel: Easel, tell: Line, path: str, name: str) -> dict:
    """What a music file says of its album."""
    from duck_and_cover.studio.tags import read_tags

    return read_tags(Path(path), name)


def faces(easel: Easel, tell: Line, text: str) -> dict:
    """Every face's specimen: id -> an SVG path of the text, its width and height in units of 100 an em."""
    from duck_and_cover.studio.specimens import specimens

    return specimens(text)


TASKS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {each.__name__: each for each in (draft, cover, reroll, file, kit, check, proof, intake, tags, faces)}
)
"""Name -> what does it."""


def _made(easel: Easel, recipe: Recipe, size_px: int) -> dict:
    import cv2
    import numpy as np

    sleeve: Sleeve = easel.sleeve(recipe, size_px)
    small = np.asarray(cv2.resize(sleeve.pixels, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA), np.uint8)
    return {
        "query": recipe.query,
        "jpeg": _jpeg(sleeve.pixels, 88),
        "thumbnail": _jpeg(small, 80),
        "report": sleeve.report,
        "card": sleeve.card,
    }


def _jpeg(pixels: Pixels, quality: int) -> bytes:
    from PIL import Image

    from duck_and_cover.design.files.formats import srgb_profile

    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality, subsampling=0, icc_profile=srgb_profile())
    return out.getvalue()
