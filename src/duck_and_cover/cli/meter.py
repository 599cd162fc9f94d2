"""A line on how far long work is: written over in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import click

__all__ = ["duration", "meter"]

LIVE_EVERY_S, PLAIN_EVERY_S = 0.2, 10.0


def meter(what: str, total: int | None = None) -> Callable[[int], None]:
    """A function to call with how many are done, as often as one likes.

    what:   of them, as in "drawn".    total:  where it is known; then the time left is told as well.

    What is done at the first call counts as done before: work that goes on is as fast as it is now.
    """
    began, live = time.monotonic(), sys.stdout.isatty()
    last, before = began, -1

    def say(done: int) -> None:
        nonlocal last, before
        before = done if before < 0 else before
        now, whole = time.monotonic(), done == total and done > before
        if not whole and now - last < (LIVE_EVERY_S if live else PLAIN_EVERY_S):
            return
        last = now
        rate = (done - before) / max(1e-9, now - began)
        text = f"{done:9,}{f' of {total:,}' if total else ''} {what}   {rate:7.1f}/s"
        if total and rate:
            text += f"   {duration((total - done) / rate)} left"
        click.echo(f"\r{text:<76}" if live else text, nl=whole or not live)

    return say


def duration(seconds: float) -> str:
    """As people say it: "45 s", "12 min", "3 h 20 min", "6 days"."""
    minutes = round(seconds / 60)
    if seconds < 90:
        return f"{seconds:.0f} s"
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes / 1440:.0f} days"
