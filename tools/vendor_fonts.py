"""Bring the typefaces into the repository, byte for byte, from pinned npm packages.

    python tools/vendor_fonts.py              reproduce and verify what fonts.lock.json pins
    python tools/vendor_fonts.py --check      verify the files on disk against the lock; needs no network
    python tools/vendor_fonts.py --update     take the newest 5.x of every package and write a new lock

Every family lives in one `@fontsource/<family>` package. The files are copied unchanged: many of these
families declare a Reserved Font Name, and the Open Font License lets only unmodified copies keep it. So
nothing here converts, merges or subsets; unpacking happens in memory on the user's machine
(`design/type/fontfiles.py`).

The lock is also the run-time manifest: for every file it names weight, subset, hash and the code points it
covers.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools.ttLib import TTFont

FONTS = Path(__file__).resolve().parent.parent / "src" / "duck_and_cover" / "design" / "fonts"
LOCK = FONTS / "fonts.lock.json"
NOTICE = FONTS / "THIRD_PARTY_FONTS.md"

ALPHABETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "vietnamese")

# family: (weights, subsets beyond ALPHABETS). A family that lacks a listed subset simply has no such file.
WANTED: dict[str, tuple[tuple[int, ...], tuple[str, ...]]] = {
    # blackletter, metal, horror
    "metal-mania": ((400,), ()),
    "pirata-one": ((400,), ()),
    "new-rocker": ((400,), ()),
    "grenze-gotisch": ((400, 800), ()),
    "unifrakturcook": ((700,), ()),
    "nosifer": ((400,), ()),
    "creepster": ((400,), ()),
    "ruslan-display": ((400,), ()),
    # the sixties and seventies
    "caprasimo": ((400,), ()),
    "shrikhand": ((400,), ()),
    "chango": ((400,), ()),
    "abril-fatface": ((400,), ()),
    "righteous": ((400,), ()),
    "limelight": ((400,), ()),
    "bowlby-one": ((400,), ()),
    "yeseva-one": ((400,), ()),
    "chonburi": ((400,), ("thai",)),
    "lobster": ((400,), ()),
    # the eighties, machines
    "monoton": ((400,), ()),
    "audiowide": ((400,), ()),
    "orbitron": ((500, 800), ()),
    "michroma": ((400,), ()),
    "vt323": ((400,), ()),
    "share-tech-mono": ((400,), ()),
    "russo-one": ((400,), ()),
    "jura": ((400, 700), ()),
    "space-mono": ((400, 700), ()),
    "jetbrains-mono": ((400, 700), ()),
    # typewriter, dirt, marker, stencil
    "special-elite": ((400,), ()),
    "rubik-dirt": ((400,), ("hebrew",)),
    "rock-salt": ((400,), ()),
    "permanent-marker": ((400,), ()),
    "black-ops-one": ((400,), ()),
    "bungee": ((400,), ()),
    "bungee-shade": ((400,), ()),
    # grotesques
    "oswald": ((400, 700), ()),
    "anton": ((400,), ()),
    "bebas-neue": ((400,), ()),
    "archivo-black": ((400,), ()),
    "league-gothic": ((400,), ()),
    "roboto-condensed": ((400, 700), ()),
    "alfa-slab-one": ((400,), ()),
    # serifs
    "playfair-display": ((400, 800), ()),
    "cormorant-garamond": ((400, 600), ()),
    "bodoni-moda": ((400, 700), ()),
    "cinzel": ((400, 700), ()),
    "im-fell-english": ((400,), ()),
    "eb-garamond": ((400, 600), ()),
    "dm-serif-display": ((400,), ()),
    # wood type, handwriting, script
    "rye": ((400,), ()),
    "sancreek": ((400,), ()),
    "amatic-sc": ((400, 700), ("hebrew",)),
    "caveat": ((500, 700), ()),
    "pacifico": ((400,), ()),
    "monsieur-la-doulaise": ((400,), ()),
    # pop, minimal
    "inter": ((400, 700), ()),
    "jost": ((400, 600), ()),
    "syne": ((500, 800), ()),
    "space-grotesk": ((400, 700), ()),
    "unbounded": ((400, 800), ()),
    "josefin-sans": ((300, 600), ()),
    "comfortaa": ((400, 700), ()),
    "poiret-one": ((400,), ()),
    # the scripts of the world
    "lalezar": ((400,), ("arabic",)),
    "rozha-one": ((400,), ("devanagari",)),
    "noto-sans": ((500, 900), ()),
    "noto-serif": ((500, 900), ()),
    "noto-sans-hebrew": ((700,), ("hebrew",)),
    "noto-sans-arabic": ((700,), ("arabic",)),
    "noto-sans-devanagari": ((700,), ("devanagari",)),
    "noto-sans-thai": ((700,), ("thai",)),
    "noto-sans-armenian": ((700,), ("armenian",)),
    "noto-sans-georgian": ((700,), ("georgian",)),
    "noto-sans-bengali": ((700,), ("bengali",)),
    "noto-sans-gurmukhi": ((700,), ("gurmukhi",)),
    "noto-sans-gujarati": ((700,), ("gujarati",)),
    "noto-sans-tamil": ((700,), ("tamil",)),
    "noto-sans-telugu": ((700,), ("telugu",)),
    "noto-sans-kannada": ((700,), ("kannada",)),
    "noto-sans-malayalam": ((700,), ("malayalam",)),
    "noto-sans-ethiopic": ((700,), ("ethiopic",)),
    "noto-sans-jp": ((700,), ("japanese",)),
    "noto-sans-kr": ((700,), ("korean",)),
    "noto-sans-sc": ((700,), ("chinese-simplified",)),
    "noto-sans-symbols": ((700,), ("symbols",)),
    "noto-sans-symbols-2": ((400,), ("symbols",)),
    "roboto": ((700,), ("math", "symbols")),
    "noto-emoji": ((500,), ("emoji",)),
}

# Families wanted for their signs alone.
SIGNS = {"noto-sans-symbols", "noto-sans-symbols-2", "roboto", "noto-emoji"}

# Files that cost more than they give: letters that the sibling faces draw as well.
OMITTED = {"rubik-dirt-cyrillic-ext-400-normal.woff2"}


def integrity(blob: bytes) -> str:
    """Subresource-integrity string of a package, as npm writes it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(blob).digest()).decode()


