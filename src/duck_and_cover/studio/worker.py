"""The loop that runs in each worker: one task at a time, within its memory, ended with its server."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import parent_process
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duck_and_cover.errors import DuckAndCoverError

if TYPE_CHECKING:
    from duck_and_cover.design.checking.words import Reader

__all__ = ["Cancelled", "Line", "Opener", "serve"]

Opener = Callable[[], "Reader | None"]
"""Opens the reader of words, or says that there is none here."""

_CV_NO_MEMORY = -4  # OpenCV's StsNoMem
_ALLOCATION = re.compile(r"bad.alloc|failed to allocate", re.IGNORECASE)


class Cancelled(BaseException):
    """Nobody waits for this task any more. No error: nothing that handles errors stops it."""


class Line:
    """How a task speaks with who waits for it. Raises `Cancelled` where nobody does any more."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection, self._number = connection, number
        self._answers: list[Any] = []

    def __call__(self, value: Any) -> None:
        """Tell something; None only looks whether anybody still waits."""
        while self._connection.poll():
            self._take(self._connection.recv())
        if value is not None:
            self._connection.send(("told", self._number, value, 0))

    def asked(self) -> Any:
        """The next answer that was sent to this task; waits for it."""
        while not self._answers:
            self._take(self._connection.recv())
        return self._answers.pop(0)

    def _take(self, message: Any) -> None:
        if message is None or (message[0] == "cancel" and message[1] == self._number):
            raise Cancelled
        if message[0] == "answer" and message[1] == self._number:
            self._answers.append(message[2])


def serve(connection: Connection, folder: Path, most_bytes: int, reader: Opener | None = None) -> None:
    """Do tasks until there are no more.

    Takes (number, task, arguments) and answers (kind, number, value, resident bytes), kind "told" any number of times
    and then one of "done", "refused", "broken" and "cancelled"; ("cancel", number) and ("answer", number, value) may
    come in between, None ends it.
    most_bytes:  of address space; a task that wants more fails and its worker goes on.    reader: as in `Pool`.
    """
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server says when
    _limited(most_bytes)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    import cv2

    from duck_and_cover.studio.easel import Easel
    from duck_and_cover.studio.tasks import TASKS

    cv2.setNumThreads(1)  # there are as many workers as are good for this machine
    easel = Easel(folder / "pictures", reader)
    easel.warm()
    connection.send(("ready", 0, None, _resident()))
    while True:
        try:
            job = connection.recv()
        except (EOFError, OSError):
            return
        if job is None:
            return
        if job[0] in ("cancel", "answer"):  # of a task that was done already
            continue
        number, task, arguments = job
        kind, value = _done(TASKS[task], easel, Line(connection, number), arguments)
        with suppress(OSError):
            connection.send((kind, number, value, _resident()))


def _done(function: Any, easel: Any, tell: Line, arguments: dict[str, Any]) -> tuple[str, Any]:
    try:
        return "done", function(easel, tell, **arguments)
    except Cancelled:
        return "cancelled", None
    except DuckAndCoverError as error:
        return "refused" if error.exit_code == 2 else "broken", str(error)
    except Exception as error:
        if _out_of_memory(error):
            return "broken", "this takes more memory than one task may have here"
        traceback.print_exc(file=sys.stderr)
        return "broken", f"this did not work here ({type(error).__name__}); the server's window says more"


def _out_of_memory(error: Exception) -> bool:
    """Whether an error says so, in the words of Python, OpenCV or the runtime of networks."""
    refused = getattr(error, "code", None) == _CV_NO_MEMORY or _ALLOCATION.search(str(error)) is not None
    return isinstance(error, MemoryError) or refused


def _limited(most_bytes: int) -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most_bytes, hard))


def _resident() -> int:
    """Bytes in memory now; 0 where the system does not say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0


def _leave_with_parent() -> None:
    """End this process when its server does, however that came to be."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
