"""Task settings: the JSON of ReplicationTaskSettings, with the defaults of DMS for what it leaves out.

Source: DMS user guide, "Specifying task settings".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ErrorPolicy(StrEnum):
    """The effect of an error on the task. INSERT_RECORD and UPDATE_RECORD are not implemented."""

    IGNORE_RECORD = "IGNORE_RECORD"
    LOG_ERROR = "LOG_ERROR"
    SUSPEND_TABLE = "SUSPEND_TABLE"
    STOP_TASK = "STOP_TASK"


class TablePreparation(StrEnum):
    """The preparation of a target table before its load."""

    DO_NOTHING = "DO_NOTHING"
    TRUNCATE_BEFORE_LOAD = "TRUNCATE_BEFORE_LOAD"


@dataclass(frozen=True)
class ErrorBehavior:
    """`ErrorBehavior`: policies, and the retries after a recoverable error."""

    insert: ErrorPolicy
    update: ErrorPolicy
    delete: ErrorPolicy
    table: ErrorPolicy
    fails_without_tables: bool
    ignores_load_conflicts: bool
    recoverable_error_count: int
    """-1 is unlimited."""
    retry_interval_seconds: float
    max_retry_interval_seconds: float
    stops_at_max_interval: bool


@dataclass(frozen=True)
class LobSettings:
    """The large objects of `TargetMetadata`."""

    are_replicated: bool
    max_kibibytes: int | None
    """The length at which the limited mode truncates; None in full mode."""


@dataclass(frozen=True)
class ControlTableSettings:
    """`ControlTablesSettings`: the schema and the optional tables."""

    schema: str
    has_status: bool
    has_history: bool
    has_suspended_tables: bool
    has_full_load_exceptions: bool
    has_recovery: bool


@dataclass(frozen=True)
class Loopback:
    """`LoopbackPreventionSettings`: the schemas of the table that marks applied transactions."""

    source_schema: str
    target_schema: str


@dataclass(frozen=True)
class TaskSettings:
    """The settings that the data plane implements."""

    errors: ErrorBehavior
    lobs: LobSettings
    control_tables: ControlTableSettings
    loopback: Loopback | None
    preparation: TablePreparation
    transaction_consistency_seconds: float
    validates: bool
    truncates: bool
    """Whether a TRUNCATE of the source truncates the target."""


def parse(text: str | None, default_control_schema: str) -> TaskSettings:
    """Parse the JSON of ReplicationTaskSettings; raise `ValueError` for a value that is not implemented."""
    sections = json.loads(text or "{}")

    def section(name: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = sections.get(name) or {}
        return found

    load, validation = section("FullLoadSettings"), section("ValidationSettings")
    ddl = section("ChangeProcessingDdlHandlingPolicy")
    return TaskSettings(
        errors=_error_behavior(section("ErrorBehavior")),
        lobs=_lobs(section("TargetMetadata")),
        control_tables=_control_tables(
            section("ControlTablesSettings"), section("TargetMetadata"), default_control_schema
        ),
        loopback=_loopback(section("LoopbackPreventionSettings")),
        preparation=TablePreparation(load.get("TargetTablePrepMode", "DROP_AND_CREATE")),
        transaction_consistency_seconds=float(load.get("TransactionConsistencyTimeout", 600)),
        validates=bool(validation.get("EnableValidation", False)),
        truncates=bool(ddl.get("HandleSourceTableTruncated", True)),
    )


def _error_behavior(values: Mapping[str, Any]) -> ErrorBehavior:
    return ErrorBehavior(
        insert=ErrorPolicy(values.get("ApplyErrorInsertPolicy", "LOG_ERROR")),
        update=ErrorPolicy(values.get("ApplyErrorUpdatePolicy", "LOG_ERROR")),
        delete=ErrorPolicy(values.get("ApplyErrorDeletePolicy", "IGNORE_RECORD")),
        table=ErrorPolicy(values.get("TableErrorPolicy", "SUSPEND_TABLE")),
        fails_without_tables=bool(values.get("FailOnNoTablesCaptured", True)),
        ignores_load_conflicts=bool(values.get("FullLoadIgnoreConflicts", True)),
        recoverable_error_count=int(values.get("RecoverableErrorCount", -1)),
        retry_interval_seconds=float(values.get("RecoverableErrorInterval", 5)),
        max_retry_interval_seconds=float(values.get("RecoverableErrorThrottlingMax", 1_800)),
        stops_at_max_interval=bool(values.get("RecoverableErrorStopRetryAfterThrottlingMax", False)),
    )


def _lobs(values: Mapping[str, Any]) -> LobSettings:
    is_limited = bool(values.get("LimitedSizeLobMode", False)) and not values.get("FullLobMode", False)
    return LobSettings(
        are_replicated=bool(values.get("SupportLobs", True)),
        max_kibibytes=int(values.get("LobMaxSize", 32)) if is_limited else None,
    )


def _control_tables(values: Mapping[str, Any], metadata: Mapping[str, Any], schema: str) -> ControlTableSettings:
    return ControlTableSettings(
        schema=values.get("ControlSchema") or schema,
        has_status=bool(values.get("StatusTableEnabled", False)),
        has_history=bool(values.get("HistoryTableEnabled", False)),
        has_suspended_tables=bool(values.get("SuspendedTablesTableEnabled", False)),
        has_full_load_exceptions=bool(values.get("FullLoadExceptionTableEnabled", False)),
        has_recovery=bool(metadata.get("TaskRecoveryTableEnabled", False)),
    )


def _loopback(values: Mapping[str, Any]) -> Loopback | None:
    if not values.get("EnableLoopbackPrevention", False):
        return None
    return Loopback(str(values["SourceSchema"]), str(values["TargetSchema"]))
