"""A folder of music or pictures, with files written here byte by byte."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import sys
import wave
from pathlib import Path

import pytest
from PIL import Image

from duck_and_cover.errors import BadInput, MissingExtra
from duck_and_cover.sources.local import local_albums
from duck_and_cover.sources.source import FoundAlbum, ReleaseDate

FRONT, BACK, UNSTATED = 3, 4, 0


def picture(colour: str, form: str = "PNG", side_px: int = 8) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (side_px, side_px), colour).save(file, form)
    return file.getvalue()


RED, BLUE, GREEN = picture("red"), picture("blue", "JPEG"), picture("green", "WEBP")


def id3(pictures: list[tuple[int, bytes]] | None = None, /, **frames: str) -> bytes:
    """An ID3v2.3 tag of text frames and APIC pictures (kind, bytes)."""
    body = b""
    for name, text in frames.items():
        content = b"\x03" + text.encode()
        body += name.encode() + struct.pack(">IH", len(content), 0) + content
    for kind, data in pictures or []:
        content = b"\0image/png\0" + bytes([kind]) + b"\0" + data
        body += b"APIC" + struct.pack(">IH", len(content), 0) + content
    size = len(body)
    return b"ID3\x03\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


def flac(pictures: list[tuple[int, bytes]] | None = None, /, **comments: str) -> bytes:
    """A FLAC file of no samples, its comments and its pictures. "a|b" is a comment that is there twice."""
    lines = [f"{name}={each}".encode() for name, text in comments.items() for each in text.split("|")]
    comment = struct.pack("<II", 0, len(lines)) + b"".join(struct.pack("<I", len(line)) + line for line in lines)
    blocks = [(0, bytes(34)), (4, comment)]
    for kind, data in pictures or []:
        mime = b"image/png"
        blocks.append((6, struct.pack(">II", kind, len(mime)) + mime + bytes(20) + struct.pack(">I", len(data)) + data))
    return b"fLaC" + b"".join(
        bytes([kind | (0x80 if last else 0)]) + len(data).to_bytes(3, "big") + data
        for (kind, data), last in zip(blocks, [False] * (len(blocks) - 1) + [True], strict=True)
    )


def wav(tag: bytes = b"") -> bytes:
    """A WAV file of one sample, with an ID3 tag in a chunk of its own."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 8000, 1, "NONE", ""))
        sound.writeframes(b"\0\0")
    chunk = b"id3 " + struct.pack("<I", len(tag)) + tag + b"\0" * (len(tag) % 2) if tag else b""
    return file.getvalue() + chunk


def write(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def read(folder: Path) -> tuple[list[tuple[FoundAlbum, bytes]], dict[str, str]]:
    """What a folder brings, and the files that brought nothing: relative name -> reason."""
    skipped: dict[str, str] = {}
    found = list(
        local_albums(folder, lambda path, reason: skipped.update({path.relative_to(folder).as_posix(): reason}))
    )
    return found, skipped


def named(found: list[tuple[FoundAlbum, bytes]]) -> list[tuple[str, str, bytes]]:
    return [(album.artists[0][1] if album.artists else "", album.name, cover) for album, cover in found]


# ---------------------------------------------------------------- music


TAGGED = {"TPE1": "Both", "TALB": "Salt", "TYER": "1999", "TCON": "dub; techno"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.mp3", id3([(BACK, BLUE), (FRONT, RED)], **TAGGED)),
        ("a.MP3", id3([(UNSTATED, RED), (BACK, BLUE)], **TAGGED)),
        ("a.wav", wav(id3([(FRONT, RED)], **TAGGED))),
        (
            "a.flac",
            flac([(BACK, BLUE), (FRONT, RED)], artist="Both", album="Salt", date="1999", genre="dub|techno|dub"),
        ),
    ],
)
def test_an_embedded_front(tmp_path: Path, name: str, data: bytes) -> None:
    found, skipped = read(write(tmp_path, {name: data, "cover.jpg": BLUE}))
    ((album, cover),) = found
    assert (album.name, [artist for _, artist in album.artists]) == ("Salt", ["Both"])
    assert album.release == ReleaseDate("1999", "year", 1999)
    assert (album.genres, album.rights, album.pictures) == (("dub", "techno"), "own", ())
    assert cover == RED
    assert skipped == {}


@pytest.mark.parametrize("name", ["cover.jpg", "Front.JPG", "folder.jpeg", "x cover.png"])
def test_else_a_picture_beside_the_tracks(tmp_path: Path, name: str) -> None:
    files = {"salt/a.wav": wav(id3(**TAGGED)), f"salt/{name}": BLUE, "salt/back cover.jpg": RED, "salt/band.jpg": RED}
    found, skipped = read(write(tmp_path, files))
    assert named(found) == [("Both", "Salt", BLUE)]
    assert skipped == {}


