"""Which rights of a cover let it be published, and what they ask for.

| rights of a row                                              | published |
|--------------------------------------------------------------|-----------|
| address of a Creative Commons licence BY, SA, NC, any mix    | yes; NC makes the whole dataset non-commercial |
| ... with ND (no derivatives)                                 | no: a picture that was made smaller is not unchanged |
| address of CC0 or of the public domain mark; cc0, public-domain | yes    |
| own                                                          | yes, under the licence that its owner names |
| spotify-content, unlicensed, unknown, nothing                | no        |
| anything else                                                | no: what is not known to be allowed is not    |

Reference: Creative Commons, "About CC Licenses"; Hugging Face hub, table of licence identifiers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from duck_and_cover.errors import BadInput

__all__ = ["License", "Rights", "license_of", "named_license", "rights_of"]

OWN = "own"
_HOSTS = ("creativecommons.org", "www.creativecommons.org")
_LICENSE = re.compile(
    r"/licenses/([a-z]+(?:-[a-z]+)*)/(\d\.\d)(/(?!deed|legalcode)[a-z]{2,10})?(?:/(?:deed|legalcode)[a-z._-]*)?/?"
)
_PUBLIC = re.compile(r"/(?:publicdomain/(zero|mark)/1\.0|licenses/publicdomain)(?:/.*)?")
_CONDITIONS = ("by", "nc", "nd", "sa")
_ZERO = "https://creativecommons.org/publicdomain/zero/1.0/"
_MARK = "https://creativecommons.org/publicdomain/mark/1.0/"
_WORDS = {"cc0": _ZERO, "cc0-1.0": _ZERO, "public-domain": _MARK}
_REFUSED = {
    "": "no rights are stated",
    "unknown": "no rights are stated",
    "unlicensed": "the picture belongs to a label or an artist who gave no licence",
    "spotify-content": "the service's terms forbid passing it on",
}
_NO_DERIVATIVES = "forbids changes, and a picture made smaller is changed"
_NOT_KNOWN = "not a licence that is known to let it be passed on"

_ON_THE_HUB = frozenset(
    {"cc0-1.0"}
    | {f"cc-by-{version}" for version in ("2.0", "2.5", "3.0", "4.0")}
    | {f"cc-by-sa-{version}" for version in ("3.0", "4.0")}
    | {f"cc-by-nc-{version}" for version in ("2.0", "3.0", "4.0")}
    | {f"cc-by-nc-sa-{version}" for version in ("2.0", "3.0", "4.0")}
)
"""The identifiers that the hub has for the licences that are published; others are `other` with a name and a link."""


@dataclass(frozen=True)
class Rights:
    """What the rights of one cover come to.

    name:        as people say it, such as "CC BY-NC 3.0".
    address:     of the licence; "" where there is none.
    conditions:  what it asks for: some of by, nc, nd, sa.
    version:     of a Creative Commons licence, such as "3.0"; "" of all else.
    refusal:     why it is not published; "" where it is.
    """

    name: str
    address: str = ""
    conditions: frozenset[str] = frozenset()
    version: str = ""
    refusal: str = ""

    def __post_init__(self) -> None:
        if self.conditions - set(_CONDITIONS) or (self.address and not self.address.startswith("https://")):
            raise BadInput(f"not rights: {self}; wanted conditions of {', '.join(_CONDITIONS)} and an https address")

    @property
    def free(self) -> bool:
        """Whether anyone may use it for anything, sales included."""
        return not self.refusal and bool(self.address) and "nc" not in self.conditions

    @property
    def identifier(self) -> str:
        """As the hub and others abbreviate it: "cc-by-nc-3.0"."""
        return self.name.casefold().replace(" ", "-")


@dataclass(frozen=True)
class License:
    """What a dataset card states as a whole.

    id:    an identifier of the hub, or "other", which has a `name` and, where there is one, a `link`.
    """

    id: str
    name: str = ""
    link: str = ""


def rights_of(text: str | None, own: Rights | None = None) -> Rights:
    """What a row's `rights` come to.

    own:  the licence of covers that are the publisher's own; None where it was not named.

    >>> rights_of("http://creativecommons.org/licenses/by-nc-sa/3.0/").name
    'CC BY-NC-SA 3.0'
    """
    said = (text or "").strip()
    word = said.casefold()
    if word in _REFUSED:
        return Rights(said or "not stated", refusal=_REFUSED[word])
    if word == OWN:
        return own or Rights(OWN)
    try:
        parts = urlsplit(_WORDS.get(word, word))
        if parts.scheme in ("http", "https") and parts.hostname in _HOSTS:
            return _creative_commons(parts.path)
    except ValueError:
        pass
    return Rights(_short(said), refusal=_NOT_KNOWN)


def _creative_commons(path: str) -> Rights:
    if found := _PUBLIC.fullmatch(path):
        return Rights("CC0 1.0", _ZERO) if found[1] == "zero" else Rights("public domain", _MARK)
    found = _LICENSE.fullmatch(path)
    if not found or not set(kinds := found[1].split("-")) <= set(_CONDITIONS):
        return Rights(_short(path), refusal=_NOT_KNOWN)
    version, place = found[2], found[3] or ""
    name = f"CC {'-'.join(kinds).upper()} {version}{f' {place[1:].upper()}' if place else ''}"
    refusal = _NO_DERIVATIVES if "nd" in kinds else ""
    address = f"https://creativecommons.org/licenses/{found[1]}/{version}{place}/"
    return Rights(name, address, frozenset(kinds), version, refusal)


def _short(text: str) -> str:
    """One line, since strangers wrote it."""
    return " ".join(text.split())[:80]


def named_license(text: str) -> Rights:
    """The licence that a person names for covers of their own: "cc-by-4.0", "cc0" or an address.

    Raises `BadInput` where it is none that is published.
    """
    said = text.strip().casefold()
    if found := re.fullmatch(r"cc-((?:by|nc|nd|sa)(?:-(?:by|nc|nd|sa))*)-(\d\.\d)", said):
        said = f"https://creativecommons.org/licenses/{found[1]}/{found[2]}/"
    rights = rights_of(said)
    if rights.refusal or not rights.address:
        raise BadInput(f"{_short(text)!r} is no licence to publish under ({rights.refusal or 'it names none'}); wanted "
                       "cc0, cc-by-4.0, cc-by-sa-4.0, cc-by-nc-4.0, cc-by-nc-sa-4.0 or the address of one")  # fmt: skip
    return rights


def license_of(found: Iterable[Rights]) -> License:
    """The licence of a dataset of such covers: the one they share, or of a mix the strictest, which is the Creative
    Commons licence with every condition that occurs. Each cover stays under its own.
    """
    kinds = set(found)
    if any(not rights.address for rights in kinds):
        return License("other", "none-stated")
    conditions = frozenset[str]().union(*(rights.conditions for rights in kinds))
    if len(kinds) == 1 or not conditions:
        strictest = max(kinds, key=lambda rights: (rights.address == _MARK, rights.address))
        id = strictest.identifier
        return License(id) if id in _ON_THE_HUB else License("other", id, strictest.address)
    code = "-".join(("by", *sorted(conditions - {"by"})))
    versions = (*sorted({rights.version for rights in kinds}, reverse=True), "4.0")  # the hub has every one of 4.0
    return License(next(id for version in versions if (id := f"cc-{code}-{version}") in _ON_THE_HUB))
