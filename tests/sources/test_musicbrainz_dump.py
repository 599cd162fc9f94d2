"""The dump of release groups: read as it lies, damage skipped, other files refused in one line."""

from __future__ import annotations

import io
import json
import lzma
import random
import tarfile
import tracemalloc
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from duck_and_cover.errors import BadInput
from duck_and_cover.sources import musicbrainz_dump
from duck_and_cover.sources.musicbrainz_dump import MEMBER, ReleaseGroupDump
from duck_and_cover.sources.source import FoundArtist


def line(number: int, **fields: Any) -> bytes:
    """A document of the dump."""
    artist = {"id": f"a{number}", "name": f"Artist {number}", "tags": [{"name": "dub", "count": 1}]}
    body = {
        "id": f"g{number}", "title": f"Título {number}", "first-release-date": "1987-05", "primary-type": "Album",
        "secondary-types": ["Live"], "artist-credit": [{"name": f"A. {number}", "artist": artist}], "aliases": [],
        "genres": [{"name": "reggae", "count": 2}],
    } | fields  # fmt: skip
    return json.dumps(body, ensure_ascii=number % 2 == 1).encode()


def pack(path: Path, members: dict[str, bytes]) -> Path:
    """An archive of these members, in order, packed quickly."""
    with tarfile.open(path, "w:xz", preset=0) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def dump(path: Path, lines: list[bytes], end: bytes = b"") -> Path:
    """A dump with the members a real one has; its last line has no end."""
    others = {"TIMESTAMP": b"2026-09-05 00:10:01+00\n", "COPYING": b"CC0\n", "README": b"one document a line\n"}
    return pack(path, {**others, MEMBER: b"\n".join(lines) + end, "JSON_DUMPS_SCHEMA_NUMBER": b"1\n"})


def ids(albums: ReleaseGroupDump) -> list[str]:
    return [album.id for album, _ in albums]


@pytest.mark.parametrize("end", [b"", b"\n"])
def test_albums_and_the_artists_they_are_credited_to(tmp_path: Path, end: bytes) -> None:
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", [line(1), line(2)], end))
    (first, first_artists), (second, _) = albums
    assert (first.id, first.name, first.kind, first.genres) == ("g1", "Título 1", "album+live", ("reggae",))
    assert (first.release.year, first.release.precision) == (1987, "month")
    assert first.artists == (("a1", "A. 1"),)
    assert first_artists == (FoundArtist("a1", "Artist 1", ("dub",)),)
    assert first.pictures[0].url == "https://coverartarchive.org/release-group/g1/front-500"
    assert second.name == "Título 2"
    assert (albums.lines, albums.damaged, albums.damaged_lines) == (2, 0, [])


@pytest.mark.parametrize(
    "damaged",
    [b"", b"   ", b"{", b"null", b"[]", b"7", b'"g"', line(9)[:-9], b"\xff\xfe", b"\0" * 50, b"[" * 100_000,
     line(9, title=None), line(9, id=None), line(9, title="\ud800"), b'{"error": "Not Found"}', b"9" * 9000],
)  # fmt: skip
def test_damaged_lines_are_skipped_and_counted(tmp_path: Path, damaged: bytes) -> None:
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", [line(1), damaged, line(3), damaged, line(5)]))
    assert ids(albums) == ["g1", "g3", "g5"]
    assert (albums.lines, albums.damaged, albums.damaged_lines) == (5, 2, [2, 4])


