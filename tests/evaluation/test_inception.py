"""FID with weights that a user has, tried on a tiny network of the same form that the test makes."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from duck_and_cover.cover import Pixels
from duck_and_cover.errors import BadInput
from duck_and_cover.evaluation.inception import FEATURES, Inception
from duck_and_cover.evaluation.measure import inception_distance


class Stand(torch.nn.Module):
    """Takes pictures as Inception's file does; its features are the pixels' means by square, many times over."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.width = features

    def forward(self, pictures: torch.Tensor, return_features: bool = False) -> torch.Tensor:
        assert return_features and pictures.dtype == torch.uint8
        cells = torch.nn.functional.adaptive_avg_pool2d(pictures.float(), 4).flatten(1)
        return cells.repeat(1, self.width // 48 + 1)[:, : self.width]


class Other(torch.nn.Module):
    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return pictures


def kept(network: torch.nn.Module, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.save(torch.jit.script(network), str(path))
    return path


def test_features_are_the_networks(tmp_path: Path, pictures: Callable[..., Pixels]) -> None:
    inception = Inception(kept(Stand(FEATURES), tmp_path / "inception.pt"))
    given = pictures(70, 1)
    features = inception.features(given)
    assert features.shape == (70, FEATURES)
    assert features[69, 0] == pytest.approx(given[69, :8, :8, 0].mean(), abs=1e-3), "the last of three blocks"
    assert features[3, 47] == pytest.approx(given[3, 24:, 24:, 2].mean(), abs=1e-3)


def test_fid_wants_as_many_pictures_as_determine_it() -> None:
    rng = np.random.default_rng(0)
    few = rng.normal(0, 1, (300, FEATURES))
    assert "4096" in inception_distance(few, few).why_not


@pytest.mark.parametrize("network", [Other(), Stand(64)])
def test_another_network_is_one_line(network: torch.nn.Module, tmp_path: Path,
                                     pictures: Callable[..., Pixels]) -> None:  # fmt: skip
    path = kept(network, tmp_path / "other.pt")
    with pytest.raises(BadInput, match=r"other\.pt: .*(2048|as inception)"):
        Inception(path).features(pictures(2, 1))


def test_a_file_of_something_else_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    for content in (b"no network", b""):
        path.write_bytes(content)
        with pytest.raises(BadInput, match=r"not a TorchScript network; wanted inception-2015-12-05\.pt"):
            Inception(path)
    torch.save({"weights": torch.ones(1)}, path)
    with pytest.raises(BadInput, match="not a TorchScript network"):
        Inception(path)
