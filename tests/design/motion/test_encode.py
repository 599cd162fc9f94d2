"""Frames to MP4: whole or not at all, whatever happens to the encoder; read back by the boxes of the file."""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from duck_and_cover.design.motion import encode as module
from duck_and_cover.design.motion.encode import MOST_BYTES, Encoder, encode, encoder
from duck_and_cover.errors import BadInput, CannotWrite, Failure, MissingExtra

ABOUT = {"Title": "Low Tide", "Author": "The Understudies", "Source": "Generated art", "Seed": "5"}


def frames(count: int = 24, wide: int = 90, tall: int = 160) -> Iterator[np.ndarray]:
    y, x = np.mgrid[0:tall, 0:wide]
    for k in range(count):
        wave = 127 + 120 * np.sin(2 * np.pi * (x / 45 + y / 80 + k / count))
        yield np.stack([wave, wave[::-1], np.full_like(wave, 90)], axis=2).astype(np.uint8)


def fake(folder: Path, body: str) -> Encoder:
    """A program in the place of an encoder; `$out` is where it is to write."""
    program = folder / "encoder"
    program.write_text(f'#!/bin/sh\nfor out; do :; done\nout="${{out#file:}}"\necho $$ > "{folder}/pid"\n{body}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return Encoder(str(program), "libx264")


def gone(folder: Path) -> bool:
    """Whether the program has ended."""
    try:
        os.kill(int((folder / "pid").read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def boxes(data: bytes, path: str = "") -> dict[str, bytes]:
    """Boxes of an MP4 by path, the first of each; containers are opened."""
    out: dict[str, bytes] = {}
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        size = size or len(data) - at
        name = f"{path}/{kind.decode('latin1')}"
        body = data[at + 8 : at + size]
        out.setdefault(name, body)
        if kind in (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta"):
            for key, value in boxes(body, name).items():
                out.setdefault(key, value)
        at += max(size, 8)
    return out


def test_all_bytes_arrive_in_order(tmp_path: Path) -> None:
    using = fake(tmp_path, 'cat > "$out"')
    path = encode(frames(5), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    assert path.read_bytes() == b"".join(f.tobytes() for f in frames(5))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["encoder", "loop.mp4", "pid"]


def test_what_is_told_and_how_it_is_encoded(tmp_path: Path) -> None:
    using = fake(tmp_path, f'printf "%s\\n" "$@" > "{tmp_path}/said"; cat > "$out"')
    encode(frames(2), tmp_path / "loop.mp4", 24, ABOUT, seconds=8, using=using)
    said = (tmp_path / "said").read_text().split("\n")
    for wanted in ("title=Low Tide", "artist=The Understudies", "comment=Source: Generated art", "Seed: 5", "90x160",
                   "+faststart", "bt709", "-an"):  # fmt: skip
        assert wanted in said, wanted
    rate = int(said[said.index("-maxrate") + 1])
    assert rate * (8 + 1) / 8 < MOST_BYTES, "the longest loop stays below the limit"


def test_an_encoder_that_dies_leaves_one_line_and_no_file(tmp_path: Path) -> None:
    using = fake(tmp_path, 'head -c 1000 > "$out"; echo "first line" >&2; echo "no space on the moon" >&2; exit 3')
    with pytest.raises(Failure, match=r"gave up at frame \d+: no space on the moon$") as caught:
        encode(frames(200), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    assert "\n" not in str(caught.value) and gone(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["encoder", "pid"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_an_interrupt_leaves_neither_file_nor_process(tmp_path: Path, error: type[BaseException]) -> None:
    using = fake(tmp_path, 'cat > "$out"; sleep 60')

    def broken() -> Iterator[np.ndarray]:
        yield from frames(3)
        while not (tmp_path / "pid").is_file():  # it has started
            pass
        raise error

    (tmp_path / "loop.mp4").write_bytes(b"before")
    with pytest.raises(error):
        encode(broken(), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    assert gone(tmp_path) and (tmp_path / "loop.mp4").read_bytes() == b"before"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["encoder", "loop.mp4", "pid"]


def test_a_talkative_encoder_does_not_hang(tmp_path: Path) -> None:
    using = fake(tmp_path, 'yes "deprecated option" | head -c 300000 >&2; cat > "$out"')
    assert encode(frames(3), tmp_path / "loop.mp4", 24, ABOUT, using=using).is_file()


def test_a_file_over_the_limit_is_not_kept(tmp_path: Path) -> None:
    using = fake(tmp_path, f'cat > /dev/null; head -c {MOST_BYTES + 1} /dev/zero > "$out"')
    with pytest.raises(Failure, match="8000001 bytes; wanted 8000000 at most"):
        encode(frames(2), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    assert not (tmp_path / "loop.mp4").exists()


def test_input_that_is_no_film_is_named(tmp_path: Path) -> None:
    using = fake(tmp_path, 'cat > "$out"')
    with pytest.raises(BadInput, match=r"ends in \.mp4; found \.gif"):
        encode(frames(), tmp_path / "loop.gif", 24, ABOUT, using=using)
    with pytest.raises(CannotWrite, match="does not exist"):
        encode(frames(), tmp_path / "nowhere" / "loop.mp4", 24, ABOUT, using=using)
    with pytest.raises(BadInput, match="no frames"):
        encode(iter(()), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    with pytest.raises(BadInput, match="H and W even"):
        encode(frames(2, 91), tmp_path / "loop.mp4", 24, ABOUT, using=using)
    with pytest.raises(BadInput, match="frame 3 is uint8 of shape"):
        encode([*frames(2), *frames(1, 92)], tmp_path / "loop.mp4", 24, ABOUT, using=using)
    with pytest.raises(Failure, match="cannot be started"):
        encode(frames(2), tmp_path / "loop.mp4", 24, ABOUT, using=Encoder(str(tmp_path / "none"), "libx264"))
    assert not list(tmp_path.glob("*.mp4")) and not list(tmp_path.glob("*.part"))


def test_without_an_encoder_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_programs", list)
    assert encoder() is None
    with pytest.raises(MissingExtra, match=r"\[video\]"):
        encode(frames(), tmp_path / "loop.mp4", 24, ABOUT)


def test_an_encoder_that_is_listed_and_does_not_work_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As builds do that list the encoders of graphics cards."""
    lists = 'case "$*" in *-encoders*) echo " V..... libx264 x"; echo " V..... libopenh264 y"; exit 0;; esac'
    works = 'case "$*" in *libopenh264*) exit 0;; esac; exit 1'
    using = fake(tmp_path, f"{lists}\n{works}")
    monkeypatch.setattr(module, "_programs", lambda: [using.program])
    assert encoder() == Encoder(using.program, "libopenh264")


def test_a_real_file_reads_back(tmp_path: Path) -> None:
    found = encoder()
    if found is None:
        pytest.skip("no ffmpeg with an H.264 encoder is on the PATH and imageio-ffmpeg is not installed")
    path = encode(frames(72, 180, 320), tmp_path / "loop.mp4", 24, ABOUT, seconds=3, using=found)
    data = path.read_bytes()
    read = boxes(data)
    assert list(boxes(data)).index("/moov") < list(boxes(data)).index("/mdat"), "plays from its first byte"
    assert data.count(b"trak") == 1 and b"vide" in read["/moov/trak/mdia/hdlr"], "no sound"
    header = read["/moov/trak/tkhd"]
    assert struct.unpack(">II", header[-8:]) == (180 << 16, 320 << 16)
    scale, length = struct.unpack(">II", read["/moov/trak/mdia/mdhd"][12:20])
    assert length / scale == pytest.approx(3.0)
    assert struct.unpack(">I", read["/moov/trak/mdia/minf/stbl/stsz"][8:12]) == (72,)
    sample = read["/moov/trak/mdia/minf/stbl/stsd"]
    assert b"avc1" in sample and b"avcC" in sample
    colours = sample[sample.index(b"colr") + 4 :]
    assert colours[:4] == b"nclx" and struct.unpack(">HHH", colours[4:10]) == (1, 1, 1), "BT.709"
    told = read["/moov/udta"]
    for text in (b"Low Tide", b"The Understudies", b"Generated art"):
        assert text in told
    again = encode(frames(72, 180, 320), tmp_path / "again.mp4", 24, ABOUT, seconds=3, using=found)
    assert again.read_bytes() == data, "the same frames give the same file"
