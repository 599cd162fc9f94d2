"""How few evaluations does a picture need? Distance to a long Heun integration, in benchmarks/sampler.md and .json.

    python benchmarks/sampler.py [ENGINE]

Every setting starts from the same noise; the figure is the root mean square difference to 40 Heun steps with guidance
evaluated at each, in units of [-1, 1], over eight conditions. It is not the whole story: how far off the last step is
taken shows in the pictures and not here (docs/log.md, 2026-11-26). The network sees one picture at a time, as when
drawing.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
from create import commit, machine
from numpy.typing import NDArray

from duck_and_cover.bundle import Bundle, Sampler
from duck_and_cover.condition import Condition
from duck_and_cover.generation.engine import DEFAULT_ENGINE, open_engine
from duck_and_cover.generation.onnx import DenoiserEngine, follow, times_of
from duck_and_cover.generation.reach import within_reach

HERE = Path(__file__).parent
ASKED = (
    Condition({"synthwave": 1.0}, 1985), Condition({"thrash metal": 1.0}, 1988), Condition({"jazz": 1.0}, 1959),
    Condition({"pop": 1.0}, 2019), Condition({"classical": 1.0}, 1982), Condition({"hip hop": 1.0}, 1994),
    Condition({"folk": 1.0}, 1972), Condition({"techno": 1.0}, 1996),
)  # fmt: skip
TRIED = tuple({"steps": steps, "shift": shift, "refresh": refresh}
              for steps in (6, 8, 10, 14) for shift in (1.0, 2.0, 3.0, 5.0) for refresh in (1, 4))  # fmt: skip
"""The rest is the bundle's own sampler."""

Array = NDArray[np.float32]


@dataclass
class Counted:
    """The velocity of one condition, with guidance as a sampler asks for it, counting evaluations."""

    engine: DenoiserEngine
    condition: Array
    sampler: Sampler
    share: float
    evaluations: int = 0
    difference: Array = field(default_factory=lambda: np.zeros(1, np.float32))

    def at(self, x: Array, t: float, condition: Array) -> Array:
        self.evaluations += 1
        feeds = {"x": x, "t": np.full(len(x), t, np.float32), "condition": condition}
        return np.asarray(self.engine.session.run(["velocity"], feeds)[0], np.float32)

    def __call__(self, x: Array, t: float, step: int) -> Array:
        slope = self.at(x, t, self.condition)
        if step % self.sampler.refresh == 0:
            self.difference = slope - self.at(x, t, np.zeros_like(self.condition))
        return slope + np.float32((self.sampler.guidance - 1) * self.share) * self.difference


def heun(velocity: Counted, noise: Array, steps: int) -> Array:
    x = noise
    for now, then in pairwise(np.linspace(1, 0, steps + 1, dtype=np.float32)):
        slope = velocity(x, float(now), 0)
        if then > 0:
            slope = (slope + velocity(x + (then - now) * slope, float(then), 0)) / 2
        x = x + (then - now) * slope
    return x


def main() -> None:
    engine = open_engine(sys.argv[1] if len(sys.argv) > 1 else DEFAULT_ENGINE)
    assert isinstance(engine, DenoiserEngine)
    bundle: Bundle = engine.bundle
    rng, size = np.random.default_rng(0), bundle.resolution_px
    noises = [rng.standard_normal((1, 3, size, size), np.float32) for _ in ASKED]
    told = [within_reach(bundle.encoder.encode(asked), bundle.encoder, bundle.learned) for asked in ASKED]
    encoded = [asked[None] for asked, _ in told]
    known = [share for _, share in told]
    exact = [heun(Counted(engine, c, bundle.sampler, k), n, 40)
             for c, n, k in zip(encoded, noises, known, strict=True)]  # fmt: skip
    rows = []
    for tried in TRIED:
        sampler = replace(bundle.sampler, **tried)
        squares, evaluations, began = [], 0, time.perf_counter()
        for condition, noise, wanted, familiar in zip(encoded, noises, exact, known, strict=True):
            velocity = Counted(engine, condition, sampler, familiar)
            found = follow(velocity, noise, times_of(sampler))
            squares.append(float(np.mean((np.clip(found, -1, 1) - np.clip(wanted, -1, 1)) ** 2)))
            evaluations = velocity.evaluations
        rows.append({"steps": sampler.steps, "shift": sampler.shift, "refresh": sampler.refresh,
                     "evaluations": evaluations, "difference": round(float(np.sqrt(np.mean(squares))), 4),
                     "seconds": round((time.perf_counter() - began) / len(ASKED), 3)})  # fmt: skip
        print(rows[-1], flush=True)
    record = {
        "machine": machine(),
        "commit": commit(),
        "model": bundle.facts["files"]["model.onnx"]["sha256"],
        "rows": rows,
    }
    (HERE / "sampler.json").write_text(json.dumps(record, indent=1) + "\n")
    lines = [
        "# How few evaluations does a picture need?\n",
        f"`python benchmarks/sampler.py`: {record['machine']}; model {record['model'][:12]}.\n"
        f"Root mean square difference to 40 Heun steps, in [-1, 1], at guidance {bundle.sampler.guidance:g}. `refresh` "
        f"4\nevaluates the guidance difference at every fourth step only. Ships: {bundle.sampler.steps} steps, shift "
        f"{bundle.sampler.shift:g}, refresh {bundle.sampler.refresh}.\n",
        "| steps | shift | refresh | evaluations | difference | seconds a picture |",
        "|---|---|---|---|---|---|",
        *(f"| {' | '.join(str(value) for value in row.values())} |" for row in rows),
    ]
    (HERE / "sampler.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
