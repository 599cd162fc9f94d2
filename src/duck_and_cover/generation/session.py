"""A bundle's network, opened by onnxruntime, and run with its failures told in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from duck_and_cover.bundle import Bundle
from duck_and_cover.errors import DamagedBundle

__all__ = ["Session"]

Array = NDArray[np.float32]


class Session:
    """The network of a verified bundle. It may be run from several threads at once.

    threads:  for one run; 0 leaves it to onnxruntime. They sleep between runs and leave the cores to others.
    inputs:   name -> shape of what the network wants.
    """

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        self.model = bundle.model
        self._session = _opened(self.model, bundle.sha256, threads)
        self.inputs = {wanted.name: tuple(wanted.shape) for wanted in self._session.get_inputs()}

    def run(self, outputs: Sequence[str], feeds: Mapping[str, Array]) -> list[Array]:
        """The named outputs, float32. Raises `DamagedBundle` where the network takes or gives something else."""
        try:
            return [np.asarray(found, np.float32) for found in self._session.run(outputs, feeds)]
        except Exception as error:  # onnxruntime raises its own classes for inputs that do not fit the network
            raise DamagedBundle(f"{self.model}: does not fit its bundle.json ({error})") from error


@lru_cache(maxsize=6)
def _opened(model: Path, bundle_sha256: str, threads: int) -> onnxruntime.InferenceSession:
    """The network of the bundle of that hash; the last few stay open, since opening one takes as long as a picture."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own classes for files it cannot read
        raise DamagedBundle(f"{model}: onnxruntime cannot open it ({error})") from error
