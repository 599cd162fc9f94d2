"""The application: what it is made of, how it starts and ends, and what it says when something is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from duck_and_cover.errors import BadInput, DuckAndCoverError, Failure
from duck_and_cover.studio.covers import Covers
from duck_and_cover.studio.exports import Exports
from duck_and_cover.studio.jobs import Busy, Limits, Replaced
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.projects import Projects
from duck_and_cover.studio.security import Guard, names_of
from duck_and_cover.studio.uploads import Uploads
from duck_and_cover.studio.worker import Opener

__all__ = ["HERE", "Studio", "create_app", "studio_of"]

HERE = Path(__file__).parent
_UNSERVED = {
    400: "the body cannot be read; wanted JSON in UTF-8",
    404: "there is nothing at this address",
    405: "nothing at this address is asked in this way",
}
"""Status -> what is wrong."""


@dataclass(frozen=True, eq=False)
class Studio:
    """All that answers are made with."""

    pool: Pool
    projects: Projects
    covers: Covers
    uploads: Uploads
    exports: Exports


def create_app(
    folder: Path,
    *,
    host: str = "127.0.0.1",
    port: int = 8000,
    limits: Limits | None = None,
    reader: Opener | None = None,
) -> FastAPI:
    """The studio as an ASGI application.

    folder:      where projects, dropped pictures and kits are kept; made where it is not there.
    host, port:  where it will be asked; requests that name another host are refused.
    reader:      a function of some module that opens the reader of words; None leaves words unread by `check` and kits.
    Raises `CannotWrite` where the folder cannot be used.
    """
    from duck_and_cover.studio import api, files, pages

    projects = Projects(folder / "studio.sqlite")
    pool = Pool(folder, limits, reader)
    studio = Studio(
        pool, projects, Covers(pool, projects), Uploads(pool, folder / "incoming"), Exports(folder / "exports")
    )

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await pool.start()
        try:
            yield
        finally:
            await pool.close()
            projects.close()

    app = FastAPI(
        title="Duck and Cover",
        version=version("duck-and-cover"),
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        description="Album sleeves from what you know of a record. All of this runs on this machine.",
    )
    app.state.studio = studio
    for routes in (pages.routes, files.routes, api.routes):
        app.include_router(routes)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    app.add_exception_handler(DuckAndCoverError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _unserved)
    app.add_middleware(Guard, hosts=names_of(host, port))
    return app


def studio_of(request: Request) -> Studio:
    """What this application answers with."""
    return request.app.state.studio


async def _refused(request: Request, error: Exception) -> Response:
    status = (
        422
        if isinstance(error, BadInput)
        else 503
        if isinstance(error, Busy)
        else 409
        if isinstance(error, Replaced)
        else 500
        if isinstance(error, Failure)
        else 400
    )
    return _told(request, status, str(error), {"retry-after": "3"} if status == 503 else {})


def _told(request: Request, status: int, fault: str, headers: Mapping[str, str]) -> Response:
    """A fault as a page for who looks at one, else as JSON."""
    if "text/html" in request.headers.get("accept", "") and request.method == "GET":
        from duck_and_cover.studio.pages import fault_page

        return fault_page(status, fault)
    return JSONResponse({"fault": fault}, status, headers)


async def _unserved(request: Request, error: Exception) -> Response:
    """What the framework refuses by itself, in our words."""
    assert isinstance(error, HTTPException)
    return _told(request, error.status_code, _UNSERVED.get(error.status_code, error.detail), error.headers or {})


async def _invalid(request: Request, error: Exception) -> Response:
    """Arguments of the wrong kind, in one sentence."""
    assert isinstance(error, RequestValidationError)
    told = "; ".join(f"{'.'.join(str(each) for each in one['loc'][1:])}: {one['msg']}" for one in error.errors()[:4])
    return _told(request, 422, told[:600], {})
