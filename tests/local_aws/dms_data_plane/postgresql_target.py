"""PostgreSQL as a target. It applies a change only to the row that the change expects."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import pg8000.exceptions

from local_aws.dms_data_plane import control_tables, postgresql_session
from local_aws.dms_data_plane.changes import Change, Row, TableName, Transaction, Verb
from local_aws.dms_data_plane.errors import ApplyError, FatalError, TableError
from local_aws.dms_data_plane.postgresql_session import PostgreSqlSession, message, quoted, sqlstate
from local_aws.dms_data_plane.protocols import Tolerance
from local_aws.dms_data_plane.settings import TaskSettings
from local_aws.dms_data_plane.transactions import transaction

_TYPES = """
select attname::text, format_type(atttypid, atttypmod) from pg_attribute
where attrelid = cast(:table as regclass) and attnum > 0 and not attisdropped and attgenerated = '' order by attnum
"""
_BATCH = 100
_LOB_TYPES = ("text", "bytea", "json", "jsonb", "xml")
_DATA_ERRORS = ("22", "23")  # SQLSTATE classes: data exceptions and violated constraints


@dataclass
class PostgreSqlTarget(PostgreSqlSession):
    """Implements `protocols.Target`."""

    settings: TaskSettings
    task_name: str
    origin: str
    """The name of the source."""
    _types: dict[TableName, dict[str, str]] = field(default_factory=dict)

    def connect(self) -> None:
        """Open the session, run the script of the endpoint, and create the control tables."""
        self.close()
        self._types.clear()
        self._session = postgresql_session.connect(self.endpoint)
        try:
            self._run("set timezone = 'UTC'")
            if self.endpoint.script:
                self._run(self.endpoint.script)
            for table in control_tables.control_tables(self.settings):
                name = quoted(table.schema, table.name)
                if self._run("select to_regclass(:name)", name=name)[0][0] is None:
                    columns = ", ".join(_column(column) for column in table.columns)
                    self._run(f"create table if not exists {name} ({columns})")
        except pg8000.exceptions.DatabaseError as error:
            raise FatalError(f"{self.endpoint.identifier}: {message(error)}") from None

    def truncate(self, table: TableName) -> None:
        """Delete all rows of a table."""
        try:
            self._run(f"truncate table {quoted(*table)}")
        except pg8000.exceptions.DatabaseError as error:
            raise TableError(table, message(error)) from None

    def load(self, table: TableName, rows: Iterable[Row]) -> int:
        """Insert the rows of a table, and return their number."""
        count, remaining = 0, iter(rows)
        with transaction(self._run):
            while batch := [self._writable(table, row) for row in islice(remaining, _BATCH)]:
                self._insert(table, batch)
                count += len(batch)
        return count

    def apply(self, replicated: Transaction, tolerates: Tolerance) -> list[ApplyError]:
        """Apply a transaction, without the changes that fail and are tolerated; return their errors."""
        try:
            self._apply_as_a_whole(replicated)
        except ApplyError as error:
            if not tolerates(replicated.position, error):
                raise
            return self._apply_change_by_change(replicated, tolerates)
        return []

    def applied_position(self) -> str | None:
        """Return the position of the last applied transaction, if the recovery table stores it."""
        if not self.settings.control_tables.has_recovery:
            return None
        found = self._run(
            f"select source_position from {self._control(control_tables.RECOVERY)} where task_name = :task",
            task=self.task_name,
        )
        return str(found[0][0]) if found else None

    def forget_position(self) -> None:
        """Delete the position from the recovery table, because the task starts afresh."""
        if self.settings.control_tables.has_recovery:
            self._run(
                f"delete from {self._control(control_tables.RECOVERY)} where task_name = :task", task=self.task_name
            )

    def record_exception(self, error: ApplyError) -> None:
        """Write a row of `awsdms_apply_exceptions`."""
        self._run(
            f"insert into {self._control(control_tables.APPLY_EXCEPTIONS)}"
            " values (:task, :schema, :table, now(), :statement, :error)",
            task=self.task_name,
            schema=error.change.table.schema,
            table=error.change.table.name,
            statement=error.statement,
            error=error.message,
        )

    def record_status(self, status: str, position: str) -> None:
        """Write the row of `awsdms_status`, if enabled."""
        if self.settings.control_tables.has_status:
            self._run(
                f"insert into {self._control(control_tables.STATUS)} values (:task, :status, now(), :position)"
                " on conflict (task_name) do update set task_status = excluded.task_status,"
                " status_time = excluded.status_time, source_current_position = excluded.source_current_position",
                task=self.task_name,
                status=status,
                position=position,
            )

    def record_suspension(self, table: TableName, reason: str) -> None:
        """Write a row of `awsdms_suspended_tables`, if enabled."""
        if self.settings.control_tables.has_suspended_tables:
            self._run(
                f"insert into {self._control(control_tables.SUSPENDED_TABLES)}"
                " values (:task, :schema, :table, :reason, now())",
                task=self.task_name,
                schema=table.schema,
                table=table.name,
                reason=reason[:32],
            )

    def record_validation_failure(self, table: TableName, key: str, kind: str) -> None:
        """Write a row of `awsdms_validation_failures_v1`."""
        self._run(
            f"insert into {self._control(control_tables.VALIDATION_FAILURES)}"
            " values (:task, :schema, :table, now(), 'Row', :key, :kind)",
            task=self.task_name,
            schema=table.schema,
            table=table.name,
            key=key,
            kind=kind,
        )

    def _apply_as_a_whole(self, replicated: Transaction) -> None:
        with transaction(self._run):
            for change in replicated.changes:
                self._apply(change)
            self._mark(replicated.position)

    def _apply_change_by_change(self, replicated: Transaction, tolerates: Tolerance) -> list[ApplyError]:
        """Apply a transaction with a savepoint before each change, because an error aborts what follows."""
        failed: list[ApplyError] = []
        with transaction(self._run):
            for change in replicated.changes:
                self._run("savepoint change")
                try:
                    self._apply(change)
                except ApplyError as error:
                    if not tolerates(replicated.position, error):
                        raise
                    self._run("rollback to savepoint change")
                    failed.append(error)
            self._mark(replicated.position)
        return failed

    def _apply(self, change: Change) -> None:
        if change.verb is Verb.TRUNCATE:
            if self.settings.truncates:
                self.truncate(change.table)
            return
        table, values = quoted(*change.table), self._writable(change.table, change.values)
        parameters = {f"v{n}": value for n, value in enumerate(values.values())}
        marks = self._marks(change.table, values, "v")
        if change.verb is Verb.INSERT:
            names = ", ".join(map(quoted, values))
            statement = f"insert into {table} ({names}) overriding system value values ({', '.join(marks)})"
        else:
            identity = self._identity(change)
            parameters |= {f"k{n}": value for n, value in enumerate(identity.values()) if value is not None}
            where = " and ".join(
                f"{quoted(name)} is null" if identity[name] is None else f"{quoted(name)} = {mark}"
                for name, mark in zip(identity, self._marks(change.table, identity, "k"), strict=True)
            )
            pairs = zip(values, marks, strict=True)
            assignments = ", ".join(f"{quoted(name)} = {mark}" for name, mark in pairs)
            action = f"update {table} set {assignments}" if values else f"delete from {table}"
            statement = f"{action} where {where}"
        try:
            self._run(statement, **parameters)
        except pg8000.exceptions.DatabaseError as error:
            if sqlstate(error).startswith(_DATA_ERRORS):
                raise ApplyError(change, statement, message(error)) from None
            raise TableError(change.table, message(error)) from None
        if self._open.row_count == 0:
            raise ApplyError(change, statement, "0 rows affected")

    def _insert(self, table: TableName, batch: list[Row]) -> None:
        names = ", ".join(map(quoted, batch[0]))
        lines = ", ".join(f"({', '.join(self._marks(table, row, f'r{n}_'))})" for n, row in enumerate(batch))
        parameters = {f"r{n}_{m}": value for n, row in enumerate(batch) for m, value in enumerate(row.values())}
        try:
            self._run(f"insert into {quoted(*table)} ({names}) overriding system value values {lines}", **parameters)
        except pg8000.exceptions.DatabaseError as error:
            raise TableError(table, message(error)) from None

    def _identity(self, change: Change) -> Row:
        """Return the values of the key; without a key, all values before the change."""
        key = self.key(change.table)
        identity = {name: change.identity[name] for name in key if name in change.identity} or change.identity
        if not identity:
            raise TableError(change.table, f"the log does not identify the row of an {change.verb}: it has no key")
        return identity

    def _marks(self, table: TableName, values: Row, prefix: str) -> list[str]:
        types = self._types_of(table)
        missing = [name for name in values if name not in types]
        if missing:
            raise TableError(table, f"the target has no column {', '.join(missing)}")
        return [f"cast(:{prefix}{n} as {types[name]})" for n, name in enumerate(values)]

    def _writable(self, table: TableName, values: Row) -> Row:
        """Return the values with large objects as the task replicates them."""
        types, lobs = self._types_of(table), self.settings.lobs
        if lobs.are_replicated and lobs.max_kibibytes is None:
            return values
        found: dict[str, Any] = {}
        for name, value in values.items():
            if types.get(name) not in _LOB_TYPES:
                found[name] = value
            elif lobs.are_replicated and isinstance(value, str):
                found[name] = value[: 1_024 * (lobs.max_kibibytes or 0)]
        return found

    def _types_of(self, table: TableName) -> dict[str, str]:
        if table not in self._types:
            try:
                self._types[table] = {row[0]: row[1] for row in self._run(_TYPES, table=quoted(*table))}
            except pg8000.exceptions.DatabaseError as error:
                raise TableError(table, message(error)) from None
        return self._types[table]

    def _mark(self, position: str) -> None:
        """Store the position of the transaction, and mark it as one of DMS, inside the transaction itself."""
        if self.settings.control_tables.has_recovery:
            self._run(
                f"insert into {self._control(control_tables.RECOVERY)} values (:task, :position)"
                " on conflict (task_name) do update set source_position = excluded.source_position",
                task=self.task_name,
                position=position,
            )
        if self.settings.loopback is not None:
            self._run(
                f"insert into {quoted(self.settings.loopback.target_schema, control_tables.LOOPBACK)}"
                " values (:task, now(), :origin)"
                " on conflict (task_name) do update set applied_at = excluded.applied_at",
                task=self.task_name,
                origin=self.origin,
            )

    def _control(self, name: str) -> str:
        return quoted(self.settings.control_tables.schema, name)


def _column(definition: str) -> str:
    name, _, kind = definition.partition(" ")
    return f"{quoted(name)} {kind}"
