"""Tags of dropped music."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from duck_and_cover.errors import BadInput

pytest.importorskip("tinytag", reason="the extra [gather] is not installed")

from duck_and_cover.studio.tags import read_tags


def _mp3(**frames: str) -> bytes:
    """The beginning of an MP3: an ID3v2.3 tag of text frames in UTF-16, and nothing after it."""
    body = b""
    for name, text in frames.items():
        data = b"\1" + text.encode("utf-16")
        body += name.encode() + struct.pack(">IH", len(data), 0) + data
    size = len(body)
    return b"ID3\3\0\0" + bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0)) + body


def test_tags_fill_the_form(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(
        _mp3(TPE1="Nine  Ölwand", TALB="Low\0Tide", TIT2="Ebb", TRCK="3/9", TYER="2004", TCON="dub; ambient")
    )
    found = read_tags(path, "../03.MP3")
    assert found["artist"] == "Nine Ölwand" and found["track"] == "Ebb" and found["year"] == 2004
    assert found["number"] == 3 and found["genres"] == ["dub", "ambient"]


def test_what_has_no_tags_is_told_by_its_name_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    for data in (b"", b"no music", b"ID3\3\0\0\x7f\x7f\x7f\x7f" + b"\xff" * 300, b"fLaC" + b"\0" * 60, b"RIFF" * 20):
        path.write_bytes(data)
        for ending in ("mp3", "flac", "ogg", "m4a", "wav", "exe"):
            with pytest.raises(BadInput) as told:
                read_tags(path, f"/home/someone/a.{ending}")
            assert str(tmp_path) not in str(told.value) and "/home" not in str(told.value)
