"""What all tests share: no network, few threads, a tiny dataset and a tiny bundle."""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy and torch are imported
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.condition import ConditionEncoder
from duck_and_cover.dataset.made.synthetic import synthetic_covers, write_parquet

cv2.setNumThreads(1)

ROOT = Path(__file__).resolve().parents[1]
LOOPBACK = ("127.", "::1", "localhost")


class NetworkBlocked(RuntimeError):
    """A test reached for another computer."""


def _allowed(address: Any) -> bool:
    host = address[0] if isinstance(address, tuple) else address
    if host is None or (isinstance(host, bytes) and not host):
        return True
    return str(host.decode() if isinstance(host, bytes) else host).startswith(LOOPBACK)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket may leave this machine and no name may be looked up."""

    def guarded(name: str) -> None:
        original: Callable[..., Any] = getattr(socket.socket, name)

        def call(self: socket.socket, *arguments: Any) -> Any:
            if self.family in (socket.AF_INET, socket.AF_INET6) and not _allowed(arguments[-1]):
                raise NetworkBlocked(f"socket.{name} to {arguments[-1]!r}; tests are offline")
            return original(self, *arguments)

        monkeypatch.setattr(socket.socket, name, call)

    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)
    lookup = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        if not _allowed(host):
            raise NetworkBlocked(f"name lookup of {host!r}; tests are offline")
        return lookup(host, *arguments, **named)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session")
def covers_dir() -> Path:
    """The folder of real covers that lies beside a checkout, never in it."""
    folder = ROOT.parent / "shared" / "covers"
    if not any(folder.glob("*.parquet")):
        pytest.skip(f"no real covers at {folder}")
    return folder


@pytest.fixture(scope="session")
def tiny_dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """160 synthetic covers of 24 px in two shards. Read only."""
    folder = tmp_path_factory.mktemp("tiny") / "covers"
    write_parquet(synthetic_covers(160, seed=5, size_px=24), folder, rows_per_shard=100)
    return folder


RATE, SIDE_PX = 0.5, 16
"""The tiny bundle's network: dx/dt = RATE * x - condition @ W, a colour for every pixel, side SIDE_PX."""


def colour_weights() -> np.ndarray:
    """W (D, 3) float32 of the tiny bundle."""
    return (np.random.default_rng(3).standard_normal((ConditionEncoder().dims, 3)) * 0.2).astype(np.float32)


def colour_network() -> bytes:
    """The tiny bundle's network as ONNX."""

    def value(name: str, *shape: int | str) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["B", *shape])

    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["condition", "W"], ["flat"]),
            helper.make_node("Unsqueeze", ["flat", "axes"], ["colour"]),
            helper.make_node("Mul", ["x", "rate"], ["pull"]),
            helper.make_node("Sub", ["pull", "colour"], ["velocity"]),
        ],
        "colour",
        [value("x", 3, SIDE_PX, SIDE_PX), value("t"), value("condition", ConditionEncoder().dims)],
        [value("velocity", 3, SIDE_PX, SIDE_PX)],
        [
            numpy_helper.from_array(colour_weights(), "W"),
            numpy_helper.from_array(np.array([2, 3]), "axes"),
            numpy_helper.from_array(np.array(RATE, np.float32), "rate"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


@pytest.fixture
def write_bundle() -> Iterator[Callable[..., Bundle]]:
    """Writes a bundle around the network of `colour_network`, whose pictures are known in closed form."""
    network = colour_network()

    def write(folder: Path, sampler: Sampler | None = None, model: bytes = network) -> Bundle:
        return Bundle.write(
            folder,
            model,
            "# a test\n",
            name=folder.name,
            family="colour",
            resolution_px=SIDE_PX,
            sampler=sampler or Sampler(steps=6, guidance=2.0, refresh=1),
            encoder=ConditionEncoder(),
            training={"images_shown": 0},
        )

    yield write
