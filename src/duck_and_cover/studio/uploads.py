"""What is dropped into the page: received into a file of no one's naming, opened by a worker, then removed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from duck_and_cover.errors import BadInput
from duck_and_cover.studio.pool import Pool

__all__ = ["Uploads"]


class Uploads:
    """Receives files. folder: for what is on its way; emptied at the start."""

    def __init__(self, pool: Pool, folder: Path) -> None:
        self.pool, self.folder = pool, folder
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.iterdir():
            left.unlink()

    async def art(self, body: AsyncIterator[bytes], *, seat: str) -> dict[str, Any]:
        """A picture; its sha256 is what recipes call it. Raises `BadInput`."""
        path, sha256 = await self._received(body)
        try:
            return await self.pool.run("intake", {"path": str(path), "sha256": sha256}, seat=seat)
        finally:
            path.unlink(missing_ok=True)

    async def tags(self, body: AsyncIterator[bytes], name: str, *, seat: str) -> dict[str, Any]:
        """What a music file's tags say. Raises `BadInput`, `Failure` where nothing here reads them."""
        path, _ = await self._received(body)
        try:
            return await self.pool.run("tags", {"path": str(path), "name": name[:200]}, seat=seat)
        finally:
            path.unlink(missing_ok=True)

    async def _received(self, body: AsyncIterator[bytes]) -> tuple[Path, str]:
        path, digest, size = self.folder / secrets.token_hex(12), hashlib.sha256(), 0
        try:
            with path.open("xb") as file:
                async for piece in body:
                    digest.update(piece)
                    file.write(piece)
                    size += len(piece)
            if not size:
                raise BadInput("the file is empty")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return path, digest.hexdigest()
