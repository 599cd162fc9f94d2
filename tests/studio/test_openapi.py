"""Requests of every kind that the OpenAPI document allows, and some that it does not: no server error, and no answer
that the document does not tell of. Workers are real and covers small; the files of a release are not printed.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("fastapi", reason="the extra [studio] is not installed")
pytest.importorskip("schemathesis", reason="schemathesis is not installed")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from duck_and_cover.design.axes import names
from duck_and_cover.studio import app as application
from duck_and_cover.studio.jobs import Job
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.recipe import LAST_SEED, LOOKS
from duck_and_cover.studio.server import server_of

EXAMPLES = 6
"""Of each operation, right ones and as many wrong ones."""


class Small(Pool):
    """A pool whose covers are small, and whose kits and checks are such a cover and a report."""

    def submit(self, task: str, arguments: Mapping[str, Any], **how: Any) -> Job:
        own = {name: value for name, value in arguments.items() if name not in ("folder", "without")}
        if task == "kit":
            folder = Path(arguments["folder"])
            folder.mkdir(exist_ok=True)
            (folder / "report.json").write_text(json.dumps({"files": [], "missing": {}, "stores": []}))
        return super().submit("cover" if task in ("kit", "check") else task, {**own, "size_px": 64}, **how)

    async def run(self, task: str, arguments: Mapping[str, Any], **how: Any) -> Any:
        made = await super().run(task, arguments, **how)
        return {"picture": "small"} if task == "check" else made


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The document of a studio that serves from a thread."""
    load_all_checks()
    with pytest.MonkeyPatch.context() as patch, socket.create_server(("127.0.0.1", 0)) as listening:
        patch.setattr(application, "Pool", Small)
        port = listening.getsockname()[1]
        app = application.create_app(tmp_path_factory.mktemp("api"), port=port)
        server = server_of(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        read = schemathesis.openapi.from_url(f"http://127.0.0.1:{port}/api/openapi.json")
        refusing = read.config.checks.negative_data_rejection
        refusing.expected_statuses = [*refusing.expected_statuses, "413"]
        yield read
        server.should_exit = True
        thread.join(20)


looks = some.fixed_dictionaries({}, optional={axis: some.sampled_from(sorted(names(axis))) for axis in LOOKS})
"""Names that there are; of any text hardly one would be."""

recipes = some.fixed_dictionaries(
    {"seed": some.integers(0, LAST_SEED)},
    optional={
        "artist": some.text(max_size=40),
        "title": some.text(max_size=40),
        "genre": some.lists(some.sampled_from(["jazz", "doom", "a genre of my own", "", "ambient"]), max_size=3),
        "year": some.integers(1890, 2110),
        "tracks": some.lists(some.text(max_size=20), max_size=4).map("\n".join),
        "art-seed": some.integers(-1, LAST_SEED),
        "hold": some.sampled_from(["art", "finish", "soul"]),
        "toward": some.integers(0, LAST_SEED),
        "along": some.floats(),
        "engine": some.sampled_from(["flow-128", "/etc", ""]),
        "art": some.sampled_from(["0" * 64, "../x"]),
        "by": some.sampled_from(["00000000", "x"]),
    },
)


@some.composite
def queries(draw: Any) -> str:
    """Recipes as addresses have them, most of which make a cover."""
    return urlencode({**draw(recipes), **draw(looks)}, doseq=True)


def likely(case: Any, query: str, named: dict[str, str], count: int) -> None:
    """Put a recipe and names in the place of arbitrary texts, so that a cover is drawn."""
    if "recipe" in (case.query or {}):
        case.query["recipe"] = query
    if isinstance(case.body, dict):
        likelier = {"recipe": query, "looks": named, "count": count}
        case.body |= {name: value for name, value in likelier.items() if name in case.body}
    if case.operation.label == "POST /api/drafts":
        case.body["count"] = count


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_is_answered_otherwise_than_is_told(document: Any, mode: GenerationMode) -> None:
    right = mode is GenerationMode.POSITIVE
    unchecked = CHECKS.get_by_names(["positive_data_acceptance"])  # a title may have letters that no face has
    statuses: dict[str, set[int]] = {}
    for found in document.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode), queries(), looks, some.integers(1, 2))
        def ask(case: Any, query: str, named: dict[str, str], count: int) -> None:
            if right:
                likely(case, query, named, count)
            answer = case.call_and_validate(excluded_checks=unchecked)
            statuses.setdefault(case.operation.label, set()).add(answer.status_code)

        with suppress(Unsatisfiable):  # where nothing can be wrong, as any text is a kit's name
            ask()
    made = {label for label, found in statuses.items() if 200 in found}
    guessed = {
        "GET /api/kits/{id}",
        "GET /api/kits/{id}/{name}",
        "DELETE /api/sleeves/{id}",
    }  # what there is, by chance
    assert len(statuses) >= (12 if right else 8) and (not right or made >= statuses.keys() - guessed)
