"""The binary log, which is MySQL's change log. Positions have the form `file:offset` of a DMS CdcStartPosition."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common.errors import PreconditionFailed
from cutover.engine import Retention
from cutover.mysql.server import has_procedure
from cutover.premigration_rule import Problem
from database.mysql import Session
from migration.tables import MIGRATION_TABLES, Table

_RETENTION_HOURS = 72  # a weekend
_MIN_RETENTION_SECONDS = 86_400
_FIRST_EVENT = 4  # offset of the first event in a file, after the magic number
_EVENTS_OF_PAGE = 10_000

_REQUIRED = {"log_bin": "ON", "binlog_format": "ROW", "binlog_row_image": "FULL"}
_UNSUPPORTED = {
    # DMS does not read these formats (DMS user guide, "Using a MySQL-compatible database as a source").
    "binlog_transaction_compression": "ON",
    "log_bin_compress": "ON",
    "binlog_row_value_options": "PARTIAL_JSON",
    # Clients write to other members of a Galera cluster, whose sessions the fence of one member does not end.
    "wsrep_on": "ON",
}
_VARIABLES = "show global variables where variable_name in %s"

# Events that change no row by themselves. A row event follows a Table_map event, which names the table.
_HARMLESS = re.compile(
    r"Format_desc|Previous_gtids|(Anonymous_)?Gtid|Gtid_list|Binlog_checkpoint|Rotate|Stop|Xid|Heartbeat"
    r"|Start_encryption|Rows_query|Annotate_rows|(Write|Update|Delete)_rows(_v1|_v2)?",
    re.IGNORECASE,
)
_OWN_STATEMENT = re.compile(
    r"(use `[^`]*`; )?(BEGIN|COMMIT|(ALTER|CREATE) USER .*|GRANT .*)", re.IGNORECASE | re.DOTALL
)
_AUTO_INCREMENT = re.compile(r"alter table \S+ auto_increment = \d+$", re.IGNORECASE)
_TABLE = re.compile(r"\((?P<schema>.*)\.(?P<table>[^.]*)\)")


@dataclass(frozen=True)
class BinaryLog:
    """Implements `cutover.engine.ChangeLog`. The server retains the log by time, independent of its readers."""

    session: Session

    def create_slot(self, slot: str) -> None:
        """Do nothing: the retention time keeps the later changes."""

    def advance_slot(self, slot: str) -> str | None:
        """Return the present position."""
        del slot
        return self.position()

    def drop_slot(self, slot: str) -> None:
        """Do nothing: MySQL has no slots."""

    def slots_in_use_by(self, users: tuple[str, ...]) -> list[str]:
        """Return no slot: MySQL has none."""
        del users
        return []

    def has_no_writes_since(self, slot: str, position: str) -> bool:
        """Return whether the log contains only events of the migration, of DMS and of the server since `position`."""
        del slot
        events = self._events(position)
        return events is not None and all(_is_exempt(kind, info) for kind, info in events)

    def changed_tables(self, slot: str, position: str | None, tables: list[Table]) -> list[str]:
        """Return the tables of row events and statements since `position`."""
        del slot
        events = None if position is None else self._events(position)
        if events is None:
            raise PreconditionFailed(f"the binary log no longer contains the position {position}")
        return sorted({name for kind, info in events for name in _changed_by(kind, info, tables)})

    def set_retention(self) -> None:
        """Set the retention time on Amazon RDS, which otherwise purges the log as soon as possible."""
        if has_procedure(self.session, "rds_set_configuration"):
            self.session.rows("call mysql.rds_set_configuration('binlog retention hours', %s)", _RETENTION_HOURS)

    def missing_prerequisites(self) -> Iterator[Problem]:
        """Yield each variable with an unsuitable value, and a retention time that is too short."""
        found = self._variables([*_REQUIRED, *_UNSUPPORTED])
        for name, required in _REQUIRED.items():
            if found.get(name, "").upper() != required:
                remedy = f"set {name} = {required} in the server's configuration, and restart the server"
                yield Problem(name, f"has {name} other than {required}", remedy)
        for name, value in _UNSUPPORTED.items():
            if found.get(name) == value:
                remedy = f"turn {name} off in the server's configuration, and restart the server"
                yield Problem(name, f"has {name} {value}", remedy)
        seconds = self.retention().seconds
        if seconds is not None and seconds < _MIN_RETENTION_SECONDS:
            name = "binlog_expire_logs_seconds"
            remedy = f"set global {name} = {_RETENTION_HOURS * 3_600}; on Amazon RDS, set `binlog retention hours`"
            yield Problem(name, "keeps its binary log for less than a day", remedy)

    def free_slots(self) -> int | None:
        """Return None: MySQL does not limit the number of readers."""
        return None

    def position(self) -> str:
        """Return the present position."""
        status = self.session.rows(self._status_statement())
        if not status:
            raise PreconditionFailed("the server writes no binary log")
        file, offset = status[0][:2]
        return f"{file}:{offset}"

    def bytes_since(self, position: str) -> int:
        """Return the sizes of all files from that of `position`, without the bytes before it."""
        first_file, _, offset = position.rpartition(":")
        sizes = {str(row[0]): int(row[1]) for row in self.session.rows("show binary logs")}
        names = list(sizes)
        return sum(sizes[name] for name in names[names.index(first_file) :]) - int(offset)

    def average_growth(self) -> float | None:
        """Return None: the server does not count."""
        return None

    def retention(self) -> Retention:
        """Return the retention time; without one the log is never purged."""
        if has_procedure(self.session, "rds_show_configuration"):
            configuration = {row[0]: row[1] for row in self.session.rows("call mysql.rds_show_configuration")}
            return Retention(None, int(configuration.get("binlog retention hours") or 0) * 3_600)
        found = self._variables(["binlog_expire_logs_seconds", "expire_logs_days"])
        seconds = float(found.get("binlog_expire_logs_seconds", 0))
        return Retention(None, seconds or 86_400 * float(found.get("expire_logs_days", 0)) or None)

    def _variables(self, names: list[str]) -> Mapping[str, str]:
        return {str(row[0]).lower(): str(row[1]) for row in self.session.rows(_VARIABLES, names)}

    def _status_statement(self) -> str:
        """Return the statement that shows the position; MySQL 8.2 added a name that replaces the old one in 8.4."""
        numbers = [int(part) for part in re.findall(r"\d+", self.session.version)[:2]]
        if not self.session.is_mariadb and numbers >= [8, 2]:
            return "show binary log status"
        return "show master status"

    def _events(self, position: str) -> Iterator[tuple[str, str]] | None:
        """Return the type and the description of each event since `position`; None if the log was purged since."""
        first_file, _, offset = position.rpartition(":")
        files = [str(row[0]) for row in self.session.rows("show binary logs")]
        if first_file not in files:
            return None
        later_files = files[files.index(first_file) + 1 :]
        starts = [(first_file, int(offset)), *((file, _FIRST_EVENT) for file in later_files)]
        return (event for file, start in starts for event in self._events_of_file(file, start))

    def _events_of_file(self, file: str, start: int) -> Iterator[tuple[str, str]]:
        while True:
            events = self.session.rows("show binlog events in %s from %s limit %s", file, start, _EVENTS_OF_PAGE)
            yield from ((str(event[2]), str(event[5])) for event in events)
            if len(events) < _EVENTS_OF_PAGE:
                return
            start = int(events[-1][4])


def _changed_by(kind: str, info: str, tables: list[Table]) -> Iterator[str]:
    """Yield the tables that an event changes; a statement that contains the name of a table may change it."""
    if kind == "Query" and not _OWN_STATEMENT.fullmatch(info) and not _AUTO_INCREMENT.search(info):
        yield from (str(table) for table in tables if re.search(rf"\b{re.escape(table.name)}\b", info))
    match = _TABLE.search(info) if kind == "Table_map" else None
    if match is not None:
        yield from (str(table) for table in tables if (table.schema, table.name) == (match["schema"], match["table"]))


def _is_exempt(kind: str, info: str) -> bool:
    """Return whether an event belongs to the migration, to DMS or to the server itself."""
    if kind == "Query":
        return _OWN_STATEMENT.fullmatch(info) is not None
    if kind == "Table_map":
        match = _TABLE.search(info)
        return match is not None and (
            match["table"] in MIGRATION_TABLES
            or match["table"].startswith("awsdms_")
            or match["schema"] in ("mysql", "awsdms_control")
        )
    return _HARMLESS.fullmatch(kind) is not None
