"""Rules of the premigration assessment for MySQL and MariaDB, beside those that the cutover steps check themselves.

Source: DMS user guide, "MySQL assessments" and "MariaDB assessments".
"""

import re
from collections.abc import Callable, Iterator
from functools import partial

from cutover.premigration_rule import InapplicableRule, Problem, Rule, RuleSet, Scope, Severity, problem_of
from database.mysql import Session, identifier
from migration.tables import rows_of, schemas

SUPPORTED_VERSIONS = {"MySQL": ((5, 5), (8, 4)), "MariaDB": ((10, 0), (11, 4))}
"""The oldest and the newest version that DMS reads (DMS user guide, "Sources for data migration")."""

_MIN_TIMEOUT_SECONDS = 300  # DMS user guide, "Connections to a target MySQL instance are disconnected during a task"
_MAX_TABLES = 10_000

_VARIABLE = "show global variables like %s"
_LONG_TRANSACTIONS = """
select t.trx_mysql_thread_id, coalesce(p.user, ''), timestampdiff(second, t.trx_started, {now})
from information_schema.innodb_trx t left join information_schema.processlist p on p.id = t.trx_mysql_thread_id
where t.trx_mysql_thread_id <> connection_id() and timestampdiff(microsecond, t.trx_started, {now}) > %s * 1000000
order by 3 desc
"""
_OTHER_ENGINES = """
select table_schema, table_name, engine from information_schema.tables
where table_schema in %s and table_type = 'BASE TABLE' and engine <> 'InnoDB' order by 1, 2
"""
_KEY_LOBS = """
select k.table_schema, k.table_name, k.column_name
from information_schema.key_column_usage k
  join information_schema.columns c using (table_schema, table_name, column_name)
where k.table_schema in %s and k.constraint_name = 'PRIMARY'
  and (c.data_type like '%%text' or c.data_type like '%%blob' or c.data_type = 'json')
order by 1, 2, 3
"""
_INVISIBLE_COLUMNS = """
select table_schema, table_name, column_name from information_schema.columns
where table_schema in %s and extra like '%%INVISIBLE%%' order by 1, 2, 3
"""
_SIMILAR_NAMES = """
select table_schema, group_concat(table_name order by binary table_name separator ', ')
from information_schema.tables where table_schema in %s and table_type = 'BASE TABLE'
group by table_schema, lower(table_name) having count(*) > 1 order by 1
"""
_LOB_COLUMNS = """
select table_schema, table_name, column_name from information_schema.columns
where table_schema in %s and data_type in ('json', 'mediumtext', 'longtext', 'mediumblob', 'longblob', 'text', 'blob')
order by 1, 2, 3
"""

_INAPPLICABLE = (
    *(
        InapplicableRule(name, "the tasks apply changes transaction by transaction, not in batches")
        for name in (
            "mysql-batch-apply-lob-mode",
            "mysql-check-batch-apply-target-pk-ui-absence",
            "mysql-check-batch-apply-target-pk-ui-simultaneously",
            "all-check-for-batch-apply-to-mysql",
        )
    ),
    InapplicableRule("mysql-check-auto-increment", "both sides must have equal AUTO_INCREMENT columns"),
    *(
        InapplicableRule(name, "the tables of the target are created beforehand, and the tasks do not prepare them")
        for name in ("mysql-check-table-partition", "all-check-secondary-constraints")
    ),
    InapplicableRule("mysql-check-skip-table-suspension-partition-ddl", "the schema is frozen during the replication"),
    InapplicableRule("mysql-check-fk-target", "the target endpoint sets FOREIGN_KEY_CHECKS=0"),
    InapplicableRule("mysql-check-secondary-indexes", "the indexes of both sides must be equal"),
    InapplicableRule("mysql-tblnum-for-max-fullload-subtasks", "it concerns the duration of the load only"),
    *(
        InapplicableRule(name, "the tasks mask no column")
        for name in (
            "mysql-datamasking-digits-randomize",
            "mysql-datamasking-digits-mask",
            "mysql-datamasking-hash-mask",
            "all-to-all-validation-with-datamasking-digits-randomize",
            "all-to-all-validation-with-datamasking-hash-mask",
            "all-to-all-validation-with-digit-mask",
        )
    ),
)

