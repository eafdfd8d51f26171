"""Rules of the premigration assessment for PostgreSQL, beside those that the steps of the cutover check themselves.

Source: DMS user guide, "PostgreSQL assessments".
"""

from collections.abc import Callable, Iterator
from functools import partial

from cutover.postgresql.version import major_version
from cutover.premigration_rule import InapplicableRule, Problem, Rule, RuleSet, Scope, Severity, problem_of
from database.postgresql import Database, identifier
from migration.tables import rows_of, schemas

OLDEST_VERSION, NEWEST_VERSION = 9, 17
"""The major versions that DMS reads (DMS user guide, "Sources for data migration", engine 3.6)."""

_TASKS = 2  # the task of the full load, and the one that replicates onward
_MIN_SENDER_TIMEOUT_MS = 10_000  # a shorter one fails a task of DMS
_DEFAULT_DECODING_KB = 65_536

_SETTING = "select setting::bigint from pg_settings where name = :name"
_SPILLED = "select coalesce(sum(spill_txns), 0)::bigint from pg_stat_replication_slots"
_LONG_TRANSACTIONS = """
select pid, coalesce(usename::text, backend_type), extract(epoch from now() - xact_start)::bigint, datname::text
from pg_stat_activity
where xact_start < now() - cast(:seconds as text)::interval and pid <> pg_backend_pid()
  and backend_type = 'client backend' order by 3 desc
"""
_FREE_SENDERS = "select current_setting('max_wal_senders')::int - (select count(*) from pg_stat_replication)::int"

# Keys: i.indisprimary. LOBs are the types that DMS treats as such.
_COLUMNS = """
select n.nspname::text, c.relname::text, a.attname::text
from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
  join pg_type t on t.oid = a.atttypid left join pg_index i on i.indrelid = c.oid and i.indisprimary
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
  and {} order by 1, 2, 3
"""
_LOB = "t.typname in ('text', 'json', 'jsonb', 'xml', 'bytea')"
_TABLES = """
select n.nspname::text, c.relname::text, '' from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[])) and {} order by 1, 2
"""
_INVALID_INDEXES = """
select n.nspname::text, c.relname::text, x.relname::text
from pg_index i join pg_class c on c.oid = i.indrelid join pg_class x on x.oid = i.indexrelid
  join pg_namespace n on n.oid = c.relnamespace
where not i.indisvalid and n.nspname = any(cast(:schemas as text[])) order by 1, 2, 3
"""
_SIMILAR_NAMES = """
select n.nspname::text, string_agg(c.relname::text, ', ' order by c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and n.nspname = any(cast(:schemas as text[]))
group by n.nspname, lower(c.relname) having count(*) > 1 order by 1, 2
"""
_MATERIALIZED_VIEWS = """
select n.nspname::text, c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'm' and n.nspname = any(cast(:schemas as text[])) order by 1, 2
"""
_ROLE_TIMEOUTS = """
select coalesce(r.rolname::text, 'all users'), split_part(s.setting, '=', 2)
from pg_db_role_setting d left join pg_roles r on r.oid = d.setrole, unnest(d.setconfig) s (setting)
where split_part(s.setting, '=', 1) = 'idle_in_transaction_session_timeout'
  and split_part(s.setting, '=', 2) !~ '^0+[a-z]*$'
  and d.setdatabase in (0, (select oid from pg_database where datname = current_database())) order by 1
"""

_INAPPLICABLE = (
    InapplicableRule("postgres-check-pglogical", "the slots use the plug-in test_decoding"),
    *(
        InapplicableRule(name, "the tasks apply changes transaction by transaction, not in batches")
        for name in (
            "postgres-check-batch-apply-target-pk-ui-absence",
            "postgres-check-batch-apply-target-pk-ui-simultaneously",
            "postgres-batch-apply-lob-mode",
        )
    ),
    InapplicableRule("postgres-check-limited-lob-size", "the tasks use the full LOB mode, which truncates nothing"),
    InapplicableRule("postgres-check-target-secondary-indexes", "the indexes of both sides must be equal"),
    InapplicableRule("postgres-check-postgis-data-type", "both sides are PostgreSQL, where DMS supports PostGIS"),
    *(
        InapplicableRule(name, "the tasks mask no column")
        for name in (
            "postgres-datamasking-digits-randomize",
            "postgres-datamasking-digits-mask",
            "postgres-datamasking-hash-mask",
            "all-to-all-validation-with-datamasking-digits-randomize",
            "all-to-all-validation-with-datamasking-hash-mask",
            "all-to-all-validation-with-digit-mask",
        )
    ),
)


