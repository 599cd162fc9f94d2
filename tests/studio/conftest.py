"""A studio for tests: one real server, started as people start it, and a page in a real browser."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("fastapi", reason="the extra [studio] is not installed")

sys.path.insert(0, str(Path(__file__).parent))

RECORD = {"artist": "Otis Marlowe Quartet", "title": "The Quiet Hour", "genre": "jazz", "year": "1959"}
CODE = "import sys; from duck_and_cover.cli import main; sys.argv[0] = 'duckcover'; main()"


class Served:
    """A studio in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.window = folder, folder.with_name(f"{folder.name} window.txt")
        self.start()

    def start(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        with self.window.open("a") as window:
            self.process = subprocess.Popen(
                [sys.executable, "-c", CODE, "studio", "--port", "0", "--no-browser", "--folder", str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=window,
                text=True,
                env=environment,
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        self.address = line.split("is at ")[1].split()[0].rstrip("/")
        self.port = int(self.address.rsplit(":", 1)[1])

    def kill(self) -> None:
        """As the system would that has no memory left: without a word."""
        self.process.send_signal(signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        try:
            self._gone()
        except subprocess.TimeoutExpired:
            self.kill()

    def _gone(self) -> None:
        self.process.wait(20)
        if self.process.stdout:
            self.process.stdout.close()

    def ask(
        self,
        path: str,
        query: dict[str, Any] | str = "",
        *,
        method: str = "GET",
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
        limit_s: float = 60,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=limit_s)
        text = query if isinstance(query, str) else urlencode(query, doseq=True)
        connection.request(method, f"{path}?{text}" if text else path, body, headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, data

    def json(self, path: str, value: Any) -> tuple[int, Any]:
        status, _, data = self.ask(
            path, method="POST", body=json.dumps(value).encode(), headers={"content-type": "application/json"}
        )
        return status, json.loads(data)


@pytest.fixture(scope="session")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server that tests share."""
    served = Served(tmp_path_factory.mktemp("studio"))
    yield served
    served.stop()
    assert served.window.read_text() == ""  # whatever was asked of it, nothing broke behind its answers


def events(data: bytes) -> list[tuple[str, Any]]:
    """The events of a stream that has ended."""
    out = []
    for part in data.decode().strip().split("\n\n"):
        name, value = part.split("\n", 1)
        out.append((name.removeprefix("event: "), json.loads(value.removeprefix("data: "))))
    return out
