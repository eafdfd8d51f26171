"""`plan`: the chunks of a whole validation, as a JSON array for a distributed map.

An item only names its chunk. The bounds are keys of rows; they lie beside the plan in the encrypted bucket
and never enter the state machine's history.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from common import log
from common.errors import InvalidEvent
from migration.replication import Replication
from migration.row_readers.comparison_plan import Key, KeyRange
from migration.tables import Table
from validation.checks import CHECKS
from validation.settings import Limits, Validation, folder

_SHARD = 1_000  # bounds in one object: a chunk reads one, however many chunks there are


def plan(validation: Validation, execution: str) -> dict[str, Any]:
    """Cut every table; a plan once made for an execution stays, so that a repeated step means the same chunks."""
    key = plan_key(execution)
    items = validation.store.get(key)
    if items is None:
        items = [item for replication in validation.replications for item in _items(validation, execution, replication)]
        validation.store.put(key, items)
    log.info("planned", execution=execution, chunks=len(items))
    return {"bucket": validation.store.bucket, "key": key, "chunks": len(items)}


def plan_key(execution: str) -> str:
    """Where the plan of an execution lies."""
    return f"{folder(execution)}/chunks.json"


def key_range_of(validation: Validation, item: Mapping[str, Any]) -> KeyRange:
    """The range of keys of an item of the plan."""
    number = item.get("chunk")
    bounds = validation.store.get(_shard_key(item, number // _SHARD)) if isinstance(number, int) else None
    if bounds is None or not isinstance(number, int) or not 0 <= number % _SHARD <= len(bounds) - 2:
        raise InvalidEvent(f"the plan has no chunk {number!r} of {item.get('table')!r}")
    low, high = bounds[number % _SHARD : number % _SHARD + 2]
    return KeyRange(tuple(low) if low else None, tuple(high) if high else None)


def chosen(execution: str, table: Table, chunks: int, limits: Limits) -> list[int]:
    """The chunks of a table that are compared: all, or of a huge table the two ends and others by lot.

    The lot is drawn anew for each execution, and alike when a step is repeated.
    """
    if not limits.sample_above or table.estimate <= limits.sample_above or chunks <= limits.sample_chunks:
        return list(range(chunks))

    def lot(number: int) -> bytes:
        return hashlib.sha256(f"{execution} {table} {number}".encode()).digest()

    inner = sorted(range(1, chunks - 1), key=lot)
    return sorted([0, chunks - 1, *inner[: limits.sample_chunks - 2]])


def _items(validation: Validation, execution: str, replication: Replication) -> list[dict[str, Any]]:
    named = {"execution": execution, "replication": replication.name}
    items: list[dict[str, Any]] = [{**named, "table": check, "chunk": 0, "check": check} for check in CHECKS]
    with validation.read_source(replication) as source:
        for table in source.tables(replication.tables):
            shape = source.table_schema(table)
            if shape is None:
                continue
            bounds = source.chunk_bounds(shape, _rows(table, validation.limits))
            item: dict[str, Any] = {**named, "table": str(table)}
            _keep(validation, item, bounds)
            wanted = chosen(execution, table, len(bounds) + 1, validation.limits)
            if len(wanted) <= len(bounds):
                item["chunks"] = len(bounds) + 1
            items.extend({**item, "chunk": number} for number in wanted)
    return items


def _rows(table: Table, limits: Limits) -> int:
    """How many rows of this table make a chunk."""
    width = max(1, table.size // max(1, table.estimate))
    return max(1, min(limits.chunk_rows, limits.chunk_bytes // width))


def _keep(validation: Validation, item: Mapping[str, Any], bounds: list[Key]) -> None:
    ends: list[Key | None] = [None, *bounds, None]
    for number in range((len(ends) - 2) // _SHARD + 1):
        start = number * _SHARD
        validation.store.put(_shard_key(item, number), ends[start : start + _SHARD + 1])


def _shard_key(item: Mapping[str, Any], number: int) -> str:
    return f"{folder(item['execution'])}/bounds/{item['replication']}/{item['table']}/{number}.json"
