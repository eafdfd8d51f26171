"""Both sides of a table, open for comparison."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TypeVar

from common.errors import SchemaMismatch
from migration.row_readers.comparison_plan import ComparisonPlan, plan_comparison
from migration.row_readers.reader import Reader, common_hash_function
from migration.tables import Table
from validation.settings import Validation

_T = TypeVar("_T")


@dataclass(frozen=True)
class TableSide:
    """One side of a table: its session, and the plan by which it is read."""

    reader: Reader
    plan: ComparisonPlan


@dataclass(frozen=True)
class TablePair:
    """Source and target of a table, read concurrently."""

    source: TableSide
    target: TableSide
    workers: ThreadPoolExecutor
    throttle: Callable[[float], None]

    def both(self, read: Callable[[Reader, ComparisonPlan], _T]) -> tuple[_T, _T]:
        """Return the results of `read` on source and target."""
        there = self.workers.submit(read, self.target.reader, self.target.plan)
        started = time.monotonic()
        here = read(self.source.reader, self.source.plan)
        self.throttle(started)
        return here, there.result()


@contextmanager
def open_pair(validation: Validation, replication_name: str, table: Table) -> Iterator[TablePair]:
    """Open both sides of a table; raise SchemaMismatch if one does not exist."""
    replication = validation.replication(replication_name)
    with ExitStack() as stack:
        workers = stack.enter_context(ThreadPoolExecutor(1))
        source = stack.enter_context(validation.read_source(replication))
        target = stack.enter_context(validation.read_target(replication))
        source_schema, target_schema = (reader.table_schema(table) for reader in (source, target))
        if source_schema is None or target_schema is None:
            raise SchemaMismatch(f"{table} does not exist on both sides")
        hash_function = common_hash_function(source, target)
        plans = plan_comparison(source_schema, target_schema, source.engine == target.engine, hash_function)
        yield TablePair(TableSide(source, plans[0]), TableSide(target, plans[1]), workers, validation.throttle)
