"""The operation `final_validation`: as much of a comparison as fits into the time of the fence."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from common import log
from common.errors import ValidationFailed
from cutover import fences, switchover
from cutover.direction import FORWARD
from cutover.migration import Migration
from migration.replication import Replication, Side
from migration.row_readers.comparison_plan import ComparisonPlan, HashFunction, KeyRange, plan_comparison
from migration.row_readers.reader import Reader, common_hash_function
from migration.row_readers.table_schema import has_portable_order
from migration.tables import Table

_SESSIONS = 4  # on each side: behind the fence the source serves no other client
_ROWS_PER_SECOND = 250_000  # of one session on a small server
_RESERVED_SHARE = 0.4  # of the fence's remaining time, for the promotion
_NEWEST_ROWS = 2_000

Checksum: TypeAlias = Callable[[Reader, ComparisonPlan], object]


@dataclass(frozen=True)
class Scope:
    """The tables that are compared as a whole, and those of which only the newest rows are compared."""

    whole: tuple[Table, ...]
    newest: tuple[Table, ...]

    @classmethod
    def within(cls, tables: list[Table], seconds: float) -> "Scope":
        """Compare as many tables as a whole as `seconds` allow, the smallest first."""
        rows_of_session = seconds * (1 - _RESERVED_SHARE) * _ROWS_PER_SECOND
        rows_left = rows_of_session * _SESSIONS
        whole: list[Table] = []
        for table in sorted(tables, key=lambda table: table.estimate):
            # One session reads one table, so that a table must fit into the rows of a session too.
            if table.estimate > rows_left or table.estimate > rows_of_session:
                break
            rows_left -= table.estimate
            whole.append(table)
        return cls(tuple(whole), tuple(table for table in tables if table not in whole))


def final_validation(migration: Migration) -> dict[str, object]:
    """Compare both sides behind the fence; raise `ValidationFailed` with the names of the tables that differ.

    The statistics of DMS are too old for a fence of seconds. `cutover.fence_gate` reads them before.
    """
    fence = fences.current_fence(migration, FORWARD)
    fences.require_checkpoint(migration, fence, FORWARD.drain_step)
    checkpoint = fences.checkpoint(migration, fence, switchover.FINAL_VALIDATION)
    if checkpoint is None:
        deadline = migration.clock.deadline(migration.settings.fence_timeout_seconds, fence.time)
        scopes = [
            _compare(migration, replication, max(1.0, deadline.left()))
            for replication in migration.settings.replications
        ]
        newest_only = [str(table) for scope in scopes for table in scope.newest]
        compared = sum(len(scope.whole) for scope in scopes) + len(newest_only)
        facts = {"tables": compared, "newest_rows_only": newest_only}
        checkpoint = fences.write_checkpoint(migration, fence, switchover.FINAL_VALIDATION, facts)
    return {name: checkpoint.facts[name] for name in ("tables", "newest_rows_only")}


def _compare(migration: Migration, replication: Replication, seconds: float) -> Scope:
    sides = (replication.source, replication.target)
    with (
        migration.read_session(sides[0], seconds) as source,
        migration.read_session(sides[1], seconds) as target,
    ):
        tables = source.tables(replication.tables)
        hash_function = common_hash_function(source, target)
        views = [_views(source, target, table, hash_function) for table in tables]
        unpaired_sequences = source.sequences(tables).keys() ^ target.sequences(tables).keys()
    scope = Scope.within(tables, seconds)
    with ThreadPoolExecutor(len(sides)) as pool:
        checksums = partial(_checksums, migration, scope, seconds)
        source_checksums, target_checksums = pool.map(checksums, sides, zip(*views, strict=True))
    different = [name for name in source_checksums if source_checksums[name] != target_checksums[name]]
    different += [f"the sequence {name}" for name in sorted(unpaired_sequences)]
    if different:
        raise ValidationFailed(f"source and target differ in {', '.join(different)}")
    newest = [str(table) for table in scope.newest]
    log.info("final-validation", replication=replication.name, tables=len(tables), newest_rows_only=newest)
    return scope


def _views(
    source: Reader, target: Reader, table: Table, hash_function: HashFunction
) -> tuple[ComparisonPlan, ComparisonPlan]:
    """Return the view of a table on each side; raise `ValidationFailed` if the columns differ."""
    source_schema, target_schema = source.table_schema(table), target.table_schema(table)
    if source_schema is None or target_schema is None:
        raise ValidationFailed(f"the columns of {table} differ")
    if [column.name for column in source_schema.columns] != [column.name for column in target_schema.columns]:
        raise ValidationFailed(f"the columns of {table} differ")
    return plan_comparison(source_schema, target_schema, source.engine == target.engine, hash_function)


def _checksums(
    migration: Migration, scope: Scope, seconds: float, side: Side, views: tuple[ComparisonPlan, ...]
) -> dict[str, object]:
    """Return the checksum of each table of a side, read by several sessions at the same time."""
    views_by_name = {str(view.table): view for view in views}
    jobs: list[tuple[Table, Checksum]] = [
        *((table, _checksum) for table in reversed(scope.whole)),
        *((table, _checksum_of_newest_rows) for table in scope.newest),
    ]

    def work(share: list[tuple[Table, Checksum]]) -> dict[str, object]:
        with migration.read_session(side, seconds) as reader:
            return {str(table): checksum(reader, views_by_name[str(table)]) for table, checksum in share}

    shares = [jobs[start::_SESSIONS] for start in range(min(_SESSIONS, len(jobs)))]
    with ThreadPoolExecutor(_SESSIONS) as pool:
        return {name: value for values in pool.map(work, shares) for name, value in values.items()}


def _checksum(reader: Reader, view: ComparisonPlan) -> object:
    return reader.checksum(view, KeyRange())


def _checksum_of_newest_rows(reader: Reader, view: ComparisonPlan) -> object:
    """Return the checksum of the rows with the highest primary keys.

    Servers sort text differently, so that the newest rows by a text key differ. The validation before the cutover
    compares these tables.
    """
    return reader.newest_checksum(view, _NEWEST_ROWS) if has_portable_order(view.key) else None
