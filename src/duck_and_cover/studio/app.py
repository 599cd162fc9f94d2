"""The application: what it is made of, how it starts and ends, and what it says when something is wrong."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.staticfiles import StaticFiles

from duck_and_cover.errors import BadInput, DuckAndCoverError, Failure
from duck_and_cover.studio.covers import Covers
from duck_and_cover.studio.exports import Exports
from duck_and_cover.studio.jobs import Busy, Limits, Replaced
from duck_and_cover.studio.pool import Pool
from duck_and_cover.studio.projects import Projects
from duck_and_cover.studio.security import Guard, names_of
from duck_and_cover.studio.uploads import Uploads

__all__ = ["HERE", "Studio", "create_app", "studio_of"]

HERE = Path(__file__).parent


@dataclass(frozen=True, eq=False)
class Studio:
    """All that answers are made with."""

    pool: Pool
    projects: Projects
    covers: Covers
    uploads: Uploads
    exports: Exports


def create_app(folder: Path, *, host: str = "127.0.0.1", port: int = 8000, limits: Limits | None = None) -> FastAPI:
    """The studio as an ASGI application.

    folder:      where projects, dropped pictures and kits are kept; made where it is not there.
    host, port:  where it will be asked; requests that name another host are refused.
    Raises `CannotWrite` where the folder cannot be used.
    """
    from duck_and_cover.studio import api, files, pages

    projects = Projects(folder / "studio.sqlite")
    pool = Pool(folder, limits)
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
    later = {"retry-after": "3"} if status == 503 else None
    if "text/html" in request.headers.get("accept", "") and request.method == "GET":
        from duck_and_cover.studio.pages import fault_page

        return fault_page(request, status, str(error))
    return JSONResponse({"fault": str(error)}, status, later)


async def _invalid(request: Request, error: Exception) -> Response:
    """Arguments of the wrong kind, in one sentence."""
    assert isinstance(error, RequestValidationError)
    told = "; ".join(f"{'.'.join(str(each) for each in one['loc'][1:])}: {one['msg']}" for one in error.errors()[:4])
    return JSONResponse({"fault": told[:600]}, 422)
