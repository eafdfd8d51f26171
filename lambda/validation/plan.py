"""`plan`: the chunks of a whole validation, as a JSON array for a distributed map.

An item only names its chunk. The bounds are keys of rows; they lie beside the plan in the encrypted bucket
and never enter the state machine's history.
"""

from collections.abc import Mapping
from typing import Any

from common import log
from common.checksums import shape
from common.errors import NotAllowed
from common.tables import tables
from validation import chunks
from validation.settings import Validation, folder


def plan(validation: Validation, execution: str) -> dict[str, Any]:
    """Cut every table; a plan once made for an execution stays, so that a repeated step means the same chunks."""
    key = plan_key(execution)
    items = validation.store.get(key)
    if items is None:
        items = [item for name in validation.replications for item in _items(validation, execution, name.name)]
        validation.store.put(key, items)
    log.info("planned", execution=execution, chunks=len(items))
    return {"bucket": validation.store.bucket, "key": key, "chunks": len(items)}


def plan_key(execution: str) -> str:
    """Where the plan of an execution lies."""
    return f"{folder(execution)}/chunks.json"


def bounds_key(item: Mapping[str, Any]) -> str:
    """Where the bounds of an item's table lie."""
    return f"{folder(item['execution'])}/bounds/{item['replication']}/{item['table']}.json"


def _items(validation: Validation, execution: str, name: str) -> list[dict[str, Any]]:
    replication = validation.replication(name)
    items: list[dict[str, Any]] = []
    with validation.read(replication.source) as source:
        for table in tables(source, replication.tables):
            found = shape(source, table)
            if not found.key:
                raise NotAllowed(f"{table} has no primary key to cut it by")
            bounds = chunks.bounds(source, found, validation.chunk_rows)
            item = {"execution": execution, "replication": name, "table": str(table)}
            validation.store.put(bounds_key(item), bounds)
            items.extend({**item, "chunk": number} for number in range(len(bounds) + 1))
    return items
