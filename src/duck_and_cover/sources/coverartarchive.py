"""The Cover Art Archive: where the front of a release group lies, and what the index of a release says.

Its pictures carry no licence: they belong to labels and artists. Thumbnails are JPEG, made to fit into a square of 250,
500 or 1200 px; a sleeve that is not square is narrower than that, and larger originals come in any size and format.

Reference: musicbrainz.org/doc/Cover_Art_Archive/API.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from duck_and_cover.sources.http import Broken
from duck_and_cover.sources.source import FoundPicture, smallest_enough

__all__ = ["BOXES_PX", "COVERS_URL", "RIGHTS", "front_addresses", "front_pictures"]

COVERS_URL = "https://coverartarchive.org"
RIGHTS = "unlicensed"

BOXES_PX = (250, 500, 1200)
"""Sides of the squares that thumbnails fit into."""

_THUMBNAILS = {"small": 250, "large": 500, **{str(box): box for box in BOXES_PX}}


def front_addresses(release_group: str, covers_url: str = COVERS_URL) -> tuple[FoundPicture, ...]:
    """Where the front of a release group can be had, without asking; a 404 there says that it has none.

    >>> front_addresses("f32fab67-77dd-3937-addc-9062e28e4c37")[1].url
    'https://coverartarchive.org/release-group/f32fab67-77dd-3937-addc-9062e28e4c37/front-250'
    """
    front = f"{covers_url.rstrip('/')}/release-group/{quote(release_group, safe='')}/front"
    return smallest_enough([(f"{front}-{box}", box) for box in BOXES_PX])


def front_pictures(index: Any) -> tuple[FoundPicture, ...]:
    """The approved front of an index, in its old shape (thumbnails "small" and "large") or its new one ("250" ...).

    index: of a release or a release group, as JSON. Nothing where there is no front; raises `Broken` for no index.
    """
    images = index.get("images") if isinstance(index, dict) else None
    if not isinstance(images, list):
        raise Broken("200 with JSON of another shape")
    fronts = (image for image in images if isinstance(image, dict) and image.get("front") is True)
    front = next((image for image in fronts if image.get("approved") is not False), {})
    thumbnails = front.get("thumbnails")
    boxes: list[tuple[str, int | None]] = []
    if isinstance(thumbnails, dict):
        known = ((_secure(thumbnails.get(name)), box) for name, box in _THUMBNAILS.items())
        boxes += [(url, box) for url, box in known if url]
    original = _secure(front.get("image"))
    if original and not urlsplit(original).path.casefold().endswith(".pdf"):
        boxes.append((original, None))  # serves only where no thumbnail does
    return smallest_enough(boxes)


def _secure(address: Any) -> str:
    """The address with https, which the archive serves and older indices do not state; "" for what is no address."""
    text = address if isinstance(address, str) else ""
    if text.startswith("http://"):
        return "https://" + text.removeprefix("http://")
    return text if text.startswith("https://") else ""
