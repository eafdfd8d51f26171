"""MySQL or MariaDB as a source: tables by SQL, changes from the binary log. A position is `file:offset`."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import count

import pymysql
from pymysqlreplication import BinLogStreamReader
from pymysqlreplication.event import QueryEvent, XidEvent
from pymysqlreplication.row_event import DeleteRowsEvent, RowsEvent, UpdateRowsEvent, WriteRowsEvent

from local_aws.dms_data_plane import mysql_session
from local_aws.dms_data_plane.changes import Change, Row, TableName, Transaction, Verb
from local_aws.dms_data_plane.errors import FatalError, TableError
from local_aws.dms_data_plane.mysql_session import MySqlSession, message, recoverable
from local_aws.dms_data_plane.protocols import Position

_SYSTEM_SCHEMAS = ("mysql", "information_schema", "performance_schema", "sys")
_TABLES = f"""
select table_schema, table_name from information_schema.tables
where table_type = 'BASE TABLE' and table_schema not in {_SYSTEM_SCHEMAS} order by 1, 2
"""
_OPEN_TRANSACTIONS = "select trx_id from information_schema.innodb_trx where trx_rows_modified > 0"
_POLL_SECONDS = 0.05
_TRUNCATE = re.compile(r"^\s*truncate\s+(?:table\s+)?(?:`?(?P<schema>[^`.\s]+)`?\.)?`?(?P<table>[^`.;\s]+)`?", re.I)
_EVENTS = [WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent, XidEvent, QueryEvent]
_readers = count(1_000)
"""Server ids of readers: a server ends the session of a reader when another one with the same id arrives."""


@dataclass
class MySqlSource(MySqlSession):
    """Implements `protocols.Source`."""

    def connect(self) -> None:
        """Open the session for the other operations."""
        self.close()
        self._session = mysql_session.connect(self.endpoint, autocommit=True, init_command="set time_zone = '+00:00'")

    def tables(self) -> list[TableName]:
        """Return all tables."""
        return [TableName(*row) for row in self._run(_TABLES)]

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table."""
        try:
            yield from super().rows(table)
        except pymysql.err.MySQLError as error:
            raise TableError(table, message(error)) from None

    def open_transactions(self) -> set[str]:
        """Return the identifiers of the open transactions that wrote something, as far as the user may see them."""
        try:
            return {str(row[0]) for row in self._run(_OPEN_TRANSACTIONS)}
        except pymysql.err.MySQLError:  # without the privilege PROCESS
            return set()

    def begin_capture(self, slot: str) -> str:
        """Return the present position; the server retains its log by time."""
        del slot
        return self.end_position()

    def end_position(self) -> str:
        """Return the end of the binary log."""
        try:
            status = self._run("show master status")
        except pymysql.err.ProgrammingError:  # of MySQL 8.4
            status = self._run("show binary log status")
        if not status:
            raise FatalError(f"{self.endpoint.identifier}: the server writes no binary log")
        return f"{status[0][0]}:{status[0][1]}"

    def require_position(self, slot: str, position: str | None) -> str:
        """Return the position from which the log is read; raise `FatalError` if the log does not have it."""
        del slot
        if position is None:
            return self.end_position()
        self.order(position)
        files = [str(row[0]) for row in self._run("show binary logs")]
        if position.rpartition(":")[0] not in files:
            raise FatalError(f"the start position {position} is not in the binary log, which begins with {files[0]}")
        return position

    def transactions(self, slot: str, position: str) -> Iterator[Transaction | None]:
        """Return the transactions after `position` as they are committed, and None while there is no new one."""
        del slot
        while True:
            with recoverable(self.endpoint):
                for transaction in self._new_transactions(position):
                    position = transaction.position
                    yield transaction
            yield None

    def acknowledge(self, position: str) -> None:
        """Do nothing: the server discards its log by time."""

    def drop_slot(self, slot: str) -> None:
        """Do nothing: the server has no slots."""

    def write_heartbeat(self) -> None:
        """Do nothing: the server retains its log by time."""

    def order(self, position: str) -> Position:
        """Return the number of the file and the offset."""
        file, _, offset = position.rpartition(":")
        digits = file.rpartition(".")[2]
        if not (digits.isdigit() and offset.isdigit()):
            raise FatalError(f"the start position {position} is not FILE:OFFSET")
        return (int(digits), int(offset))

    def _new_transactions(self, position: str) -> Iterator[Transaction]:
        """Yield the transactions that the log has after `position`."""
        file, _, offset = position.rpartition(":")
        # A reader that reached the end of the log restarts at the file's first event, so each pass opens a new one.
        stream = BinLogStreamReader(
            connection_settings=mysql_session.arguments(self.endpoint),
            server_id=next(_readers),
            log_file=file,
            log_pos=int(offset),
            resume_stream=True,
            only_events=_EVENTS,
        )
        changes: list[Change] = []
        with closing(stream):
            for event in stream:
                if isinstance(event, RowsEvent):
                    changes.extend(_changes(event))
                    continue
                if isinstance(event, QueryEvent):
                    truncated = _truncated(event)
                    if truncated is None:
                        if event.query.strip().upper() == "COMMIT" and changes:
                            yield Transaction(f"{stream.log_file}:{stream.log_pos}", tuple(changes))
                            changes = []
                        continue
                    changes = [Change(truncated, Verb.TRUNCATE, {}, {})]
                yield Transaction(f"{stream.log_file}:{stream.log_pos}", tuple(changes))
                changes = []


def _changes(event: RowsEvent) -> Iterator[Change]:
    table = TableName(event.schema, event.table)
    for row in event.rows:
        if isinstance(event, UpdateRowsEvent):
            yield Change(table, Verb.UPDATE, row["after_values"], row["before_values"])
        elif isinstance(event, DeleteRowsEvent):
            yield Change(table, Verb.DELETE, {}, row["values"])
        else:
            yield Change(table, Verb.INSERT, row["values"], {})


def _truncated(event: QueryEvent) -> TableName | None:
    query = event.query.decode() if isinstance(event.query, bytes) else event.query
    schema = event.schema.decode() if isinstance(event.schema, bytes) else event.schema
    found = _TRUNCATE.match(query)
    return TableName(found["schema"] or schema, found["table"]) if found else None
