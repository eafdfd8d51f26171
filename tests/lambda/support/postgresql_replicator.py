"""Replicates rows between two PostgreSQL databases, in place of a DMS task.

It reads a logical replication slot with `pg_recvlogical` and applies whole transactions in commit order, as DMS does
in transactional apply mode. Applying a change twice has no effect.
"""

import os
import subprocess
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import IO

import pg8000.native

from support.logical_decoding import Change, Value, parse
from support.postgres import Server, binary

_EXCLUDED = ("public.paymig_environment", "public.paymig_ownership")
_TABLES = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' and c.relname not in ('paymig_environment', 'paymig_ownership')
  and c.relname not like 'awsdms%' order by 1
"""
_COLUMNS = """
select a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(i.indisprimary, false)
from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary and a.attnum = any(i.indkey)
where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_numbers = count(1)


@dataclass(frozen=True)
class Endpoint:
    """A DMS endpoint: a database and the login of its replication user."""

    server: Server
    dbname: str
    user: str
    password: str

    def log_in(self) -> None:
        """Open and close a session, as a connection test does."""
        self.server.connect(self.dbname, self.user, self.password).close()

    def connect(self) -> pg8000.native.Connection:
        """Open a session without triggers and foreign-key checks, as DMS does."""
        connection = self.server.connect(self.dbname, self.user, self.password)
        connection.run("set session_replication_role = replica; set timezone = 'UTC'")
        return connection


class PostgreSqlReplicator:
    """Copies rows from `source` to `target` until it is stopped."""

    def __init__(self, source: Endpoint, target: Endpoint) -> None:
        self.source = source
        self.target = target
        self.applying = threading.Event()
        """Set while changes are applied; cleared by `Task.pause`."""
        self.applying.set()
        self.error: str | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._keys: dict[str, list[str]] = {}
        self._stopping = False

    def copy_tables(self) -> str:
        """Create a slot, copy every table and return the name of the slot, which retains later changes."""
        slot = f"dms_load_{next(_numbers)}_{os.getpid()}"
        with closing(self.source.connect()) as source, closing(self.target.connect()) as target:
            source.run("select pg_create_logical_replication_slot(cast(:slot as name), 'test_decoding')", slot=slot)
            for (table,) in source.run(_TABLES) or []:
                columns = source.run(_COLUMNS, table=table) or []
                names = ", ".join(f'"{column[0]}"::text' for column in columns)
                for row in source.run(f"select {names} from {table}") or []:
                    values = tuple(Value(f'"{c[0]}"', c[1], text) for c, text in zip(columns, row, strict=True))
                    self._apply(target, Change(table, "INSERT", values, ()))
        return slot

    def replicate(self, slot: str, position: str | None, on_end: Callable[[str | None], None]) -> None:
        """Apply the changes of `slot` after `position` in a thread; call `on_end` with the error, if any."""
        command = [binary("pg_recvlogical"), "-h", "127.0.0.1", "-p", str(self.source.server.port)]
        command += ["-U", self.source.user, "-d", self.source.dbname, "-w", "--slot", slot, "--start", "-f", "-"]
        command += ["-o", "skip-empty-xacts=1", "--no-loop", "--status-interval", "1", "--fsync-interval", "0"]
        command += ["--startpos", position] if position else []
        environment = {**os.environ, "PGPASSWORD": self.source.password, "PGSSLMODE": "disable"}
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._thread = threading.Thread(target=self._run, args=(self._process.stdout, on_end), daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """Stop the thread; the slot stores the position to resume from."""
        self._stopping = True
        self.applying.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)
        return None

    def _run(self, lines: IO[str], on_end: Callable[[str | None], None]) -> None:
        error: str | None = None
        try:
            with closing(self.target.connect()) as target:
                changes: list[Change] = []
                for line in lines:
                    text = line.rstrip("\n")
                    if text.startswith("COMMIT"):
                        self._commit(target, changes)
                        changes = []
                    elif (change := parse(text)) is not None and change.table not in _EXCLUDED:
                        changes.append(change)
        except Exception as failure:
            error = f"{type(failure).__name__}: {failure}"
        if not self._stopping and error is None and self._process is not None and self._process.stderr is not None:
            error = self._process.stderr.read() or "pg_recvlogical ended"
        self.error = error
        on_end(None if self._stopping else error)

    def _commit(self, target: pg8000.native.Connection, changes: list[Change]) -> None:
        while not self.applying.wait(0.05):
            if self._stopping:
                return
        if not self._stopping:
            target.run("begin")
            for change in changes:
                self._apply(target, change)
            target.run("commit")

    def _apply(self, target: pg8000.native.Connection, change: Change) -> None:
        key = self._key(target, change.table)
        if change.verb == "DELETE" or change.key:
            self._delete(target, change.table, key, change.key or change.values)
        if change.verb in ("INSERT", "UPDATE"):
            self._upsert(target, change, key)

    def _delete(self, target: pg8000.native.Connection, table: str, key: list[str], values: tuple[Value, ...]) -> None:
        chosen = [value for value in values if value.name.strip('"') in key]
        where = " and ".join(f"{value.name} = cast(:p{n} as {value.kind})" for n, value in enumerate(chosen))
        target.run(f"delete from {table} where {where}", **{f"p{n}": value.text for n, value in enumerate(chosen)})

    def _upsert(self, target: pg8000.native.Connection, change: Change, key: list[str]) -> None:
        names = ", ".join(value.name for value in change.values)
        marks = ", ".join(f"cast(:p{n} as {value.kind})" for n, value in enumerate(change.values))
        changed = ", ".join(f"{v.name} = excluded.{v.name}" for v in change.values if v.name.strip('"') not in key)
        action = f"do update set {changed}" if changed else "do nothing"
        target.run(
            f"insert into {change.table} ({names}) overriding system value values ({marks})"
            f" on conflict ({', '.join(key)}) {action}",
            **{f"p{n}": value.text for n, value in enumerate(change.values)},
        )

    def _key(self, target: pg8000.native.Connection, table: str) -> list[str]:
        if table not in self._keys:
            self._keys[table] = [row[0] for row in target.run(_COLUMNS, table=table) or [] if row[2]]
        return self._keys[table]
