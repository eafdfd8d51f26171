"""A database server that a function cannot reach, while applications and replication tasks can."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from support.cutover_driver import CutoverDriver


@contextmanager
def unreachable(driver: CutoverDriver, side: Literal["source", "target"]) -> Iterator[None]:
    """Point the address of `side` at a port that refuses connections."""
    variable = driver.variables["REPLICATIONS"]
    replications = json.loads(variable)
    for replication in replications:
        replication[f"{side}_address"]["port"] = 1
    driver.variables["REPLICATIONS"] = json.dumps(replications)
    try:
        yield
    finally:
        driver.variables["REPLICATIONS"] = variable
