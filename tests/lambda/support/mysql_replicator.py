"""A replicator between two servers of MySQL's make: it reads the binary log and applies rows, as a DMS task does.

Changes are applied so that a repeated one does no harm.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pymysql
from pymysqlreplication import BinLogStreamReader
from pymysqlreplication.event import XidEvent
from pymysqlreplication.row_event import DeleteRowsEvent, RowsEvent, UpdateRowsEvent, WriteRowsEvent

from support.mariadb import Server

_PAUSE = 0.05
_servers = count(1_000)  # each reader of a binary log is a server with a number
_KEYS = """
select column_name from information_schema.key_column_usage
where table_schema = %s and table_name = %s and constraint_name = 'PRIMARY' order by ordinal_position
"""
_TABLES = "select table_name from information_schema.tables where table_schema = %s and table_type = 'BASE TABLE'"


@dataclass(frozen=True)
class Endpoint:
    """One end of a replication: a database, and the user that logs in to it."""

    server: Server
    dbname: str
    user: str
    password: str

    @property
    def settings(self) -> dict[str, Any]:
        """What the driver needs to log in."""
        return {"host": "127.0.0.1", "port": self.server.port, "user": self.user, "password": self.password}

    def connect(self) -> "pymysql.Connection[Any]":
        """A session that checks no foreign keys, as DMS's."""
        return pymysql.connect(
            **self.settings, database=self.dbname, init_command="set foreign_key_checks = 0, time_zone = '+00:00'"
        )


class MySqlReplicator:
    """Carries rows from `source` to `target` until it is stopped; a place is `file:offset`."""

    def __init__(self, source: Endpoint, target: Endpoint) -> None:
        self.source = source
        self.target = target
        self.open = threading.Event()
        """Cleared by a test to let changes pile up."""
        self.open.set()
        self._thread: threading.Thread | None = None
        self._place: str | None = None
        self._ending = False

    def copy_tables(self) -> str:
        """Note where the log is, copy every table, and return that place."""
        with (
            closing(self.source.connect()) as source,
            closing(self.target.connect()) as target,
            source.cursor() as cursor,
        ):
            cursor.execute("show master status")
            status = cursor.fetchone()
            assert status is not None
            cursor.execute(_TABLES, (self.source.dbname,))
            for (table,) in cursor.fetchall():
                cursor.execute(f"select * from `{table}`")
                names = [column[0] for column in cursor.description]
                for row in cursor.fetchall():
                    _upsert(target, table, dict(zip(names, row, strict=True)))
            target.commit()
            return f"{status[0]}:{status[1]}"

    def replicate(self, place: str, position: str | None, ended: Callable[[str | None], None]) -> None:
        """Apply what the log holds behind `position`, or `place`; `ended` hears how it ended."""
        self._place = position or place
        self._thread = threading.Thread(target=self._carry, args=(self._place, ended), daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """End the background work and wait for it; how far it came."""
        self._ending = True
        self.open.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)
        return self._place

    def _carry(self, place: str, ended: Callable[[str | None], None]) -> None:
        error: str | None = None
        try:
            with closing(self.target.connect()) as target:
                while not self._ending:
                    # A fence ends whoever is logging in, and a task that loses its connection comes again, as DMS's.
                    with suppress(pymysql.err.OperationalError):
                        self._pass_on(self._place or place, target)
                    threading.Event().wait(_PAUSE)
        except Exception as fault:
            error = f"{type(fault).__name__}: {fault}"
        ended(None if self._ending else error)

    def _pass_on(self, place: str, target: "pymysql.Connection[Any]") -> None:
        """Apply what the log holds now behind `place`, transaction by transaction."""
        file, _, offset = place.rpartition(":")
        # A new reader each time: one that came to the end of the log begins with the file's first event again.
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
                while not self.open.wait(_PAUSE):
                    pass
                if self._ending:
                    break
                for change in changes:
                    _apply(target, self.target.dbname, change)
                target.commit()
                changes = []
                self._place = f"{stream.log_file}:{stream.log_pos}"


def _apply(target: "pymysql.Connection[Any]", dbname: str, event: RowsEvent) -> None:
    for row in event.rows:
        if isinstance(event, UpdateRowsEvent):
            _delete(target, dbname, event.table, row["before_values"])
            _upsert(target, event.table, row["after_values"])
        elif isinstance(event, DeleteRowsEvent):
            _delete(target, dbname, event.table, row["values"])
        else:
            _upsert(target, event.table, row["values"])


def _delete(target: "pymysql.Connection[Any]", dbname: str, table: str, values: Mapping[str, Any]) -> None:
    with target.cursor() as cursor:
        cursor.execute(_KEYS, (dbname, table))
        key = [row[0] for row in cursor.fetchall()]
        where = " and ".join(f"`{name}` = %s" for name in key)
        cursor.execute(f"delete from `{table}` where {where}", [values[name] for name in key])


def _upsert(target: "pymysql.Connection[Any]", table: str, values: Mapping[str, Any]) -> None:
    names: Sequence[str] = list(values)
    marks = ", ".join(["%s"] * len(names))
    with target.cursor() as cursor:
        cursor.execute(
            f"replace into `{table}` ({', '.join(f'`{name}`' for name in names)}) values ({marks})",
            [values[name] for name in names],
        )
