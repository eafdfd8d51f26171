"""PostgreSQL as a source: tables by SQL, changes by logical decoding with `test_decoding`."""

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pg8000.exceptions

from local_aws.dms_data_plane import logical_decoding, postgresql_session
from local_aws.dms_data_plane.changes import Change, Row, TableName, Transaction
from local_aws.dms_data_plane.control_tables import HEARTBEAT
from local_aws.dms_data_plane.errors import FatalError, TableError
from local_aws.dms_data_plane.postgresql_session import PostgreSqlSession, message, quoted
from local_aws.dms_data_plane.postgresql_stream import LogicalStream, lsn, text_of
from local_aws.dms_data_plane.protocols import Position

_log = logging.getLogger(__name__)

_TABLES = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
order by 1, 2
"""
_OPEN_TRANSACTIONS = """
select backend_xid::text from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
union all select transaction::text from pg_prepared_xacts
"""
_SLOT = """
select confirmed_flush_lsn::text, plugin::text from pg_replication_slots
where slot_name = :slot and database = current_database()
"""


@dataclass
class PostgreSqlSource(PostgreSqlSession):
    """Implements `protocols.Source`."""

    _stream: LogicalStream | None = field(default=None, init=False)

    def connect(self) -> None:
        """Open the session for the other operations."""
        self.close()
        self._session = postgresql_session.connect(self.endpoint)
        self._run("set timezone = 'UTC'")

    def close(self) -> None:
        """Close all sessions."""
        if self._stream is not None:
            with suppress(Exception):  # the session may be lost already
                self._stream.close()
        self._stream = None
        super().close()

    def tables(self) -> list[TableName]:
        """Return all tables."""
        return [TableName(*row) for row in self._run(_TABLES)]

    def rows(self, table: TableName) -> Iterator[Row]:
        """Return the rows of a table."""
        try:
            yield from super().rows(table)
        except pg8000.exceptions.DatabaseError as error:
            raise TableError(table, message(error)) from None

    def open_transactions(self) -> set[str]:
        """Return the identifiers of the transactions that wrote something and are still open."""
        return {row[0] for row in self._run(_OPEN_TRANSACTIONS)}

    def begin_capture(self, slot: str) -> str:
        """Create `slot`. The server waits for every open transaction that wrote something."""
        self.drop_slot(slot)
        create = "select lsn::text from pg_create_logical_replication_slot(cast(:slot as name), 'test_decoding')"
        return str(self._run(create, slot=slot)[0][0])

    def end_position(self) -> str:
        """Return the end of the write-ahead log."""
        return str(self._run("select pg_current_wal_lsn()::text")[0][0])

    def require_position(self, slot: str, position: str | None) -> str:
        """Return the position from which the log is read; raise `FatalError` if it has no `slot` or no `position`."""
        found = self._run(_SLOT, slot=slot)
        if not found:
            raise FatalError(f"the replication slot {slot} does not exist in {self.endpoint.database}")
        confirmed, plugin = found[0]
        if plugin != "test_decoding":
            raise FatalError(f"the replication slot {slot} has the plugin {plugin}; the local DMS reads test_decoding")
        if position is None:
            return str(confirmed)
        if lsn(position) < lsn(confirmed):
            raise FatalError(f"the start position {position} precedes {confirmed}, where the slot {slot} begins")
        if lsn(position) > lsn(self.end_position()):
            raise FatalError(f"the start position {position} is after the end of the write-ahead log")
        return position

    def transactions(self, slot: str, position: str) -> Iterator[Transaction | None]:
        """Return the transactions after `position` as they are committed, and None while there is no new one."""
        self._stream = LogicalStream(self.endpoint, slot, lsn(position))
        changes: list[Change] = []
        for received in self._stream.messages():
            if received is None:
                yield None
            elif received.text.startswith("COMMIT"):
                yield Transaction(text_of(received.lsn), tuple(changes))
                changes = []
            else:
                changes.extend(self._with_identity(change) for change in logical_decoding.parse(received.text))

    def acknowledge(self, position: str) -> None:
        """Advance the slot."""
        if self._stream is not None:
            self._stream.acknowledge(lsn(position))

    def drop_slot(self, slot: str) -> None:
        """Drop a slot, if it exists."""
        if self._run(_SLOT, slot=slot):
            self._run("select pg_drop_replication_slot(cast(:slot as name))", slot=slot)

    def write_heartbeat(self) -> None:
        """Write the heartbeat table, which advances the slot of an idle database."""
        if self.endpoint.heartbeat_schema is None:
            return
        table = quoted(self.endpoint.heartbeat_schema, HEARTBEAT)
        try:
            if self._run("select to_regclass(:table)", table=table)[0][0] is None:
                self._run(f"create table {table} (hb_key integer primary key, hb_last_heartbeat_at timestamp)")
            self._run(
                f"insert into {table} values (1, now())"
                " on conflict (hb_key) do update set hb_last_heartbeat_at = excluded.hb_last_heartbeat_at"
            )
        except pg8000.exceptions.DatabaseError as error:
            _log.warning("%s: heartbeat: %s", self.endpoint.identifier, message(error))

    def order(self, position: str) -> Position:
        """Return an LSN as a number."""
        return (0, lsn(position))

    def _with_identity(self, change: Change) -> Change:
        """Return the change with the values of its key, which the log omits if an UPDATE keeps them."""
        if change.verb != "UPDATE" or change.identity:
            return change
        names = self.key(change.table)
        return Change(change.table, change.verb, change.values, {name: change.values.get(name) for name in names})