_Find = Callable[[Session, Scope], Iterator[Problem]]


def premigration_rules(session: Session) -> RuleSet:
    """Return the rules, which read the catalogs of `session`."""
    return RuleSet((*_server_rules(session), *_table_rules(session)), _INAPPLICABLE)


def _server_rules(session: Session) -> Iterator[Rule]:
    error, warning = Severity.ERROR, Severity.WARNING
    finds: tuple[tuple[str, str, Severity, _Find], ...] = (
        ("mysql-check-supported-version", "DMS supports the version of the server", error, _version),
        ("mysql-check-server-id", "server_id is 1 or greater", error, _server_id),
        (
            "mysql-check-expire-logs-days",
            "the server purges its binary log, which would fill the disk",
            warning,
            _purging,
        ),
        (
            "mysql-check-target-network-parameter",
            f"net_read_timeout, net_write_timeout and wait_timeout are at least {_MIN_TIMEOUT_SECONDS} seconds",
            warning,
            _timeouts,
        ),
        ("mysql-check-max-statement-time", "the time of a statement is not limited", error, _statement_time),
        (
            "paymig-long-transactions",
            "no transaction runs for long: the start of a task waits for its end",
            error,
            _long_transactions,
        ),
        ("all-check-target-read-replica", "the server accepts writes", error, _read_only),
        (
            "mysql-check-max-allowed-packet-lob",
            "max_allowed_packet suffices for LOB columns",
            warning,
            _packet,
        ),
    )
    for name, title, severity, find in finds:
        yield Rule(name, title, severity, partial(find, session))
    yield Rule(
        "mysql-check-target-localinfile-set",
        "local_infile is ON: the load uses LOAD DATA LOCAL",
        error,
        partial(_local_infile, session),
        is_for_source=False,
    )


def _table_rules(session: Session) -> Iterator[Rule]:
    error = Severity.ERROR
    for name, title, sql, text, remedy in (
        (
            "mysql-check-table-storage-engine",
            "all tables use InnoDB",
            _OTHER_ENGINES,
            "{} uses the storage engine {}, which has no transactions",
            "alter table {} engine = InnoDB",
        ),
        (
            "paymig-lob-in-key",
            "no primary key has a LOB column",
            _KEY_LOBS,
            "{} has the LOB column {} in its primary key, for which DMS does not replicate the table",
            "alter table {} modify {} varchar(LENGTH) not null",
        ),
        (
            "mysql-check-invisible-columns",
            "no column is invisible: DMS does not copy it",
            _INVISIBLE_COLUMNS,
            "{} has the invisible column {}, which DMS does not copy",
            "alter table {} modify {} TYPE visible",
        ),
    ):
        yield Rule(name, title, error, partial(_objects, session, sql, text, remedy))
    yield Rule(
        "paymig-similar-table-name",
        "no two tables have names that differ in case only",
        error,
        partial(_similar_names, session),
    )
    yield Rule("mysql-check-10k-tables", f"at most {_MAX_TABLES} tables are migrated", error, _table_count)


