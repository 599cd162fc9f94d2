"""Procedural covers with made-up albums, so that tests, examples and a first training need no download.

The genre decides the look (metal burns, techno is ruled, folk has hills), the year how it is printed: paper, number
of inks, saturation and grain. What a network should learn from covers is therefore there to be learned.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from duck_and_cover.album import Album
from duck_and_cover.cover import Cover, Found, Pixels
from duck_and_cover.dataset.made.looks import LOOKS
from duck_and_cover.dataset.made.sheet import Inks, Sheet, ink
from duck_and_cover.errors import BadInput, CannotWrite
from duck_and_cover.genres import FAMILIES, mixed_families

__all__ = [
    "FIRST_SYNTHETIC_YEAR",
    "LAST_SYNTHETIC_YEAR",
    "look_of",
    "synthetic_cover",
    "synthetic_covers",
    "write_parquet",
]

FIRST_SYNTHETIC_YEAR, LAST_SYNTHETIC_YEAR = 1955, 2024


@dataclass(frozen=True)
class _Manner:
    """How a family looks. hues: where the first ink may lie, OKLCH degrees; chroma: of its inks at most."""

    looks: tuple[str, ...]
    hues: tuple[int, ...]
    chroma: float = 0.15


_MANNERS: dict[str, _Manner] = {
    "pop": _Manner(("blobs",), (0, 60, 200, 330), 0.19),
    "rock": _Manner(("waves", "thing"), (30, 60, 250, 140), 0.14),
    "punk": _Manner(("collage",), (10, 100, 350), 0.2),
    "indie": _Manner(("thing", "drift"), (200, 90, 20), 0.09),
    "metal": _Manner(("flames",), (25, 35, 150, 265), 0.16),
    "hip hop": _Manner(("portrait",), (85, 30, 300), 0.18),
    "r&b": _Manner(("portrait", "rays"), (340, 50, 20), 0.13),
    "funk": _Manner(("rays",), (50, 70, 330), 0.17),
    "jazz": _Manner(("blocks",), (250, 40, 200, 90), 0.14),
    "blues": _Manner(("blocks", "portrait"), (250, 235), 0.1),
    "country": _Manner(("hills", "thing"), (60, 75), 0.12),
    "folk": _Manner(("hills",), (140, 110, 220), 0.09),
    "classical": _Manner(("framed",), (230, 70, 150), 0.08),
    "electronic": _Manner(("lines", "drift"), (200, 160, 290), 0.15),
    "techno": _Manner(("lines",), (110, 195, 25), 0.18),
    "synth": _Manner(("horizon",), (320, 300, 345), 0.2),
    "ambient": _Manner(("drift",), (220, 190, 270), 0.07),
    "experimental": _Manner(("tiles", "collage", "lines"), (100, 320), 0.08),
    "reggae": _Manner(("rays",), (145, 90), 0.18),
    "latin": _Manner(("rays", "tiles"), (35, 20, 350), 0.19),
    "world": _Manner(("tiles",), (45, 190, 25), 0.15),
    "gospel": _Manner(("rays", "framed"), (85, 265), 0.11),
    "soundtrack": _Manner(("thing", "framed"), (240, 190), 0.11),
    "spoken": _Manner(("blocks",), (60, 160), 0.1),
}
_SCHEMES = ((0, 180, 30, 210, 90), (0, 45, 205, 20, 240), (0, 120, 240, 60, 300), (0, 30, 60, 190, 330))
_LIGHTNESS = (0.56, 0.76, 0.66, 0.84, 0.46)


def look_of(album: Album, rng: np.random.Generator) -> tuple[str, str]:
    """(family, look): drawn by how much the album belongs to each family; any where its genres say nothing."""
    families = mixed_families(album.genres) or dict.fromkeys(FAMILIES, 1.0)
    weights = np.array(list(families.values()))
    family = list(families)[rng.choice(len(weights), p=weights / weights.sum())]
    looks = _MANNERS[family].looks
    return family, looks[rng.integers(len(looks))]


def synthetic_cover(album: Album, seed: int, size_px: int = 64) -> Cover:
    """A cover for `album`; album, seed and size give the same pixels, another size the same picture.

    size_px:  8 to 2048; takes about 3 ms at 64.
    >>> synthetic_cover(Album("Ola Fenn", "Blue Stairs", ("bebop",), 1958), seed=7).pixels.shape
    (64, 64, 3)
    """
    if not 8 <= size_px <= 2048:
        raise BadInput(f"size is {size_px} px; wanted 8 to 2048")
    if seed < 0:
        raise BadInput(f"seed is {seed}; wanted 0 or more")
    facts = json.dumps([album.artist, album.title, album.genres, album.year, seed], ensure_ascii=False)
    identity = hashlib.sha256(facts.encode()).digest()
    rng = np.random.default_rng(int.from_bytes(identity[:16], "big"))
    year = rng.integers(FIRST_SYNTHETIC_YEAR, LAST_SYNTHETIC_YEAR + 1) if album.year is None else album.year
    family, look = look_of(album, rng)
    inks = _inks(_MANNERS[family], float(year), rng)
    sheet = Sheet(size_px, inks.paper, rng)
    LOOKS[look](sheet, inks)
    return Cover(
        _printed(sheet, inks, float(year), rng),
        Found(album, "synthetic", f"synthetic-{identity.hex()[:16]}", "CC0-1.0"),
    )


def _over_years(year: float, *points: tuple[float, float]) -> float:
    """A value that changes piecewise linearly through (year, value) points."""
    return float(np.interp(year, [p[0] for p in points], [p[1] for p in points]))


def _inks(manner: _Manner, year: float, rng: np.random.Generator) -> Inks:
    """The inks of a family in a year: few, muted and on cream in the fifties, many and on white today."""
    warmth = _over_years(year, (1955, 0.055), (1975, 0.04), (1995, 0.012), (2020, 0.003))
    colourful = _over_years(
        year, (1955, 0.75), (1968, 1.15), (1977, 0.85), (1986, 1.25), (1996, 0.7), (2008, 0.85), (2018, 1.1)
    )
    depth = _over_years(year, (1955, 0.29), (1975, 0.25), (1990, 0.18), (2015, 0.14))
    count = round(_over_years(year, (1955, 2), (1965, 3), (1978, 4), (1990, 5)))
    hue, scheme = rng.choice(manner.hues) + rng.normal(0, 8), _SCHEMES[rng.integers(len(_SCHEMES))]
    chroma = manner.chroma * colourful * rng.uniform(0.85, 1.15)
    accents = tuple(ink(_LIGHTNESS[i], chroma, hue + scheme[i]) for i in range(count))
    return Inks(ink(0.965, warmth, 88), ink(depth, min(0.04, chroma * 0.3), hue + rng.uniform(-40, 40)), accents)


def _printed(sheet: Sheet, inks: Inks, year: float, rng: np.random.Generator) -> Pixels:
    """The sheet as uint8 (S, S, 3), with the grain and the wear of its year."""
    grain = _over_years(year, (1955, 0.036), (1972, 0.03), (1985, 0.018), (2005, 0.006), (2020, 0.0))
    wear = _over_years(year, (1955, 0.16), (1980, 0.08), (2000, 0.0))
    noise = cv2.resize(rng.standard_normal((128, 128), np.float32), sheet.x.shape, interpolation=cv2.INTER_AREA)
    rgb = sheet.rgb + grain * noise[..., None]
    rim = np.clip(np.hypot(sheet.x - 0.5, sheet.y - 0.5) - 0.35, 0, 1)[..., None] * wear * 2
    rgb = rgb + (inks.paper * 0.86 - rgb) * np.clip(rim, 0, 0.6)
    return np.clip(rgb * 255, 0, 255).round().astype(np.uint8)


_GENRES: tuple[tuple[str, ...], ...] = (
    ("jazz", "bebop", "cool jazz", "hard bop", "free jazz", "vocal jazz"),
    ("metal", "thrash metal", "black metal", "death metal", "doom metal", "power metal"),
    ("techno", "minimal techno", "house", "acid house", "trance", "detroit techno"),
    ("folk", "singer-songwriter", "celtic", "folk rock", "traditional folk"),
    ("hip hop", "trap", "gangster rap", "boom bap", "jazz rap", "drill"),
    ("classical", "baroque", "opera", "romantic era", "string quartet", "early music"),
    ("synthwave", "vaporwave", "synthpop", "italo disco", "darkwave"),
    ("pop", "k-pop", "europop", "teen pop", "dance pop", "indie pop"),
    ("punk", "hardcore punk", "post-punk", "ska punk", "emo"),
    ("rock", "psychedelic rock", "progressive rock", "garage rock", "krautrock", "post-rock"),
    ("ambient", "drone", "dark ambient", "new age"),
    ("reggae", "dub", "dancehall", "rocksteady"),
    ("country", "bluegrass", "outlaw country", "americana"),
    ("latin", "salsa", "cumbia", "bossa nova", "tango"),
    ("funk", "disco", "soul", "boogie"),
    ("world", "afrobeat", "gamelan", "klezmer", "highlife"),
)


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_FIRST = _words(
    "Ada Ines Bo Carla Dov Edda Femi Gus Hana Ilse Jun Kofi Lena Mira Nils Odile Pia Ravi Sol Tova Uma Věra Yusuf Zoë"
)
_LAST = _words(
    "Marlowe Okafor Lind Castellano Brandt Novák Ferreira Quill "
    "Hartigan Sørensen Adeyemi Vance Ito Mbeki Delacroix Roth"
)
_QUALITY = _words(
    "Electric Pale Golden Hollow Velvet Midnight Broken Paper Northern Iron Silent Crimson Second Plastic Lunar Wild"
)
_THING = _words(
    "Garden River Engine Mirror Winter Harbour Signal Cathedral "
    "Lantern Orchard Satellite Ember Station Fever Parade Tide"
)


def _artist(rng: np.random.Generator) -> str:
    pick = lambda words: words[rng.integers(len(words))]  # noqa: E731
    kind = rng.integers(4)
    if kind == 0:
        return f"The {pick(_QUALITY)} {pick(_THING)}s"
    if kind == 1:
        return f"{pick(_QUALITY)} {pick(_THING)}"
    if kind == 2:
        return f"{pick(_THING)} {pick(_LAST)}"
    return f"{pick(_FIRST)} {pick(_LAST)}"


def _title(rng: np.random.Generator) -> str:
    pick = lambda words: words[rng.integers(len(words))]  # noqa: E731
    quality, thing, other = pick(_QUALITY), pick(_THING), pick(_THING)
    forms = (
        f"{quality} {thing}",
        f"The {thing} and the {other}",
        f"{thing} Songs",
        f"Leaving the {thing}",
        f"{thing}, {other}",
    )
    return forms[rng.integers(len(forms))]


def _albums(seed: int) -> Iterator[Album]:
    """Albums without end: artists with one to six records each, some fields missing, names not always spelled alike."""
    rng = np.random.default_rng((seed, 1955))
    while True:
        family = _GENRES[rng.integers(len(_GENRES))]
        artist, year = _artist(rng), int(rng.integers(FIRST_SYNTHETIC_YEAR, LAST_SYNTHETIC_YEAR + 1))
        for _ in range(int(rng.integers(1, 7))):
            narrow = family[rng.integers(1, len(family))]
            genres = ((family[0], narrow), (narrow,), (family[0],))[rng.integers(3)]
            name = (
                (artist.upper(), artist.removeprefix("The "), artist, artist)[rng.integers(4)]
                if rng.random() < 0.2
                else artist
            )
            gone = rng.random(4)
            yield Album(
                None if gone[0] < 0.06 else name,
                None if gone[1] < 0.04 else _title(rng),
                () if gone[2] < 0.06 else genres,
                None if gone[3] < 0.15 else year,
            )
            year = min(LAST_SYNTHETIC_YEAR, year + int(rng.integers(1, 5)))


def synthetic_covers(count: int, seed: int = 0, size_px: int = 64) -> Iterator[Cover]:
    """`count` covers of plausible albums. The first of a longer stream are the same as those of a shorter one."""
    if count < 0:
        raise BadInput(f"count is {count}; wanted 0 or more")
    for i, album in enumerate(islice(_albums(seed), count)):
        yield synthetic_cover(album, seed * 1_000_003 + i, size_px)


_TEXT = {"dtype": "string", "_type": "Value"}
_FEATURES: dict[str, Any] = {
    "id": _TEXT,
    "image": {"_type": "Image"},
    "artist": _TEXT,
    "album": _TEXT,
    "year": {"dtype": "int16", "_type": "Value"},
    "genres": {"feature": _TEXT, "_type": "List"},
    "source": _TEXT,
    "rights": _TEXT,
    "source_width": {"dtype": "int32", "_type": "Value"},
    "source_height": {"dtype": "int32", "_type": "Value"},
    "phash": _TEXT,
}
_ARROW = {"string": pa.string(), "int16": pa.int16(), "int32": pa.int32()}
_ROWS_AT_ONCE = 64


def _schema() -> pa.Schema:
    def arrow(feature: dict[str, Any]) -> pa.DataType:
        if feature["_type"] == "Image":
            return pa.struct([("bytes", pa.binary()), ("path", pa.string())])
        return pa.list_(arrow(feature["feature"])) if feature["_type"] == "List" else _ARROW[feature["dtype"]]

    fields = [pa.field(name, arrow(feature)) for name, feature in _FEATURES.items()]
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": _FEATURES}})})


def write_parquet(covers: Iterable[Cover], folder: Path, rows_per_shard: int = 2048) -> tuple[Path, ...]:
    """Write real or synthetic covers as Parquet shards in the layout of Hugging Face's `Image` feature.

    The pictures are lossless WebP. 64 rows are in memory at a time. Returns the shards, `train-00000-of-00003.parquet`
    and so on; they get their names when all are complete. Raises `BadInput` where the folder has shards already.
    """
    if rows_per_shard < 1:
        raise BadInput(f"rows_per_shard is {rows_per_shard}; wanted 1 or more")
    if any(folder.glob("*.parquet")):
        raise BadInput(f"{folder}: holds Parquet shards already; name an empty folder")
    rows, partial = (_row(cover) for cover in covers), list[Path]()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for first in rows:
            partial.append(folder / f"{len(partial):05d}.partial")
            _write_shard(chain([first], islice(rows, rows_per_shard - 1)), partial[-1])
        if not partial:
            raise BadInput(f"{folder}: no covers to write")
        names = [folder / f"train-{i:05d}-of-{len(partial):05d}.parquet" for i in range(len(partial))]
        return tuple(path.replace(name) for path, name in zip(partial, names, strict=True))
    except OSError as error:
        raise CannotWrite(f"{folder}: cannot write the shards there ({error.strerror or error})") from error
    finally:
        for path in partial:
            path.unlink(missing_ok=True)


def _write_shard(rows: Iterator[dict[str, Any]], path: Path) -> None:
    schema = _schema()
    with pq.ParquetWriter(path, schema) as writer:
        while batch := list(islice(rows, _ROWS_AT_ONCE)):
            writer.write_table(pa.Table.from_pylist(batch, schema))


def _row(cover: Cover) -> dict[str, Any]:
    if not isinstance(cover.origin, Found):
        raise BadInput("a dataset holds real or synthetic covers; a picture that a network drew was given")
    origin, album, file = cover.origin, cover.origin.album, io.BytesIO()
    Image.fromarray(cover.pixels).save(file, "WEBP", lossless=True, quality=30, method=1)
    return {
        "id": origin.id,
        "image": {"bytes": file.getvalue(), "path": f"{origin.id}.webp"},
        "artist": album.artist,
        "album": album.title,
        "year": album.year,
        "genres": list(album.genres),
        "source": origin.source,
        "rights": origin.rights,
        "source_width": cover.size_px,
        "source_height": cover.size_px,
        "phash": _phash(cover.pixels),
    }


def _phash(pixels: Pixels) -> str:
    """64-bit perceptual hash, 16 hex digits: signs of the 8 x 8 lowest frequencies of a 32 px grey picture."""
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), (32, 32), interpolation=cv2.INTER_AREA)
    low = cv2.dct(grey.astype(np.float32))[:8, :8].ravel()
    return np.packbits(low > np.median(low)).tobytes().hex()
