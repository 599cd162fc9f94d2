"""Which store demands what of a cover, as data, each with the page that says so.

Only what a public page says is here. Amazon Music, Deezer, Tidal and YouTube Music publish no rules for covers that we
found; their covers come through distributors, whose rules are here. A store that is silent on a matter has no entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from duck_and_cover.errors import UnknownChoice

__all__ = ["STORES", "Store", "stores_named"]

MB = 1_000_000


@dataclass(frozen=True)
class Store:
    """A shop, streaming service or distributor, and what it demands.

    source:      address of the page, read in 2026; also: a second one, for what the first leaves out.
    usual:       its demands are musts for everyone; those of the others for who names them.
    formats:     kinds of files that are taken, as Pillow names them; () where it does not say.
    least_px, most_px, most_bytes: limits, both included; None where it does not say.
    refuses:     names of the rules of `rules.RULES` that a picture must not break.
    """

    name: str
    source: str
    usual: bool = False
    formats: tuple[str, ...] = ()
    least_px: int | None = None
    most_px: int | None = None
    most_bytes: int | None = None
    refuses: tuple[str, ...] = ()
    also: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Where the demands are written."""
        return (self.source, self.also) if self.also else (self.source,)


_JPEG, _PNG = "JPEG", "PNG"

STORES: tuple[Store, ...] = (
    Store("Apple Music", "https://itunespartner.apple.com/music/support/5215-digital-packaging-music", True,
          (_JPEG, _PNG), 1400,
          refuses=("square", "detail", "pixels", "addresses", "prices", "store names", "carriers", "promotion"),
          also="https://faq.tullyapp.com/distribution/apple's-cover-art-requirements/"),
    Store("Spotify", "https://www.digitalmusicnews.com/2023/11/30/whats-the-best-spotify-album-art-cover-size/", True,
          (_JPEG, _PNG, "TIFF"), 640,
          refuses=("square", "colours", "depth", "profile", "transparency", "orientation")),
    Store("SoundCloud", "https://help.soundcloud.com/hc/en-us/articles/40259650089243", True, (_JPEG, _PNG), 3000,
          refuses=("square", "detail", "pixels", "border", "blank", "QR code", "bar code", "names", "addresses",
                   "carriers", "promotion")),
    Store("DistroKid", "https://support.distrokid.com/hc/en-us/articles/360013534334", True, least_px=1000,
          refuses=("colours", "detail", "pixels", "addresses", "prices", "store names", "carriers", "promotion")),
    Store("CD Baby", "https://support.cdbaby.com/hc/en-us/articles/210998563", True,
          refuses=("detail", "pixels", "bar code", "addresses", "prices", "store names", "carriers", "promotion")),
    Store("Ditto Music", "http://support.dittomusic.com/en/support/solutions/articles/11000070628", True,
          (_JPEG, _PNG), 3000, refuses=("names", "addresses")),
    Store("LabelCaster", "https://guidance.labelcaster.com/en/articles/cover-art-requirements",
          formats=(_JPEG, _PNG), least_px=3000,
          refuses=("square", "pixels", "names", "QR code", "addresses", "prices", "store names", "carriers",
                   "sound formats")),
    Store("iMusician", "https://imusician.pro/en/support/faqs/article/what-kind-of-artwork-should-i-use",
          formats=(_JPEG,), least_px=3000,
          refuses=("square", "detail", "pixels", "QR code", "bar code", "names", "addresses", "prices", "store names",
                   "carriers", "dates")),
    Store("FreshTunes", "https://wiki.freshtunes.com/en/freshtunes/creating-managing-release/coverart-req",
          formats=(_JPEG, _PNG), least_px=1400, most_px=3000, most_bytes=10 * MB,
          refuses=("square", "colours", "detail", "QR code", "names", "addresses", "prices", "store names",
                   "carriers")),
    Store("Music Gateway", "https://help.musicgateway.com/what-format-does-my-artwork-need-to-be-in",
          least_px=3000, most_px=3000, most_bytes=10 * MB, refuses=("detail", "border", "names", "addresses")),
    Store("Apprise Music", "https://apprisemusic.com/knowledge-base/what-are-the-cover-art-requirements/",
          formats=(_JPEG,), least_px=1440, most_px=3000,
          refuses=("detail", "border", "bar code", "names", "addresses", "prices", "carriers")),
    Store("Wallstream", "https://support.wallstream.com/index.php/support/77-cover-art-requirements",
          formats=(_JPEG, _PNG, "TIFF"), least_px=3000, most_px=5000, most_bytes=36 * MB,
          refuses=("square", "colours", "detail", "pixels", "blank", "names", "addresses", "store names", "carriers")),
    Store("Fresible", "https://fresible.tawk.help/article/what-are-your-artwork-specifications",
          formats=(_JPEG,), least_px=3000, most_px=8000, most_bytes=3 * MB,
          refuses=("square", "detail", "names", "addresses")),
    Store("Bandcamp", "https://gettemplated.com/album-cover-template/", formats=(_JPEG, _PNG, "GIF"), least_px=700),
)  # fmt: skip
"""Those whose demands are musts for everyone come first."""


def stores_named(names: Iterable[str]) -> tuple[Store, ...]:
    """The stores of these names, letter case aside; all where none is named. Raises UnknownChoice."""
    known = {store.name.casefold(): store for store in STORES}
    chosen: list[Store] = []
    for name in names:
        if name.casefold() not in known:
            raise UnknownChoice("store", name, (store.name for store in STORES))
        chosen.append(known[name.casefold()])
    return tuple(dict.fromkeys(chosen)) or STORES