def npm(*words: str, cwd: Path | None = None) -> str:
    """Run the ordinary npm client and return what it printed."""
    done = subprocess.run(["npm", *words], cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"npm {' '.join(words)} failed:\n{done.stderr.strip()}")
    return done.stdout


def fetch(package: str, version: str, folder: Path) -> tuple[str, str, bytes]:
    """Download one package; returns (exact version, integrity, tarball bytes), the bytes checked against
    npm's hash."""
    facts = json.loads(npm("pack", f"{package}@{version}", "--json", cwd=folder))[0]
    blob = (folder / facts["filename"]).read_bytes()
    found = integrity(blob)
    if found != facts["integrity"]:
        raise SystemExit(f"{package}: the tarball does not match its own integrity {facts['integrity']}")
    return facts["version"], found, blob


def ranges(points: set[int]) -> str:
    """Code points as hexadecimal ranges: {65, 66, 67, 90} -> '41-43 5A'."""
    spans: list[list[int]] = []
    for point in sorted(points):
        if spans and point == spans[-1][1] + 1:
            spans[-1][1] = point
        else:
            spans.append([point, point])
    return " ".join(f"{a:X}" if a == b else f"{a:X}-{b:X}" for a, b in spans)


def reserved_name(licence: str) -> str | None:
    """The Reserved Font Name that the copyright lines declare, or None."""
    head = licence.split("This Font Software is licensed", 1)[0]
    found = re.search(r"Reser?ved\s+Font\s+Names?:?\s*(.+)", head, re.S | re.I)  # one licence spells it Reseved
    if not found:
        return None
    quoted = re.findall(r"[\"'“](.+?)[\"'”]", found.group(1))
    return ", ".join(dict.fromkeys(quoted)) or re.split(r"[.,(\n]", found.group(1))[0].strip()


def unpack(family: str, blob: bytes) -> dict[str, bytes]:
    """The wanted files of one package by the name they get in the repository."""
    weights, extra = WANTED[family]
    with tarfile.open(fileobj=io.BytesIO(blob)) as tar:
        content = {m.name.split("/", 1)[1]: m for m in tar.getmembers() if m.isfile()}

        def read(name: str) -> bytes:
            stream = tar.extractfile(content[name])
            assert stream is not None
            return stream.read()

        files = {"LICENSE": read("LICENSE"), "metadata.json": read("metadata.json")}
        for weight in weights:
            for subset in extra if family in SIGNS else (*ALPHABETS, *extra):
                name = f"{family}-{subset}-{weight}-normal.woff2"
                if f"files/{name}" in content and name not in OMITTED:
                    files[name] = read(f"files/{name}")
    if len(files) == 2:
        raise SystemExit(f"{family}: no file for weights {weights}; found {sorted(content)[:12]} ...")
    return files


