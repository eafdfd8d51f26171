"""Control tables that DMS creates on the target.

Source: DMS user guide, "Control table task settings". `awsdms_apply_exceptions` exists always.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from local_aws.dms_data_plane.settings import TaskSettings

APPLY_EXCEPTIONS = "awsdms_apply_exceptions"
STATUS = "awsdms_status"
HISTORY = "awsdms_history"
SUSPENDED_TABLES = "awsdms_suspended_tables"
FULL_LOAD_EXCEPTIONS = "awsdms_full_load_exceptions"
VALIDATION_FAILURES = "awsdms_validation_failures_v1"
RECOVERY = "awsdms_txn_state"
LOOPBACK = "awsdms_loopback_prevention"
HEARTBEAT = "awsdms_heartbeat"

_EXCEPTION_COLUMNS = (
    "TASK_NAME varchar(128) not null",
    "TABLE_OWNER varchar(128) not null",
    "TABLE_NAME varchar(128) not null",
    "ERROR_TIME timestamp not null",
    "STATEMENT text not null",
    "ERROR text not null",
)


@dataclass(frozen=True)
class ControlTable:
    """A control table: its schema, its name, and its columns as `name type`."""

    schema: str
    name: str
    columns: tuple[str, ...]


def control_tables(settings: TaskSettings) -> Iterator[ControlTable]:
    """Yield the control tables that a task creates on its target."""
    enabled = settings.control_tables
    schema = enabled.schema
    yield ControlTable(schema, APPLY_EXCEPTIONS, _EXCEPTION_COLUMNS)
    if enabled.has_full_load_exceptions:
        yield ControlTable(schema, FULL_LOAD_EXCEPTIONS, _EXCEPTION_COLUMNS)
    if enabled.has_status:
        columns = ("task_name varchar(128) primary key", "task_status varchar(32)", "status_time timestamp")
        yield ControlTable(schema, STATUS, (*columns, "source_current_position varchar(128)"))
    if enabled.has_suspended_tables:
        columns = ("task_name varchar(128)", "table_owner varchar(128)", "table_name varchar(128)")
        yield ControlTable(
            schema, SUSPENDED_TABLES, (*columns, "suspend_reason varchar(32)", "suspend_timestamp timestamp")
        )
    if enabled.has_history:
        columns = ("task_name varchar(128)", "timeslot timestamp", "timeslot_duration integer")
        yield ControlTable(schema, HISTORY, (*columns, "timeslot_volume integer"))
    if enabled.has_recovery:
        yield ControlTable(
            schema, RECOVERY, ("task_name varchar(128) primary key", "source_position varchar(128) not null")
        )
    if settings.validates:
        columns = ("TASK_NAME varchar(128)", "TABLE_OWNER varchar(128)", "TABLE_NAME varchar(128)")
        failure = ("FAILURE_TIME timestamp", "KEY_TYPE varchar(128)", "FAILURE_KEY text", "FAILURE_TYPE varchar(128)")
        yield ControlTable(schema, VALIDATION_FAILURES, (*columns, *failure))
    if settings.loopback is not None:
        marks = ("task_name varchar(128) primary key", "applied_at timestamp", "origin varchar(255)")
        yield ControlTable(settings.loopback.target_schema, LOOPBACK, marks)
