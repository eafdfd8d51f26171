"""MySQL or MariaDB as a target. It applies a change only to the row that the change expects."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

import pymysql
from pymysql.constants import CLIENT, ER

from local_aws.dms_data_plane import control_tables, mysql_session
from local_aws.dms_data_plane.changes import Change, Row, TableName, Transaction, Verb
from local_aws.dms_data_plane.errors import ApplyError, FatalError, TableError
from local_aws.dms_data_plane.mysql_session import MySqlSession, code, message, quoted, recoverable
from local_aws.dms_data_plane.protocols import Tolerance
from local_aws.dms_data_plane.settings import TaskSettings
from local_aws.dms_data_plane.transactions import transaction

_LOB_COLUMNS = """
select column_name from information_schema.columns where table_schema = %s and table_name = %s
and (data_type like '%%text' or data_type like '%%blob' or data_type = 'json')
"""
_BATCH = 200
_DATA_ERRORS = (
    *(ER.DUP_ENTRY, ER.NO_REFERENCED_ROW_2, ER.ROW_IS_REFERENCED_2, ER.BAD_NULL_ERROR, ER.DATA_TOO_LONG),
    *(ER.WARN_DATA_OUT_OF_RANGE, ER.TRUNCATED_WRONG_VALUE),
)


@dataclass
class MySqlTarget(MySqlSession):
    """Implements `protocols.Target`."""

    settings: TaskSettings
    task_name: str
    origin: str
    """The name of the source."""
    _lobs: dict[TableName, set[str]] = field(default_factory=dict)

    def connect(self) -> None:
        """Open the session, run the statement of the endpoint, and create the control tables."""
        self.close()
        # An UPDATE that changes nothing found its row: count those found, not those changed.
        self._session = mysql_session.connect(self.endpoint, autocommit=True, client_flag=CLIENT.FOUND_ROWS)
        try:
            self._run("set time_zone = '+00:00'")
            if self.endpoint.script:
                self._run(self.endpoint.script)
            for table in control_tables.control_tables(self.settings):
                self._run(f"create database if not exists {quoted(table.schema)}")
                columns = ", ".join(_column(column) for column in table.columns)
                self._run(f"create table if not exists {quoted(table.schema, table.name)} ({columns})")
        except pymysql.err.MySQLError as error:
            raise FatalError(f"{self.endpoint.identifier}: {message(error)}") from None

    def truncate(self, table: TableName) -> None:
        """Delete all rows of a table."""
        try:
            self._run(f"truncate table {quoted(*table)}")
        except pymysql.err.MySQLError as error:
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
        failed: list[ApplyError] = []
        with transaction(self._run):
            for change in replicated.changes:
                try:
                    self._apply(change)
                except ApplyError as error:
                    if not tolerates(replicated.position, error):
                        raise
                    failed.append(error)
            self._mark(replicated.position)
        return failed

    def applied_position(self) -> str | None:
        """Return the position of the last applied transaction, if the recovery table stores it."""
        if not self.settings.control_tables.has_recovery:
            return None
        recovery = self._control(control_tables.RECOVERY)
        found = self._run(f"select source_position from {recovery} where task_name = %s", self.task_name)
        return str(found[0][0]) if found else None

    def forget_position(self) -> None:
        """Delete the position from the recovery table, because the task starts afresh."""
        if self.settings.control_tables.has_recovery:
            recovery = self._control(control_tables.RECOVERY)
            self._run(f"delete from {recovery} where task_name = %s", self.task_name)

    def record_exception(self, error: ApplyError) -> None:
        """Write a row of `awsdms_apply_exceptions`."""
        table = error.change.table
        self._run(
            f"insert into {self._control(control_tables.APPLY_EXCEPTIONS)} values (%s, %s, %s, now(), %s, %s)",
            *(self.task_name, table.schema, table.name, error.statement, error.message),
        )

    def record_status(self, status: str, position: str) -> None:
        """Write the row of `awsdms_status`, if enabled."""
        if self.settings.control_tables.has_status:
            table = self._control(control_tables.STATUS)
            self._run(f"replace into {table} values (%s, %s, now(), %s)", self.task_name, status, position)

    def record_suspension(self, table: TableName, reason: str) -> None:
        """Write a row of `awsdms_suspended_tables`, if enabled."""
        if self.settings.control_tables.has_suspended_tables:
            self._run(
                f"insert into {self._control(control_tables.SUSPENDED_TABLES)} values (%s, %s, %s, %s, now())",
                *(self.task_name, table.schema, table.name, reason[:32]),
            )

    def record_validation_failure(self, table: TableName, key: str, kind: str) -> None:
        """Write a row of `awsdms_validation_failures_v1`."""
        self._run(
            f"insert into {self._control(control_tables.VALIDATION_FAILURES)}"
            " values (%s, %s, %s, now(), 'Row', %s, %s)",
            *(self.task_name, table.schema, table.name, key, kind),
        )

    def _apply(self, change: Change) -> None:
        if change.verb is Verb.TRUNCATE:
            if self.settings.truncates:
                self.truncate(change.table)
            return
        table, values = quoted(*change.table), self._writable(change.table, change.values)
        if change.verb is Verb.INSERT:
            names, marks = ", ".join(map(quoted, values)), ", ".join(["%s"] * len(values))
            statement, parameters = f"insert into {table} ({names}) values ({marks})", [*values.values()]
        else:
            identity = self._identity(change)
            where = " and ".join(f"{quoted(name)} <=> %s" for name in identity)
            assignments = ", ".join(f"{quoted(name)} = %s" for name in values)
            action = f"update {table} set {assignments}" if values else f"delete from {table}"
            statement, parameters = f"{action} where {where}", [*values.values(), *identity.values()]
        try:
            with recoverable(self.endpoint), self._open.cursor() as cursor:
                found = cursor.execute(statement, parameters)
        except pymysql.err.MySQLError as error:
            if code(error) in _DATA_ERRORS:
                raise ApplyError(change, statement, message(error)) from None
            raise TableError(change.table, message(error)) from None
        if found == 0:
            raise ApplyError(change, statement, "0 rows affected")

    def _insert(self, table: TableName, batch: list[Row]) -> None:
        names, marks = ", ".join(map(quoted, batch[0])), ", ".join(["%s"] * len(batch[0]))
        lines = ", ".join([f"({marks})"] * len(batch))
        values = [value for row in batch for value in row.values()]
        try:
            self._run(f"insert into {quoted(*table)} ({names}) values {lines}", *values)
        except pymysql.err.MySQLError as error:
            raise TableError(table, message(error)) from None

    def _identity(self, change: Change) -> Row:
        """Return the values of the key; without a key, all values before the change."""
        key = self.key(change.table)
        return {name: change.identity[name] for name in key} if key else change.identity

    def _writable(self, table: TableName, values: Row) -> Row:
        """Return the values with large objects as the task replicates them."""
        lobs = self.settings.lobs
        if lobs.are_replicated and lobs.max_kibibytes is None:
            return values
        if table not in self._lobs:
            self._lobs[table] = {row[0] for row in self._run(_LOB_COLUMNS, *table)}
        size = 1_024 * (lobs.max_kibibytes or 0)
        return {
            name: value[:size] if name in self._lobs[table] and isinstance(value, str | bytes) else value
            for name, value in values.items()
            if lobs.are_replicated or name not in self._lobs[table]
        }

    def _mark(self, position: str) -> None:
        """Store the position of the transaction, and mark it as one of DMS, inside the transaction itself."""
        if self.settings.control_tables.has_recovery:
            recovery = self._control(control_tables.RECOVERY)
            self._run(f"replace into {recovery} values (%s, %s)", self.task_name, position)
        if self.settings.loopback is not None:
            table = quoted(self.settings.loopback.target_schema, control_tables.LOOPBACK)
            self._run(f"replace into {table} values (%s, now(), %s)", self.task_name, self.origin)

    def _control(self, name: str) -> str:
        return quoted(self.settings.control_tables.schema, name)


def _column(definition: str) -> str:
    name, _, kind = definition.partition(" ")
    return f"{quoted(name)} {kind}"
