"""`Hub`: the Hugging Face hub on this machine, in a thread, as far as a dataset is published to it: repositories, files
small and large, commits. It keeps what it is sent, does any fault wanted and logs who asked what.

    with Hub(faults=[Fault("PUT /large", "503")]) as hub:
        ...                                        # publish to hub.url with the token TOKEN
        assert hub.files("me/covers") == {...}

Large files come by Git LFS; or, where `xet` names a folder, by the Rust client, which keeps them in that folder itself.

Reference: huggingface_hub 2.4, what its `create_repo`, `upload_folder` and `update_repo_settings` ask;
https://github.com/git-lfs/git-lfs/blob/main/docs/api/batch.md
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

__all__ = ["OWNER", "TOKEN", "Fault", "Hub", "Repo"]

TOKEN, OWNER = "hf_quack", "me"
_SMALL = re.compile(r".*\.(md|json)|\.gitattributes")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Fault:
    """What goes wrong with requests whose "METHOD /path" matches: the `first`-th (from 0) and the `count` - 1 after it.

    kind: a status; "reset" (hung up after half of the body); "hang" (half of the body is read, then nothing happens);
    "stop" (half of the body is read, then it and everything later is hung up on).
    """

    request: str
    kind: str
    first: int = 0
    count: int = 1
    seen: int = field(default=0, init=False)

    def due(self, request: str) -> bool:
        """Whether it hits this request."""
        if not re.match(self.request, request):
            return False
        self.seen += 1
        return self.first < self.seen <= self.first + self.count


@dataclass
class Repo:
    """files: name -> sha256 of its content. messages: of the commits."""

    private: bool
    files: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)


@dataclass
class Hub:
    """repos: "me/covers" -> what is there. stored: sha256 -> content, also of what no commit named yet.
    xet: where the Rust client keeps large files; None for Git LFS.
    """

    faults: Sequence[Fault] = ()
    repos: dict[str, Repo] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)
    xet: Path | None = None
    log: list[str] = field(default_factory=list, init=False)
    tokens: set[str] = field(default_factory=set, init=False)
    cards: list[str] = field(default_factory=list, init=False)
    _gone: bool = field(default=False, init=False)

    def __enter__(self) -> Hub:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10), "the hub did not start"
        return self

    def __exit__(self, *exception: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)

    def count(self, request: str) -> int:
        """Requests whose "METHOD /path" matches."""
        return sum(1 for each in list(self.log) if re.match(request, each))

    def files(self, repo: str) -> dict[str, bytes]:
        """What the last commit holds, as Git LFS brought it."""
        return {name: self.stored[sha] for name, sha in sorted(self.repos[repo].files.items())}

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application(middlewares=[self._watch], client_max_size=1 << 30)
        repo = "/api/datasets/{owner}/{name}"
        app.router.add_post("/api/repos/create", self._create)
        app.router.add_post("/api/validate-yaml", self._validate)
        app.router.add_get(repo, self._info)
        app.router.add_get(f"{repo}/revision/main", self._info)
        app.router.add_get(f"{repo}/tree/main", self._tree)
        app.router.add_post(f"{repo}/preupload/main", self._preupload)
        app.router.add_post(f"{repo}/commit/main", self._commit)
        app.router.add_put(f"{repo}/settings", self._settings)
        app.router.add_get(f"{repo}/xet-write-token/main", self._xet)
        app.router.add_post("/datasets/{owner}/{name}.git/info/lfs/objects/batch", self._batch)
        app.router.add_put("/large/{sha}", self._large)
        app.router.add_post("/verify", self._verify)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.SockSite(runner, self._socket).start()
        ready.set()
        await self._stop.wait()
        await runner.cleanup()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = f"{request.method} {request.path}"
        self.log.append(asked)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.tokens.add(token)
        if self._gone:
            return _hang_up(request)
        if due := [fault for fault in self.faults if fault.due(asked)]:
            return await self._spoil(due[0], request)
        if not request.path.startswith("/large/") and token != TOKEN:  # those addresses are signed in life
            return _error(401, "Invalid credentials in Authorization header")
        if (name := _repo(request)) and name not in self.repos:
            return _error(404, "Repository not found", "RepoNotFound")
        return await handler(request)

    async def _spoil(self, fault: Fault, request: web.Request) -> web.StreamResponse:
        if fault.kind.isdigit():
            return _error(int(fault.kind), f"as was wished, {request.headers.get('Authorization')}")
        await request.content.read((request.content_length or 0) // 2)
        if fault.kind == "hang":
            await asyncio.sleep(60)
        self._gone = fault.kind == "stop"
        return _hang_up(request)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked["type"] == "dataset", asked
        name = f"{asked['organization']}/{asked['name']}"
        if asked["organization"] != OWNER:
            return _error(403, "You don't have the rights to create a dataset under this namespace")
        url = f"{self.url}/datasets/{name}"
        if name in self.repos:
            return web.json_response({"error": "You already created this dataset repo", "url": url}, status=409)
        self.repos[name] = Repo(asked.get("visibility", "private" if asked.get("private") else "public") == "private")
        self._keep(self.repos[name], ".gitattributes", b"*.parquet filter=lfs diff=lfs merge=lfs -text\n")
        return web.json_response({"url": url})

    def _keep(self, repo: Repo, name: str, content: bytes) -> None:
        sha = hashlib.sha256(content).hexdigest()
        self.stored[sha] = content
        repo.files[name] = sha

    async def _validate(self, request: web.Request) -> web.Response:
        self.cards.append((await request.json())["content"])
        return web.json_response({"errors": [], "warnings": []})

    async def _info(self, request: web.Request) -> web.Response:
        repo = self.repos[_repo(request)]
        siblings = [{"rfilename": name} for name in sorted(repo.files)]
        return web.json_response({"id": _repo(request), "sha": "0" * 40, "private": repo.private, "siblings": siblings,
                                  "tags": [], "downloads": 0, "likes": 0})  # fmt: skip

    async def _tree(self, request: web.Request) -> web.Response:
        files = self.repos[_repo(request)].files
        return web.json_response(
            [{"type": "file", "path": name, "size": 1, "oid": sha[:40]} for name, sha in sorted(files.items())]
        )

    async def _preupload(self, request: web.Request) -> web.Response:
        files = self.repos[_repo(request)].files
        told = []
        for asked in (await request.json())["files"]:
            name, mode = asked["path"], "regular" if _SMALL.fullmatch(asked["path"]) else "lfs"
            sha = files.get(name)
            oid = sha if mode == "lfs" or not sha else _git_sha(self.stored[sha])
            told.append({"path": name, "uploadMode": mode, "shouldIgnore": False, **({"oid": oid} if oid else {})})
        return web.json_response({"files": told})

    async def _batch(self, request: web.Request) -> web.Response:
        asked = await request.json()
        assert asked["operation"] == "upload" and "basic" in asked["transfers"], asked
        objects = []
        for each in asked["objects"]:
            actions = {"upload": {"href": f"{self.url}/large/{each['oid']}?signed=me"},
                       "verify": {"href": f"{self.url}/verify"}}  # fmt: skip
            objects.append(each if each["oid"] in self.stored else {**each, "actions": actions})
        return web.json_response({"transfer": "basic", "objects": objects})

    async def _large(self, request: web.Request) -> web.Response:
        content = await request.read()
        if (sha := hashlib.sha256(content).hexdigest()) != request.match_info["sha"]:
            return _error(400, "this is not what was announced")
        self.stored[sha] = content
        return web.Response()

    async def _verify(self, request: web.Request) -> web.Response:
        asked = await request.json()
        whole = len(self.stored.get(asked["oid"], b"")) == asked["size"]
        return web.Response() if whole else _error(404, "no such object")

    async def _commit(self, request: web.Request) -> web.Response:
        """Everything or nothing."""
        repo = self.repos[_repo(request)]
        files, message = dict(repo.files), ""
        for line in (await request.text()).splitlines():
            key, value = (given := json.loads(line))["key"], given["value"]
            match key:
                case "header":
                    message = value["summary"]
                case "file":
                    content = base64.b64decode(value["content"])
                    files[value["path"]] = hashlib.sha256(content).hexdigest()
                    self.stored[files[value["path"]]] = content
                case "lfsFile":
                    if self.xet is None and value["oid"] not in self.stored:
                        return _error(400, f"{value['path']}: its content never came")
                    files[value["path"]] = value["oid"]
                case "deletedFile":
                    del files[value["path"]]
                case _:
                    return _error(400, f"this one knows no {key}")
        repo.files = files
        repo.messages.append(message)
        return web.json_response(
            {
                "success": True,
                "commitOid": "0" * 40,
                "commitUrl": f"{self.url}/datasets/{_repo(request)}/commit/{'0' * 40}",
            }
        )

    async def _settings(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.repos[_repo(request)].private = (
            asked.get("visibility", "private" if asked.get("private") else "") == "private"
        )
        return web.json_response({})

    async def _xet(self, request: web.Request) -> web.Response:
        return web.json_response({"accessToken": "-", "exp": int(time.time()) + 3600, "casUrl": f"local://{self.xet}"})


def _repo(request: web.Request) -> str:
    """OWNER/NAME of a request about a repository, "" of others."""
    parts = request.match_info
    return f"{parts['owner']}/{parts['name']}" if "owner" in parts else ""


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _git_sha(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%b" % (len(content), content)).hexdigest()


def _error(status: int, message: str, code: str = "") -> web.Response:
    headers = {"X-Error-Message": message, **({"X-Error-Code": code} if code else {})}
    return web.json_response({"error": message}, status=status, headers=headers)
