"""Frames become an MP4: H.264, 4:2:0, BT.709, no sound, ready to play from its first byte.

The encoder is a program and no part of this package: an `ffmpeg` on the PATH, else the one that the extra [video]
brings (`imageio-ffmpeg`, BSD, which carries a build of FFmpeg with libx264 under the GPL; it runs as a process of its
own). Frames are piped to it one by one.

Reference: ITU-T H.264 and H.273 (colour); ffmpeg's own documentation of its options, ffmpeg.org/ffmpeg-all.html.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from duck_and_cover.errors import BadInput, CannotWrite, Failure, MissingExtra

__all__ = ["MOST_BYTES", "Encoder", "encode", "encoder"]

MOST_BYTES = 8_000_000
"""Of a loop. Players name limits of 10 MB and more, and take a smaller file sooner."""

_MOST_RATE = 14_000_000
"""Bits a second at which no difference is seen any more."""

_CODECS: Mapping[str, tuple[str, ...]] = {
    "libx264": ("-preset", "faster", "-crf", "17", "-profile:v", "high", "-aq-mode", "3"),
    "libopenh264": ("-profile:v", "high", "-allow_skip_frames", "0"),
    "h264_videotoolbox": ("-profile:v", "high"),
    "h264_nvenc": ("-preset", "p5", "-profile:v", "high"),
    "h264_qsv": ("-profile:v", "high"),
    "h264_mf": (),
}
"""H.264 encoders of ffmpeg, best first, each with its own options."""

_TAGS = {"Title": "title", "Author": "artist", "Software": "encoded_by"}
"""Key of what is told of a file -> its name in an MP4; all others go into the comment."""


@dataclass(frozen=True)
class Encoder:
    """An ffmpeg that writes H.264. program: its path; codec: what it calls its encoder."""

    program: str
    codec: str


def encoder() -> Encoder | None:
    """The encoder of this machine; None where there is none.

    Each candidate has to encode a few small frames: builds list encoders for which the hardware is missing.
    """
    for program in _programs():
        listed = _run(program, "-encoders")
        for codec in _CODECS:
            if f" {codec} " in listed and _works(program, codec):
                return Encoder(program, codec)
    return None


def encode(frames: Iterable[NDArray[np.uint8]], path: str | os.PathLike[str], fps: int, about: Mapping[str, str],
           *, seconds: float = 8.0, using: Encoder | None = None) -> Path:  # fmt: skip
    """Write frames as an MP4, complete or not at all; returns its path.

    frames:   uint8 (H, W, 3) sRGB, all of one size, even on both sides; asked for one by one.
    about:    "Title" and "Author" and what else is to be told; the rest goes into the comment, one line each.
    seconds:  how long it will be at most, so that it stays below `MOST_BYTES`.
    using:    an encoder found before; None looks for one.
    Raises `MissingExtra` where no encoder is found, so that a kit can go on without its loop; `BadInput` for frames
    that are no film; `CannotWrite` where the folder is missing or closed; `Failure` where the encoder gives up.
    An interrupt or an error among the frames ends the encoder and leaves no file.

    >>> encode(loop(art, album, style, seeds), "loop.mp4", FPS, {"Title": "Low Tide"})  # doctest: +SKIP
    """
    target = Path(path)
    if target.suffix.lower() != ".mp4":
        raise BadInput(f"{target.name}: a loop ends in .mp4; found {target.suffix or 'no ending'}")
    if not target.absolute().parent.is_dir():
        raise CannotWrite(f"{target}: the folder {target.absolute().parent} does not exist; make it or choose another")
    found = using or encoder()
    if found is None:
        raise MissingExtra("a loop, where no ffmpeg that writes H.264 is on the PATH,", "video")
    part = target.absolute().parent / f".{secrets.token_hex(8)}.part"
    try:
        _piped(iter(frames), found, part, fps, about, seconds)
        size = part.stat().st_size
        if size > MOST_BYTES:
            raise Failure(
                f"{target.name}: {found.codec} made {size} bytes; wanted {MOST_BYTES} at most; make it shorter"
            )
        part.replace(target)
    except OSError as error:
        raise CannotWrite(f"{target}: {error.strerror or error}; choose another folder") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    return target


def _piped(frames: Iterable[NDArray[np.uint8]], using: Encoder, part: Path, fps: int, about: Mapping[str, str],
           seconds: float) -> None:  # fmt: skip
    """Start the encoder with the first frame, feed it and wait for its end."""
    process: subprocess.Popen[bytes] | None = None
    first: NDArray[np.uint8] | None = None
    number = 0
    with tempfile.TemporaryFile() as told:  # a pipe that nobody reads would fill up and hold the encoder
        try:
            for number, frame in enumerate(frames, 1):
                if first is None:
                    first = _checked(frame)
                    process = _started(_command(using, part, first.shape, fps, about, seconds), told)
                elif frame.shape != first.shape or frame.dtype != np.uint8:
                    raise BadInput(f"frame {number} is {frame.dtype} of shape {frame.shape}; wanted the first one's, "
                                   f"uint8 {first.shape}")  # fmt: skip
                assert process is not None and process.stdin is not None
                process.stdin.write(np.ascontiguousarray(frame).data)
            if process is None or process.stdin is None:
                raise BadInput("there are no frames; a loop wants some")
            process.stdin.close()
            process.wait()
        except BrokenPipeError:
            assert process is not None
            process.wait()
        finally:
            if process is not None:
                _ended(process)
        if process is None or process.returncode or not part.is_file():
            raise Failure(f"{Path(using.program).name} ({using.codec}) gave up at frame {number}: {_last(told)}")


def _checked(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.shape[0] % 2 or frame.shape[1] % 2:
        raise BadInput(f"a frame is {frame.dtype} of shape {frame.shape}; wanted uint8 (H, W, 3), H and W even")
    return frame


def _command(using: Encoder, part: Path, shape: tuple[int, ...], fps: int, about: Mapping[str, str],
             seconds: float) -> list[str]:  # fmt: skip
    rate = min(_MOST_RATE, int(0.93 * 8 * MOST_BYTES / (seconds + 1)))  # the buffer holds one second more
    rates = ["-maxrate", str(rate), "-bufsize", str(rate)]
    if using.codec != "libx264":
        rates = ["-b:v", str(int(0.8 * rate)), *rates]
    comment = "\n".join(f"{key}: {text}" for key, text in about.items() if key not in _TAGS)
    tags = {tag: about[key] for key, tag in _TAGS.items() if about.get(key)} | ({"comment": comment} if comment else {})
    return [
        using.program, "-hide_banner", "-nostdin", "-loglevel", "error", "-y",
        "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{shape[1]}x{shape[0]}", "-r", str(fps), "-i", "pipe:0",
        "-vf", "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=accurate_rnd+full_chroma_int+bicubic,"
               "format=yuv420p",
        "-an", "-c:v", using.codec, *_CODECS[using.codec], *rates, "-g", str(2 * fps),
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
        "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-movflags", "+faststart",
        *(part for tag, text in tags.items() for part in ("-metadata", f"{tag}={text}")),
        "-f", "mp4", f"file:{part}",
    ]  # fmt: skip


def _started(command: list[str], told: BinaryIO) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C reaches us alone and the encoder ends by our hand."""
    try:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=told,
                                start_new_session=True)  # fmt: skip
    except OSError as error:
        raise Failure(f"{command[0]} cannot be started ({error.strerror or error}); install ffmpeg anew") from error


