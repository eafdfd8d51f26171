"""The operation `final_validation`: as much of a comparison as fits into the time of the fence.

It runs before either side is promoted. In a rollback it is the only comparison of what reverse replication wrote.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

from common import log
from common.errors import DatabaseFailure, ValidationFailed
from cutover import fences, final_totals, validation_record
from cutover.direction import Direction
from cutover.final_totals import FinalTotals
from cutover.migration import Migration
from migration.replication import Replication, Side
from migration.row_readers.comparison_plan import ComparisonPlan, HashFunction, KeyRange, plan_comparison
from migration.row_readers.reader import Reader, common_hash_function
from migration.row_readers.table_schema import has_chronological_order
from migration.tables import Table

_SESSIONS = 4  # on each side: behind the fence the source serves no other client
_ROWS_PER_SECOND = 250_000  # of one session on a small server
_RESERVED_SHARE = 0.4  # of the fence's remaining time, for the promotion
_NEWEST_ROWS = 2_000

Checksum: TypeAlias = Callable[[Reader, ComparisonPlan], object]


@dataclass(frozen=True)
class Scope:
    """The tables that are compared as a whole, and the larger ones, of which only the newest rows are compared."""

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
    fence = fences.present_fence(migration)
    fences.require_checkpoint(migration, fence, fence.direction.drain_step)
    facts = validation_record.passed(migration, fence)
    if facts is None:
        deadline = fences.deadline(migration, fence)
        compared = [
            _compare(migration, fence.direction, replication, max(1.0, deadline.left()))
            for replication in migration.settings.replications
        ]
        totals = final_totals.merge([result.totals for result in compared])
        facts = {
            "tables": sum(result.tables for result in compared),
            "newest_rows_only": [name for result in compared for name in result.newest_only],
            "not_compared": [*totals.not_compared, *(name for result in compared for name in result.not_compared)],
            "daily_totals": sum(map(len, totals.totals.values())),
            "control_totals": totals.to_json(),
        }
        differences = [name for result in compared for name in result.different] + totals.different
        validation_record.write(migration, fence, differences, facts)
        if differences:
            raise ValidationFailed(f"source and target differ in {', '.join(differences)}")
        totals.write_report(migration)
    return {member: facts[member] for member in ("tables", "newest_rows_only", "not_compared", "daily_totals")}


@dataclass(frozen=True)
class _Comparison:
    """The result of one replication: the number of compared tables, and names of tables."""

    tables: int
    newest_only: list[str]
    not_compared: list[str]
    different: list[str]
    totals: FinalTotals


def _compare(migration: Migration, direction: Direction, replication: Replication, seconds: float) -> _Comparison:
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
        checksums = partial(_checksums, migration, direction, scope, seconds)
        source_checksums, target_checksums = pool.map(checksums, sides, zip(*views, strict=True))
    whole = {str(table) for table in scope.whole}
    totals = final_totals.compare_totals(migration, direction, replication, whole, seconds)
    names = [str(table) for table in tables]
    not_compared = [name for name in names if source_checksums.get(name) is None or target_checksums.get(name) is None]
    compared = [name for name in names if name not in not_compared]
    different = [name for name in compared if source_checksums[name] != target_checksums[name]]
    different += [f"the sequence {name}" for name in sorted(unpaired_sequences)]
    newest = [str(table) for table in scope.newest if str(table) in compared]
    log.info(
        "final-validation",
        replication=replication.name,
        tables=len(compared),
        newest_rows_only=newest,
        not_compared=not_compared,
    )
    return _Comparison(len(compared), newest, not_compared, different, totals)


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
    migration: Migration,
    direction: Direction,
    scope: Scope,
    seconds: float,
    side: Side,
    views: tuple[ComparisonPlan, ...],
) -> dict[str, object]:
    """Return the checksum of each table of a side, read by several sessions at the same time.

    The way back must not depend on a comparison that takes too long, or on a side that cannot be read: in the reverse
    direction tables may be missing.
    """
    views_by_name = {str(view.table): view for view in views}
    jobs: list[tuple[Table, Checksum]] = [
        *((table, _checksum) for table in reversed(scope.whole)),
        *((table, _checksum_of_newest_rows) for table in scope.newest),
    ]

    deadline = migration.clock.deadline(seconds)

    def work(share: list[tuple[Table, Checksum]]) -> dict[str, object]:
        found: dict[str, object] = {}
        try:
            with migration.read_session(side, seconds) as reader:
                for table, checksum in share:
                    if direction.is_forward or deadline.left() > 0:
                        found[str(table)] = checksum(reader, views_by_name[str(table)])
        except DatabaseFailure as error:
            if direction.is_forward:
                raise
            log.warning("comparison-stopped", cause=str(error))
        return found

    shares = [jobs[start::_SESSIONS] for start in range(min(_SESSIONS, len(jobs)))]
    with ThreadPoolExecutor(_SESSIONS) as pool:
        return {name: value for values in pool.map(work, shares) for name, value in values.items()}


def _checksum(reader: Reader, view: ComparisonPlan) -> object:
    return reader.checksum(view, KeyRange())


def _checksum_of_newest_rows(reader: Reader, view: ComparisonPlan) -> object:
    """Return the checksum of the rows with the highest primary keys; None if these are not the newest.

    The validation before the cutover compares these tables.
    """
    return reader.newest_checksum(view, _NEWEST_ROWS) if has_chronological_order(view.key) else None
