"""Checks before the fence of the source, while nothing has changed and callers do not wait.

A rollback is never refused by them: they concern the forward direction only.
"""

from common.errors import PreconditionFailed, ValidationFailed
from cutover import outbound_tasks, ownership, replication_privileges, traffic
from cutover.comparison_gate import require_recent_comparison
from cutover.connections import require_connections
from cutover.direction import FORWARD
from cutover.fence_obstacles import fence_obstacles
from cutover.load_status import active_forward_task
from cutover.migration import Migration
from migration.replication import Replication

_WATERMARK_SECONDS = 10.0


def require_cutover_is_possible(migration: Migration) -> None:
    """Raise an error if the fence would be incomplete, rows are known to differ, or a rollback would lose writes.

    The same if traffic is held or not at the step of the cutover, if another environment owns the source, or if the
    last comparison of all rows is too old.

    The same if a replica of the writer cannot be set: the payment code of its region would stop.
    """
    traffic.require_cutover_step(migration)
    ownership.require_ownership(migration)
    require_recent_comparison(migration)
    migration.writer_replicas.require(migration.parameters.writer())
    for replication in migration.settings.replications:
        _require_complete_fence(migration, replication)
        _require_no_dms_finding(migration, replication)
        outbound_tasks.require_no_lost_changes(migration, FORWARD, replication, _WATERMARK_SECONDS)
        replication_privileges.require(migration, replication)
    require_connections(migration, (replication.tasks.reverse for replication in migration.settings.replications))


def _require_complete_fence(migration: Migration, replication: Replication) -> None:
    with migration.admin_session(replication.source) as source:
        for finding in fence_obstacles(migration, replication, replication.source, source):
            raise PreconditionFailed(f"the source of {replication.name} {finding}")


def _require_no_dms_finding(migration: Migration, replication: Replication) -> None:
    """Raise `ValidationFailed` for a finding of DMS; behind the fence the comparison of this function decides."""
    statistics = migration.tasks.statistics(active_forward_task(migration, replication).arn)
    if statistics.tables_errored:
        raise ValidationFailed(f"tables in error: {', '.join(statistics.tables_errored)}")
    if statistics.validation_failed or statistics.validation_suspended:
        raise ValidationFailed(
            f"in the DMS validation of {replication.name} {statistics.validation_failed} rows failed"
            f" and {statistics.validation_suspended} are suspended"
        )
