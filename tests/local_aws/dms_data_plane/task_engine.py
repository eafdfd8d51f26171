"""Runs a task in a thread: full load, then ongoing replication, until it is stopped or fails."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from local_aws.dms_data_plane.changes import Change, TableName, Transaction, Verb
from local_aws.dms_data_plane.control_tables import LOOPBACK
from local_aws.dms_data_plane.endpoints import EndpointSettings, Engine
from local_aws.dms_data_plane.errors import ApplyError, ConnectionLost, FatalError, TableError, TaskStopped
from local_aws.dms_data_plane.faults import Faults
from local_aws.dms_data_plane.mysql_source import MySqlSource
from local_aws.dms_data_plane.mysql_target import MySqlTarget
from local_aws.dms_data_plane.postgresql_source import PostgreSqlSource
from local_aws.dms_data_plane.postgresql_target import PostgreSqlTarget
from local_aws.dms_data_plane.protocols import Source, Target
from local_aws.dms_data_plane.retries import Retries
from local_aws.dms_data_plane.settings import ErrorPolicy, TablePreparation, TaskSettings
from local_aws.dms_data_plane.table_mappings import Selection
from local_aws.dms_data_plane.table_statistics import BEFORE_LOAD, COMPLETED, ERROR, FULL_LOAD, TableStatistics
from local_aws.dms_data_plane.task_run import LOAD_FINISHED, TaskRun
from local_aws.dms_data_plane.validation import Validation

_POLL_SECONDS = 0.02
_STATUS_SECONDS = 1.0
_MAX_SLOT_LENGTH = 63
_END_SECONDS = 60.0
RESUME = "resume-processing"


@dataclass(frozen=True)
class TaskDefinition:
    """What the API was given about a task. Endpoints are read for every session: their passwords rotate."""

    resource_id: str
    migration_type: str
    source: Callable[[], EndpointSettings]
    target: Callable[[], EndpointSettings]
    slot: str | None
    settings: TaskSettings
    selection: Selection


def source_of(endpoint: EndpointSettings) -> Source:
    """Return the source of an endpoint."""
    return PostgreSqlSource(endpoint) if endpoint.engine is Engine.POSTGRESQL else MySqlSource(endpoint)


@dataclass
class TaskEngine:
    """One run of a task."""

    definition: TaskDefinition
    run: TaskRun
    faults: Faults
    start_type: str
    position: str | None
    _stop_at: float = float("inf")
    _thread: threading.Thread = field(init=False)
    _endpoints: tuple[EndpointSettings, EndpointSettings] = field(init=False)
    _source: Source = field(init=False)
    _target: Target = field(init=False)
    _validation: Validation = field(init=False)
    _is_started: bool = False
    _heartbeat_at: float = 0.0
    _status_at: float = 0.0

    def __post_init__(self) -> None:
        """Prepare the thread."""
        self._thread = threading.Thread(target=self._run, name=self.definition.resource_id, daemon=True)

    def start(self) -> None:
        """Begin to replicate; end by setting the status to `running` or `failed`."""
        self._thread.start()

    def request_stop(self) -> None:
        """Begin to stop; end by setting the status to `stopped`."""
        self._stop_at = time.monotonic() + self.faults.stop_seconds

    def join(self) -> None:
        """Stop at once, and wait for the end of the thread."""
        self._stop_at = 0.0
        self.await_end()

    def await_end(self) -> None:
        """Wait for the end of the thread."""
        self._thread.join(_END_SECONDS)

    def _run(self) -> None:
        retries = Retries(self.definition.settings.errors)
        try:
            self._pause(self.faults.start_seconds)
            while True:
                try:
                    self._attempt(retries)
                    break
                except ConnectionLost as error:
                    self._close()
                    self._pause(retries.next_pause_seconds(error) * self.faults.time_scale)
            self._end("stopped", LOAD_FINISHED)
        except TaskStopped:
            self._end("stopped", self.run.stop_reason)
        except (FatalError, ApplyError, TableError) as error:
            self._fail(str(error))
        except Exception as error:
            self._fail(f"{type(error).__name__}: {error}")

    def _end(self, status: str, reason: str) -> None:
        self._close()
        self.run.stop_reason = reason
        self.run.status = status

    def _fail(self, message: str) -> None:
        self._close()
        self.run.fail(message)

    def _attempt(self, retries: Retries) -> None:
        """Connect, load what is not loaded, and replicate; return only if the task has no ongoing replication."""
        self._connect()
        self._select_tables()
        self._write_heartbeat()
        position = self._start_position()
        self.run.status = "running" if self.run.status == "starting" else self.run.status
        if self.definition.migration_type != "cdc" and not self.run.is_loaded:
            position = self._load()
        self._validation = Validation(self.run.tables)
        if self.definition.settings.validates:
            self._validation.begin()
        if self.definition.migration_type == "full-load":
            return
        self._replicate(position, retries)

    def _connect(self) -> None:
        self._endpoints = source, target = self.definition.source(), self.definition.target()
        self._require_reachable()
        self._source = source_of(source)
        task_name, settings = self.definition.resource_id, self.definition.settings
        if target.engine is Engine.POSTGRESQL:
            self._target = PostgreSqlTarget(target, settings, task_name, source.name)
        else:
            self._target = MySqlTarget(target, settings, task_name, source.name)
        self._source.connect()
        self._target.connect()

    def _close(self) -> None:
        for opened in (getattr(self, "_source", None), getattr(self, "_target", None)):
            if opened is not None:
                opened.close()

    def _select_tables(self) -> None:
        found = [table for table in self._source.tables() if self.definition.selection.has(table)]
        if not found and self.definition.settings.errors.fails_without_tables:
            raise FatalError("no tables were captured: the table mappings select none of the source")
        state = COMPLETED if self.definition.migration_type == "cdc" else BEFORE_LOAD
        for table in found:
            self.run.tables.setdefault(table, TableStatistics(table, state))

    def _slot(self) -> str:
        slot = self.definition.slot or self.run.own_slot
        if slot is None:
            name = f"{self.definition.resource_id.lower().replace('-', '_')}_{uuid.uuid4().hex}"
            self.run.own_slot = slot = name[-_MAX_SLOT_LENGTH:]
        return slot

    def _start_position(self) -> str:
        """Return the position from which this attempt replicates."""
        if self._is_started or self.start_type == RESUME:
            if self.definition.migration_type != "cdc" and not self.run.is_loaded:
                return ""
            is_late = self.faults.resumes_late and not self._is_started
            self._is_started = True
            return self._source.begin_capture(self._slot()) if is_late else self._resume_position()
        self._target.forget_position()
        position = "" if self.definition.migration_type != "cdc" else self._cdc_start()
        if not position:
            self.run.is_loaded, self.run.load_end = False, None
            for statistics in self.run.tables.values():
                statistics.state = BEFORE_LOAD
        self._is_started = True
        self.run.position = position
        return position

    def _cdc_start(self) -> str:
        slot = self._slot()
        is_late = self.faults.starts_late or (self.faults.restarts_late and self.run.runs > 1)
        if is_late or (self.position is None and self.definition.slot is None):
            return self._source.begin_capture(slot)
        return self._source.require_position(slot, self.position)

    def _resume_position(self) -> str:
        stored = [each for each in (self.run.position, self._target.applied_position()) if each]
        position = max(stored, key=self._source.order) if stored else None
        return self._source.require_position(self._slot(), position)

    def _load(self) -> str:
        """Copy all tables that are not loaded yet; return the position from before the copy."""
        if not self.run.position:
            self._await_open_transactions()
            slot = self._slot()
            self.run.position = (
                self._source.begin_capture(slot)
                if self.definition.slot is None
                else self._source.require_position(slot, None)
            )
        for table, statistics in self.run.tables.items():
            if statistics.state not in (COMPLETED, ERROR):
                self._load_table(table, statistics)
        self.run.load_end = self._source.end_position()
        self.run.is_loaded = True
        return self.run.position

    def _await_open_transactions(self) -> None:
        """Wait for the transactions that are open now, at most for TransactionConsistencyTimeout."""
        timeout = self.definition.settings.transaction_consistency_seconds * self.faults.time_scale
        deadline = time.monotonic() + timeout
        waited_for = self._source.open_transactions()
        while waited_for & self._source.open_transactions() and time.monotonic() < deadline:
            self._pause(_POLL_SECONDS)

    def _load_table(self, table: TableName, statistics: TableStatistics) -> None:
        self._check()
        statistics.state = FULL_LOAD
        try:
            if self.definition.settings.preparation is TablePreparation.TRUNCATE_BEFORE_LOAD:
                self._target.truncate(table)
            statistics.full_load_rows = self._target.load(table, self._source.rows(table))
            statistics.state = COMPLETED
        except TableError as error:
            self._handle_table_error(error)

    def _replicate(self, position: str, retries: Retries) -> None:
        for transaction in self._source.transactions(self._slot(), position):
            retries.reset()
            self._check()
            self._write_status()
            if transaction is None:
                self._write_heartbeat()
                if self.definition.settings.validates:
                    self._validation.advance(self._source, self._target)
                continue
            while self.definition.resource_id in self.faults.paused_tasks:
                self._pause(_POLL_SECONDS)
            order = self._source.order
            if self.run.position is None or order(transaction.position) > order(self.run.position):
                self._apply(transaction)
                self.run.position = transaction.position
            self._source.acknowledge(transaction.position)

    def _apply(self, transaction: Transaction) -> None:
        if self._is_own(transaction):
            return
        while changes := tuple(change for change in transaction.changes if self._is_selected(change)):
            try:
                failures = self._target.apply(Transaction(transaction.position, changes), self._tolerates)
            except ApplyError as error:
                self._target.record_exception(error)
                raise FatalError(str(error)) from None
            except TableError as error:
                self._handle_table_error(error)
                continue
            if not self._is_in_load(transaction.position):
                for failure in failures:
                    self._handle_failure(failure)
            self._count(changes)
            return

    def _is_own(self, transaction: Transaction) -> bool:
        """Return whether the opposite task has written the transaction, or by a fault any task of DMS."""
        loopback, target = self.definition.settings.loopback, self._endpoints[1].name
        if loopback is None:
            return False
        table = TableName(loopback.source_schema, LOOPBACK)
        origins = [change.values.get("origin") for change in transaction.changes if change.table == table]
        return target in origins or (bool(origins) and self.faults.ignores_every_task)

    def _is_selected(self, change: Change) -> bool:
        statistics = self.run.tables.get(change.table)
        if statistics is None and self.definition.selection.has(change.table):
            statistics = self.run.tables[change.table] = TableStatistics(change.table, COMPLETED)
        return statistics is not None and statistics.state != ERROR

    def _is_in_load(self, position: str) -> bool:
        """Return whether the full load may have copied a change already."""
        end, order = self.run.load_end, self._source.order
        ignores = self.definition.settings.errors.ignores_load_conflicts
        return ignores and end is not None and order(position) <= order(end)

    def _tolerates(self, position: str, error: ApplyError) -> bool:
        """Return whether a transaction is applied without the change that failed."""
        return self._is_in_load(position) or self._policy(error.change.verb) is not ErrorPolicy.STOP_TASK

    def _policy(self, verb: Verb) -> ErrorPolicy:
        behavior = self.definition.settings.errors
        policies = {Verb.INSERT: behavior.insert, Verb.UPDATE: behavior.update, Verb.DELETE: behavior.delete}
        return policies.get(verb, behavior.table)

    def _handle_failure(self, error: ApplyError) -> None:
        policy = self._policy(error.change.verb)
        if policy is not ErrorPolicy.IGNORE_RECORD:
            self._target.record_exception(error)
        if policy is ErrorPolicy.SUSPEND_TABLE:
            self._suspend(error.change.table, error.message)

    def _handle_table_error(self, error: TableError) -> None:
        if self.definition.settings.errors.table is ErrorPolicy.STOP_TASK:
            if error.table in self.run.tables:
                self.run.tables[error.table].state = ERROR
            raise FatalError(str(error))
        self._suspend(error.table, str(error))

    def _suspend(self, table: TableName, reason: str) -> None:
        self.run.tables[table].state = ERROR
        self._target.record_suspension(table, reason)

    def _count(self, changes: tuple[Change, ...]) -> None:
        for change in changes:
            self.run.tables[change.table].count(change)
            if self.definition.settings.validates:
                self._validation.add(change.table, 1)

    def _write_heartbeat(self) -> None:
        interval = 60 * self._endpoints[0].heartbeat_minutes * self.faults.time_scale
        if self._heartbeat_at == 0.0 or time.monotonic() - self._heartbeat_at > interval:
            self._heartbeat_at = time.monotonic()
            self._source.write_heartbeat()

    def _write_status(self) -> None:
        if time.monotonic() - self._status_at > _STATUS_SECONDS:
            self._status_at = time.monotonic()
            self._target.record_status("running", self.run.position or "")

    def _check(self) -> None:
        """End the run if it was requested to stop, fails by a fault, or has lost a server."""
        self._require_continuation()
        self._require_reachable()

    def _require_continuation(self) -> None:
        if time.monotonic() >= self._stop_at:
            raise TaskStopped
        failure = self.faults.failing_tasks.get(self.definition.resource_id)
        if failure is not None:
            raise FatalError(failure)

    def _require_reachable(self) -> None:
        for endpoint in self._endpoints:
            if endpoint.server in self.faults.unreachable_servers:
                raise ConnectionLost(f"{endpoint.server}: no route to host")

    def _pause(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        self._require_continuation()
        while (left := deadline - time.monotonic()) > 0:
            time.sleep(min(left, _POLL_SECONDS))
            self._require_continuation()
