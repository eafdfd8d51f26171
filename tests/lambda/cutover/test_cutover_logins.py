"""Logins of the application at a fence: the right to block them, late ones, and those that were blocked before."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from common.errors import PreconditionFailed, ValidationFailed
from cutover import application_access
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD, Environment
from support.mysql_environment import MySqlEnvironment
from support.postgres import binary


@contextmanager
def delayed_payment(environment: Environment, seconds: int) -> "Iterator[subprocess.Popen[str]]":
    """Log in to the source in a session that appears after `seconds`, and then pays."""
    variables = {
        **os.environ,
        "PGPASSWORD": APPLICATION_PASSWORD,
        "PGOPTIONS": f"-c post_auth_delay={seconds}",
        "PGSSLMODE": "disable",
    }
    source = environment.source
    command = [binary("psql"), "-h", "127.0.0.1", "-p", str(source.server.port), "-U", environment.role]
    command += ["-d", source.dbname, "-Atc", "insert into payments (token, amount) values ('late', 1)"]
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        time.sleep(0.7)
        assert process.poll() is None
        yield process
        process.wait()


def test_fence_awaits_a_login_that_was_accepted_before_it(environment: Environment) -> None:
    environment.run("initialize")
    migration = environment.migration()
    (replication,) = migration.settings.replications
    source = replication.source
    with delayed_payment(environment, 5) as session, migration.admin_session(source) as admin:
        application_access.block(migration, replication, source, admin, migration.clock.deadline(20))
        rows = environment.rows(environment.source)
        assert session.wait(0.5) is not None
    # It was terminated, or has paid before the fence was complete.
    assert environment.rows(environment.source) == rows


@pytest.fixture
def retired(environment: Environment) -> Iterator[str]:
    """A member of the application's role on both sides, which an administrator has locked."""
    name = f"retired_{environment.source.dbname}"
    environment.source.run(f"create role {name} nologin; grant {environment.role} to {name}")
    yield name
    for side in (environment.source, environment.target):
        side.run(f"drop role if exists {name}")


def can_log_in(environment: Environment, name: str) -> tuple[object, object]:
    sql = f"select rolcanlogin from pg_roles where rolname = '{name}'"
    return environment.source.value(sql), environment.target.value(sql)


def test_user_that_was_locked_on_purpose_stays_locked(environment: Environment, retired: str) -> None:
    environment.start_replication()
    environment.target.run(f"create role {retired} nologin; grant {environment.role} to {retired}")
    environment.run_all("fence_source", "drain_source")
    environment.run("fence_source")
    environment.run("unfence_source")
    assert can_log_in(environment, retired) == (False, False)
    assert environment.can_log_in(environment.source)
    environment.cut_over()
    assert can_log_in(environment, retired) == (False, False)
    assert environment.can_log_in(environment.target)
    environment.roll_back()
    assert can_log_in(environment, retired) == (False, False)
    assert environment.can_log_in(environment.source)


def test_user_that_was_open_on_the_target_is_open_after_the_cutover(environment: Environment, retired: str) -> None:
    environment.run("initialize")
    environment.source.run(f"alter role {retired} login")
    environment.target.run(f"create role {retired} nologin; grant {environment.role} to {retired}")
    environment.start_replication()
    environment.cut_over()
    assert can_log_in(environment, retired) == (False, True)
    environment.roll_back()
    assert can_log_in(environment, retired) == (True, False)


def test_mysql_account_that_was_locked_on_purpose_stays_locked(mysql: MySqlEnvironment) -> None:
    account = f"{mysql.role}@'10.0.0.1'"
    for side in (mysql.source, mysql.target):
        side.run(f"create user {account} identified by 'x' account lock")
    mysql.target.run(f"create user {mysql.role} identified by '{APPLICATION_PASSWORD}'")
    mysql.start_replication()
    try:
        mysql.run_all("fence_source", "drain_source", "unfence_source")
        assert is_locked(mysql) == (True, True)
        mysql.cut_over()
        assert (is_locked(mysql), mysql.logins()) == ((True, True), (False, True))
        mysql.roll_back()
        assert (is_locked(mysql), mysql.logins()) == ((True, True), (True, False))
    finally:
        for side in (mysql.source, mysql.target):
            side.run(f"drop user {account}")


