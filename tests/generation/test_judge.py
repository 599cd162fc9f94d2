"""What a judge says of a cover, in words for `create --json`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from duck_and_cover import Album, sleeve
from duck_and_cover.condition import Condition
from duck_and_cover.cover import Cover, Drawn
from duck_and_cover.generation.engine import DEFAULT_ENGINE, engine_names
from duck_and_cover.generation.judge import Opinion, verdict


def judge(**chances: float) -> Any:
    """One that is of a fixed opinion."""
    values = np.array([list(chances.values())], np.float32)
    opinion = Opinion(
        values, np.ones((1, 8), np.float32) / 8, np.array([1987.4], np.float32), np.zeros((1, 4), np.float32)
    )
    return SimpleNamespace(names=tuple(name.replace("_", " ") for name in chances), opinion=lambda pictures: opinion,
                           bundle=SimpleNamespace(name="judge-64", sha256="0" * 64))  # fmt: skip


def art(asked: Condition) -> Cover:
    return Cover(np.zeros((64, 64, 3), np.uint8), Drawn("0" * 64, asked, 1))


def test_what_was_asked_stands_beside_what_is_seen() -> None:
    asked = Condition({"thrash metal": 1.0}, 1988)
    said = verdict(judge(jazz=0.2, metal=0.5, hip_hop=0.2, rock=0.1), art(asked), asked)
    assert said["genre"] == {"asked": "metal", "first": "metal", "probability": 0.5, "chance": 0.25}
    assert said["year"] == {"asked": 1988, "looks_like": 1987.4}
    assert said["judge"] == "judge-64"


def test_what_the_judge_does_not_know_has_no_probability() -> None:
    for asked in (Condition({"polka": 1.0}), Condition()):
        said = verdict(judge(jazz=0.9, metal=0.1), art(asked), asked)
        assert said["genre"]["first"] == "jazz"
        assert "probability" not in said["genre"]
        assert said["year"]["asked"] is None


@pytest.mark.skipif(DEFAULT_ENGINE not in engine_names(), reason="the default bundle is not in this tree")
def test_a_report_holds_the_verdict_where_a_judge_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sleeve, "shipped_judge", lambda art, threads: judge(jazz=0.9, metal=0.1))
    made = sleeve.create(Album("A", "B", ("jazz",), 1959), seed=1, size_px=64)
    assert made.report["judged"]["genre"] == {"asked": "jazz", "first": "jazz", "probability": 0.9, "chance": 0.5}
    monkeypatch.setattr(sleeve, "shipped_judge", lambda art, threads: None)
    assert "judged" not in sleeve.create(Album("A", "B", ("jazz",), 1959), seed=1, size_px=64).report
