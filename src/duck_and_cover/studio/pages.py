"""The pages and their parts, made here as HTML; what a browser asks for while one works."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from functools import lru_cache, partial
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from duck_and_cover.album import FIRST_YEAR
from duck_and_cover.errors import DuckAndCoverError
from duck_and_cover.studio import choices
from duck_and_cover.studio.app import HERE, studio_of
from duck_and_cover.studio.cards import as_html
from duck_and_cover.studio.covers import HERO_PX, Cover
from duck_and_cover.studio.desk import desk_of
from duck_and_cover.studio.form import Form
from duck_and_cover.studio.recipe import Recipe, fresh_seed
from duck_and_cover.studio.streams import event, streamed

__all__ = [
    "FONTS",
    "PROOFS",
    "Number",
    "Seat",
    "delete",
    "desk",
    "draw",
    "fault_page",
    "font",
    "genres",
    "library",
    "listed",
    "page",
    "part",
    "reroll",
    "routes",
]

routes = APIRouter(include_in_schema=False)
Number = Annotated[int, Path(ge=1, le=2**63 - 1, description="Of a sleeve.")]
Seat = Annotated[str, Query(max_length=64, pattern=r"^[\w-]*$")]

FONTS = {
    "jost-latin-400-normal.woff2": "jost",
    "jost-latin-600-normal.woff2": "jost",
    "eb-garamond-latin-400-normal.woff2": "eb-garamond",
}
"""Font file -> its folder."""

PROOFS = {
    "cd-front": "CD front",
    "cd-tray": "CD back",
    "cd-label": "CD label",
    "lp-jacket": "LP jacket",
    "7-inch-front": "7″ front",
    "7-inch-back": "7″ back",
    "j-card": "Cassette card",
}


@lru_cache(1)
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["moment"] = lambda seconds: datetime.fromtimestamp(seconds).strftime("%d %B %Y, %H:%M").lstrip("0")
    made.filters["card"] = as_html
    made.filters["size"] = lambda count: f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.0f} kB"
    return made


def part(template: str, status: int = 200, headers: dict[str, str] | None = None, **values: Any) -> HTMLResponse:
    """A template as an answer, which is not kept."""
    return HTMLResponse(
        _templates().get_template(template).render(**values), status, {"cache-control": "no-store", **(headers or {})}
    )


def fault_page(status: int, fault: str) -> Response:
    """A page that says what is wrong."""
    return part("fault.html", status, fault=fault)


@routes.get("/")
async def page(request: Request, seat: Seat = "page") -> Response:
    """The studio. A query with a seed is a cover, and it is there with the page."""
    form = Form.read(request.query_params.multi_items())
    cover, fault = None, form.faults.get("", "")
    if form.recipe.seed is not None and not fault:
        try:
            cover = await studio_of(request).covers.cover(form.recipe, HERO_PX, seat=seat, picked=True)
        except DuckAndCoverError as error:
            fault = str(error)
    return part(
        "studio.html",
        form=form,
        years=(FIRST_YEAR + 20, datetime.now().year + 2),
        fault=fault,
        engines=await asyncio.to_thread(choices.engines),
        **await _desk(cover),
    )


@routes.get("/fonts/{name}")
async def font(name: str) -> Response:
    """The page's own letters, which are some of the covers'."""
    if name not in FONTS:
        return JSONResponse({"fault": "the page has no such font"}, 404)
    path = HERE.parent / "design" / "fonts" / FONTS[name] / name
    return FileResponse(path, media_type="font/woff2", headers={"cache-control": "max-age=604800"})


@routes.get("/desk")
async def desk(request: Request, seat: Seat = "") -> Response:
    """The desk of a recipe; a newer wish of the same browser ends this one."""
    form = Form.read(request.query_params.multi_items())
    if form.faults:
        return JSONResponse({"faults": dict(form.faults)}, 422)
    cover = await studio_of(request).covers.cover(form.recipe, HERO_PX, seat=seat or "desk", key="desk", picked=True)
    return part("_desk.html", headers={"x-query": cover.recipe.query}, **await _desk(cover))


@routes.get("/reroll/{axis}")
async def reroll(request: Request, axis: str, seat: Seat = "") -> Response:
    """The desk with one axis drawn anew."""
    form = Form.read(request.query_params.multi_items())
    if form.faults:
        return JSONResponse({"faults": dict(form.faults)}, 422)
    recipe = form.recipe if form.recipe.seed is not None else Recipe.of(f"{form.recipe.query}&seed={fresh_seed()}")
    cover = await studio_of(request).covers.rerolled(recipe, axis, seat=seat or "desk")
    return part("_desk.html", headers={"x-query": cover.recipe.query}, **await _desk(cover))


@routes.get("/draw")
async def draw(request: Request, seat: Seat = "") -> Response:
    """Eight drafts as they are ready."""
    form = Form.read(request.query_params.multi_items())
    if form.faults:
        return JSONResponse({"faults": dict(form.faults)}, 422)

    async def events() -> AsyncIterator[bytes]:
        try:
            covers = studio_of(request).covers.drafts(form.recipe, fresh_seed(), seat=seat or "draw")
            async for number, cover in covers:
                made = _templates().get_template("_draft.html").render(cover=cover, number=number)
                yield event("draft", {"number": number, "query": cover.recipe.query, "html": made})
            yield event("done", {})
        except DuckAndCoverError as error:
            yield event("fault", {"fault": str(error)})

    return streamed(request, events())


@routes.get("/genres")
async def genres(q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Genres that a text may mean."""
    return JSONResponse(await asyncio.to_thread(choices.genres_like, q), headers={"cache-control": "max-age=3600"})


@routes.get("/choices/{axis}")
async def listed(
    request: Request, axis: str, text: Annotated[str, Query(max_length=400)] = "", seat: Seat = ""
) -> Response:
    """What there is on an axis, as a part of the page; typefaces as specimens of a text."""
    if axis == "type":
        made = await studio_of(request).pool.run("faces", {"text": text}, seat=seat or "faces", key="faces")
        about = await asyncio.to_thread(choices.axis_names, "type")
        return part("_faces.html", faces=made, about=about)
    names = await asyncio.to_thread(choices.swatches if axis == "palette" else partial(choices.axis_names, axis))
    return part("_choices.html", axis=axis, names=names)


@routes.get("/library")
async def library(
    request: Request, q: Annotated[str, Query(max_length=200)] = "", drafts: bool = False, before: float | None = None
) -> Response:
    """Every sleeve made."""
    projects = studio_of(request).projects
    found = await asyncio.to_thread(projects.found, q, drafts=drafts, before=before)
    return part("library.html", found=found, q=q, drafts=drafts, more=len(found) == 60)


@routes.post("/library/{id}/delete")
async def delete(request: Request, id: Number) -> Response:
    """Forget a sleeve."""
    await asyncio.to_thread(studio_of(request).projects.delete, id)
    back = request.headers.get("referer", "")
    return RedirectResponse("/library" + (f"?{back.partition('?')[2]}" if "/library?" in back else ""), 303)


async def _desk(cover: Cover | None) -> dict[str, Any]:
    if cover is None:
        return {"desk": None, "lettering": {}, "proofs": PROOFS}
    made = await asyncio.to_thread(desk_of, cover)
    return {"desk": made, "lettering": await asyncio.to_thread(choices.axis_names, "lettering"), "proofs": PROOFS}
