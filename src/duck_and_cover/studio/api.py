"""The same for other programs: JSON in and out, described at /api/openapi.json. A cover is told by its recipe, the
query of its address.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from duck_and_cover.album import Album
from duck_and_cover.errors import BadInput, DuckAndCoverError
from duck_and_cover.studio import choices
from duck_and_cover.studio.app import studio_of
from duck_and_cover.studio.covers import DRAFT_PX, DRAFTS, HERO_PX, Cover
from duck_and_cover.studio.pages import Number
from duck_and_cover.studio.recipe import LAST_SEED, MOST_LINE, Recipe, fresh_seed

__all__ = [
    "CoverTold",
    "CoverWanted",
    "DraftsWanted",
    "Fault",
    "KitTold",
    "KitWanted",
    "SleeveTold",
    "check",
    "choice",
    "drafts",
    "engines",
    "forget",
    "genres",
    "kit",
    "kit_file",
    "make",
    "make_kit",
    "reroll",
    "routes",
    "sleeves",
]


class Fault(BaseModel):
    """What is wrong, in one sentence."""

    fault: str


def _told_of(status: int, description: str) -> dict[int | str, dict[str, Any]]:
    return {status: {"model": Fault, "description": description}}


WRONG = _told_of(422, "Something in the request is wrong.")
MISSING = _told_of(404, "There is none.")
BODY = _told_of(400, "The body is no JSON.") | _told_of(413, "The body is larger than may be sent.")
DRAWS = _told_of(503, "Too much waits already; try again later.") | _told_of(500, "It took too much time or memory.")

routes = APIRouter(prefix="/api", tags=["studio"], responses=WRONG)
Seed = Annotated[int, Field(ge=0, le=LAST_SEED)]
Axis = Literal["art", "finish", "palette", "type", "layout"]
Look = Literal["finish", "palette", "type", "lettering", "layout"]
SEAT = "api"


class CoverWanted(BaseModel):
    """What is known of a record, and as much of its look as is decided; all of it may be left out."""

    model_config = ConfigDict(extra="forbid")
    artist: str | None = None
    title: str | None = None
    genres: list[str] = Field([], max_length=40)
    year: int | None = None
    tracks: list[str] = Field([], max_length=300)
    seed: Seed | None = Field(None, description="The same seed makes the same cover; a new one where it is left out.")
    seeds: dict[Axis, Seed] = Field({}, description="Seeds of their own for some axes.")
    looks: dict[Look, str] = Field({}, description="Names that decide an axis, as /api/choices lists them.")
    engine: str | None = None
    art: str | None = Field(None, description="sha256 of a picture that was sent to /uploads/art.")
    toward: Seed | None = Field(None, description="Another seed, towards which the art is moved.")
    along: float = Field(0.0, ge=0, le=1)
    catalogue: str = Field("", max_length=MOST_LINE, description="Number of the release, for its kit.")
    rights: str = Field("", max_length=MOST_LINE, description="Line of rights; the usual one where it is left out.")

    def recipe(self) -> Recipe:
        """Raises `BadInput`."""
        album = Album(self.artist, self.title, tuple(self.genres), self.year, tuple(self.tracks))
        return Recipe(
            album,
            self.seed,
            {str(axis): seed for axis, seed in self.seeds.items()},
            {str(axis): name for axis, name in self.looks.items()},
            engine=self.engine,
            art=self.art,
            toward=self.toward,
            along=self.along,
            release={"catalogue": self.catalogue, "rights": self.rights},
        )


class DraftsWanted(CoverWanted):
    """A cover's record, and how many different covers of it."""

    count: int = Field(DRAFTS, ge=1, le=16)
    hold: list[Axis] = Field([], description="Axes that are alike on all, as the seed has them.")


class CoverTold(BaseModel):
    """A made cover. recipe: the query that makes it again here and in the page; image: where its picture is."""

    recipe: str
    page: str
    image: str
    looks: dict[str, str]
    report: dict[str, Any]


class KitWanted(BaseModel):
    """A kit of a recipe."""

    model_config = ConfigDict(extra="forbid")
    recipe: str = Field(max_length=60_000)
    without: list[Literal["print", "moving"]] = []


class KitTold(BaseModel):
    """A finished kit. files: name, purpose, bytes, sha256 of each; stores: what each says."""

    id: str
    zip: str
    files: list[dict[str, Any]]
    missing: dict[str, str]
    stores: list[dict[str, Any]]


class SleeveTold(BaseModel):
    """A sleeve that was made before."""

    id: int
    recipe: str
    artist: str | None
    title: str | None
    look: str
    made_at: float = Field(description="Seconds since 1970.")
    picked: bool


@routes.post("/covers", summary="Make a cover", responses=BODY | DRAWS)
async def make(request: Request, wanted: CoverWanted) -> CoverTold:
    """Make the cover of a record; what is left open is decided and told in its recipe."""
    return _told(await studio_of(request).covers.cover(wanted.recipe(), HERO_PX, seat=SEAT, picked=True))


