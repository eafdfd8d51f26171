"""Replicates rows between two PostgreSQL databases, in place of a DMS task.

It reads a logical replication slot and applies whole transactions in commit order, as DMS does in transactional apply
mode. It is as strict as the error settings of the tasks: an INSERT of an existing row, and an UPDATE or DELETE of a
missing one, stop it. A resumed task applies no change twice.
"""

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from os import getpid

import pg8000.native

from support.logical_decoding import Change, Value, parse
from support.postgres import Server
from support.replication_stream import ReplicationStream

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

    def connect_for_replication(self) -> pg8000.native.Connection:
        """Open a session that accepts the commands of the replication protocol."""
        return pg8000.native.Connection(
            self.user,
            host=self.server.host,
            port=self.server.port,
            database=self.dbname,
            password=self.password,
            ssl_context=False,
            replication="database",
        )


class PostgreSqlReplicator:
    """Copies rows from `source` to `target` until it is stopped."""

    def __init__(self, source: Endpoint, target: Endpoint) -> None:
        self.source = source
        self.target = target
        self.applying = threading.Event()
        """Set while changes are applied; cleared by `Task.pause`."""
        self.applying.set()
        self.error: str | None = None
        self._thread: threading.Thread | None = None
        self._keys: dict[str, list[str]] = {}
        self._stopping = False

    def copy_tables(self) -> str:
        """Create a slot, copy every table as of its start, and return its name; the slot retains all later changes."""
        slot = f"dms_load_{next(_numbers)}_{getpid()}"
        with (
            closing(self.source.connect_for_replication()) as replication,
            closing(self.source.connect()) as source,
            closing(self.target.connect()) as target,
        ):
            created = replication.run(f"CREATE_REPLICATION_SLOT {slot} LOGICAL test_decoding EXPORT_SNAPSHOT") or []
            source.run("begin isolation level repeatable read")
            source.run(f"set transaction snapshot '{created[0][2]}'")
            for (table,) in source.run(_TABLES) or []:
                columns = source.run(_COLUMNS, table=table) or []
                names = ", ".join(f'"{column[0]}"::text' for column in columns)
                for row in source.run(f"select {names} from {table}") or []:
                    values = tuple(Value(f'"{c[0]}"', c[1], text) for c, text in zip(columns, row, strict=True))
                    self._apply(target, Change(table, "INSERT", values, ()))
            source.run("commit")
        return slot

    def replicate(self, slot: str, position: str | None, on_end: Callable[[str | None], None]) -> None:
        """Apply the changes of `slot` after `position` in a thread; call `on_end` with the error, if any."""
        stream = ReplicationStream(self.source.connect_for_replication(), slot, position or "0/0")
        self._thread = threading.Thread(target=self._run, args=(stream, on_end), daemon=True)
        self._thread.start()

    def stop(self) -> str | None:
        """Stop the thread; the slot stores the position to resume from."""
        self._stopping = True
        self.applying.set()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(10)
        return None

    def _run(self, stream: ReplicationStream, on_end: Callable[[str | None], None]) -> None:
        try:
            with closing(stream), closing(self.target.connect()) as target:
                self._apply_transactions(stream, target)
        except Exception as failure:
            self.error = f"{type(failure).__name__}: {failure}"
        on_end(None if self._stopping else self.error)

    def _apply_transactions(self, stream: ReplicationStream, target: pg8000.native.Connection) -> None:
        changes: list[Change] = []
        while not self._stopping:
            message = stream.read()
            if message is None:
                continue
            position, line = message
            if not line.startswith("COMMIT"):
                change = parse(line)
                changes += [change] if change is not None and change.table not in _EXCLUDED else []
                continue
            if self._commit(target, changes):
                stream.confirm(position)
            changes = []

    def _commit(self, target: pg8000.native.Connection, changes: list[Change]) -> bool:
        """Apply one transaction; return False if the task was stopped before."""
        while not self.applying.wait(0.05):
            if self._stopping:
                return False
        if self._stopping:
            return False
        target.run("begin")
        for change in changes:
            self._apply(target, change)
        target.run("commit")
        return True

    def _apply(self, target: pg8000.native.Connection, change: Change) -> None:
        match change.verb:
            case "INSERT":
                self._insert(target, change)
            case "UPDATE":
                self._update(target, change)
            case "DELETE":
                self._delete(target, change)

    def _insert(self, target: pg8000.native.Connection, change: Change) -> None:
        names = ", ".join(value.name for value in change.values)
        marks = ", ".join(f"cast(:v{n} as {value.kind})" for n, value in enumerate(change.values))
        target.run(
            f"insert into {change.table} ({names}) overriding system value values ({marks})", **_values(change.values)
        )

    def _update(self, target: pg8000.native.Connection, change: Change) -> None:
        new = ", ".join(f"{value.name} = cast(:v{n} as {value.kind})" for n, value in enumerate(change.values))
        self._change(target, f"update {change.table} set {new}", change, **_values(change.values))

    def _delete(self, target: pg8000.native.Connection, change: Change) -> None:
        self._change(target, f"delete from {change.table}", change)

    def _change(self, target: pg8000.native.Connection, sql: str, change: Change, **values: str | None) -> None:
        """Run `sql` for the row of `change`, which must exist."""
        key = self._key(target, change.table)
        row = [value for value in change.key or change.values if value.name.strip('"') in key]
        where = " and ".join(f"{value.name} = cast(:k{n} as {value.kind})" for n, value in enumerate(row))
        target.run(f"{sql} where {where}", **values, **{f"k{n}": value.text for n, value in enumerate(row)})
        if target.row_count != 1:
            raise LookupError(f"no row of {change.table} was found for an applied {change.verb}")

    def _key(self, target: pg8000.native.Connection, table: str) -> list[str]:
        if table not in self._keys:
            self._keys[table] = [row[0] for row in target.run(_COLUMNS, table=table) or [] if row[2]]
        return self._keys[table]


def _values(values: tuple[Value, ...]) -> dict[str, str | None]:
    return {f"v{n}": value.text for n, value in enumerate(values)}