def test_only_the_first_damaged_lines_are_named(tmp_path: Path) -> None:
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", [line(0), *[b"{"] * 2500, line(1)]))
    assert ids(albums) == ["g0", "g1"]
    assert albums.damaged == 2500
    assert albums.damaged_lines == list(range(2, 12))


def test_a_line_longer_than_any_release_group_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    longest = len(line(1)) + 1
    monkeypatch.setattr(musicbrainz_dump, "LONGEST_LINE_BYTES", longest)
    long = [line(2, annotation="x"), line(4, annotation="x" * 10 * longest), line(6, annotation="x" * (longest - 1))]
    lines = [line(1), long[0], line(3), long[1], line(5), long[2], line(7), b" " * longest + line(8)]
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", lines))
    assert ids(albums) == ["g1", "g3", "g5", "g7"]
    assert (albums.lines, albums.damaged_lines) == (8, [2, 4, 6, 8])


@pytest.mark.parametrize(
    ("types", "kept"),
    [(("album",), ["g0"]), (("ep", "album"), ["g0", "g1"]), (("unknown",), ["g3"]), ((), [])],
)
def test_types_that_are_not_wanted_are_left_out_but_not_damaged(
    tmp_path: Path, types: tuple[str, ...], kept: list[str]
) -> None:
    lines = [line(number, **{"primary-type": name}) for number, name in enumerate(["Album", "EP", "Single", None])]
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", lines), types=types)
    assert ids(albums) == kept
    assert (albums.lines, albums.damaged) == (4, 0)


def test_reading_again_begins_again(tmp_path: Path) -> None:
    albums = ReleaseGroupDump(dump(tmp_path / "d.tar.xz", [line(1), b"{", line(2)]))
    assert [album.id for album, _ in islice(albums, 1)] == ["g1"]
    assert ids(albums) == ids(albums) == ["g1", "g2"]
    assert (albums.lines, albums.damaged, albums.damaged_lines) == (3, 1, [2])


def test_memory_does_not_grow_with_the_dump(tmp_path: Path) -> None:
    padding = "x" * 40_000  # packs so well that one block of the file unpacks to megabytes

    def peak_of(count: int) -> int:
        path = dump(tmp_path / f"{count}.tar.xz", [line(number, annotation=padding) for number in range(count)])
        tracemalloc.start()
        try:
            assert sum(1 for _ in ReleaseGroupDump(path)) == count
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak_of(20), peak_of(300)  # 0.8 MB and 12 MB unpacked
    assert large < small + 500_000


def not_a_dump(folder: Path) -> Iterator[tuple[str, Path, str]]:
    """(what it is, a file, what is said of it)."""
    yield "nothing", folder / "none.tar.xz", "there is no "
    yield "a folder", folder, "no tar.xz that can be read"
    for name, data in {
        "empty": b"",
        "text": b"<html>404</html>" * 99,
        "xz of text": lzma.compress(b"x" * 5000),
        "xz of nothing": lzma.compress(b""),
    }.items():
        path = folder / name
        path.write_bytes(data)
        yield name, path, "no tar.xz that can be read"
    yield "another dump", pack(folder / "a.tar.xz", {"mbdump/release": line(1)}), f"it holds no {MEMBER}"
    yield "no member", pack(folder / "n.tar.xz", {}), f"it holds no {MEMBER}"
    path = pack(folder / "p.tar", {MEMBER: line(1)})
    path.write_bytes(lzma.decompress(path.read_bytes()))
    yield "an unpacked dump", path, "no tar.xz that can be read"
    yield "no lines", dump(folder / "l.tar.xz", []), "none of its first 0 lines"
    yield "other lines", dump(folder / "o.tar.xz", [b'{"name": "a"}'] * 5), "none of its first 5 lines"
    yield "many other lines", dump(folder / "m.tar.xz", [b"{}"] * 1500 + [line(1)]), "none of its first 1000 lines"
    with tarfile.open(folder / "s.tar.xz", "w:xz") as archive:
        member = tarfile.TarInfo(MEMBER)
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    yield "a folder of that name", folder / "s.tar.xz", f"it holds no {MEMBER}"


def test_other_files_are_refused_in_one_line(tmp_path: Path) -> None:
    for what, path, said in not_a_dump(tmp_path):
        with pytest.raises(BadInput) as raised:
            list(ReleaseGroupDump(path))
        message = str(raised.value)
        assert said in message, what
        assert str(path) in message and "release-group.tar.xz" in message and "\n" not in message, what


def noise(count: int) -> list[bytes]:
    """Lines that do not pack well, so that a part of the file holds a part of the lines."""
    rng = random.Random(7)
    return [line(number, annotation=rng.randbytes(150).hex()) for number in range(count)]


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_dump_that_breaks_off_says_where(tmp_path: Path, kept: float) -> None:
    whole = dump(tmp_path / "whole.tar.xz", noise(2000))
    broken = tmp_path / "broken.tar.xz"
    broken.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * kept)])
    albums = ReleaseGroupDump(broken)
    read = 0
    with pytest.raises(BadInput, match=r"breaks off after line \d+; fetch it again"):
        for _ in albums:
            read += 1
    assert 0 < read < 2000
    assert read == albums.lines


def test_a_dump_that_is_damaged_inside_is_not_read_to_its_end(tmp_path: Path) -> None:
    whole = bytearray(dump(tmp_path / "d.tar.xz", noise(2000)).read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 64] = bytes(64)
    (tmp_path / "d.tar.xz").write_bytes(whole)
    with pytest.raises(BadInput, match="fetch it again"):
        list(ReleaseGroupDump(tmp_path / "d.tar.xz"))
