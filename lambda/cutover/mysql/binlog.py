"""MySQL's log of changes: the binary log. A position in it is `file:offset`, as DMS's CdcStartPosition has it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cutover.administered import MARKER_TABLE
from cutover.mysql.server import has_procedure
from database.mysql import Session

_KEPT = 72  # hours: a weekend
_DAY = 86_400
_BEGINNING = 4  # of a file, behind its magic number
_MOST = 100_000  # events that are looked at: between an opening and its undoing there are seconds

_NEEDED = {"log_bin": "ON", "binlog_format": "ROW", "binlog_row_image": "FULL"}
_REFUSED = {
    # DMS reads none of these (DMS user guide, "Using a MySQL-compatible database as a source").
    "binlog_transaction_compression": "ON",
    "log_bin_compress": "ON",
    "binlog_row_value_options": "PARTIAL_JSON",
    # Others write to a cluster's members, whose sessions no fence of one of them ends.
    "wsrep_on": "ON",
}
_VARIABLES = "show global variables where variable_name in %s"

# Events that change no row themselves; the rows' own events follow a Table_map that names their table.
_HARMLESS = re.compile(
    r"Format_desc|Previous_gtids|(Anonymous_)?Gtid|Gtid_list|Binlog_checkpoint|Rotate|Stop|Xid|Heartbeat"
    r"|Start_encryption|Rows_query|Annotate_rows|(Write|Update|Delete)_rows(_v1|_v2)?",
    re.IGNORECASE,
)
_OWN_STATEMENT = re.compile(
    r"(use `[^`]*`; )?(BEGIN|COMMIT|(ALTER|CREATE) USER .*|GRANT .*)", re.IGNORECASE | re.DOTALL
)
_TABLE = re.compile(r"\((?P<schema>.*)\.(?P<table>[^.]*)\)")


@dataclass(frozen=True)
class BinaryLog:
    """See `cutover.administered.ChangeLog`. It keeps what it keeps by time, whoever reads it."""

    session: Session

    def keep_from_here(self, slot: str) -> str:
        """See the protocol."""
        del slot
        file, offset = self.session.rows(self._status())[0][:2]
        return f"{file}:{offset}"

    def forget(self, slot: str) -> None:
        """See the protocol."""

    def read_by(self, users: tuple[str, ...]) -> list[str]:
        """See the protocol."""
        del users
        return []

    def is_quiet_since(self, slot: str, position: str) -> bool:
        """See the protocol."""
        del slot
        first, _, offset = position.rpartition(":")
        files = [str(row[0]) for row in self.session.rows("show binary logs")]
        if first not in files:
            return False
        starts = [(first, int(offset)), *((file, _BEGINNING) for file in files[files.index(first) + 1 :])]
        return all(self._is_quiet(file, start) for file, start in starts)

    def prepare(self) -> None:
        """See the protocol. Amazon RDS purges the log as soon as it can, unless it is told otherwise."""
        if has_procedure(self.session, "rds_set_configuration"):
            self.session.rows("call mysql.rds_set_configuration('binlog retention hours', %s)", _KEPT)

    def lacks(self) -> Iterator[str]:
        """See the protocol."""
        kept = ("binlog_expire_logs_seconds", "expire_logs_days")
        rows = self.session.rows(_VARIABLES, [*_NEEDED, *_REFUSED, *kept])
        found = {str(row[0]).lower(): str(row[1]) for row in rows}
        for name, wanted in _NEEDED.items():
            if found.get(name, "").upper() != wanted:
                yield f"has {name} other than {wanted}"
        yield from (f"has {name} {refused}" for name, refused in _REFUSED.items() if found.get(name) == refused)
        if not self._is_kept(found):
            yield "keeps its binary log for less than a day"

    def free_places(self) -> int | None:
        """See the protocol."""
        return None

    def _is_kept(self, found: Mapping[str, str]) -> bool:
        if has_procedure(self.session, "rds_show_configuration"):
            told = {row[0]: row[1] for row in self.session.rows("call mysql.rds_show_configuration")}
            return int(told.get("binlog retention hours") or 0) * 3_600 >= _DAY
        seconds = float(found.get("binlog_expire_logs_seconds", 0)) or _DAY * float(found.get("expire_logs_days", 0))
        return seconds == 0 or seconds >= _DAY

    def _status(self) -> str:
        """The statement has another name since MySQL 8.4, which 8.2 learnt."""
        numbers = [int(part) for part in re.findall(r"\d+", self.session.version)[:2]]
        if not self.session.is_mariadb and numbers >= [8, 2]:
            return "show binary log status"
        return "show master status"

    def _is_quiet(self, file: str, start: int) -> bool:
        events = self.session.rows("show binlog events in %s from %s limit %s", file, start, _MOST)
        return len(events) < _MOST and all(_is_own(str(event[2]), str(event[5])) for event in events)


def _is_own(kind: str, told: str) -> bool:
    """Whether an event is the migration's, the replication's or the server's own."""
    if kind == "Query":
        return _OWN_STATEMENT.fullmatch(told) is not None
    if kind == "Table_map":
        match = _TABLE.search(told)
        return match is not None and (
            match["table"] == MARKER_TABLE
            or match["table"].startswith("awsdms_")
            or match["schema"] in ("mysql", "awsdms_control")
        )
    return _HARMLESS.fullmatch(kind) is not None
