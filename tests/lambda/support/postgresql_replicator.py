"""A replicator that stands in for a DMS task: it really copies rows from one PostgreSQL to another.

It reads a logical slot with `pg_recvlogical` and applies each transaction, in order and as a whole, the way
DMS does in its transactional mode. Changes are applied so that a repeated one does no harm.
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

_TABLES = """
select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'r' and c.relname not like 'awsdms%' order by 1
"""
_COLUMNS = """
select a.attname::text, format_type(a.atttypid, a.atttypmod), coalesce(i.indisprimary, false)
from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary and a.attnum = any(i.indkey)
where a.attrelid = cast(:table as regclass) and a.attnum > 0 and not a.attisdropped order by a.attnum
"""
_numbers = count(1)


@dataclass(frozen=True)
class Endpoint:
    """One end of a replication: a database, and the user that logs in to it."""

    server: Server
    dbname: str
    user: str
    password: str

    def connect(self) -> pg8000.native.Connection:
        """A session that fires no triggers and checks no foreign keys, as DMS's."""
        connection = self.server.connect(self.dbname, self.user, self.password)
        connection.run("set session_replication_role = replica; set timezone = 'UTC'")
        return connection


class PostgreSqlReplicator:
    """Carries rows from `source` to `target` until it is stopped."""

    def __init__(self, source: Endpoint, target: Endpoint) -> None:
        self.source = source
        self.target = target
        self.open = threading.Event()
        """Cleared by a test to let changes pile up."""
        self.open.set()
        self.error: str | None = None
        self._process: subprocess.Popen[str] | None = None
        self._thread: threading.Thread | None = None
        self._keys: dict[str, list[str]] = {}
        self._ending = False

    def copy_tables(self) -> str:
        """Make a slot, copy every table, and return the slot's name; what changes meanwhile waits in the slot."""
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

    def replicate(self, slot: str, position: str | None, ended: Callable[[str | None], None]) -> None:
        """Apply what `slot` brings, from `position` on, in the background; `ended` hears how it ended."""
        command = [binary("pg_recvlogical"), "-h", "127.0.0.1", "-p", str(self.source.server.port)]
        command += ["-U", self.source.user, "-d", self.source.dbname, "-w", "--slot", slot, "--start", "-f", "-"]
        command += ["-o", "skip-empty-xacts=1", "--no-loop", "--status-interval", "1", "--fsync-interval", "0"]
        command += ["--startpos", position] if position else []
        environment = {**os.environ, "PGPASSWORD": self.source.password, "PGSSLMODE": "disable"}
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._thread = threading.Thread(target=self._carry, args=(self._process.stdout, ended), daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """End the background work and wait for it; the slot knows how far it came."""
        self._ending = True
        self.open.set()
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)
        return None

    def _carry(self, lines: IO[str], ended: Callable[[str | None], None]) -> None:
        error: str | None = None
        try:
            with closing(self.target.connect()) as target:
                changes: list[Change] = []
                for line in lines:
                    text = line.rstrip("\n")
                    if text.startswith("COMMIT"):
                        self._commit(target, changes)
                        changes = []
                    elif (change := parse(text)) is not None:
                        changes.append(change)
        except Exception as fault:
            error = f"{type(fault).__name__}: {fault}"
        if not self._ending and error is None and self._process is not None and self._process.stderr is not None:
            error = self._process.stderr.read() or "pg_recvlogical ended"
        self.error = error
        ended(None if self._ending else error)

    def _commit(self, target: pg8000.native.Connection, changes: list[Change]) -> None:
        while not self.open.wait(0.05):
            if self._ending:
                return
        if not self._ending:
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
