"""Looking at what was downloaded: is it a picture, and which? In processes that a hostile file can only kill itself.

Everything is decoded to the last byte: a file that was cut short passes every check but that one. Sizes are read and
limited before a pixel is made, and each process may use no more memory than a picture needs.

References: Pillow's documentation on decompression bombs; Krawetz 2013, "Kind of like that", difference hash.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import io
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from typing import TypeVar

import numpy as np
from PIL import Image

__all__ = ["Guard", "Looked", "look_at"]

MOST_PIXELS = 25_000_000
MOST_MEMORY = 2_000_000_000
LONGEST_S = 30.0
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_FLAT = 3.0

Item = TypeVar("Item")


@dataclass(frozen=True)
class Looked:
    """What a file is. fault: why it is no picture, "" where it is one.

    look:     64 bits that near-equal pictures share but for a few (difference hash), signed for SQLite.
    flags:    "animated", "flat" (one colour), "not square".
    smaller:  size -> the picture as a JPEG of about that size, of the sizes asked for that it does not serve as it is.
    """

    fault: str = ""
    sha256: str = ""
    format: str = ""
    width_px: int = 0
    height_px: int = 0
    look: int = 0
    flags: str = ""
    smaller: Mapping[int, bytes] = field(default_factory=dict)


def look_at(content: bytes, sizes_px: Iterable[int] = ()) -> Looked:
    """Decode a file wholly, describe it, and make it smaller where an album wants that."""
    if not content:
        return Looked("an empty file")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    return Looked(f"more than {MOST_PIXELS // 1_000_000} million pixels")
                if min(picture.size) < 2:
                    return Looked("a picture of one pixel")
                flags = ["animated"] if getattr(picture, "n_frames", 1) > 1 else []
                picture.load()
                small = np.asarray(picture.convert("L").resize((9, 8), Image.Resampling.BOX), np.int16)
                wide, high, kind = *picture.size, str(picture.format)
                smaller = {px: _smaller(picture, px) for px in sizes_px if not _serves(kind, wide, high, px)}
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return Looked(f"more than {MOST_PIXELS // 1_000_000} million pixels")
    except Image.UnidentifiedImageError:
        return Looked("not a picture")
    except (OSError, SyntaxError, ValueError, EOFError):
        return Looked("a damaged picture")
    except MemoryError:
        return Looked("a picture that takes too much memory")
    except Exception:  # decoders of rare formats raise what they like
        return Looked("a damaged picture")
    if small.max() - small.min() < _FLAT:
        flags.append("flat")
    if abs(wide - high) > 0.02 * max(wide, high):
        flags.append("not square")
    bits = np.packbits((small[:, 1:] > small[:, :-1]).ravel()).tobytes()
    return Looked("", hashlib.sha256(content).hexdigest(), kind, wide, high,
                  int.from_bytes(bits, "big", signed=True), " ".join(flags), smaller)  # fmt: skip


def _serves(format: str, wide: int, high: int, size_px: int) -> bool:
    """Whether a picture can be shown at a size as it is."""
    return format == "JPEG" and max(wide, high) <= 1.25 * size_px


def _smaller(picture: Image.Image, size_px: int) -> bytes:
    """A JPEG of about a size. Alpha is laid on white; the shape is kept."""
    if "A" in picture.getbands() or "transparency" in picture.info:
        whole = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", whole.size, "white"), whole)
    plain = picture.convert("RGB")
    plain.thumbnail((size_px, size_px), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    plain.save(file, "JPEG", quality=95, optimize=True)
    return file.getvalue()


class Guard:
    """Processes that look at files. Use it as a context.

    Where a batch kills its process, or takes longer than half a minute, each of its files is looked at again in a
    process of its own; so the file that does it is found out, and nobody else is blamed.
    """

    def __init__(self, processes: int = 2) -> None:
        self.processes = processes
        self._pool = _pool(processes)

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, *exception: object) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def each(self, function: Callable[[Item], Looked], items: Sequence[Item]) -> list[Looked]:
        """What a function of a module, like `look_at`, makes of each item, in their order."""
        pool = self._pool
        try:
            return await _asked(pool, function, items)
        except (BrokenProcessPool, TimeoutError):
            if pool is self._pool:  # the first to notice
                _end(pool)
                self._pool = _pool(self.processes)
            return [await _alone(function, item) for item in items]


async def _alone(function: Callable[[Item], Looked], item: Item) -> Looked:
    pool = _pool(1)
    try:
        return (await _asked(pool, function, [item]))[0]
    except BrokenProcessPool:
        return Looked("a file that kills its decoder")
    except TimeoutError:
        return Looked("takes too long to decode")
    finally:
        _end(pool)


async def _asked(pool: ProcessPoolExecutor, function: Callable[[Item], Looked], items: Sequence[Item]) -> list[Looked]:
    with _undisturbed():
        future = asyncio.get_running_loop().run_in_executor(pool, _all, function, list(items))
    return await asyncio.wait_for(future, LONGEST_S)


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("forkserver"), initializer=_confined)


def _end(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.kill()
    pool.shutdown(wait=False, cancel_futures=True)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """Processes that are started within do not hear Ctrl-C, not even before they have begun: it is ours to hear."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _confined() -> None:
    """Let this process end with the one that it works for and not before, and limit its memory where the system can."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(MOST_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end_with_parent() -> None:
    """A process that is killed cannot tell its helpers; they would wait for ever."""
    if parent := parent_process():
        parent.join()
        os._exit(1)


def _all(function: Callable[[Item], Looked], items: list[Item]) -> list[Looked]:
    return [function(item) for item in items]