def test_other_pictures_are_no_covers(tmp_path: Path) -> None:
    files = {"a.mp3": id3([(BACK, RED)], **TAGGED), "back.jpg": BLUE, "band.jpg": BLUE, "b.mp3": id3(**TAGGED)}
    skipped: dict[str, str] = {}
    albums = local_albums(write(tmp_path, files), lambda path, reason: skipped.update({path.name: reason}))
    with pytest.raises(BadInput, match="nothing in it can be used"):
        list(albums)
    assert skipped == {"a.mp3": "its album has no cover"}


def test_tracks_are_grouped_by_their_tags_wherever_they_lie(tmp_path: Path) -> None:
    files = {
        "cd1/1.mp3": id3(TPE1="One", TPE2="Both", TALB="Salt", TCON="dub"),
        "cd2/1.mp3": id3([(FRONT, RED)], TPE1="Two", TPE2="BOTH", TALB="salt ", TCON="techno", TYER="2001"),
        "cd2/2.mp3": id3([(FRONT, BLUE)], TPE1="Two", TALB="Salt"),
    }
    found, _ = read(write(tmp_path, files))
    assert named(found) == [("Both", "Salt", RED), ("Two", "Salt", BLUE)]
    assert found[0][0].genres == ("dub", "techno")
    assert found[0][0].release.year == 2001
    assert found[0][0].id != found[1][0].id


def test_ids_follow_from_the_words_and_not_from_the_place(tmp_path: Path) -> None:
    one = write(tmp_path / "one", {"x/a.mp3": id3([(FRONT, RED)], **TAGGED)})
    two = write(tmp_path / "two", {"y/z/b.flac": flac([(FRONT, BLUE)], artist="both", album="SALT")})
    ((first, _),), ((second, _),) = read(one)[0], read(two)[0]
    assert first.id == second.id == hashlib.sha256(b"both\nsalt").hexdigest()[:32]
    assert first.artists[0][0] == second.artists[0][0]


def test_an_album_without_an_artist(tmp_path: Path) -> None:
    found, _ = read(write(tmp_path, {"a.mp3": id3([(FRONT, RED)], TALB="Salt")}))
    assert named(found) == [("", "Salt", RED)]


def test_what_cannot_be_read_is_reported_and_does_not_end_the_walk(tmp_path: Path) -> None:
    files = {
        "1.flac": b"not a flac file at all",
        "2.mp3": id3(TPE1="Both"),
        "3.mp3": id3([(FRONT, RED[:20])], **TAGGED),
        "4.mp3": id3([(FRONT, BLUE)], **TAGGED),
        "5.wav": b"",
    }
    found, skipped = read(write(tmp_path, files))
    assert named(found) == [("Both", "Salt", BLUE)]
    assert skipped == {
        "1.flac": "its tags cannot be read",
        "2.mp3": "its tags name no album",
        "3.mp3": "its cover: not a readable picture",
        "5.wav": "its tags name no album",
    }


def test_a_picture_cut_short_is_passed_over_for_the_next(tmp_path: Path) -> None:
    whole = picture("red", "JPEG", 64)
    files = {"a.mp3": id3(**TAGGED), "cover.jpg": whole[:-30], "folder.jpg": whole}
    found, skipped = read(write(tmp_path, files))
    assert named(found) == [("Both", "Salt", whole)]
    assert skipped == {"cover.jpg": "not a readable picture"}


def test_without_tinytag_it_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tinytag", None)
    with pytest.raises(MissingExtra, match=r"reading tags needs .*\[gather\]"):
        list(local_albums(write(tmp_path / "music", {"a.mp3": id3(**TAGGED)})))
    assert len(read(write(tmp_path / "pictures", {"a.png": RED}))[0]) == 1  # pictures need none


# ---------------------------------------------------------------- pictures


@pytest.mark.parametrize(
    ("name", "artist", "title", "year"),
    [
        ("Both - Salt (1999).jpg", "Both", "Salt", 1999),
        ("Both – Salt [2001].png", "Both", "Salt", 2001),
        ("Both - Salt.webp", "Both", "Salt", None),
        ("Salt (1999).jpg", "", "Salt", 1999),
        ("Salt.jpg", "", "Salt", None),
        ("Jean-Luc - Rust - Live (12).jpg", "Jean-Luc", "Rust - Live (12)", None),
        ("Both - Salt (0999).jpg", "Both", "Salt (0999)", None),
        ("1999.jpg", "", "1999", None),
        ("(1999).jpg", "", "(1999)", None),
        ("Bjo\u0308rk -  Debut (1993).jpeg", "Bj\u00f6rk", "Debut", 1993),
    ],
)
def test_a_picture_is_named_after_its_album(
    tmp_path: Path, name: str, artist: str, title: str, year: int | None
) -> None:
    found, skipped = read(write(tmp_path, {f"deep/er/{name}": GREEN}))
    assert named(found) == [(artist, title, GREEN)]
    assert (found[0][0].release.year, found[0][0].rights) == (year, "own")
    assert skipped == {}


