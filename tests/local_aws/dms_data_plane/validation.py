"""Data validation of a task: it compares the rows of both sides by their keys.

Source: DMS user guide, "AWS DMS data validation". A row that differs is compared again before it counts as failed,
because its change may be on the way.
"""

import time
from dataclasses import dataclass, field
from typing import Any

from local_aws.dms_data_plane.changes import Row, TableName
from local_aws.dms_data_plane.protocols import Source, Target
from local_aws.dms_data_plane.table_statistics import TableStatistics

_INTERVAL_SECONDS = 0.2
_COMPARISONS = 3  # after which a row that differs has failed

Key = tuple[Any, ...]


@dataclass
class Validation:
    """The validation of the tables of one run."""

    tables: dict[TableName, TableStatistics]
    _differences: dict[TableName, dict[Key, int]] = field(default_factory=dict)
    """The number of comparisons in which a row differed."""
    _changed: set[TableName] = field(default_factory=set)
    _compared_at: float = 0.0

    def begin(self) -> None:
        """Validate every existing row, also for a task without a full load."""
        for table, statistics in self.tables.items():
            statistics.validation_state = "Pending records"
            self._changed.add(table)

    def add(self, table: TableName, count: int) -> None:
        """Validate a table again of which rows have changed."""
        self._changed.add(table)
        self.tables[table].pending += count
        self.tables[table].validation_state = "Pending records"

    def advance(self, source: Source, target: Target) -> None:
        """Compare the changed tables, if the last comparison is long enough ago."""
        if not self._changed or time.monotonic() - self._compared_at < _INTERVAL_SECONDS:
            return
        self._compared_at = time.monotonic()
        for table in list(self._changed):
            self._compare(table, source, target)

    def _compare(self, table: TableName, source: Source, target: Target) -> None:
        statistics, key = self.tables[table], source.key(table)
        if not key:
            statistics.validation_state, statistics.pending = "No primary key", 0
            self._changed.discard(table)
            return
        here, there = ({_key_of(row, key): row for row in side.rows(table)} for side in (source, target))
        different = {each for each in here.keys() | there.keys() if here.get(each) != there.get(each)}
        counts = self._differences.get(table, {})
        counts = {each: counts.get(each, 0) + 1 for each in different}
        self._differences[table] = counts
        failed = [each for each in different if counts[each] >= _COMPARISONS]
        for each in failed:
            if counts[each] == _COMPARISONS:
                target.record_validation_failure(table, str(each), _kind(here.get(each), there.get(each)))
        statistics.failed, statistics.pending = len(failed), len(different) - len(failed)
        if statistics.pending:
            statistics.validation_state = "Pending records"
        else:
            statistics.validation_state = "Mismatched records" if failed else "Validated"
            # A row that failed is compared again: it may be repaired, and the table is validated then.
            if not failed:
                self._changed.discard(table)


def _key_of(row: Row, key: tuple[str, ...]) -> Key:
    return tuple(row[name] for name in key)


def _kind(here: Row | None, there: Row | None) -> str:
    if here is None:
        return "MISSING_SOURCE"
    return "MISSING_TARGET" if there is None else "RECORD_DIFF"
