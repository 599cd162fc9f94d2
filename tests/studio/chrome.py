"""A browser for tests: headless Chromium over its DevTools websocket, in a hundred lines and no library.

Reference: Chrome DevTools Protocol, 1.3; RFC 6455.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

NAMES = ("chromium-headless-shell", "chrome-headless-shell", "chromium", "google-chrome", "chrome")


def found() -> str | None:
    """The browser of this machine, if there is one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Browser:
    """One page. Use as a context."""

    def __init__(self, profile: Path, width: int = 1440, height: int = 900, *, phone: bool = False) -> None:
        self.profile, self.size, self.phone = profile, (width, height), phone

    def __enter__(self) -> Browser:
        program = found()
        assert program is not None
        self.process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if "DevTools listening on " in line:
                port = line.split("ws://127.0.0.1:")[1].split("/")[0]
                break
        else:
            raise RuntimeError("the browser did not start")
        for _ in range(50):
            pages = json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list"))
            if pages := [each for each in pages if each["type"] == "page"]:
                break
            time.sleep(0.1)
        self.socket = _Socket(int(port), "/" + pages[0]["webSocketDebuggerUrl"].split("/", 3)[3])
        self.number, self.problems = 0, []
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(*self.size)
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.socket.close()
        os.killpg(self.process.pid, signal.SIGKILL)  # what is started is a script, and the browser its child
        self.process.wait()
        if self.process.stderr:
            self.process.stderr.close()

    def call(self, method: str, **parameters: Any) -> Any:
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.receive())
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self._heard(message)

    def _heard(self, message: dict[str, Any]) -> None:
        """Keep what went wrong in the page, policy violations included."""
        if message["method"] == "Runtime.exceptionThrown":
            told = message["params"]["exceptionDetails"]
            self.problems.append(told.get("exception", {}).get("description", told["text"]))
        elif message["method"] == "Log.entryAdded" and message["params"]["entry"]["level"] == "error":
            text = message["params"]["entry"]["text"]
            if "status of 422" not in text:  # a fault of what was typed is no fault of the page
                self.problems.append(text)

    def resize(self, width: int, height: int, scale: float = 1) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=self.phone
        )

    def theme(self, name: str) -> None:
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": name}])

    def open(self, address: str) -> None:
        self.run("window.left = true")
        self.call("Page.navigate", url=address)
        self.until("!window.left && document.readyState === 'complete'")

    def run(self, code: str) -> Any:
        """The value of an expression in the page; promises are waited for."""
        done = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"].get("exception", {}).get("description", code))
        return done["result"].get("value")

    def until(self, code: str, seconds: float = 30) -> Any:
        """Wait for an expression to be true."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if value := self.run(f"(() => {{ const v = {code}; return v instanceof Node ? true : v }})()"):
                    return value
            except RuntimeError:  # the page is being replaced
                pass
            time.sleep(0.05)
        raise AssertionError(f"waited {seconds} s for {code}; problems: {self.problems}")

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def key(self, name: str, modifiers: int = 0) -> None:
        """Press and release; modifiers: 2 is control, 8 is shift."""
        codes = {"Enter": 13, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "ArrowLeft": 37, "ArrowRight": 39, "Escape": 27}
        common = {"key": name, "modifiers": modifiers, "windowsVirtualKeyCode": codes.get(name, ord(name[0].upper()))}
        text = {"text": "\r"} if name == "Enter" else {"text": name} if len(name) == 1 and not modifiers & 2 else {}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", **common, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def mouse(self, kind: str, x: float, y: float) -> None:
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def click(self, selector: str) -> None:
        """Click the middle of an element, as a hand would."""
        x, y = self.run(
            f"(() => {{ const e = document.querySelector({json.dumps(selector)});"
            "e.scrollIntoView({block: 'nearest'});"
            "const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y)

    def screenshot(self, path: Path, *, whole: bool = False) -> None:
        clip: dict[str, Any] = {}
        if whole:
            size = self.call("Page.getLayoutMetrics")["cssContentSize"]
            clip = {
                "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1},
                "captureBeyondViewport": True,
            }
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", **clip)["data"]))


class _Socket:
    def __init__(self, port: int, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.rest = b""
        while b"\r\n\r\n" not in self.rest:
            self.rest += self.socket.recv(4096)
        self.rest = self.rest.split(b"\r\n\r\n", 1)[1]

    def send(self, text: str) -> None:
        data, mask = text.encode(), os.urandom(4)
        head = bytes([0x81]) + (
            bytes([0x80 | len(data)])
            if len(data) < 126
            else b"\xfe" + struct.pack(">H", len(data))
            if len(data) < 65536
            else b"\xff" + struct.pack(">Q", len(data))
        )
        self.socket.sendall(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def _take(self, count: int) -> bytes:
        while len(self.rest) < count:
            piece = self.socket.recv(1 << 16)
            if not piece:
                raise RuntimeError("the browser hung up")
            self.rest += piece
        out, self.rest = self.rest[:count], self.rest[count:]
        return out

    def receive(self) -> str:
        whole = b""
        while True:
            first, second = self._take(2)
            length = second & 0x7F
            if length >= 126:
                length = int.from_bytes(self._take(2 if length == 126 else 8), "big")
            data = self._take(length)
            if first & 0x0F in (0, 1):
                whole += data
                if first & 0x80:
                    return whole.decode()