def premigration_rules(database: Database) -> RuleSet:
    """Return the rules, which read the catalogs of `database`."""
    return RuleSet((*_server_rules(database), *_table_rules(database)), _INAPPLICABLE)


def _server_rules(database: Database) -> Iterator[Rule]:
    def rule(name: str, title: str, severity: Severity, find: "_Find", *, is_for_target: bool = True) -> Rule:
        return Rule(name, title, severity, partial(find, database), is_for_target=is_for_target)

    error, warning = Severity.ERROR, Severity.WARNING
    yield rule("postgres-check-dbversion", "DMS supports the version of the server", error, _version)
    yield rule(
        "postgres-check-for-logical-decoding-work-mem",
        "logical_decoding_work_mem suffices to decode without spilling to disk",
        warning,
        _decoding_memory,
    )
    yield rule(
        "postgres-check-longrunningtxn",
        "no transaction runs for long: the start of a task and the creation of a slot wait for its end",
        error,
        _long_transactions,
    )
    yield rule(
        "postgres-check-maxslot-wal-keep-size",
        "max_slot_wal_keep_size does not limit slots, beyond which a stopped task loses its slot",
        warning,
        _slot_limit,
    )
    yield rule("postgres-check-maxwalsenders", f"max_wal_senders has {_TASKS} free processes", error, _free_senders)
    yield rule(
        "postgres-check-walsenderstimeout",
        "wal_sender_timeout is 0, or at least 10 seconds",
        error,
        _sender_timeout,
    )
    yield rule(
        "postgres-check-idle-in-transaction-session-timeout",
        "idle_in_transaction_session_timeout ends no session of DMS",
        error,
        _idle_timeout,
    )


def _table_rules(database: Database) -> Iterator[Rule]:
    error, warning = Severity.ERROR, Severity.WARNING
    has_no_key = "i.indrelid is null"
    for name, title, severity, sql, text, remedy in (
        (
            "postgres-check-pk-lob",
            "no primary key has a LOB column",
            error,
            _COLUMNS.format(f"a.attnum = any(i.indkey) and {_LOB}"),
            "{} has the LOB column {} in its primary key, for which DMS does not replicate the table",
            "alter table {} alter {} type varchar(LENGTH)",
        ),
        (
            "postgres-check-table-with-array",
            "no table without a primary key has an array",
            error,
            _COLUMNS.format(f"{has_no_key} and t.typcategory = 'A'"),
            "{} has the array {} and no primary key, so that DMS skips it",
            "alter table {} add primary key (COLUMN)",
        ),
        (
            "paymig-lob-without-key",
            "no table without a primary key has a LOB column",
            error,
            _COLUMNS.format(f"{has_no_key} and {_LOB}"),
            "{} has the LOB column {} and no primary key, so that DMS copies no LOBs of it",
            "alter table {} add primary key (COLUMN)",
        ),
        (
            "paymig-replica-identity-full",
            "no table has the replica identity FULL, which writes every old row to the log",
            warning,
            _TABLES.format("c.relreplident = 'f'"),
            "{} has the replica identity FULL, which enlarges the write-ahead log",
            "alter table {} replica identity default",
        ),
        (
            "postgres-check-pk-validity",
            "all indexes are valid, since the validation reads rows by their keys",
            error,
            _INVALID_INDEXES,
            "{} has the invalid index {}",
            "reindex index concurrently {1}",
        ),
    ):
        yield Rule(name, title, severity, partial(_objects, database, sql, text, remedy))
    yield Rule(
        "postgres-check-similar-table-name",
        "no two tables have names that differ in case only",
        error,
        partial(_similar_names, database),
    )
    yield Rule(
        "paymig-materialized-views",
        "no materialized view is in the schemas: DMS does not copy it",
        warning,
        partial(_materialized_views, database),
        is_for_target=False,
    )


_Find = Callable[[Database, Scope], Iterator[Problem]]