def is_locked(mysql: MySqlEnvironment) -> tuple[bool, bool]:
    """Return whether the account of the host 10.0.0.1 is locked, on each side."""
    sql = (
        "select json_value(priv, '$.account_locked') from mysql.global_priv"
        f" where user = '{mysql.role}' and host = '10.0.0.1'"
    )
    found = [side.run(sql)[0][0] for side in (mysql.source, mysql.target)]
    return found[0] in (1, "1", "true"), found[1] in (1, "1", "true")


def without_administrator(environment: Environment) -> str:
    """Take the administrator's secret of the source away; return its replication user, which cannot alter roles."""
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    user = f"dms_{environment.role.removeprefix('app_')}"
    environment.source.run(
        f"create role {user} login replication password '{REPLICATION_PASSWORD}';"
        f" grant usage, create on schema public to {user}; grant all on all tables in schema public to {user};"
        f" grant all on all sequences in schema public to {user};"
        f" grant set on parameter session_replication_role to {user}"
    )
    return user


def test_right_to_fence_is_rehearsed_before_the_load(environment: Environment) -> None:
    user = without_administrator(environment)
    with pytest.raises(PreconditionFailed, match=f"the source denies {user} ALTER ROLE {environment.role}"):
        environment.run("initialize")
    environment.source.run(f"alter role {user} createrole")
    with pytest.raises(PreconditionFailed, match=f"denies {user} the end of the sessions of {environment.role}"):
        environment.run("initialize")
    environment.source.run(f"grant pg_signal_backend to {user}")
    environment.run("initialize")
    assert environment.can_log_in(environment.source)


def test_right_to_fence_that_was_revoked_prevents_the_fence(environment: Environment) -> None:
    user = without_administrator(environment)
    environment.source.run(f"alter role {user} createrole; grant pg_signal_backend to {user}")
    environment.start_replication()
    environment.source.run(f"alter role {user} nocreaterole")
    with pytest.raises(PreconditionFailed, match=f"denies {user} ALTER ROLE {environment.role}"):
        environment.run("fence_source")
    with pytest.raises(ValidationFailed, match="ALTER ROLE"):
        environment.run("premigration_check")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def test_mysql_right_to_fence_that_was_revoked_prevents_the_fence(mysql: MySqlEnvironment) -> None:
    (replication,) = json.loads(mysql.variables["REPLICATIONS"])
    mysql.start_replication()
    mysql.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    user = f"dms_{mysql.role.removeprefix('app_')}"
    mysql.source.run(f"grant process, create user, select on *.* to {user}")
    with pytest.raises(PreconditionFailed, match="lacks the privilege CONNECTION_ADMIN or CONNECTION ADMIN or SUPER"):
        mysql.run("fence_source")
    mysql.source.run(f"grant connection admin on *.* to {user}")
    mysql.source.run(f"revoke create user on *.* from {user}")
    with pytest.raises(PreconditionFailed, match="lacks the privilege CREATE USER"):
        mysql.run("fence_source")
    assert mysql.parameter("writer") == "source"
    assert mysql.logins() == (True, False)


def test_prepared_transaction_of_another_user_prevents_the_fence(environment: Environment) -> None:
    environment.start_replication()
    with closing(environment.source.server.connect(environment.source.dbname)) as session:
        session.run("begin")
        session.run("insert into payments (token, amount) values ('in doubt', 1)")
        session.run("prepare transaction 'doubt'")
        with pytest.raises(PreconditionFailed, match="the prepared transactions doubt of postgres"):
            environment.run("fence_source")
        assert environment.parameter("writer") == "source"
        session.run("commit prepared 'doubt'")
    environment.run("fence_source")


def test_mysql_prepared_transaction_prevents_the_fence(mysql: MySqlEnvironment) -> None:
    mysql.start_replication()
    with closing(mysql.source.application_session(mysql.role)) as session, session.cursor() as cursor:
        cursor.execute("xa start 'doubt'")
        cursor.execute("insert into payments (token, amount) values ('in doubt', 1)")
        cursor.execute("xa end 'doubt'")
        cursor.execute("xa prepare 'doubt'")
        try:
            with pytest.raises(PreconditionFailed, match="the prepared transactions doubt, which can be committed"):
                mysql.run("fence_source")
            assert mysql.parameter("writer") == "source"
        finally:
            cursor.execute("xa rollback 'doubt'")
