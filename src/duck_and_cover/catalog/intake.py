"""Take in what needs no request: a folder of one's own music or pictures, and MusicBrainz' dump."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from duck_and_cover.catalog.guard import Guard
from duck_and_cover.catalog.picture import Looked
from duck_and_cover.catalog.shelf import Delivery, View, lay
from duck_and_cover.catalog.store import Catalog, add_album, add_artist
from duck_and_cover.sources.local import local_albums
from duck_and_cover.sources.musicbrainz_dump import ReleaseGroupDump
from duck_and_cover.sources.source import SIZES_PX, FoundAlbum, FoundArtist, FoundPicture

__all__ = ["take_dump", "take_folder"]

BLOCK, PICTURES = 1000, 16
LOCAL, DUMP = "folder", "musicbrainz"


def take_folder(catalog: Catalog, folder: Path, shelf_dir: Path, skipped: Callable[[Path, str], None],
                progress: Callable[[int], None] = lambda done: None) -> int:  # fmt: skip
    """Write the albums of a folder and their covers, looked at in a guarded process, into a catalog; how many.

    skipped:  is told of every file that brings nothing, and why.
    """
    count, albums = 0, local_albums(folder, skipped)
    with Guard(1) as guard:
        while block := list(itertools.islice(albums, PICTURES)):
            deliveries = [Delivery(shelf_dir, content, tuple(View(px, _artist(album), album.id) for px in SIZES_PX))
                          for album, content in block]  # fmt: skip
            for (album, content), looked in zip(block, asyncio.run(guard.each(lay, deliveries, Looked)), strict=True):
                if looked.fault:
                    skipped(folder, f"the cover of {album.name}: {looked.fault}")
                    continue
                _take(catalog, album, looked, len(content))
                count += 1
                progress(count)
    return count


def _artist(album: FoundAlbum) -> str:
    return album.artists[0][0] if album.artists else "unknown"


def _take(catalog: Catalog, album: FoundAlbum, looked: Looked, size: int) -> None:
    """Write an album whose cover lies on the shelf."""
    url = f"folder:{album.id}"
    pictures = tuple(FoundPicture(url, size_px, looked.width_px) for size_px in SIZES_PX)
    with catalog.change() as c:
        for id, name in album.artists:
            add_artist(c, LOCAL, FoundArtist(id, name))
        add_album(c, LOCAL, replace(album, pictures=pictures))
        c.execute(
            "UPDATE pictures SET state = 'done', changed_at = ?, sha256 = ?, format = ?, width_px = ?, "
            "height_px = ?, bytes = ?, look = ?, flags = ? WHERE url = ?",
            (time.time(), looked.sha256, looked.format, looked.width_px, looked.height_px, size, looked.look,
             looked.flags, url),
        )  # fmt: skip
        c.execute("UPDATE covers SET shown = 1 WHERE url = ?", (url,))


def take_dump(catalog: Catalog, path: Path, progress: Callable[[int], None] = lambda done: None) -> int:
    """Write the albums of MusicBrainz' dump of release groups into a catalog; how many."""
    count, albums = 0, iter(ReleaseGroupDump(path))
    while block := list(itertools.islice(albums, BLOCK)):
        with catalog.change() as c:
            for album, artists in block:
                for artist in artists:
                    add_artist(c, DUMP, artist)
                add_album(c, DUMP, album)
        count += len(block)
        progress(count)
    return count
