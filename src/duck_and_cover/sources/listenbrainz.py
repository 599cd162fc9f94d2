"""ListenBrainz: the artists that are heard together with one, now that others do not tell related artists any more.

Reference: labs.api.listenbrainz.org/similar-artists; the form of its answers in metabrainz/listenbrainz-server,
`listenbrainz/labs_api/labs/api/similar_artists.py`.
"""

from __future__ import annotations

from duck_and_cover.sources.http import Broken, Http
from duck_and_cover.sources.source import FoundArtist

__all__ = ["ALGORITHM", "LISTENBRAINZ_URL", "similar_artists"]

LISTENBRAINZ_URL = "https://labs.api.listenbrainz.org"

ALGORITHM = "session_based_days_7500_session_300_contribution_5_threshold_10_limit_100_filter_True_skip_30"
"""One of a list that the service keeps; it answers 400 to others. At most 100 artists for one."""


async def similar_artists(mbid: str, http: Http, base_url: str = LISTENBRAINZ_URL) -> tuple[FoundArtist, ...]:
    """The artists most often heard in one sitting with this one, nearest first; none for one that is little heard.

    mbid: of an artist of MusicBrainz. Lets the errors of `http` through and raises `Broken` for an answer of another
    shape. Genres are not told.
    """
    query = {"artist_mbids": mbid, "algorithm": ALGORITHM}
    rows = (await http.get(f"{base_url.rstrip('/')}/similar-artists/json", query)).json()
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "artist_mbid" in row for row in rows):
        raise Broken("200 with JSON of another shape")
    named = ((row["artist_mbid"], row.get("name")) for row in rows)
    told = (pair for pair in named if all(isinstance(word, str) and word for word in pair))
    return tuple(FoundArtist(id, name) for id, name in told if id != mbid)