def _version(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    product = "MariaDB" if session.is_mariadb else "MySQL"
    oldest, newest = SUPPORTED_VERSIONS[product]
    version = tuple(int(part) for part in re.findall(r"\d+", session.version)[:2])
    if not oldest <= version <= newest:
        supported = f"{'.'.join(map(str, oldest))} to {'.'.join(map(str, newest))}"
        yield Problem(
            "version",
            f"runs {product} {session.version}; DMS supports {supported}",
            "upgrade the server, or use a later engine version of DMS",
        )


def _server_id(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    if int(_variable(session, "server_id") or 0) < 1:
        yield Problem(
            "server_id", "has server_id 0, so that no replica can read its binary log", "set global server_id = 1"
        )


def _purging(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    names = ("binlog_expire_logs_seconds", "expire_logs_days")
    if not any(float(_variable(session, name) or 0) for name in names):
        yield Problem(names[0], "never purges its binary log", f"set global {names[0]} = 259200")


def _timeouts(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    for name in ("net_read_timeout", "net_write_timeout", "wait_timeout"):
        seconds = int(_variable(session, name) or 0)
        if seconds < _MIN_TIMEOUT_SECONDS:
            yield Problem(name, f"has {name} {seconds}", f"set global {name} = {_MIN_TIMEOUT_SECONDS}")


def _statement_time(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    name = "max_statement_time" if session.is_mariadb else "max_execution_time"
    limit = float(_variable(session, name) or 0)
    if limit:
        yield Problem(name, f"has {name} {limit:g}, which ends the load of a large table", f"set global {name} = 0")


def _long_transactions(session: Session, scope: Scope) -> Iterator[Problem]:
    # The server reports the start in its own time zone; the session is in UTC.
    now = "convert_tz(now(6), @@session.time_zone, @@global.time_zone)"
    sql = _LONG_TRANSACTIONS.format(now=now)
    for thread, user, seconds in session.rows(sql, scope.long_transaction_seconds):
        yield Problem(
            f"session {thread}",
            f"has a transaction of {user} that has run for {seconds} seconds",
            f"end it in the application, or: kill {thread}",
        )


def _read_only(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    if not session.accepts_writes():
        yield Problem("read_only", "is read-only", "set global read_only = 0; or use the address of the primary")


def _packet(session: Session, scope: Scope) -> Iterator[Problem]:
    largest = int(_variable(session, "max_allowed_packet") or 0)
    for schema, table, column in rows_of(scope.tables, session.rows(_LOB_COLUMNS, schemas(scope.tables))):
        name = f"{identifier(schema)}.{identifier(table)}"
        size = int(session.value(f"select coalesce(max(length({identifier(column)})), 0) from {name}"))
        # DMS sends a LOB in hexadecimal form, and the statement around it.
        if 2 * size + 1_024 > largest:
            yield Problem(
                f"{schema}.{table}.{column}",
                f"has a value of {size} bytes in {schema}.{table}.{column}; max_allowed_packet is {largest}",
                f"set global max_allowed_packet = {max(67_108_864, 4 * size)}",
            )


def _local_infile(session: Session, scope: Scope) -> Iterator[Problem]:
    del scope
    if _variable(session, "local_infile") != "ON":
        yield Problem(
            "local_infile", "has local_infile OFF", "set global local_infile = 1, on Aurora in its parameter group"
        )


def _objects(session: Session, sql: str, text: str, remedy: str, scope: Scope) -> Iterator[Problem]:
    for schema, table, name in rows_of(scope.tables, session.rows(sql, schemas(scope.tables))):
        yield problem_of(f"{schema}.{table}", name, text, remedy)


def _similar_names(session: Session, scope: Scope) -> Iterator[Problem]:
    for schema, names in session.rows(_SIMILAR_NAMES, schemas(scope.tables)):
        yield Problem(
            f"{schema}: {names}",
            f"the tables {names} of {schema} differ in case only, which DMS confuses",
            f"rename table {schema}.{names.split(', ')[0]} to {schema}.NAME",
        )


def _table_count(scope: Scope) -> Iterator[Problem]:
    if len(scope.tables) > _MAX_TABLES:
        text = f"has {len(scope.tables)} tables; a task copies at most {_MAX_TABLES}"
        yield Problem("tables", text, "divide the tables between several [replication] sections")


def _variable(session: Session, name: str) -> str | None:
    rows = session.rows(_VARIABLE, name)
    return str(rows[0][1]) if rows else None
