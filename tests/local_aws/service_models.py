"""The service models of AWS in a process of tests: millions of objects, which stay in use."""

import functools
import gc
from typing import Any

from botocore.loaders import JSONFileLoader

_read_file = JSONFileLoader.load_file


def keep_in_memory() -> None:
    """Parse each model once, and collect garbage less often.

    A new session of boto3 in each test would parse the models again, which takes a sixth of the processor time of the
    tests. Collections with the default thresholds take a tenth.
    """
    gc.set_threshold(50_000, 20, 100)
    JSONFileLoader.load_file = _load_file  # type: ignore[method-assign]


def _load_file(self: JSONFileLoader, file_path: str) -> Any:
    del self
    return _load_model(file_path)


@functools.cache
def _load_model(path: str) -> Any:
    return _read_file(JSONFileLoader(), path)