def _version(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    major = major_version(database)
    if not OLDEST_VERSION <= major <= NEWEST_VERSION:
        text = f"runs PostgreSQL {major}; DMS supports {OLDEST_VERSION} to {NEWEST_VERSION}"
        yield Problem("server_version", text, "upgrade the server, or use a later engine version of DMS")


def _decoding_memory(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    size = database.value(_SETTING, name="logical_decoding_work_mem")
    if size is None:
        return
    spilled = 0
    if database.value("select to_regclass('pg_catalog.pg_stat_replication_slots')") is not None:
        spilled = int(database.value(_SPILLED))
    if size < _DEFAULT_DECODING_KB or spilled:
        yield Problem(
            "logical_decoding_work_mem",
            f"has logical_decoding_work_mem {size} kB, and {spilled} decoded transactions were spilled to disk",
            f"alter system set logical_decoding_work_mem = '{max(256, size // 512)}MB'; select pg_reload_conf()",
        )


def _long_transactions(database: Database, scope: Scope) -> Iterator[Problem]:
    limit = f"{scope.long_transaction_seconds} seconds"
    for pid, user, seconds, dbname in database.rows(_LONG_TRANSACTIONS, seconds=limit):
        yield Problem(
            f"session {pid}",
            f"has a transaction of {user} in the database {dbname} that has run for {seconds} seconds",
            f"end it in the application, or: select pg_terminate_backend({pid})",
        )


def _slot_limit(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    size = database.value(_SETTING, name="max_slot_wal_keep_size")
    if size is not None and size != -1:
        yield Problem(
            "max_slot_wal_keep_size",
            f"limits slots to {size} MB, beyond which the slot of a stopped task is lost",
            "alter system set max_slot_wal_keep_size = -1; select pg_reload_conf()",
        )


def _free_senders(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    free = int(database.value(_FREE_SENDERS))
    if free < _TASKS:
        yield Problem(
            "max_wal_senders",
            f"has {max(0, free)} free WAL senders; {_TASKS} are required",
            "alter system set max_wal_senders = 10, and restart the server",
        )


def _sender_timeout(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    timeout = database.value(_SETTING, name="wal_sender_timeout")
    if 0 < timeout < _MIN_SENDER_TIMEOUT_MS:
        yield Problem(
            "wal_sender_timeout",
            f"has wal_sender_timeout {timeout} ms; DMS requires {_MIN_SENDER_TIMEOUT_MS}",
            "alter system set wal_sender_timeout = '60s'; select pg_reload_conf()",
        )


def _idle_timeout(database: Database, scope: Scope) -> Iterator[Problem]:
    del scope
    name = "idle_in_transaction_session_timeout"
    found = [(str(user), str(value)) for user, value in database.rows(_ROLE_TIMEOUTS)]
    of_server = database.value("select reset_val from pg_settings where name = :name", name=name)
    if of_server not in (None, "0") and not found:
        found = [("all users", f"{of_server}ms")]
    for user, value in found:
        yield Problem(
            name,
            f"has {name} {value} of {user}, which ends sessions of DMS during a load",
            f"alter role DMS_USER set {name} = 0",
        )


def _objects(database: Database, sql: str, text: str, remedy: str, scope: Scope) -> Iterator[Problem]:
    for schema, table, name in rows_of(scope.tables, database.rows(sql, schemas=schemas(scope.tables))):
        yield problem_of(f"{schema}.{table}", name, text, remedy)


def _similar_names(database: Database, scope: Scope) -> Iterator[Problem]:
    for schema, names in database.rows(_SIMILAR_NAMES, schemas=schemas(scope.tables)):
        first = names.split(", ")[0]
        yield Problem(
            f"{schema}: {names}",
            f"the tables {names} of {schema} differ in case only, which DMS confuses",
            f"alter table {identifier(schema)}.{identifier(first)} rename to NAME",
        )


def _materialized_views(database: Database, scope: Scope) -> Iterator[Problem]:
    for schema, view in database.rows(_MATERIALIZED_VIEWS, schemas=schemas(scope.tables)):
        yield Problem(
            f"{schema}.{view}",
            f"{schema}.{view} is a materialized view, which DMS does not copy",
            f"create it in the target, and after the cutover: refresh materialized view {schema}.{view}",
        )
