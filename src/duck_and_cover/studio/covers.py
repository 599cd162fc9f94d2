"""Covers on demand: made once, kept while there is room, the newest asked for first."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from duck_and_cover.studio.jobs import Job
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.projects import Projects
from duck_and_cover.studio.recipe import LAST_SEED, Recipe, fresh_seed

__all__ = ["DRAFTS", "DRAFT_PX", "HERO_PX", "Cover", "Covers"]

DRAFTS = 8
DRAFT_PX, HERO_PX = 560, 1080
KEPT_BYTES = 64_000_000
_STEP = 1_000_003
"""Between the seeds of siblings, as `sleeve.create_variants` has it."""


@dataclass(frozen=True, eq=False)
class Cover:
    """A made cover.

    recipe:  settled.    report: what is told of it.    card: of its network, Markdown.
    strange: whether its recipe was written where another network draws.
    """

    recipe: Recipe
    jpeg: bytes = field(repr=False)
    report: Mapping[str, Any] = field(repr=False)
    card: str = field(default="", repr=False)
    strange: bool = False

    @property
    def by(self) -> str | None:
        """The beginning of the sha256 of the network that drew it, None for a picture of one's own."""
        return None if self.recipe.art else self.report["bundle"][:8]

    @property
    def look(self) -> str:
        """Its choices in words."""
        looks = self.recipe.looks
        palette = "own colours" if looks["palette"].startswith("own ") else looks["palette"]
        face = looks["type"].replace("-", " ")
        return " · ".join((looks["finish"], palette, face, looks["layout"].partition("@")[0]))


class Covers:
    """Makes covers in the pool, keeps their pictures for a while and remembers them in the projects."""

    def __init__(self, pool: Pool, projects: Projects) -> None:
        self.pool, self.projects = pool, projects
        self._kept: OrderedDict[tuple[str, int], Cover] = OrderedDict()
        self._bytes = 0

    async def cover(self, recipe: Recipe, size_px: int, *, seat: str, key: str = "", picked: bool = False) -> Cover:
        """The cover of a recipe. picked: it was chosen, and is remembered so. Raises as tasks do."""
        if recipe.seed is None:
            recipe = Recipe.of(f"{recipe.query}&seed={fresh_seed()}")
        plain = recipe.plain.query
        found = self._kept.get((plain, size_px))
        if found is None:
            made = await self.pool.run(
                "cover", {"query": plain, "size_px": size_px}, seat=seat, key=key, first=key == "desk"
            )
            found = await self._taken(made, size_px, picked=picked)
            self._keep((plain, size_px), found)
        elif picked:
            await asyncio.to_thread(self.projects.pick, found.recipe.plain)
        signed = replace(found.recipe, held=recipe.held, by=found.by)
        return replace(found, recipe=signed, strange=recipe.by is not None and recipe.by != found.by)

    async def rerolled(
        self, recipe: Recipe, axis: str, *, seat: str, size_px: int = HERO_PX, key: str = "desk"
    ) -> Cover:
        """The cover with one axis drawn anew; ends what this seat still waited for under the key, if it has one."""
        arguments = {"query": recipe.query, "axis": axis, "seed": fresh_seed(), "size_px": size_px}
        made = await self.pool.run("reroll", arguments, seat=seat, key=key, first=key == "desk")
        return await self._taken(made, size_px, picked=True)

    async def drafts(
        self, recipe: Recipe, seed: int, *, seat: str, count: int = DRAFTS, key: str = "drafts"
    ) -> AsyncIterator[tuple[int, Cover]]:
        """Siblings from a seed, each as soon as it is ready; what is held in the recipe is alike on all. They end
        what this seat still waited for under the key, if it has one.

        Yields (number from 0, cover). All draw their art at once; what they look like they decide one after the other.
        """
        done: asyncio.Queue[tuple[int, Cover | BaseException]] = asyncio.Queue()
        looks: list[dict[str, str]] = []
        jobs: list[Job] = []

        async def follow(number: int) -> None:
            try:
                async for look in jobs[number].told():
                    looks.append(look)
                    if number + 1 < count:
                        self.pool.answer(jobs[number + 1], list(looks))
                await done.put((number, await self._taken(await jobs[number].result(), DRAFT_PX)))
            except Exception as error:
                await done.put((number, error))

        tasks: list[asyncio.Task[None]] = []
        try:
            for number in range(count):
                own = {"query": recipe.query, "seed": (seed + _STEP * number) % (LAST_SEED + 1), "size_px": DRAFT_PX}
                jobs.append(self.pool.submit("draft", own, seat=seat, key=key, beside=number > 0))
            self.pool.answer(jobs[0], [])
            tasks += [asyncio.create_task(follow(number)) for number in range(count)]
            for _ in range(count):
                number, made = await done.get()
                if isinstance(made, BaseException):
                    raise made
                yield number, made
        finally:
            for task in tasks:
                task.cancel()
            for job in jobs:
                self.pool.cancel(job)

    async def _taken(self, made: Mapping[str, Any], size_px: int, *, picked: bool = False) -> Cover:
        cover = Cover(Recipe.of(made["query"]), made["jpeg"], made["report"], made["card"])
        plain = cover.recipe.plain
        self._keep((plain.query, size_px), cover)
        await asyncio.to_thread(self.projects.remember, plain, cover.look, made["thumbnail"], picked=picked)
        return replace(cover, recipe=replace(cover.recipe, by=cover.by))

    def _keep(self, key: tuple[str, int], cover: Cover) -> None:
        if key in self._kept:
            self._bytes -= len(self._kept.pop(key).jpeg)
        self._kept[key] = cover
        self._bytes += len(cover.jpeg)
        while self._bytes > KEPT_BYTES:
            _, old = self._kept.popitem(last=False)
            self._bytes -= len(old.jpeg)
