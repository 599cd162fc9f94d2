"""Server-sent events, and noticing that nobody listens any more. Reference: HTML Living Standard, section 9.2."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from starlette.requests import Request
from starlette.responses import StreamingResponse

__all__ = ["event", "streamed"]

_LOOK_S = 0.25


def event(name: str, value: Any) -> bytes:
    """One event; its value as JSON."""
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode()


def streamed(request: Request, events: AsyncIterator[bytes]) -> StreamingResponse:
    """An answer of events; where the other side hangs up, the iterator is closed at once, and what it waits for."""
    return StreamingResponse(
        _until_gone(request, events),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _until_gone(request: Request, events: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    turn: asyncio.Task[bytes] | None = None
    try:
        while True:
            turn = asyncio.ensure_future(anext(events))  # type: ignore[arg-type]
            while not (await asyncio.wait({turn}, timeout=_LOOK_S))[0]:
                if await request.is_disconnected():
                    return
            try:
                yield turn.result()
            except StopAsyncIteration:
                return
    finally:
        if turn and not turn.done():
            turn.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration):
                await turn
        close = getattr(events, "aclose", None)
        if close:
            await close()
