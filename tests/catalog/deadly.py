"""What hostile files do to their decoder. A module of its own, since the guard's processes import it by name."""

from __future__ import annotations

import os
import time

from duck_and_cover.catalog.picture import Looked

__all__ = ["deadly"]


def deadly(content: bytes) -> Looked:
    """Die, sleep, or say what was given."""
    if content == b"die":
        os._exit(1)
    if content == b"sleep":
        time.sleep(60)
    return Looked(content.decode())