def _ended(process: subprocess.Popen[bytes]) -> None:
    """The encoder is gone, one way or the other."""
    if process.poll() is None:
        process.kill()
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    process.wait()


def _last(told: BinaryIO) -> str:
    """The last line that the encoder said."""
    told.seek(0)
    lines = told.read().decode("utf-8", "replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "it said nothing")


def _programs() -> list[str]:
    """Paths of ffmpeg, the one on the PATH first."""
    found = [path] if (path := shutil.which("ffmpeg")) else []
    with contextlib.suppress(ImportError, RuntimeError):  # the second where it brings no program for this machine
        found.append(str(importlib.import_module("imageio_ffmpeg").get_ffmpeg_exe()))
    return found


def _run(program: str, *arguments: str) -> str:
    """What a program prints; nothing where it fails."""
    try:
        done = subprocess.run([program, "-hide_banner", "-nostdin", *arguments], capture_output=True, timeout=20,
                              check=True)  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace") or " "


def _works(program: str, codec: str) -> bool:
    """Whether an encoder encodes."""
    small = ("-f", "lavfi", "-i", "color=size=256x256:rate=24", "-frames:v", "3")
    return bool(_run(program, "-loglevel", "error", *small, "-c:v", codec, *_CODECS[codec], "-b:v", "1M",
                     "-pix_fmt", "yuv420p", "-f", "null", "-"))  # fmt: skip
