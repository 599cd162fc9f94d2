"""`Pace`: when the next request to a host may go. It slows down when asked to and speeds up again by itself.

Reference: Chiu & Jain 1989, additive increase and multiplicative decrease.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable

__all__ = ["LONGEST_NAP_S", "LONGEST_WAIT_S", "Closed", "Pace"]

LONGEST_NAP_S = 120.0
"""For a host that wants to be left alone longer than this nobody waits here."""

LONGEST_WAIT_S = 30 * 86_400.0
"""Nobody means a longer Retry-After than this."""

SLOWER = 2 / 3
"""What is left of the rate after the host said that it was too much."""

SHORTEST_S = 1.0
"""A host that complains is left alone for at least so long, whatever it says."""

RECOVERY = 200
"""So many answers bring back the whole rate from nothing."""

LEAST = 1 / 50
"""A rate does not fall below this part of what is polite: a host that complains all day is still asked again."""


class Closed(Exception):
    """A host wants to be left alone for so many seconds, which is too long to wait for."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Pace:
    """Spaces the requests to one host evenly.

    most:  requests a second that are polite; infinite for no limit.
    """

    def __init__(self, most: float, clock: Callable[[], float] = time.monotonic,
                 sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:  # fmt: skip
        self.most = self.rate = most
        self._clock, self._sleep = clock, sleep
        self._next = self._closed_until = -math.inf

    async def turn(self) -> None:
        """Return when one request may go. A host that closed while this waited is waited for as well, or `Closed` is
        raised where that takes too long.
        """
        while (wait := max(self._next, self._closed_until) - self._clock()) > 0:
            if (closed := self._closed_until - self._clock()) > LONGEST_NAP_S:
                raise Closed(closed)
            await self._sleep(wait)
        self._next = max(self._next, self._clock()) + 1 / self.rate

    def answered(self) -> None:
        """The host answered in good order."""
        if self.rate < self.most:
            self.rate = min(self.most, self.rate + self.most / RECOVERY)

    def too_much(self, retry_after_s: float = 0.0) -> None:
        """The host said 429 or 503: nothing goes until its time has passed, and less a second then."""
        if self._clock() >= self._closed_until:  # several answers to one burst are one complaint
            self.rate = max(min(self.rate, 1000.0) * SLOWER, min(self.most, 1000.0) * LEAST)
        self._closed_until = max(self._closed_until, self._clock() + max(retry_after_s, SHORTEST_S))
