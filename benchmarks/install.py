"""How large is the core install? A fresh environment with `pip install .`, in benchmarks/install.md and .json.

python benchmarks/install.py
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

HERE = Path(__file__).parent
WITH_EVERY_ENVIRONMENT = ("pip", "setuptools", "_distutils_hack", "pkg_resources")


def sizes(site_packages: Path) -> dict[str, float]:
    """MB (10^6 bytes) of each thing in site-packages, largest first, without pip itself."""
    found: dict[str, float] = {}
    for path in site_packages.rglob("*"):
        top = path.relative_to(site_packages).parts[0]
        if path.is_file() and not top.startswith(WITH_EVERY_ENVIRONMENT):
            found[top] = found.get(top, 0.0) + path.stat().st_size / 1e6
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder) / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", HERE.parent], check=True)
        ask = "import sysconfig; print(sysconfig.get_paths()['purelib'])"
        where = subprocess.run([python, "-c", ask], check=True, capture_output=True, text=True).stdout.strip()
        found = sizes(Path(where))
    total = round(sum(found.values()), 1)
    parts = {name: round(mb, 1) for name, mb in list(found.items())[:12]}
    where = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    record = {"where": where, "total_mb": total, "parts_mb": parts}
    (HERE / "install.json").write_text(json.dumps(record, indent=1) + "\n")
    rows = "\n".join(f"| {name} | {mb} |" for name, mb in parts.items())
    (HERE / "install.md").write_text(
        f"# How large is the core install?\n\n`python benchmarks/install.py`: {where}.\n\n"
        f"**{total} MB** in site-packages without pip itself; wanted: under 400.\n\n"
        f"| largest parts | MB |\n|---|---|\n{rows}\n"
    )
    print((HERE / "install.md").read_text())


if __name__ == "__main__":
    sys.exit(main())