def test_pictures_about_music_are_not_albums(tmp_path: Path) -> None:
    files = {
        "Both/artist.jpg": BLUE,
        "Both/Salt/a.mp3": id3([(FRONT, RED)], **TAGGED),
        "Both/Salt/scans/page 1.jpg": BLUE,
        "Covers/Either - Rust.jpg": GREEN,
    }
    found, skipped = read(write(tmp_path, files))
    assert named(found) == [("Both", "Salt", RED), ("Either", "Rust", GREEN)]
    assert skipped == {}


def test_ids_of_pictures_are_of_their_place_in_the_folder(tmp_path: Path) -> None:
    here = read(write(tmp_path / "here", {"a/x.png": RED, "b/x.png": RED, "Z/x.png": RED}))[0]
    there = read(write(tmp_path / "there", {"a/x.png": BLUE}))[0]
    ids = [album.id for album, _ in here]
    assert len(set(ids)) == 3
    assert there[0][0].id == ids[1] == hashlib.sha256(b"a/x.png").hexdigest()[:32]


def test_ids_are_the_same_on_file_systems_that_take_letters_apart(tmp_path: Path) -> None:
    apart = read(write(tmp_path / "apart", {"Bjo\u0308rk.png": RED}))[0]
    composed = read(write(tmp_path / "composed", {"Bj\u00f6rk.png": RED}))[0]
    assert apart == composed != []


def test_damaged_pictures_are_reported(tmp_path: Path) -> None:
    files = {
        "a.jpg": picture("red", "JPEG", 64)[:-30],
        "b.png": b"<html>",
        "c.png": b"",
        "d.jpg": picture("red", "TIFF"),
        "e.jpg": picture("red"),
        "notes.txt": b"x",
        ".hidden.jpg": RED,
        "._e.jpg": b"x",
        ".git/f.jpg": RED,
    }
    found, skipped = read(write(tmp_path, files))
    assert named(found) == [("", "e", picture("red"))]
    assert skipped == dict.fromkeys(["a.jpg", "b.png", "c.png", "d.jpg"], "not a readable picture")


def test_pictures_of_too_many_pixels_or_bytes_are_not_decoded(tmp_path: Path) -> None:
    bomb = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(bomb, "PNG")
    write(tmp_path, {"bomb.png": bomb.getvalue(), "good.png": RED})
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(20_000_001)
    found, skipped = read(tmp_path)
    assert named(found) == [("", "good", RED)]
    assert skipped == {"bomb.png": "more than 25 million pixels", "huge.png": "more than 20 MB"}


# ---------------------------------------------------------------- the walk


def test_the_order_is_that_of_names(tmp_path: Path) -> None:
    names = ["b/2.png", "b/1.png", "a/9.png", "c.png", "Z/3.png"]
    found, _ = read(write(tmp_path, dict.fromkeys(names, RED)))
    assert [album.name for album, _ in found] == ["c", "3", "9", "1", "2"]
    assert read(tmp_path)[0] == found


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_links_in_circles_are_walked_once(tmp_path: Path) -> None:
    write(tmp_path, {"music/a.png": RED, "elsewhere/b.png": BLUE})
    folder = tmp_path / "music"
    (folder / "self").symlink_to(folder)
    (folder / "sub").mkdir()
    (folder / "sub" / "up").symlink_to("..")
    (folder / "away").symlink_to(tmp_path / "elsewhere")
    (folder / "away too").symlink_to(tmp_path / "elsewhere")
    (folder / "gone.png").symlink_to(tmp_path / "nowhere.png")
    found, skipped = read(folder)
    assert named(found) == [("", "a", RED), ("", "b", BLUE)]
    assert skipped == {"gone.png": "not a file"}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes there")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    write(tmp_path, {"a.png": RED})
    os.mkfifo(tmp_path / "b.png")
    (tmp_path / "music").mkdir()
    os.mkfifo(tmp_path / "music" / "c.mp3")
    write(tmp_path, {"pictures/d.png": RED})
    found, skipped = read(tmp_path)
    assert named(found) == [("", "d", RED)]  # a.png lies above what is called music
    assert skipped == {"music/c.mp3": "not a file"}


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes there only")
def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    write(tmp_path, {"a.png": RED})
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.png")).write_bytes(RED)
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xfe"))
    write(folder, {"b.png": BLUE})
    found, skipped = read(tmp_path)
    assert named(found) == [("", "a", RED), ("", "b", BLUE)]
    assert skipped == {"\udcff.png": "its name is no text"}


def test_a_folder_that_brings_nothing_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no such folder") as absent:
        local_albums(tmp_path / "nowhere")
    with pytest.raises(BadInput, match="no such folder"):
        local_albums(write(tmp_path, {"a.txt": b"x"}) / "a.txt")
    with pytest.raises(BadInput, match="nothing in it can be used") as empty:
        list(local_albums(tmp_path))
    assert "\n" not in f"{absent.value}{empty.value}"
