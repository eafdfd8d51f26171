"""The gate before the fence of the source that requires a recent comparison of all rows.

Behind the fence there is no time to compare large tables, so that the comparison before it must not be old.
"""

from datetime import timedelta

from common.errors import PreconditionFailed
from cutover.load_status import FULL_LOAD_STEP
from cutover.migration import Migration
from migration import comparison_record

_REMEDY = "run plan, compare and summarize of the function validation in a new execution"


def require_recent_comparison(migration: Migration) -> None:
    """Raise `PreconditionFailed` unless a comparison since the full load found no difference and is recent."""
    minutes = migration.settings.max_validation_age_minutes
    load = migration.checkpoints.read(FULL_LOAD_STEP)
    for replication in migration.settings.replications:
        record = comparison_record.read(migration.checkpoints, replication.name)
        if record is None:
            raise PreconditionFailed(
                f"no comparison of {replication.name} has found source and target equal; `max_validation_age` requires"
                f" one of the last {minutes} minutes: {_REMEDY}"
            )
        if load is not None and record.at < load.time:
            raise PreconditionFailed(
                f"the last comparison of {replication.name}, {record.execution}, ended at {record.at.isoformat()}, and"
                f" the full load began at {load.at}, after it: {_REMEDY}"
            )
        age = migration.clock.now() - record.at
        if age > timedelta(minutes=minutes):
            raise PreconditionFailed(
                f"the last comparison of {replication.name} that found source and target equal, {record.execution},"
                f" ended {age // timedelta(minutes=1)} minutes ago; `max_validation_age` is {minutes}: {_REMEDY}"
            )
