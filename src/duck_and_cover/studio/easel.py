"""Covers, in a worker: networks are opened once, art is remembered, what is left open is decided and named."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duck_and_cover.condition import Condition
from duck_and_cover.errors import BadInput
from duck_and_cover.generation.wrapping import Wrapping
from duck_and_cover.studio.recipe import AXES, LAST_SEED, Recipe

if TYPE_CHECKING:
    from duck_and_cover.cover import Cover
    from duck_and_cover.design.checking.words import Reader
    from duck_and_cover.design.style import Look, Seeds
    from duck_and_cover.generation.between import Between
    from duck_and_cover.generation.onnx import OnnxEngine
    from duck_and_cover.sleeve import Sleeve
    from duck_and_cover.studio.worker import Opener

__all__ = ["Easel", "Remembering"]

REMEMBERED = 48
"""Pieces of art kept, 48 kB each."""


class Remembering(Wrapping):
    """An engine that draws each picture once."""

    def __init__(self, engine: OnnxEngine | Between, shelf: OrderedDict[object, Cover], key: object) -> None:
        super().__init__(engine)
        self.drawer, self.shelf, self.key = engine, shelf, key

    def draw(self, condition: Condition, seed: int) -> Cover:
        """One picture, uint8 (R, R, 3)."""
        key = (self.key, repr(condition), seed)
        if key not in self.shelf:
            self.shelf[key] = self.drawer.draw(condition, seed)
            while len(self.shelf) > REMEMBERED:
                self.shelf.popitem(last=False)
        self.shelf.move_to_end(key)
        return self.shelf[key]


class Easel:
    """Makes covers of recipes. pictures: the folder of dropped pictures; reader: opens the reader of words."""

    def __init__(self, pictures: Path, reader: Opener | None = None) -> None:
        self.pictures, self._reader = pictures, reader
        self._engines: dict[str, OnnxEngine] = {}
        self._shelf: OrderedDict[object, Cover] = OrderedDict()

    def warm(self) -> None:
        """Open what the first cover needs, and make one."""
        self.sleeve(self.settled(Recipe(seed=1)), 64)

    def settled(self, recipe: Recipe, avoid: Sequence[Look] = ()) -> Recipe:
        """The recipe with every choice named. avoid: what siblings chose, made less likely."""
        from duck_and_cover.design.axes import check
        from duck_and_cover.design.style import choose_style

        if recipe.seed is None:
            raise BadInput("a cover has no seed yet; wanted a recipe with one")
        check(**recipe.looks)
        if recipe.settled:
            return recipe
        seeds = self.seeds(recipe)
        style = choose_style(recipe.album, self.art(recipe, seeds).pixels, seeds, **recipe.looks, avoid=avoid)
        look = style.look
        return recipe.with_looks(
            finish=look.finish, palette=look.palette, type=look.type, lettering=look.lettering, layout=look.layout
        )

    def seeds(self, recipe: Recipe) -> Seeds:
        """The five seeds of a recipe."""
        from duck_and_cover.design.style import Seeds

        return Seeds.of(recipe.seed or 0).with_(**recipe.seeds)

    def sibling(self, recipe: Recipe, seed: int) -> Recipe:
        """The recipe drawn anew from another seed; what is held stays as it is."""
        if recipe.seed is None:
            kept = recipe.held - {"art"}
        else:
            kept = recipe.held
        own = self.seeds(recipe)
        anew = replace(recipe.without(*(axis for axis in AXES if axis not in kept)), seed=seed)
        anew = anew.with_seeds(**{axis: getattr(own, axis) for axis in AXES if axis in kept})
        return anew if "art" in kept else replace(anew, toward=None, along=0.0)

    def rerolled(self, recipe: Recipe, axis: str, seed: int) -> Recipe:
        """The recipe with one axis drawn anew and all else as it was; another choice than before, if there is one."""
        from duck_and_cover.design.style import Look

        whole = self.settled(recipe)
        if axis not in AXES:
            raise BadInput(f"no axis is called {axis!r}; wanted one of {', '.join(AXES)}")
        if axis == "art":
            return replace(whole.with_seeds(art=seed), toward=None, along=0.0)
        look, was = Look(**whole.looks), whole.looks[axis].partition("@")[0]
        tried = whole
        for number in range(4):
            open_ = whole.without(axis).with_seeds(**{axis: (seed + 7919 * number) % LAST_SEED})
            tried = self.settled(open_, [look] * 3)
            if tried.looks[axis] != was:
                break
        return tried

    def art(self, recipe: Recipe, seeds: Seeds) -> Cover:
        """The art before finish and type."""
        if recipe.art is not None:
            from duck_and_cover.generation.photograph import PhotographEngine

            return PhotographEngine(self.picture(recipe.art)).draw(Condition.of(recipe.album), seeds.art)
        return self.engine(recipe).draw(Condition.of(recipe.album), seeds.art)

    def sleeve(self, recipe: Recipe, size_px: int) -> Sleeve:
        """The finished front."""
        from duck_and_cover.sleeve import create

        how: dict[str, Any] = (
            {"engine": self.engine(recipe)} if recipe.art is None else {"art": self.picture(recipe.art)}
        )
        return create(recipe.album, seed=recipe.seed, seeds=recipe.seeds, size_px=size_px, **{**how, **recipe.looks})

    def engine(self, recipe: Recipe) -> Remembering:
        """The network of a recipe, opened once."""
        from duck_and_cover.bundle import Bundle
        from duck_and_cover.errors import UnknownChoice
        from duck_and_cover.generation.between import Between
        from duck_and_cover.generation.engine import DEFAULT_ENGINE, engine_names, shelf
        from duck_and_cover.generation.onnx import engine_on

        name = recipe.engine or DEFAULT_ENGINE
        if name not in engine_names():  # never a folder: names come from strangers
            raise UnknownChoice("engine", name, engine_names())
        if name not in self._engines:
            self._engines[name] = engine_on(Bundle.open(shelf() / name), 1)
        engine: OnnxEngine | Between = self._engines[name]
        key: object = name
        if recipe.toward is not None and recipe.along:
            engine, key = Between(engine, recipe.toward, recipe.along), (name, recipe.toward, recipe.along)
        return Remembering(engine, self._shelf, key)

    @cached_property
    def words(self) -> Reader | None:
        """What reads words off a cover, opened once; None where nothing does."""
        return self._reader and self._reader()

    def picture(self, sha256: str) -> Path:
        """A dropped picture. Raises `BadInput` where it is not on this machine."""
        path = self.pictures / f"{sha256}.png"
        if not path.is_file():
            raise BadInput("the picture of this cover is not on this machine; drop it here again")
        return path
