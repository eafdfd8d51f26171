"""Operation `plan`: the chunks of a validation, as a JSON array for a distributed map.

An item contains the number of its chunk only. The bounds are keys of rows: they are stored next to the plan in the
encrypted bucket, and are never part of the state machine's history.
"""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from common import log
from common.errors import InvalidEvent
from migration.replication import Replication
from migration.row_readers.comparison_plan import Key, KeyRange
from migration.tables import Table
from validation.checks import CHECKS
from validation.settings import Limits, Validation, folder

_BOUNDS_PER_OBJECT: Final = 1_000
"""A chunk reads one object of bounds, for any number of chunks."""


def plan(validation: Validation, execution: str) -> dict[str, Any]:
    """Divide every table into chunks. The plan of an execution is final: a repeated step has the same chunks."""
    key = plan_key(execution)
    items = validation.store.get(key)
    if items is None:
        items = [item for replication in validation.replications for item in _items(validation, execution, replication)]
        validation.store.put(key, items)
    log.info("planned", execution=execution, chunks=len(items))
    return {"bucket": validation.store.bucket, "key": key, "chunks": len(items)}


def plan_key(execution: str) -> str:
    """Return the key of an execution's plan."""
    return f"{folder(execution)}/chunks.json"


def key_range_of(validation: Validation, item: Mapping[str, Any]) -> KeyRange:
    """Return the key range of an item of the plan."""
    number = item.get("chunk")
    bounds = validation.store.get(_bounds_key(item, number // _BOUNDS_PER_OBJECT)) if isinstance(number, int) else None
    if bounds is None or not isinstance(number, int) or not 0 <= number % _BOUNDS_PER_OBJECT <= len(bounds) - 2:
        raise InvalidEvent(f"the plan has no chunk {number!r} of {item.get('table')!r}")
    low, high = bounds[number % _BOUNDS_PER_OBJECT : number % _BOUNDS_PER_OBJECT + 2]
    return KeyRange(tuple(low) if low else None, tuple(high) if high else None)


def chosen_chunks(execution: str, table: Table, chunks: int, limits: Limits) -> list[int]:
    """Return the chunks of a table to compare: all, or the first, the last and a random sample.

    The sample is derived from the execution: it differs between executions, and is the same for a repeated step.
    """
    if not limits.sample_above_rows or table.estimate <= limits.sample_above_rows or chunks <= limits.sample_chunks:
        return list(range(chunks))

    def random_order(number: int) -> bytes:
        return hashlib.sha256(f"{execution} {table} {number}".encode()).digest()

    inner = sorted(range(1, chunks - 1), key=random_order)
    return sorted([0, chunks - 1, *inner[: limits.sample_chunks - 2]])


def _items(validation: Validation, execution: str, replication: Replication) -> list[dict[str, Any]]:
    common = {"execution": execution, "replication": replication.name}
    items: list[dict[str, Any]] = [{**common, "table": check, "chunk": 0, "check": check} for check in CHECKS]
    with validation.read_source(replication) as source:
        for table in source.tables(replication.tables):
            schema = source.table_schema(table)
            if schema is None:
                continue
            bounds = source.chunk_bounds(schema, _rows_per_chunk(table, validation.limits))
            item: dict[str, Any] = {**common, "table": str(table)}
            _store_bounds(validation, item, bounds)
            numbers = chosen_chunks(execution, table, len(bounds) + 1, validation.limits)
            if len(numbers) <= len(bounds):
                item["chunks"] = len(bounds) + 1
            items.extend({**item, "chunk": number} for number in numbers)
    return items


def _rows_per_chunk(table: Table, limits: Limits) -> int:
    """Return the rows of this table in one chunk."""
    width = max(1, table.size // max(1, table.estimate))
    return max(1, min(limits.chunk_rows, limits.chunk_bytes // width))


def _store_bounds(validation: Validation, item: Mapping[str, Any], bounds: list[Key]) -> None:
    ends: list[Key | None] = [None, *bounds, None]
    for number in range((len(ends) - 2) // _BOUNDS_PER_OBJECT + 1):
        start = number * _BOUNDS_PER_OBJECT
        validation.store.put(_bounds_key(item, number), ends[start : start + _BOUNDS_PER_OBJECT + 1])


def _bounds_key(item: Mapping[str, Any], number: int) -> str:
    return f"{folder(item['execution'])}/bounds/{item['replication']}/{item['table']}/{number}.json"
