"""Take in what needs no request: a folder of one's own music or pictures, and MusicBrainz' dump."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from duck_and_cover.catalog.shelf import Delivery, View, lay
from duck_and_cover.catalog.store import Catalog, add_album, add_artist
from duck_and_cover.sources.local import local_albums
from duck_and_cover.sources.musicbrainz_dump import ReleaseGroupDump
from duck_and_cover.sources.source import SIZES_PX, FoundArtist, FoundPicture

__all__ = ["take_dump", "take_folder"]

BLOCK = 1000
LOCAL, DUMP = "folder", "musicbrainz"


def take_folder(catalog: Catalog, folder: Path, shelf_dir: Path, skipped: Callable[[Path, str], None],
                progress: Callable[[int], None] = lambda done: None) -> int:  # fmt: skip
    """Write the albums of a folder and their covers into a catalog; how many.

    skipped:  is told of every file that brings nothing, and why.
    """
    count = 0
    for album, content in local_albums(folder, skipped):
        artist = album.artists[0][0] if album.artists else "unknown"
        views = tuple(View(size_px, artist, album.id) for size_px in SIZES_PX)
        looked = lay(Delivery(shelf_dir, content, views))
        if looked.fault:
            skipped(folder, f"the cover of {album.name}: {looked.fault}")
            continue
        url = f"folder:{album.id}"
        pictures = tuple(FoundPicture(url, size_px, looked.width_px) for size_px in SIZES_PX)
        with catalog.change() as c:
            for id, name in album.artists:
                add_artist(c, LOCAL, FoundArtist(id, name))
            add_album(c, LOCAL, replace(album, pictures=pictures))
            c.execute(
                "UPDATE pictures SET state = 'done', changed_at = ?, sha256 = ?, format = ?, width_px = ?, "
                "height_px = ?, bytes = ?, look = ?, flags = ? WHERE url = ?",
                (time.time(), looked.sha256, looked.format, looked.width_px, looked.height_px, len(content),
                 looked.look, looked.flags, url),
            )  # fmt: skip
            c.execute("UPDATE covers SET shown = 1 WHERE url = ?", (url,))
        count += 1
        progress(count)
    return count


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