def entry(family: str, version: str, sri: str, files: dict[str, bytes]) -> dict[str, object]:
    """The lock's record of one family."""
    meta = json.loads(files["metadata.json"])
    fonts = []
    for name, blob in files.items():
        if not name.endswith(".woff2"):
            continue
        subset, weight = re.fullmatch(rf"{family}-(.+)-(\d+)-normal\.woff2", name).groups()  # type: ignore[union-attr]
        cmap = TTFont(io.BytesIO(blob), lazy=True).getBestCmap() or {}
        fonts.append(
            {
                "file": name,
                "subset": subset,
                "weight": int(weight),
                "bytes": len(blob),
                "sha256": hashlib.sha256(blob).hexdigest(),
                "covers": ranges(set(cmap)),
            }
        )
    return {
        "family": meta["family"],
        "package": f"@fontsource/{family}",
        "version": version,
        "integrity": sri,
        "licence": meta["license"]["type"],
        "licence_sha256": hashlib.sha256(files["LICENSE"]).hexdigest(),
        "attribution": meta["license"]["attribution"],
        "reserved_font_name": reserved_name(files["LICENSE"].decode("utf-8", "replace")),
        "files": fonts,
    }


def vendor(update: bool) -> None:
    """Download every wanted family, hold it against the lock unless updating, write files and lock."""
    old = json.loads(LOCK.read_text("utf-8"))["families"] if LOCK.exists() else {}
    FONTS.mkdir(parents=True, exist_ok=True)
    new: dict[str, dict[str, object]] = {}
    for family in sorted(WANTED):
        pinned = None if update else old.get(family)
        wanted = pinned["version"] if pinned else "5"
        with tempfile.TemporaryDirectory() as folder:
            version, sri, blob = fetch(f"@fontsource/{family}", wanted, Path(folder))
        if pinned and sri != pinned["integrity"]:
            raise SystemExit(f"{family} {version}: the registry sent other bytes than fonts.lock.json pins")
        files = unpack(family, blob)
        home = FONTS / family
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        for name, content in files.items():
            if name != "metadata.json":
                (home / name).write_bytes(content)
        new[family] = entry(family, version, sri, files)
        size = sum(map(len, files.values())) / 1000
        print(f"{family} {version}: {len(files) - 2} files, {size:.0f} kB", flush=True)
    for stray in {p.name for p in FONTS.iterdir() if p.is_dir()} - set(WANTED):
        shutil.rmtree(FONTS / stray)
    LOCK.write_text(json.dumps({"families": new}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    NOTICE.write_text(notice(new), "utf-8")


def notice(families: dict[str, dict[str, object]]) -> str:
    """The human-readable list of faces, licences and copyrights."""
    lines = [
        "# Third-party fonts",
        "",
        "Unmodified copies from the npm packages named below, made by `tools/vendor_fonts.py`.",
        "Each folder holds the family's own LICENSE.",
        "A family with a Reserved Font Name must stay byte for byte as it is.",
        "Artwork made with these fonts carries no obligation.",
        "",
        "| family | package | licence | reserved font name | copyright |",
        "|---|---|---|---|---|",
    ]
    for facts in families.values():
        cell = [
            facts["family"],
            f"{facts['package']} {facts['version']}",
            facts["licence"],
            facts["reserved_font_name"] or "",
            facts["attribution"],
        ]
        lines.append("| " + " | ".join(str(c).replace("|", "/").replace("\n", " ") for c in cell) + " |")
    return "\n".join(lines) + "\n"


def check() -> list[str]:
    """What on disk differs from the lock; an empty list means that all is well."""
    wrong: list[str] = []
    families = json.loads(LOCK.read_text("utf-8"))["families"]
    for family, facts in families.items():
        wanted = {f["file"]: f["sha256"] for f in facts["files"]} | {"LICENSE": facts["licence_sha256"]}
        home = FONTS / family
        found = {p.name for p in home.iterdir()} if home.is_dir() else set()
        wrong += [f"{family}/{name}: not in the lock" for name in sorted(found - set(wanted))]
        for name, digest in wanted.items():
            if name not in found:
                wrong.append(f"{family}/{name}: missing")
            elif hashlib.sha256((home / name).read_bytes()).hexdigest() != digest:
                wrong.append(f"{family}/{name}: altered")
    return wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--update", action="store_true", help="take the newest 5.x of every package")
    parser.add_argument("--check", action="store_true", help="verify the files on disk; no network")
    words = parser.parse_args()
    if not words.check:
        vendor(words.update)
    wrong = check()
    print("\n".join(wrong) or "every file matches fonts.lock.json")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
