"""Matter: the words of a release beside its front, as they are set; nothing in it was made up."""

from __future__ import annotations

from dataclasses import dataclass

from duck_and_cover.album import Album
from duck_and_cover.design.pieces.tracklist import TrackList, read
from duck_and_cover.design.style import Style

__all__ = ["Matter"]


@dataclass(frozen=True)
class Matter:
    """What is printed on pieces.

    artist, title:  "" for none.
    catalogue:      number of the release as its label counts, "" for none.
    legal:          the line of rights, "" for none.
    """

    artist: str
    title: str
    tracks: TrackList
    catalogue: str = ""
    legal: str = ""

    @classmethod
    def of(cls, album: Album, catalogue: str | None = None, legal: str | None = None) -> Matter:
        """The words of an album.

        A single whose one title is the album's and whose time is unknown has no list: it would say the same twice.
        legal:  None writes "© YEAR ARTIST" where both are known and nothing otherwise; "" leaves the line out.
        Raises `BadInput` where the track list cannot be read.
        """
        tracks = read(album.tracks)
        only = [track for section in tracks.sections for track in section.tracks]
        if len(only) == 1 and only[0].title == album.title and not only[0].seconds:
            tracks = TrackList()
        own = f"© {album.year} {album.artist}" if album.year and album.artist else ""
        return cls(album.artist or "", album.title or "", tracks, (catalogue or "").strip(),
                   " ".join((own if legal is None else legal).split()))  # fmt: skip

    def names(self, style: Style) -> tuple[str, str]:
        """The name that leads on the front and the other one; "" where there is none."""
        pair = (self.artist, self.title) if style.layout.lead == "artist" else (self.title, self.artist)
        return pair if pair[0] else (pair[1], "")

    @property
    def line(self) -> str:
        """Artist and title in one line."""
        return " – ".join(filter(None, (self.artist, self.title)))
