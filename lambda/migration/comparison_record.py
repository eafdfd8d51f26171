"""The last comparison of all rows that found no difference, by replication.

The function `validation` writes the record, and the gate before the fence of the source requires that it is recent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from migration.checkpoints import Checkpoints


@dataclass(frozen=True)
class ComparisonRecord:
    """The execution of a comparison, and the time of its end."""

    execution: str
    at: datetime


def write(store: Checkpoints, folder: str, execution: str, replications: Iterable[str]) -> None:
    """Record that the comparison of `execution`, whose objects are in `folder`, found no difference.

    A repetition compares nothing again, so it makes no record newer.
    """
    key = f"{folder}/consistent.json"
    value = {"execution": execution, "at": store.clock.now().isoformat()}
    if not store.put_once(key, value):
        value = store.get(key) or value
    ended_at = datetime.fromisoformat(value["at"])
    for replication in replications:
        latest = read(store, replication)
        if latest is None or latest.at < ended_at:
            store.put(_key(replication), value)


def read(store: Checkpoints, replication: str) -> ComparisonRecord | None:
    """Return the record of the last comparison of `replication`, None without one."""
    value = store.get(_key(replication))
    return None if value is None else ComparisonRecord(value["execution"], datetime.fromisoformat(value["at"]))


def _key(replication: str) -> str:
    return f"validation/consistent/{replication}.json"
