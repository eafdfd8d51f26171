"""Replicates rows from the binary log of one MySQL or MariaDB server to another, in place of a DMS task.

It is as strict as the error settings of the tasks: an INSERT of an existing row, and an UPDATE or DELETE of a missing
one, stop it. A resumed task applies no change twice.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pymysql
from pymysql.constants import CLIENT
from pymysqlreplication import BinLogStreamReader
from pymysqlreplication.event import XidEvent
from pymysqlreplication.row_event import DeleteRowsEvent, RowsEvent, UpdateRowsEvent, WriteRowsEvent

from support.mariadb import Server

_PAUSE = 0.05
_servers = count(1_000)  # each reader of a binary log needs its own server id
_KEYS = """
select column_name from information_schema.key_column_usage
where table_schema = %s and table_name = %s and constraint_name = 'PRIMARY' order by ordinal_position
"""
_EXCLUDED = ("paymig_environment", "paymig_ownership")
_TABLES = f"""
select table_name from information_schema.tables
where table_schema = %s and table_type = 'BASE TABLE' and table_name not in {_EXCLUDED}
"""


@dataclass(frozen=True)
class Endpoint:
    """A DMS endpoint: a database and the login of its replication user."""

    server: Server
    dbname: str
    user: str
    password: str

    @property
    def settings(self) -> dict[str, Any]:
        """Connection arguments of the driver."""
        return {"host": "127.0.0.1", "port": self.server.port, "user": self.user, "password": self.password}

    def log_in(self) -> None:
        """Open and close a session, as a connection test does."""
        pymysql.connect(**self.settings, database=self.dbname).close()

    def connect(self) -> "pymysql.Connection[Any]":
        """Open a session without foreign-key checks, as DMS does; an update counts the rows that it finds."""
        return pymysql.connect(
            **self.settings,
            database=self.dbname,
            init_command="set foreign_key_checks = 0, time_zone = '+00:00'",
            client_flag=CLIENT.FOUND_ROWS,
        )


class MySqlReplicator:
    """Copies rows from `source` to `target` until it is stopped; a position is `file:offset`."""

    def __init__(self, source: Endpoint, target: Endpoint) -> None:
        self.source = source
        self.target = target
        self.applying = threading.Event()
        """Set while changes are applied; cleared by `Task.pause`."""
        self.applying.set()
        self._thread: threading.Thread | None = None
        self._position: str | None = None
        self._stopping = False

    def copy_tables(self) -> str:
        """Copy every table as of one binary log position, and return this position."""
        with (
            closing(self.source.connect()) as source,
            closing(self.target.connect()) as target,
            source.cursor() as cursor,
        ):
            cursor.execute("start transaction with consistent snapshot")
            cursor.execute("show status like 'binlog_snapshot_%'")
            snapshot = {name.lower(): value for name, value in cursor.fetchall()}
            cursor.execute(_TABLES, (self.source.dbname,))
            for (table,) in cursor.fetchall():
                cursor.execute(f"select * from `{table}`")
                names = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    _insert(target, table, dict(zip(names, row, strict=True)))
            target.commit()
            return f"{snapshot['binlog_snapshot_file']}:{snapshot['binlog_snapshot_position']}"

    def replicate(self, start: str, position: str | None, on_end: Callable[[str | None], None]) -> None:
        """Apply the changes after `position` or `start` in a thread; call `on_end` with the error, if any."""
        self._position = position or start
        self._thread = threading.Thread(target=self._run, args=(self._position, on_end), daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """Stop the thread and return the last applied position."""
        self._stopping = True
        self.applying.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)
        return self._position

    def _run(self, start: str, on_end: Callable[[str | None], None]) -> None:
        error: str | None = None
        try:
            with closing(self.target.connect()) as target:
                while not self._stopping:
                    # A fence ends sessions that are logging in; like DMS, the task reconnects.
                    with suppress(pymysql.err.OperationalError):
                        self._apply_new_changes(self._position or start, target)
                    target.rollback()
                    threading.Event().wait(_PAUSE)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        on_end(None if self._stopping else error)

    def _apply_new_changes(self, position: str, target: "pymysql.Connection[Any]") -> None:
        """Apply the transactions that the log holds after `position`."""
        file, _, offset = position.rpartition(":")
        # A reader that reached the end of the log restarts at the file's first event, so each pass opens a new one.
        stream = BinLogStreamReader(
            connection_settings=self.source.settings,
            server_id=next(_servers),
            log_file=file,
            log_pos=int(offset),
            resume_stream=True,
            only_events=[WriteRowsEvent, UpdateRowsEvent, DeleteRowsEvent, XidEvent],
            only_schemas=[self.source.dbname],
        )
        changes: list[RowsEvent] = []
        with closing(stream):
            for event in stream:
                if isinstance(event, RowsEvent):
                    changes.append(event)
                    continue
                while not self.applying.wait(_PAUSE):
                    pass
                if self._stopping:
                    break
                for change in changes:
                    if change.table not in _EXCLUDED:
                        _apply(target, self.target.dbname, change)
                target.commit()
                changes = []
                self._position = f"{stream.log_file}:{stream.log_pos}"


def _apply(target: "pymysql.Connection[Any]", dbname: str, event: RowsEvent) -> None:
    for row in event.rows:
        if isinstance(event, UpdateRowsEvent):
            _update(target, dbname, event.table, row["before_values"], row["after_values"])
        elif isinstance(event, DeleteRowsEvent):
            _change(target, f"delete from `{event.table}`", (), dbname, event.table, row["values"])
        else:
            _insert(target, event.table, row["values"])


def _insert(target: "pymysql.Connection[Any]", table: str, values: Mapping[str, Any]) -> None:
    names: Sequence[str] = list(values)
    marks = ", ".join(["%s"] * len(names))
    with target.cursor() as cursor:
        cursor.execute(
            f"insert into `{table}` ({', '.join(f'`{name}`' for name in names)}) values ({marks})",
            [values[name] for name in names],
        )


def _update(
    target: "pymysql.Connection[Any]", dbname: str, table: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    new = ", ".join(f"`{name}` = %s" for name in after)
    _change(target, f"update `{table}` set {new}", tuple(after.values()), dbname, table, before)


def _change(
    target: "pymysql.Connection[Any]",
    sql: str,
    arguments: tuple[Any, ...],
    dbname: str,
    table: str,
    values: Mapping[str, Any],
) -> None:
    """Run `sql` for the row with the key of `values`, which must exist."""
    with target.cursor() as cursor:
        cursor.execute(_KEYS, (dbname, table))
        key = [row[0] for row in cursor.fetchall()]
        where = " and ".join(f"`{name}` = %s" for name in key)
        if cursor.execute(f"{sql} where {where}", [*arguments, *(values[name] for name in key)]) != 1:
            raise LookupError(f"no row of {table} was found for an applied change")
