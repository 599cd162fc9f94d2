"""Pictures and files: what is shown, taken away and dropped."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Mapping
from typing import Annotated
from urllib.parse import unquote

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from starlette.background import BackgroundTask

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput, DuckAndCoverError
from duck_and_cover.studio.app import Studio, studio_of
from duck_and_cover.studio.covers import HERO_PX
from duck_and_cover.studio.exports import SINGLE, slug
from duck_and_cover.studio.form import Form
from duck_and_cover.studio.pages import PROOFS, Number, Seat, part
from duck_and_cover.studio.recipe import Recipe
from duck_and_cover.studio.streams import event, streamed

__all__ = [
    "art",
    "check",
    "exported",
    "kit",
    "kit_events",
    "listed",
    "picture",
    "proof",
    "recipe_of",
    "routes",
    "single",
    "tags",
    "thumbnail",
    "zipped",
]

routes = APIRouter(include_in_schema=False)

REPORT_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""Of a kit's report, which carries its style and pictures in itself."""


def recipe_of(request: Request) -> Recipe:
    """The recipe of a request's query. Raises `BadInput` for any fault of it."""
    form = Form.read(request.query_params.multi_items())
    for field, fault in form.faults.items():
        raise BadInput(f"{field}: {fault}" if field else fault)
    return form.recipe


@routes.get("/cover.jpg")
async def picture(request: Request, px: Annotated[int, Query(ge=64, le=1600)] = HERO_PX, seat: Seat = "") -> Response:
    """The cover of a recipe; the same address, the same picture."""
    cover = await studio_of(request).covers.cover(recipe_of(request), px, seat=seat or "pictures")
    return Response(cover.jpeg, media_type="image/jpeg", headers={"cache-control": "private, max-age=86400"})


@routes.get("/sleeves/{id}.jpg")
async def thumbnail(request: Request, id: Number) -> Response:
    """The small picture of a sleeve that was made."""
    data = await asyncio.to_thread(studio_of(request).projects.thumbnail, id)
    if data is None:
        return JSONResponse({"fault": "no sleeve has this number"}, 404)
    return Response(data, media_type="image/jpeg", headers={"cache-control": "private, max-age=86400"})


@routes.get("/file/{name}")
async def single(request: Request, name: str, seat: Seat = "") -> Response:
    """The front as one file of 3000 px: PNG, JPEG, SVG or PDF."""
    if name not in SINGLE:
        raise BadInput(f"no file is called {name[:40]!r}; wanted one of {', '.join(SINGLE)}")
    studio, recipe = studio_of(request), recipe_of(request)
    folder = studio.exports.scratch()
    clear = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    try:
        path = await studio.pool.run(
            "file", {"query": recipe.query, "folder": str(folder), "name": name}, seat=seat or "files", slow=True
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return FileResponse(path, filename=f"{slug(recipe.album)}{path[path.rindex('.') :]}", background=clear)


@routes.get("/kit")
async def kit(request: Request, without: Annotated[list[str] | None, Query()] = None, seat: Seat = "") -> Response:
    """A whole kit: each file is told as it is made, and at the end where they are."""
    studio, recipe = studio_of(request), recipe_of(request)
    return streamed(request, kit_events(studio, recipe, tuple(without or ()), seat or "files"))


async def kit_events(studio: Studio, recipe: Recipe, without: tuple[str, ...], seat: str) -> AsyncIterator[bytes]:
    """Events "waits", "file", and "done" or "fault"."""
    job, id = None, studio.exports.id(recipe, without)
    try:
        if studio.exports.kit(id) is None:
            arguments = {"query": recipe.plain.query, "folder": str(studio.exports.folder / id), "without": without}
            job = studio.pool.submit("kit", arguments, seat=seat, slow=True, key=f"kit {id}")
            yield event("waits", {"ahead": studio.pool.ahead(job)})
            async for one in job.told():
                yield event("file", one)
            try:
                await job.result()
            except DuckAndCoverError:
                if studio.exports.kit(id) is None:  # else another browser's was done first
                    raise
            await asyncio.to_thread(studio.exports.make_room)
        yield event("done", {"id": id, "files": f"/exports/{id}"})
    except DuckAndCoverError as error:
        yield event("fault", {"fault": str(error)})
    finally:
        if job is not None:
            studio.pool.cancel(job)


@routes.get("/exports/{id}.zip")
async def zipped(
    request: Request, id: str, name: Annotated[str, Query(max_length=80, pattern=r"^[a-z0-9-]*$")] = ""
) -> Response:
    """A kit as one file."""
    path = await asyncio.to_thread(studio_of(request).exports.zipped, id)
    if path is None:
        return JSONResponse({"fault": "this kit is not here any more; make it again"}, 404)
    return FileResponse(path, filename=f"{name or 'kit'}.zip")


@routes.get("/exports/{id}")
async def listed(request: Request, id: str) -> Response:
    """What is in a kit, as a part of a page."""
    told = await asyncio.to_thread(studio_of(request).exports.facts, id)
    if told is None:
        return JSONResponse({"fault": "this kit is not here any more; make it again"}, 404)
    return part("_kit.html", id=id, facts=told, slug=_named(told["album"]))


def _named(told: Mapping[str, str | None]) -> str:
    return slug(Album(told["artist"], told["title"]))


@routes.get("/exports/{id}/{name:path}")
async def exported(request: Request, id: str, name: str) -> Response:
    """One file of a kit."""
    path = await asyncio.to_thread(studio_of(request).exports.file, id, name)
    if path is None:
        return JSONResponse({"fault": "no file of this kit has this name"}, 404)
    if path.name == "report.html":
        return FileResponse(path, headers={"content-security-policy": REPORT_POLICY})
    return FileResponse(path, filename=path.name)


@routes.get("/check")
async def check(request: Request, seat: Seat = "") -> Response:
    """What stores say of the front."""
    told = await studio_of(request).pool.run(
        "check", {"query": recipe_of(request).query}, seat=seat or "files", slow=True, key="check"
    )
    return part("_stores.html", told=told)


@routes.get("/proof")
async def proof(
    request: Request, piece: Annotated[str, Query(max_length=40)] = "cd-front", seat: Seat = ""
) -> Response:
    """How a printed piece will look."""
    made = await studio_of(request).pool.run(
        "proof", {"query": recipe_of(request).query, "piece": piece}, seat=seat or "files", slow=True, key="proof"
    )
    data = base64.b64encode(made["jpeg"]).decode()
    return part("_proof.html", proof=made, data=data, piece=piece, name=PROOFS.get(piece, piece))


@routes.post("/uploads/art")
async def art(request: Request, seat: Seat = "") -> Response:
    """A dropped picture: its bytes as they are."""
    return JSONResponse(await studio_of(request).uploads.art(request.stream(), seat=seat or "art"))


@routes.post("/uploads/tags")
async def tags(request: Request, seat: Seat = "") -> Response:
    """A dropped music file, or its beginning: its bytes as they are; its name in `x-name`, as in a URL."""
    name = unquote(request.headers.get("x-name", ""))
    return JSONResponse(await studio_of(request).uploads.tags(request.stream(), name, seat=seat or "tags"))
