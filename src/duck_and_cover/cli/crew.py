"""Who works on files: processes here, or a Ray cluster."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from duck_and_cover.errors import MissingExtra

if TYPE_CHECKING:
    from duck_and_cover.catalog.cluster import ClusterCrew
    from duck_and_cover.catalog.guard import Guard

__all__ = ["RAY", "crew_for"]

RAY = click.option("--ray", metavar="ADDRESS", help="Work on a Ray cluster: its address, auto, or local.")


def crew_for(ray: str | None, *, longest_s: float = 60.0, most_memory: int = 2_000_000_000) -> Guard | ClusterCrew:
    """As many processes as there are cores, or the workers of a cluster. A context.

    longest_s, most_memory:  of a process here (`Guard`).
    """
    if ray is None:
        from duck_and_cover.catalog.guard import Guard

        return Guard(os.cpu_count() or 1, longest_s=longest_s, most_memory=most_memory)
    try:
        from duck_and_cover.catalog.cluster import ClusterCrew
    except ImportError as error:
        raise MissingExtra("work on a cluster", "ray") from error
    return ClusterCrew(ray)
