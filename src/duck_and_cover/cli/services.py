"""From the environment to a service that can be asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from duck_and_cover.settings import Settings

if TYPE_CHECKING:
    from duck_and_cover.sources.http import Http
    from duck_and_cover.sources.source import Source

__all__ = ["SERVICES", "asks_for", "http_for", "service"]

SERVICES = ("spotify", "musicbrainz", "jamendo", "netlabels")

PROJECT = "https://github.com/duck-and-cover/duck-and-cover"
ADDRESSES = ("SPOTIFY", "SPOTIFY_TOKEN", "MUSICBRAINZ", "LISTENBRAINZ", "COVERS", "JAMENDO", "ARCHIVE", "PICTURES")
"""DUCKCOVER_<name>_URL sets the base address of each; PICTURES only lets pictures of that address be fetched."""


def service(name: str, settings: Settings, notes: Mapping[str, str], top: int = 50) -> Source:
    """A service by its name, with its keys and addresses. Nothing is sent."""

    def address(which: str, default: str) -> str:
        return settings.address(f"DUCKCOVER_{which}_URL", default)

    if name == "spotify":
        from duck_and_cover.sources import spotify

        where = "an app's credentials (developer.spotify.com/dashboard)"
        keys = spotify.SpotifyKeys(settings.need("SPOTIPY_CLIENT_ID", where),
                                   settings.need("SPOTIPY_CLIENT_SECRET", where))  # fmt: skip
        return spotify.Spotify(keys, notes, top=top, api_url=address("SPOTIFY", spotify.API_URL),
                               token_url=address("SPOTIFY_TOKEN", spotify.TOKEN_URL))  # fmt: skip
    if name == "jamendo":
        from duck_and_cover.sources import jamendo

        key = settings.need("JAMENDO_CLIENT_ID", "a client id (devportal.jamendo.com)")
        return jamendo.Jamendo(key, api_url=address("JAMENDO", jamendo.API_URL))
    if name == "netlabels":
        from duck_and_cover.sources import netlabels

        return netlabels.Netlabels(api_url=address("ARCHIVE", netlabels.API_URL))
    from duck_and_cover.sources import coverartarchive, listenbrainz, musicbrainz

    return musicbrainz.MusicBrainz(
        top=top, api_url=address("MUSICBRAINZ", musicbrainz.API_URL),
        listenbrainz_url=address("LISTENBRAINZ", listenbrainz.LISTENBRAINZ_URL),
        covers_url=address("COVERS", coverartarchive.COVERS_URL),
    )  # fmt: skip


def http_for(sources: Iterable[Source], settings: Settings, connections: int = 32) -> Http:
    """What asks these services: their hosts, at their paces, in the user's name."""
    from duck_and_cover.sources.http import Http

    return Http(**asks_for(sources, settings, connections))


def asks_for(sources: Iterable[Source], settings: Settings, connections: int = 32) -> dict[str, Any]:
    """The arguments of that `Http`."""
    from duck_and_cover.sources.http import check_contact

    every = list(sources)
    hosts = frozenset(host for source in every for host in source.hosts)
    mirrors = frozenset(urlsplit(settings.get(f"DUCKCOVER_{which}_URL")).hostname or "" for which in ADDRESSES) - {""}
    local = settings.local(*(f"DUCKCOVER_{which}_URL" for which in ADDRESSES))
    rates = {host: limit for source in every for host, limit in source.rates.items()}
    rates |= {host: float("inf") for host, _ in local}
    keyless = any(source.name in ("musicbrainz", "netlabels") for source in every) and not local
    why = "services ask who is asking: an e-mail address or a web page"
    contact = settings.need("DUCKCOVER_CONTACT", why) if keyless else settings.get("DUCKCOVER_CONTACT", PROJECT)
    return {"hosts": hosts | mirrors, "rates": rates, "contact": check_contact(contact), "local": local,
            "connections": connections}  # fmt: skip
