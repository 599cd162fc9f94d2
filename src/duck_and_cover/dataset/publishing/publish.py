"""Bring a dataset to the Hugging Face hub: only what may be passed on, with a card, and nothing twice.

DATASET/.publish/
    train-00000-of-00003.parquet  …  manifest.json  README.md        what goes up, and nothing else does

The copy lacks the covers whose rights forbid publishing and has two columns more, `license` and `attribution`. The same
dataset gives the same bytes, so the hub has what an earlier, broken-off run sent, and only the rest is sent.

Reference: huggingface_hub, `HfApi.create_repo` and `HfApi.upload_folder`; https://github.com/git-lfs/git-lfs/tree/main/docs.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from duck_and_cover.dataset.publishing.card import CARD, NOT_FACTS, Contents, card, contents_of
from duck_and_cover.dataset.publishing.rights import Rights, rights_of
from duck_and_cover.dataset.shards import COLUMNS, MANIFEST, PARTS, manifest, read_rows, write_shards
from duck_and_cover.errors import BadInput, CannotWrite, DuckAndCoverError, Failure, MissingExtra

if TYPE_CHECKING:
    from huggingface_hub import HfApi

__all__ = ["HUB_URL", "WORK", "Ready", "prepare", "upload"]

HUB_URL = "https://huggingface.co"
WORK = ".publish"
RULES = 1
"""Which rules made a copy; a copy of other rules is made anew."""

_NAME = re.compile(r"(?!.*(?:--|\.\.))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?", re.ASCII)
_ADDED = {"license": "string", "attribution": "string"}
_PATH = re.compile(r"(?<![\w:/.~])(?:~|[A-Za-z]:(?=[\\/]))?[\\/](?:[^\s\\/\"']+[\\/])+([^\s\\/\"']+)")
_OLD_SHARDS = [f"{part}-?????-of-?????.parquet" for part in PARTS]
_ON = "the same command goes on, and what is there is not sent again"


@dataclass(frozen=True)
class Ready:
    """A dataset as it may go up.

    folder:   where it lies.
    files:    name -> bytes, all that goes.
    refused:  why -> covers that stay here.
    content:  hash of the shards.
    """

    folder: Path
    files: Mapping[str, int]
    contents: Contents
    refused: Mapping[str, int]
    content: str

    def __post_init__(self) -> None:
        if CARD not in self.files or MANIFEST not in self.files:
            raise BadInput(f"{self.folder}: not ready; wanted {CARD} and {MANIFEST} among what goes")


def prepare(dataset: Path, repo: str, *, own: Rights | None = None, only_free: bool = False,
            progress: Callable[[int], None] = lambda done: None) -> Ready:  # fmt: skip
    """Write what may go up into `DATASET/.publish`, or find it there. Asks nobody and sends nothing.

    repo:       OWNER/NAME, which the card names.
    own:        the licence of covers whose rights are "own".
    only_free:  leave out what may not be used commercially as well.
    progress:   is called with how many covers are written.

    Raises `Failure` where no cover may be published and `CannotWrite` where the copy finds no room.
    """
    owner, _, name = repo.partition("/")
    if not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        raise BadInput(f"{repo[:80]!r} names no place on the hub; wanted OWNER/NAME of letters, digits, - _ and .")
    told = manifest(dataset)
    refused: Counter[str] = Counter()
    allowed, own_covers = 0, 0
    for row in read_rows(dataset, ["rights"]):
        rights = rights_of(row.get("rights"), own)
        why = _refusal(rights, only_free)
        refused.update([why] if why else [])
        allowed += not why
        own_covers += (row.get("rights") or "").strip().casefold() == "own"
    if own and not own_covers:
        raise BadInput("a licence was named for covers of your own, of which there are none; the others keep theirs")
    if not allowed:
        most = f": {refused.most_common(1)[0][0]}" if refused else ""
        raise Failure(f"{dataset}: none of {sum(refused.values()):,} covers may be published{most}; covers of jamendo "
                      "and netlabels carry licences")  # fmt: skip
    folder = dataset / WORK
    stamp = {"rules": RULES, "from": told["content"], "own": own.address if own else "", "only_free": only_free}
    copied = _whole(folder, stamp)
    if copied is None:
        facts = {key: _without_paths(fact) for key, fact in told.items() if key not in NOT_FACTS}
        extra = {key: kind for key, kind in told["columns"].items() if key not in COLUMNS} | _ADDED
        rows = _rows(dataset, own, only_free, progress)
        copied = write_shards(folder, rows, {**facts, "published": stamp}, extra=extra)
    columns = [name for name in copied["columns"] if name != "image"]
    contents = contents_of(({"image": True, **row} for row in read_rows(folder, columns)), own)
    sizes = {name: (folder / name).stat().st_size for name in copied["shards"]}
    _write(folder / CARD, card(repo, copied, contents, refused, sum(sizes.values())))
    files = {name: (folder / name).stat().st_size for name in (*copied["shards"], MANIFEST, CARD)}
    return Ready(folder, files, contents, dict(refused), copied["content"])


def _refusal(rights: Rights, only_free: bool) -> str:
    """Why a cover stays here; "" where it may go."""
    if rights.refusal:
        return f"{rights.name}: {rights.refusal}"
    if only_free and not rights.free:
        return f"{rights.name}: {'no licence was named' if not rights.address else 'not for commercial use'}"
    return ""


def _rows(dataset: Path, own: Rights | None, only_free: bool,
          progress: Callable[[int], None]) -> Iterator[dict[str, Any]]:  # fmt: skip
    done = 0
    for row in read_rows(dataset):
        rights = rights_of(row.get("rights"), own)
        if _refusal(rights, only_free):
            continue
        image = {**row["image"], "path": re.split(r"[\\/]", row["image"].get("path") or "")[-1] or None}
        yield {**row, "image": image, "license": rights.address or None, "attribution": _attribution(row, rights)}
        done += 1
        progress(done)


def _attribution(row: Mapping[str, Any], rights: Rights) -> str:
    """Who is to be named, as the licences want it: title, maker, where from, under which licence."""
    title, artist = row.get("album") or "untitled", row.get("artist") or "unknown artist"
    terms = f"{rights.name} ({rights.address})" if rights.address else "no licence named"
    return f'Cover of "{title}" by {artist}, from {row.get("source") or "unknown"} ({row["id"]}), {terms}'


def _without_paths(fact: Any) -> Any:
    """A fact without where things lie on this machine: of an absolute path only the last name is left."""
    if isinstance(fact, str):
        return _PATH.sub(r"\1", fact)
    if isinstance(fact, Mapping):
        return {_without_paths(name): _without_paths(value) for name, value in fact.items()}
    return [_without_paths(each) for each in fact] if isinstance(fact, list) else fact


def _whole(folder: Path, stamp: Mapping[str, Any]) -> dict[str, Any] | None:
    """The manifest of a copy that was made so and is unchanged; None where there is none."""
    try:
        told = manifest(folder)
    except BadInput:
        return None
    same = told.get("published") == stamp and all(_sha256(folder / name) == sha for name, sha in told["shards"].items())
    return told if same else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_text(text, "utf-8")
        partial.replace(path)
    except OSError as error:
        raise CannotWrite(f"{path}: cannot be written ({error.strerror or error}); make room there") from error


def upload(ready: Ready, repo: str, *, token: str = "", endpoint: str = HUB_URL, public: bool = False,
           quiet: bool = True) -> str:  # fmt: skip
    """Send what is ready and not there yet; returns the address of the dataset.

    token:   "" for that of `hf auth login`.
    public:  show it to everyone, once all of it is there; otherwise only its owner sees it, and a dataset that
             everyone sees already is left alone.
    quiet:   no progress of the library's own.

    Raises `Failure` with what to do where the hub, the token or the network says no.
    """
    if public and any(not rights.address for rights in ready.contents.rights):
        raise BadInput("some covers are your own, and nobody would know what they may do with them; name a licence: "
                       "--license cc-by-4.0")  # fmt: skip
    api = _hub(token, endpoint)
    try:
        with _hushed(quiet):
            api.create_repo(repo, repo_type="dataset", private=True, exist_ok=True)
            private = api.repo_info(repo, repo_type="dataset").private
            if not private and not public:
                raise Failure(f"{repo} is there and everyone sees it; nothing was sent; say --public if that is meant, "
                              "or name another")  # fmt: skip
            api.upload_folder(
                repo_id=repo, repo_type="dataset", folder_path=ready.folder, allow_patterns=list(ready.files),
                delete_patterns=_OLD_SHARDS, commit_message=f"{ready.contents.covers:,} covers, {ready.content}",
            )  # fmt: skip
            if private and public:
                api.update_repo_settings(repo, repo_type="dataset", private=False)
    except DuckAndCoverError:
        raise
    except Exception as error:  # those of two HTTP clients, of a Rust library, and RuntimeError around any of them
        raise Failure(_said(error, repo, endpoint, api.token)) from error
    return f"{endpoint}/datasets/{repo}"


def _hub(token: str, endpoint: str) -> HfApi:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # before the import; it also asks who started this
    try:
        from huggingface_hub import HfApi, get_token
    except ImportError as error:
        raise MissingExtra("publishing", "hub") from error
    found = token or get_token()
    if not found:
        raise Failure("no token for the hub: HF_TOKEN is not set, and `hf auth login` was not used; one that may write "
                      f"is made at {HUB_URL}/settings/tokens")  # fmt: skip
    return HfApi(endpoint=endpoint, token=found, library_name="duck-and-cover")


@contextlib.contextmanager
def _hushed(quiet: bool) -> Iterator[None]:
    """The library logs addresses that anyone may write to; and its bars are for people."""
    from huggingface_hub.utils import are_progress_bars_disabled, disable_progress_bars, enable_progress_bars, logging

    level, bars = logging.get_verbosity(), not are_progress_bars_disabled()
    logging.set_verbosity_error()
    if quiet and bars:
        disable_progress_bars()
    try:
        yield
    finally:
        logging.set_verbosity(level)
        if quiet and bars:
            enable_progress_bars()


def _said(error: BaseException, repo: str, endpoint: str, token: str | bool | None) -> str:
    """One line for what went wrong and whose turn it is; never the token, nor an address that was signed."""
    chain = [error]
    while cause := chain[-1].__cause__:
        chain.append(cause)
    status = next((found for each in chain if (found := getattr(getattr(each, "response", None), "status_code", 0))), 0)
    host = urlsplit(endpoint).netloc
    match status:
        case 401:
            return (f"{host} does not take the token (401); put one that may write into HF_TOKEN, made at "
                    f"{HUB_URL}/settings/tokens")  # fmt: skip
        case 402 | 403:
            return f"the token may not write to {repo} ({status}); wanted one that may, of {repo.partition('/')[0]}"
        case 404:
            return f"{host} knows no {repo} (404); see whether it was removed or renamed there"
        case 409 | 412:
            return f"{repo} was changed by someone else meanwhile ({status}); {_ON}"
        case 429:
            return f"{host} takes no more requests for now (429); later, {_ON}"
        case _ if status >= 500:
            return f"{host} failed ({status}); {_ON}"
    told = next((found for each in chain if (found := getattr(each, "server_message", None))), None) or chain[-1]
    text = re.sub(r"https?://\S+", "", " ".join(str(told).split()))[:300]
    text = text.replace(token, "…") if isinstance(token, str) and token else text
    if status:
        return f"{host} refused {repo} ({status}): {text}"
    return f"{host}: {type(chain[-1]).__name__}, {text}; {_ON}"
