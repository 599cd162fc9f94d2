"""What a JPEG tells of itself, as the segments that viewers read: EXIF and XMP in APP1, IPTC's older records in APP13.

Texts of EXIF are UTF-8, which today's viewers read; Windows' own fields hold them as UTF-16. The records of IPTC say
that they are UTF-8; each is cut, between characters, to the length it may have.

Reference: CIPA DC-008-2023 (Exif 3.0), 4.6; IPTC-NAA IIM 4.2, chapters 5 and 6; IPTC Photo Metadata Standard 2025.1,
mapping to Exif.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from duck_and_cover.design.files.about import caption, clean, xmp
from duck_and_cover.errors import BadInput

__all__ = ["segments"]

_MOST = 65533
"""Bytes of a segment without its length."""

_BRIEF = ("Title", "Author", "Software", "DigitalSourceType")

_BYTE, _ASCII = 1, 2
_ROW = 12

_EXIF = ((0x010E, "Description"), (0x0131, "Software"), (0x013B, "Author"), (0x8298, "Copyright"))
_WINDOWS = ((0x9C9B, "Title"), (0x9C9C, "Source"), (0x9C9D, "Author"), (0x9C9E, "Keywords"), (0x9C9F, "Description"))
"""Tag of the first directory -> word; each in the order of its number, as TIFF wants it."""

_RECORDS = ((5, "Title", 64), (25, "Keywords", 64), (40, "Source", 256), (65, "Software", 32), (80, "Author", 32),
            (116, "Copyright", 128), (120, "Description", 2000))  # fmt: skip
"""Dataset of record 2 -> word, and most bytes of it."""


def segments(told: Mapping[str, str], *, briefly: bool = False) -> bytes:
    """The segments for words named as in `about`; b"" for none. Raises BadInput where they do not fit.

    briefly:  tells title, artist, program and kind of source alone, in XMP, for files of few bytes.
    """
    words = {key: clean(text) for key, text in told.items() if clean(text) and (key in _BRIEF or not briefly)}
    if not words:
        return b""
    one = {**words, "Description": clean(caption(words))}
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp(words, "image/jpeg").encode()
    if briefly:
        return _segment(0xE1, packet)
    photoshop = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + _padded(_records(one))
    return b"".join(
        (_segment(0xE1, b"Exif\0\0" + _exif(words, one)), _segment(0xE1, packet), _segment(0xED, photoshop))
    )


def _segment(marker: int, body: bytes) -> bytes:
    if len(body) > _MOST:
        raise BadInput(f"the words beside a picture take {len(body)} bytes; wanted at most {_MOST}: shorten them")
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _exif(words: Mapping[str, str], one: Mapping[str, str]) -> bytes:
    """A TIFF header and one directory, little-endian."""
    rows = [(tag, _ASCII, one[name].encode() + b"\0") for tag, name in _EXIF if one.get(name)]
    rows += [(tag, _BYTE, words[name].encode("utf-16-le") + b"\0\0") for tag, name in _WINDOWS if words.get(name)]
    start = 8 + 2 + _ROW * len(rows) + 4
    table, beyond = b"", b""
    for tag, kind, value in rows:
        if len(value) <= 4:
            at = value.ljust(4, b"\0")
        else:
            at = struct.pack("<I", start + len(beyond))
            beyond += value + b"\0" * (len(value) % 2)
        table += struct.pack("<HHI", tag, kind, len(value)) + at
    return b"II*\0" + struct.pack("<IH", 8, len(rows)) + table + struct.pack("<I", 0) + beyond


def _records(words: Mapping[str, str]) -> bytes:
    out = _dataset(1, 90, b"\x1b%G") + _dataset(2, 0, b"\0\4")
    for number, name, most in _RECORDS:
        text = words.get(name, "")
        for each in text.split("; ") if name == "Keywords" else (text,):
            if each:
                out += _dataset(2, number, _cut(each, most))
    return out


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _cut(text: str, most: int) -> bytes:
    """UTF-8 of at most so many bytes, no character broken."""
    return text.encode()[:most].decode(errors="ignore").encode()


def _padded(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)
