"""The provider of our own that the sources are tried on; tests beside this import it by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))  # tests are imported by path; these two modules by name

from provider import Provider


@pytest.fixture
def start() -> Iterator[Callable[..., Provider]]:
    """`start(state="extended", faults=[...])`: a provider that runs until the end of the test."""
    with ExitStack() as stack:

        def started(**options: Any) -> Provider:
            return stack.enter_context(Provider(**options))

        yield started