@routes.post("/drafts", summary="Make several different covers", responses=BODY | DRAWS)
async def drafts(request: Request, wanted: DraftsWanted) -> list[CoverTold]:
    """Make covers that differ; in their order."""
    recipe = wanted.recipe()
    if "lettering" in recipe.looks and "type" not in recipe.looks:
        raise BadInput("lettering goes with type; name a type as well")
    seed = fresh_seed() if recipe.seed is None else recipe.seed
    studio = studio_of(request)
    if open_ := {*wanted.hold} - {"art", *recipe.looks}:
        first = await studio.covers.cover(replace(recipe, seed=seed), DRAFT_PX, seat=SEAT)
        named = {axis: first.recipe.looks[axis] for axis in (*open_, *(("lettering",) if "type" in open_ else ()))}
        recipe = recipe.with_looks(**named)
    kept = frozenset(wanted.hold) | frozenset(recipe.looks) - {"lettering"} | frozenset(recipe.seeds)
    held = replace(recipe, seed=seed, held=kept)
    made = [one async for one in studio.covers.drafts(held, seed, seat=SEAT, count=wanted.count, key="")]
    return [_told(cover) for _, cover in sorted(made, key=lambda pair: pair[0])]


@routes.post("/reroll/{axis}", summary="Draw one axis of a cover anew", responses=DRAWS)
async def reroll(request: Request, axis: Axis, recipe: Annotated[str, Query(max_length=60_000)]) -> CoverTold:
    """Draw art, finish, palette, type or layout anew; all else stays."""
    return _told(await studio_of(request).covers.rerolled(Recipe.of(recipe), axis, seat=SEAT, key=""))


@routes.get("/choices/{axis}", summary="What there is on an axis")
async def choice(axis: Look) -> dict[str, str]:
    """Names on an axis of style, and what they are."""
    return dict(await asyncio.to_thread(choices.axis_names, axis))


@routes.get("/genres", summary="Genres that a text may mean")
async def genres(q: Annotated[str, Query(max_length=200)] = "") -> list[str]:
    """Listed genres that begin with a text, hold it, or are nearest to it. Any other text is a genre too."""
    return list(await asyncio.to_thread(choices.genres_like, q))


@routes.get("/engines", summary="The networks that draw")
async def engines() -> list[dict[str, str]]:
    """Each network's name and model card, Markdown."""
    return list(await asyncio.to_thread(choices.engines))


@routes.get("/check", summary="What stores say of a cover", responses=DRAWS)
async def check(request: Request, recipe: Annotated[str, Query(max_length=60_000)]) -> dict[str, Any]:
    """Hold the front, 3000 px as JPEG, against the rules of stores."""
    query = Recipe.of(recipe).query
    return await studio_of(request).pool.run("check", {"query": query}, seat=SEAT, slow=True)


@routes.post("/kits", summary="Make every file of a release", responses=BODY | DRAWS)
async def make_kit(request: Request, wanted: KitWanted) -> KitTold:
    """Make a kit, whole or not at all; answers when it is done."""
    studio, recipe = studio_of(request), Recipe.of(wanted.recipe)
    id = studio.exports.id(recipe, wanted.without)
    if studio.exports.kit(id) is None:
        arguments = {"query": recipe.plain.query, "folder": str(studio.exports.folder / id), "without": wanted.without}
        try:
            await studio.pool.run("kit", arguments, seat=SEAT, slow=True)
        except DuckAndCoverError:
            if studio.exports.kit(id) is None:  # else another one's was done first
                raise
        await asyncio.to_thread(studio.exports.make_room)
    return _kit(id, studio.exports.facts(id) or {})


@routes.get("/kits/{id}", summary="What is in a kit", response_model=KitTold, responses=MISSING)
async def kit(request: Request, id: str) -> KitTold | JSONResponse:
    """The files of a finished kit."""
    facts = await asyncio.to_thread(studio_of(request).exports.facts, id)
    if facts is None:
        return JSONResponse({"fault": "no kit is called so; make it with POST /api/kits"}, 404)
    return _kit(id, facts)


@routes.get("/kits/{id}/{name:path}", summary="One file of a kit", response_class=FileResponse, responses=MISSING)
async def kit_file(request: Request, id: str, name: str) -> Response:
    """The file of that name."""
    path = await asyncio.to_thread(studio_of(request).exports.file, id, name)
    return JSONResponse({"fault": "no file of this kit has this name"}, 404) if path is None else FileResponse(path)


@routes.get("/sleeves", summary="Sleeves that were made")
async def sleeves(
    request: Request, q: Annotated[str, Query(max_length=200)] = "", drafts: bool = False, before: float | None = None
) -> list[SleeveTold]:
    """Those whose words hold each word of a text, the newest first; at most 60."""
    found = await asyncio.to_thread(studio_of(request).projects.found, q, drafts=drafts, before=before)
    return [
        SleeveTold(
            id=each.id,
            recipe=each.query,
            artist=each.artist,
            title=each.title,
            look=each.look,
            made_at=each.made_at,
            picked=each.picked,
        )
        for each in found
    ]


@routes.delete("/sleeves/{id}", summary="Forget a sleeve", status_code=204, responses=MISSING)
async def forget(request: Request, id: Number) -> Response:
    """Delete a sleeve from what is remembered."""
    found = await asyncio.to_thread(studio_of(request).projects.delete, id)
    return Response(status_code=204) if found else JSONResponse({"fault": "no sleeve has this number"}, 404)


def _told(cover: Cover) -> CoverTold:
    query = cover.recipe.plain.query
    picture = replace(cover.recipe.plain, by=cover.by).query
    return CoverTold(
        recipe=query,
        page=f"/?{query}",
        image=f"/cover.jpg?{picture}",
        looks=dict(cover.recipe.looks),
        report=dict(cover.report),
    )


def _kit(id: str, facts: Mapping[str, Any]) -> KitTold:
    return KitTold(
        id=id, zip=f"/exports/{id}.zip", files=facts["files"], missing=facts["missing"], stores=facts["stores"]
    )
