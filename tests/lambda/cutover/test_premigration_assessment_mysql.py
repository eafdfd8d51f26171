"""The premigration assessment of MariaDB: each rule with a violation on a real server, and its remedy."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from cutover.assessment.runway import Storage
from cutover.mysql import premigration_rules
from cutover.premigration_rule import Severity
from database.secrets import Login
from support import mariadb
from support.assessed_databases import AssessedDatabases, create_mysql_databases

BLOCKERS, SCHEMA = "paymig-replication-blockers", "paymig-schema-differences"

AWS_ASSESSMENTS = {
    "mysql-check-binlog-compression",
    "mysql-check-replication-privileges",
    "mysql-check-select-privileges",
    "mysql-check-server-id",
    "mysql-check-target-privileges",
    "mysql-check-expire-logs-days",
    "mysql-batch-apply-lob-mode",
    "mysql-check-table-storage-engine",
    "mysql-check-auto-increment",
    "mysql-check-binlog-image",
    "mysql-check-database-role",
    "mysql-check-table-partition",
    "mysql-check-supported-version",
    "mysql-check-target-localinfile-set",
    "mysql-check-fk-target",
    "mysql-check-cascade-constraints",
    "mysql-check-target-network-parameter",
    "mysql-check-max-statement-time",
    "mysql-check-batch-apply-target-pk-ui-absence",
    "mysql-check-batch-apply-target-pk-ui-simultaneously",
    "mysql-check-secondary-indexes",
    "mysql-check-pk-validity",
    "mysql-tblnum-for-max-fullload-subtasks",
    "mysql-datamasking-digits-randomize",
    "mysql-datamasking-digits-mask",
    "mysql-datamasking-hash-mask",
    "all-to-all-validation-with-datamasking-digits-randomize",
    "all-to-all-validation-with-datamasking-hash-mask",
    "all-to-all-validation-with-digit-mask",
    "mysql-check-aurora-read-only",
    "mysql-check-binlog-retention-time",
    "mysql-check-invisible-columns",
    "mysql-check-binlog-format",
    "all-check-source-selection-rules",
    "mysql-check-generated-columns",
    "mysql-check-skip-table-suspension-partition-ddl",
    "mysql-check-max-allowed-packet-lob",
    "all-check-secondary-constraints",
    "all-check-for-batch-apply-to-mysql",
    "all-check-target-read-replica",
    "mysql-check-10k-tables",
    "mysql-check-binlog-enabled",
    "mysql-check-source-replica",
}
"""The API keys of the DMS user guide, "MySQL assessments"."""
_OF_USERS = {"mysql-check-replication-privileges", "mysql-check-select-privileges", "mysql-check-target-privileges"}


@pytest.fixture
def databases(mariadb_server: mariadb.Server, mariadb_target: mariadb.Server) -> Iterator[AssessedDatabases]:
    with (
        create_mysql_databases(mariadb_server, mariadb_target) as made,
        _variables(
            (mariadb_server, mariadb_target),
            net_read_timeout="300",
            net_write_timeout="300",
            binlog_expire_logs_seconds="604800",
            max_allowed_packet="67108864",
        ),
    ):
        yield made


@contextmanager
def _variables(servers: tuple[mariadb.Server, ...], **values: str) -> Iterator[None]:
    """Set global variables, and restore them afterwards."""
    old = [(server, name, str(server.run(f"select @@global.{name}")[0][0])) for server in servers for name in values]
    for server in servers:
        for name, value in values.items():
            server.run(f"set global {name} = {value}")
    try:
        yield
    finally:
        for server, name, value in old:
            server.run(f"set global {name} = {value if value.replace('.', '').isdigit() else repr(value)}")


def _source(databases: AssessedDatabases) -> mariadb.Server:
    assert isinstance(databases.source.server, mariadb.Server)
    return databases.source.server


def test_two_suitable_databases_have_no_finding(databases: AssessedDatabases) -> None:
    assert databases.assess().findings == []


def test_every_assessment_of_aws_is_a_rule_or_has_a_reason(databases: AssessedDatabases) -> None:
    result = databases.assess()
    checked = {name for each in result.checked for name in (each.rule.name, *each.rule.covers)}
    inapplicable = {rule.name for rule in result.inapplicable}
    assert AWS_ASSESSMENTS - checked - inapplicable == _OF_USERS  # given the users, sessions of them check these
    assert not checked & inapplicable


@pytest.mark.parametrize(
    ("rule", "object_", "violation", "remedy"),
    [
        (BLOCKERS, "{db}.payments.doubled", "alter table payments add doubled int as (1) stored", None),
        (BLOCKERS, "{db}.payments.body", "alter table payments add body mediumtext not null", None),
        (
            BLOCKERS,
            "{db}.refunds.cascading",
            "alter table refunds add constraint cascading foreign key (payment) references payments (id)"
            " on delete cascade",
            None,
        ),
        (
            BLOCKERS,
            "{db}.prices",
            "create table prices (id int primary key) with system versioning",
            "alter table {db}.prices drop system versioning",
        ),
        (
            BLOCKERS,
            "{db}.nightly",
            "create event nightly on schedule every 1 day do delete from refunds",
            "alter event {db}.nightly disable",
        ),
        (
            "mysql-check-table-storage-engine",
            "{db}.notes.MyISAM",
            "create table notes (id int primary key) engine = MyISAM",
            "alter table {db}.notes engine = InnoDB",
        ),
        ("paymig-lob-in-key", "{db}.notes.body", "create table notes (body text, primary key (body(20)))", None),
        (
            "mysql-check-invisible-columns",
            "{db}.notes.secret",
            "create table notes (id int primary key, secret int invisible)",
            None,
        ),
        ("paymig-similar-table-name", "{db}: Payments, payments", "create table Payments (id int primary key)", None),
        (SCHEMA, "{db}.notes", "create table notes (id int)", None),
    ],
)
def test_violation_is_found_with_its_object_and_remedy(
    databases: AssessedDatabases, rule: str, object_: str, violation: str, remedy: str | None
) -> None:
    dbname = databases.source.dbname
    for side in (databases.source, databases.target):
        side.run(violation)
    found = databases.findings(rule)
    assert found
    assert {finding.object for finding in found} == {object_.format(db=dbname)}
    if remedy is not None:
        assert {finding.remedy for finding in found} == {remedy.format(db=dbname)}
        for side in (databases.source, databases.target):
            side.run(remedy.format(db=dbname))
        assert databases.findings(rule) == []


@pytest.mark.parametrize(
    ("rule", "name", "value"),
    [
        ("paymig-change-log", "binlog_format", "'MIXED'"),
        ("paymig-change-log", "binlog_row_image", "'MINIMAL'"),
        ("paymig-change-log", "log_bin_compress", "1"),
        ("paymig-change-log", "binlog_expire_logs_seconds", "3600"),
        ("mysql-check-expire-logs-days", "binlog_expire_logs_seconds", "0"),
        ("mysql-check-target-network-parameter", "net_read_timeout", "30"),
        ("mysql-check-max-statement-time", "max_statement_time", "5"),
    ],
)
def test_variable_of_the_server_is_found_until_it_is_restored(
    databases: AssessedDatabases, rule: str, name: str, value: str
) -> None:
    with _variables((_source(databases),), **{name: value}):
        found = databases.findings(rule)
    assert [(finding.side, finding.object) for finding in found] == [("source", name)]
    assert name in found[0].remedy
    assert databases.findings(rule) == []


def test_target_without_local_infile_is_an_error(databases: AssessedDatabases) -> None:
    assert isinstance(databases.target.server, mariadb.Server)
    with _variables((databases.target.server,), local_infile="0"):
        (finding,) = databases.findings("mysql-check-target-localinfile-set")
    assert (finding.side, finding.severity) == ("target", Severity.ERROR)
    assert databases.findings("mysql-check-target-localinfile-set") == []


def test_value_larger_than_a_packet_is_a_warning(databases: AssessedDatabases) -> None:
    databases.source.run(f"insert into refunds values (1, null, '{'x' * 40_000}')")
    with _variables((_source(databases),), max_allowed_packet="65536"):
        (finding,) = databases.findings("mysql-check-max-allowed-packet-lob")
    assert finding.object == f"{databases.source.dbname}.refunds.note"
    assert databases.findings("mysql-check-max-allowed-packet-lob") == []


def test_read_only_target_is_an_error(databases: AssessedDatabases) -> None:
    assert isinstance(databases.target.server, mariadb.Server)
    with _variables((databases.target.server,), read_only="1"):
        (finding,) = databases.findings("all-check-target-read-replica")
    assert finding.side == "target"


def test_version_that_dms_does_not_read_is_an_error(
    databases: AssessedDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(premigration_rules.SUPPORTED_VERSIONS, "MariaDB", ((10, 0), (10, 6)))
    found = databases.findings("mysql-check-supported-version")
    assert {finding.side for finding in found} == {"source", "target"}
    assert "DMS supports 10.0 to 10.6" in found[0].text


def test_more_tables_than_a_task_copies_are_an_error(
    databases: AssessedDatabases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(premigration_rules, "_MAX_TABLES", 1)
    assert databases.findings("mysql-check-10k-tables")[0].text == "has 2 tables; a task copies at most 1"


def test_long_transaction_is_an_error_until_it_ends(databases: AssessedDatabases) -> None:
    rule = "paymig-long-transactions"
    with closing(_source(databases).connect(databases.source.dbname)) as session:
        session.run("begin")
        session.run("insert into payments (token) values ('t')")
        session.run("select sleep(2)")
        (finding,) = databases.findings(rule, long_transaction_seconds=1)
        assert finding.object.startswith("session ")
        assert databases.findings(rule, long_transaction_seconds=600) == []
    assert databases.findings(rule, long_transaction_seconds=1) == []


def test_prepared_transaction_is_an_error(databases: AssessedDatabases) -> None:
    with closing(_source(databases).connect(databases.source.dbname)) as session:
        for statement in (
            "xa start 'b7'",
            "insert into payments (token) values ('t')",
            "xa end 'b7'",
            "xa prepare 'b7'",
        ):
            session.run(statement)
        (finding,) = databases.findings("postgres-check-preparedtxn")
        session.run("xa rollback 'b7'")
    assert finding.object == "b7"
    assert finding.remedy.startswith("xa rollback")


def test_writers_outside_the_fence_and_missing_users_are_errors(databases: AssessedDatabases) -> None:
    users = {"replication_user": "dms_missing", "application_role": "app_assessed"}
    source = databases.source
    source.run(
        "create user app_assessed identified by 'secret-1'",
        "create user batch_assessed identified by 'secret-2'",
        f"grant insert on {source.dbname}.* to batch_assessed",
    )
    try:
        (missing,) = databases.findings("paymig-users", **users)
        assert missing.object == "dms_missing"
        (writer,) = databases.findings("paymig-unfenced-writers", **users)
        assert "batch_assessed" in writer.object
    finally:
        source.run("drop user batch_assessed", "drop user app_assessed")


def test_change_of_the_schema_since_the_load_is_an_error(databases: AssessedDatabases) -> None:
    snapshot = databases.assess().to_json()["schema"]
    assert databases.findings("paymig-schema-changes", snapshot=snapshot) == []
    databases.source.run("alter table payments modify token varchar(80) not null")
    (finding,) = databases.findings("paymig-schema-changes", snapshot=snapshot)
    assert "payments was altered since the load: column token" in finding.text


def test_retention_that_ends_within_the_runway_is_an_error(databases: AssessedDatabases) -> None:
    # Nothing writes during the measurement, so that only the retention decides.
    quiet = databases.assess(storage=Storage(free_bytes=1 << 40), runway_hours=400)
    (finding,) = quiet.findings
    assert "168.0 hours after a stop of the replication it purges changes" in finding.text


def test_disk_that_fills_within_the_runway_is_an_error(databases: AssessedDatabases) -> None:
    stop = threading.Event()

    def write() -> None:
        with closing(_source(databases).connect(databases.source.dbname)) as session:
            while not stop.is_set():
                session.run("insert into payments (token) select seq from seq_1_to_1000")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        result = databases.assess(measure_seconds=1, storage=Storage(free_bytes=1 << 20))
    finally:
        stop.set()
        writer.join()
    (finding,) = [finding for finding in result.findings if finding.rule == "paymig-change-log-runway"]
    assert "hours after a stop of the replication its disk is full" in finding.text
    assert result.runway is not None
    assert result.runway.bytes_per_second > 10_000


def test_server_without_binary_log_is_an_error(mariadb_target: mariadb.Server, databases: AssessedDatabases) -> None:
    server = mariadb.start(mariadb_target.folder, "--skip-log-bin")
    try:
        with create_mysql_databases(server, mariadb_target) as made:
            found = {finding.rule for finding in made.assess().findings}
    finally:
        server.stop()
    assert {"paymig-change-log", "paymig-change-log-runway"} <= found


def test_version_other_than_the_stack_file_is_an_error(databases: AssessedDatabases) -> None:
    (finding,) = databases.findings("paymig-source-version", source_version="8.0")
    assert "the stack file specifies 8.0" in finding.text


def test_administrator_that_cannot_block_the_application_is_an_error(databases: AssessedDatabases) -> None:
    users = {"replication_user": "dms_assessed", "application_role": "app_assessed"}
    source = databases.source
    source.run(
        "create user app_assessed identified by 'secret-1'",
        "create user admin_assessed identified by 'secret-2'",
        f"grant all on {source.dbname}.* to admin_assessed",
        "grant select on mysql.* to admin_assessed",
    )
    try:
        limited = databases.administered_by(Login("admin_assessed", "secret-2"))
        assert any(
            "PROCESS, so it does not see all sessions" in finding.text
            for finding in limited.findings("paymig-fence-privileges", **users)
        )
        source.run("grant all on *.* to admin_assessed with grant option")
        assert limited.findings("paymig-fence-privileges", **users) == []
    finally:
        source.run("drop user admin_assessed", "drop user app_assessed")


def test_replication_user_that_cannot_write_is_an_error(databases: AssessedDatabases) -> None:
    source, login = databases.source, Login("dms_assessed", "secret-1")
    source.run(
        "create user dms_assessed identified by 'secret-1'",
        "grant replication client, replication slave on *.* to dms_assessed",
        f"grant select on {source.dbname}.* to dms_assessed",
        "grant all on dms_control.* to dms_assessed",
    )
    try:
        (finding,) = databases.findings("paymig-replication-privileges", replication_login=login)
        assert finding.object == source.dbname
        source.run(f"grant all on {source.dbname}.* to dms_assessed")
        assert databases.findings("paymig-replication-privileges", replication_login=login) == []
    finally:
        source.run("drop user dms_assessed")
