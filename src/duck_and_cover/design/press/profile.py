"""Profiles: what paper and press make of four inks, as an ICC file.

One ships, coated paper by FOGRA39, which plants ask for (`tools/make_profile.py` says how it is made,
`profiles/LICENSE` under what terms); any other CMYK profile is named by its path.

Reference: ICC.1:2001-04 and ICC.1:2022, 7.2 (header); the registry of conditions: https://registry.color.org
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from PIL import ImageCms

from duck_and_cover.errors import BadInput, Failure

__all__ = ["COATED", "Profile", "open_profile"]

COATED = "coated"
"""Name of the profile that ships."""

_FILE, _CONDITION = "coated-fogra39.icc", "FOGRA39"
_HEADER = 128
_MOST_BYTES = 16_000_000


@dataclass(frozen=True)
class Profile:
    """A printing condition.

    data:       the ICC file.    description: what the file calls itself.
    condition:  name in the registry of the ICC, such as FOGRA39; None where that is not known.
    """

    data: bytes = field(repr=False)
    description: str
    condition: str | None = None

    @property
    def version(self) -> tuple[int, int]:
        """Major and minor version of the ICC format."""
        return self.data[8], self.data[9] >> 4

    def opened(self) -> ImageCms.ImageCmsProfile:
        """The profile as littlecms reads it."""
        return ImageCms.ImageCmsProfile(io.BytesIO(self.data))


def open_profile(which: str | Path | Profile | None = None) -> Profile:
    """A printing profile.

    which:  None or "coated" for the one that ships, or the path of an ICC file: four inks, for output.
    Raises `BadInput` for a file that is not there, is no ICC profile, or is for another use.

    >>> open_profile().condition
    'FOGRA39'
    """
    if isinstance(which, Profile):
        return which
    if which is None or which == COATED:
        return _shipped()
    path = Path(which)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise BadInput(f"{path}: {path.stat().st_size} bytes; an ICC profile has at most {_MOST_BYTES}")
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; name an ICC file, or {COATED!r} for the one that ships"
                       ) from error  # fmt: skip
    return _checked(data, str(path))


@lru_cache(1)
def _shipped() -> Profile:
    source = files("duck_and_cover.design") / "profiles" / _FILE
    try:
        return _checked(source.read_bytes(), _FILE, _CONDITION)
    except (OSError, BadInput) as error:
        raise Failure(f"the printing profile {_FILE} is damaged ({error}); install Duck and Cover again") from error


def _checked(data: bytes, name: str, condition: str | None = None) -> Profile:
    """The profile in a file's bytes, once it is known to be one for printing in four inks."""
    wanted = "wanted an ICC output profile for CMYK, such as a plant's PSOcoated_v3.icc"
    if len(data) < _HEADER or data[36:40] != b"acsp":
        raise BadInput(f"{name}: no ICC profile; {wanted}")
    use, space, pcs = (data[at : at + 4].decode("latin-1").strip() for at in (12, 16, 20))
    if (use, space) != ("prtr", "CMYK"):
        raise BadInput(f"{name}: a profile of class {use!r} for {space}; {wanted}")
    if data[8] > 4:  # ISO 15930-7 builds on PDF 1.6, which knows versions 2 and 4
        raise BadInput(f"{name}: ICC version {data[8]}; wanted 2 or 4")
    (size,) = struct.unpack(">I", data[:4])
    lacking = [tag for tag in ("A2B1", "B2A1") if tag not in _tags(data) and tag[:3] + "0" not in _tags(data)]
    if size > len(data) or pcs not in ("Lab", "XYZ") or lacking:
        raise BadInput(f"{name}: incomplete, {len(data)} of {size} bytes, tables {', '.join(lacking) or 'all there'}; "
                       + wanted)  # fmt: skip
    try:
        opened = ImageCms.ImageCmsProfile(io.BytesIO(data))
        described = ImageCms.getProfileDescription(opened).strip()
    except (OSError, ImageCms.PyCMSError) as error:
        raise BadInput(f"{name}: cannot be read as ICC ({error}); {wanted}") from error
    return Profile(data[:size], described or Path(name).stem, condition)


def _tags(data: bytes) -> set[str]:
    """Names of the tables of a profile: ICC.1:2022, 7.3."""
    (count,) = struct.unpack(">I", data[_HEADER : _HEADER + 4])
    names = (data[at : at + 4] for at in range(_HEADER + 4, _HEADER + 4 + 12 * min(count, 200), 12))
    return {name.decode("latin-1") for name in names}
