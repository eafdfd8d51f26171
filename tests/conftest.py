"""Processor time of all Python tests: garbage collection and the service models of AWS."""

import functools
import gc
from typing import Any

from botocore.loaders import JSONFileLoader

# The service models are millions of objects that stay in use. With the default thresholds, collections of them take a
# tenth of the processor time of the tests.
gc.set_threshold(50_000, 20, 100)

_read_model = JSONFileLoader.load_file


@functools.cache
def _load_model(path: str) -> Any:
    return _read_model(JSONFileLoader(), path)


def _load_once(self: JSONFileLoader, file_path: str) -> Any:
    """Return the content of a model, which each new session of boto3 would parse again."""
    del self
    return _load_model(file_path)


JSONFileLoader.load_file = _load_once  # type: ignore[method-assign]
