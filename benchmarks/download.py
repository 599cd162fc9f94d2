"""How fast can covers be downloaded, when politeness does not limit it? In benchmarks/download.md and .json.

    python benchmarks/download.py [--pictures 6000]

A server in a process of its own on this machine sends 300 px JPEGs of about 20 kB. Raw: fetched through `Http` and
hashed. Whole: what `duckcover download` does: fetched, decoded to the last byte in guarded processes, hashed, laid on
the shelf, seen from the album, written into the catalog. Memory: of 600,000 albums catalogued and written as a table.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import resource
import socket
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import cv2
import numpy as np
from aiohttp import web
from create import commit, machine

from duck_and_cover.catalog.download import download
from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.picture import Looked, look_at
from duck_and_cover.catalog.store import Catalog, add_album
from duck_and_cover.catalog.table import write
from duck_and_cover.sources.http import Http
from duck_and_cover.sources.source import FoundAlbum, FoundPicture, ReleaseDate

HERE = Path(__file__).parent
DISTINCT = 512


def serve(pipe: Connection) -> None:
    """Send pictures until the process is ended; each address has a picture of its own."""
    rng = np.random.default_rng(0)
    bodies = []
    for _ in range(DISTINCT):
        coarse = rng.integers(0, 256, (12, 12, 3)).astype(np.uint8)
        art = cv2.resize(coarse, (300, 300), interpolation=cv2.INTER_CUBIC).astype(np.int16)
        art = (art + rng.normal(0, 5, art.shape)).clip(0, 255).astype(np.uint8)
        bodies.append(cv2.imencode(".jpg", art, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes())

    async def picture(request: web.Request) -> web.Response:
        number = int(request.match_info["number"])
        body = bodies[number % DISTINCT]
        return web.Response(body=body + f"{number:09d}".encode(), content_type="image/jpeg")  # content of its own

    async def run() -> None:
        app = web.Application()
        app.router.add_get("/{number}", picture)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        await web.SockSite(runner, listening).start()
        pipe.send((listening.getsockname()[1], sum(map(len, bodies)) / DISTINCT))
        await asyncio.Event().wait()

    asyncio.run(run())


def client(port: int) -> Http:
    return Http(frozenset(), {"127.0.0.1": float("inf")}, "benchmarks@example.org",
                local=frozenset({("127.0.0.1", port)}), connections=64)  # fmt: skip


async def raw(port: int, count: int) -> float:
    """Pictures a second, fetched and hashed."""
    numbers = iter(range(count))

    async def one(http: Http) -> None:
        for number in numbers:
            hashlib.sha256((await http.get(f"http://127.0.0.1:{port}/{number}")).body).digest()

    async with client(port) as http:
        began = time.perf_counter()
        await asyncio.gather(*(one(http) for _ in range(64)))
        return count / (time.perf_counter() - began)


async def whole(port: int, count: int, folder: Path) -> float:
    """Pictures a second, all that `duckcover download` does."""
    with Catalog(folder / "catalog.db") as catalog:
        with catalog.change() as c:
            for number in range(count):
                picture = FoundPicture(f"http://127.0.0.1:{port}/{number}", 300, 300)
                artists = ((f"artist{number // 8}", "A"),)
                add_album(c, "spotify", FoundAlbum(f"album{number}", "A", artists, pictures=(picture,)))
        with Guard() as guard:
            await guard.each(look_at, [b"warm"] * 4, Looked)
            async with client(port) as http:
                began = time.perf_counter()
                outcome = await download(catalog, folder, http, guard, workers=64)
                seconds = time.perf_counter() - began
        assert outcome.answered == count and not outcome.left, outcome
    return count / seconds


def large(folder: Path, albums: int, pipe: Connection) -> None:
    """Write so many albums into a catalog and out as a table; the most memory that this took, in MiB."""
    with Catalog(folder / "large.db") as catalog:
        for start in range(0, albums, 10_000):
            with catalog.change() as c:
                for number in range(start, start + 10_000):
                    pictures = tuple(FoundPicture(f"https://i.scdn.co/image/{number}-{px}", px, px) for px in (300, 64))
                    add_album(c, "spotify", FoundAlbum(f"album{number}", f"Album {number}",
                                                       ((f"artist{number // 8}", f"Artist {number // 8}"),),
                                                       ReleaseDate.of("1987-05-11"), pictures=pictures))  # fmt: skip
        began = time.perf_counter()
        write(catalog, folder / "large.parquet")
        seconds = time.perf_counter() - began
    pipe.send(
        (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, (folder / "large.db").stat().st_size, seconds)
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=6000)
    parser.add_argument("--albums", type=int, default=600_000)
    arguments = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there,), daemon=True)
    server.start()
    port, size = here.recv()
    found = {"machine": machine(), "commit": commit(), "pictures": arguments.pictures, "bytes": round(size)}
    asyncio.run(raw(port, 500))
    found["raw, pictures/s"] = round(asyncio.run(raw(port, 2 * arguments.pictures)))
    with tempfile.TemporaryDirectory() as folder:
        found["whole, pictures/s"] = round(asyncio.run(whole(port, arguments.pictures, Path(folder))))
    server.terminate()
    if arguments.albums:
        with tempfile.TemporaryDirectory() as folder:
            process = context.Process(target=large, args=(Path(folder), arguments.albums, there))
            process.start()
            memory, disk, seconds = here.recv()
            process.join()
        found |= {"albums": arguments.albums, "MiB": round(memory), "MB on disk": round(disk / 1e6),
                  "table, s": round(seconds, 1)}  # fmt: skip
    print(json.dumps(found, indent=1))
    (HERE / "download.json").write_text(json.dumps(found, indent=1) + "\n")
    (HERE / "download.md").write_text(f"""# How fast can covers be downloaded?

`python benchmarks/download.py`, on {found["machine"]}, commit {found["commit"]}; server and client share the cores.
Pictures of 300 px, {found["bytes"] / 1000:.1f} kB. In life the hosts' pace is the limit, not this.

| | |
|---|---|
| fetched and hashed | {found["raw, pictures/s"]:,} pictures/s |
| fetched, decoded in guarded processes, hashed, shelved, catalogued | {found["whole, pictures/s"]:,} pictures/s |
| memory for a catalog of {found.get("albums", 0):,} albums, written as Parquet | {found.get("MiB", "–")} MiB |
| its size | {found.get("MB on disk", "–")} MB |
""")


if __name__ == "__main__":
    main()
