"""The tests' own wall: nothing leaves this machine."""

from __future__ import annotations

import socket
import threading
import urllib.request

import pytest


def test_other_computers_are_out_of_reach() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client,
        pytest.raises(RuntimeError, match="tests are offline"),
    ):
        client.connect(("192.0.2.1", 80))
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        pytest.raises(RuntimeError, match="tests are offline"),
    ):
        client.sendto(b"x", ("192.0.2.1", 53))


def test_names_are_not_looked_up() -> None:
    with pytest.raises(RuntimeError, match=r"name lookup of 'example\.org'"):
        urllib.request.urlopen("http://example.org", timeout=1)


def greet(server: socket.socket) -> None:
    server.accept()[0].close()


def test_this_computer_can_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=greet, args=(server,))
        thread.start()
        with socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client:
            assert client.recv(1) == b""
        thread.join()
