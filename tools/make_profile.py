"""Make the CMYK profile that ships: the characterisation data FOGRA39L become an ICC output profile.

    apt-get install argyll icc-profiles-free      # Debian 12: ArgyllCMS 2.3.1, icc-profiles-free 2.0.1
    python tools/make_profile.py                  # writes src/duck_and_cover/design/profiles/coated-fogra39.icc
    python tools/make_profile.py --check          # makes it again and compares it with the one in the tree

ArgyllCMS (AGPL) is used and not shipped; what it computes from the data is under the licence of the data (zlib),
which lies beside the profile. The data are found by hash, so that nobody makes another profile by mistake.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

DATA = Path("/usr/share/color/icc/FOGRA39L.ti3")
DATA_SHA256 = "e44e6dfa81633588db98b5613a821d4a936d3d9438d2eb983083c3232df393fa"
PROFILE = Path(__file__).resolve().parent.parent / "src/duck_and_cover/design/profiles/coated-fogra39.icc"

OPTIONS = (
    "-qm",                                    # medium: 17 steps a side from colour to ink, 120 kB in all
    "-nc",                                    # without a copy of the data in it
    "-V", "1.4",                              # finer steps in the dark, where covers live
    "-l", "290", "-L", "95",                  # ink in all and of black, per cent
    "-k", "p", "0", "0.15", "1", "0.95", "0.7",  # black begins at 15 % of darkness: little in skin and skies
    "-Zr",                                    # relative colorimetric unless another intent is asked for
    "-A", "Duck and Cover", "-M", "FOGRA39L", "-D", "Coated FOGRA39L (Duck and Cover)",
    "-C", "Made from the characterisation data FOGRA39L (Fogra; K.-U. Behrmann's edition), zlib licence",
)  # fmt: skip
CREATED = (2026, 1, 1, 0, 0, 0)


def made() -> bytes:
    """The profile; the same bytes each time."""
    if shutil.which("colprof") is None or not DATA.is_file():
        sys.exit("colprof or FOGRA39L.ti3 is missing; apt-get install argyll icc-profiles-free")
    found = hashlib.sha256(DATA.read_bytes()).hexdigest()
    if found != DATA_SHA256:
        sys.exit(f"{DATA}: sha256 is {found}; wanted {DATA_SHA256}")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(DATA, Path(folder) / "profile.ti3")
        subprocess.run(["colprof", *OPTIONS, "profile"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        data = bytearray((Path(folder) / "profile.icc").read_bytes())
    data[24:36] = struct.pack(">6H", *CREATED)  # ICC.1:2001-04, 6.1.8
    return bytes(data)


def main() -> None:
    """Make the profile, or compare."""
    parser = argparse.ArgumentParser(description="Make the CMYK profile that ships.")
    parser.add_argument("--check", action="store_true", help="compare with the one in the tree and write nothing")
    check = parser.parse_args().check
    data = made()
    if check:
        same = data == PROFILE.read_bytes()
        print(f"{PROFILE.name}: {'the same' if same else 'another one'}, sha256 {hashlib.sha256(data).hexdigest()}")
        sys.exit(0 if same else 1)
    PROFILE.write_bytes(data)
    print(f"{PROFILE.name}: {len(data)} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
