"""The comparison of control totals behind a fence, as a part of the final validation."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeAlias

from common import log
from common.errors import DatabaseFailure
from cutover.direction import Direction
from cutover.migration import Migration
from migration.control_totals import DailyTotal, total_differences, totals_as_markdown
from migration.replication import Replication, Side

_RECENT_DAYS = 2  # of a table that is too large for the time of the fence; the rows of the others were compared before

_Totals: TypeAlias = dict[str, list[DailyTotal]]


@dataclass
class FinalTotals:
    """The totals of all replications, by the name of the table."""

    totals: _Totals = field(default_factory=dict)
    different: list[str] = field(default_factory=list)
    not_compared: list[str] = field(default_factory=list)
    since: dict[str, str] = field(default_factory=dict)
    """The first day that was added up, of tables of which not every day was."""

    def write_report(self, migration: Migration) -> None:
        """Write the report for finance, next to the reports of validations."""
        key = f"validation/final-{migration.settings.migration_name}/control-totals.md"
        migration.checkpoints.put_text(key, totals_as_markdown(self.totals), "text/markdown")

    def to_json(self) -> dict[str, object]:
        """Return the totals for the record of the final validation."""
        return {
            table: {"since": self.since.get(table), "totals": [total.to_json() for total in found]}
            for table, found in self.totals.items()
        }


def compare_totals(
    migration: Migration, direction: Direction, replication: Replication, whole: set[str], seconds: float
) -> FinalTotals:
    """Compare the totals of both sides: of every day for the tables in `whole`, of the last days for the others.

    In the reverse direction a side that cannot be read is no error: no rollback may depend on the totals.
    """
    result = FinalTotals()
    if not replication.control_totals:
        return result
    recent = (migration.clock.now().date() - timedelta(days=_RECENT_DAYS)).isoformat()
    result.since = {each.table: recent for each in replication.control_totals if each.table not in whole}
    try:
        with ThreadPoolExecutor(2) as pool:
            read = partial(_read, migration, replication, result.since, seconds)
            source, target = pool.map(read, (replication.source, replication.target))
    except DatabaseFailure as error:
        if direction.is_forward:
            raise
        log.warning("comparison-stopped", cause=str(error))
        result.not_compared = [f"the totals of {each.table}" for each in replication.control_totals]
        return result
    for table in source:
        result.different += total_differences(table, source[table], target[table])
    result.totals = source
    return result


def merge(results: Sequence[FinalTotals]) -> FinalTotals:
    """Return the totals of all replications as one."""
    return FinalTotals(
        totals={table: found for result in results for table, found in result.totals.items()},
        different=[name for result in results for name in result.different],
        not_compared=[name for result in results for name in result.not_compared],
        since={table: day for result in results for table, day in result.since.items()},
    )


def _read(migration: Migration, replication: Replication, since: dict[str, str], seconds: float, side: Side) -> _Totals:
    with migration.read_session(side, seconds) as reader:
        return {each.table: reader.daily_totals(each, since.get(each.table)) for each in replication.control_totals}
