"""`Lock`: one process at a time works on a thing; another is told so in one line."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from duck_and_cover.errors import BadInput

__all__ = ["Lock"]


class Lock:
    """Held from `__init__` to `close`, or within a context; the system gives it back when a process is killed.

    path:  of a small file that only says that there is a lock.    what: is refused, in the words of a message.
    Raises `BadInput` where another process holds it.
    """

    def __init__(self, path: Path, what: str) -> None:
        self._path = path
        self._file: IO[str] | None = None
        if sys.platform == "win32":
            return
        import fcntl

        while self._file is None:
            file = path.open("w")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                file.close()
                raise BadInput(f"{what}; wait for it or stop it") from error
            if path.exists() and path.stat().st_ino == os.fstat(file.fileno()).st_ino:
                self._file = file
            else:  # whoever held it before took the file away in the meantime
                file.close()

    def __enter__(self) -> Lock:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Give it back, and leave nothing behind."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
            self._file.close()
            self._file = None
