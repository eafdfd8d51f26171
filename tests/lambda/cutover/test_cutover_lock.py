"""The lock of the writer: no login is allowed in another session than the one that holds it."""

import pytest

from common.errors import DatabaseFailure
from common.parameters import Writer
from cutover import application_access, ownership
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment

_END_SESSIONS = """
select pg_terminate_backend(pid) from pg_stat_activity
where application_name = 'paymig' and datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.mark.parametrize("lost_side", ["source", "target"])
def test_logins_are_not_allowed_without_the_lock(environment: Environment, lost_side: str) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation")
    migration = environment.migration()
    (replication,) = migration.settings.replications
    lost = environment.source if lost_side == "source" else environment.target
    for side in (replication.source, replication.target):
        with (
            pytest.raises(DatabaseFailure),
            ownership.owned_writer_lock(migration, Writer.SOURCE, Writer.TARGET) as lock,
        ):
            lost.run(_END_SESSIONS)
            application_access.allow(migration, lock, replication, side)
    assert not environment.can_log_in(environment.source)
    assert not environment.can_log_in(environment.target)


@pytest.mark.parametrize("lost_side", ["source", "target"])
def test_mysql_logins_are_not_allowed_without_the_lock(mysql: MySqlEnvironment, lost_side: str) -> None:
    mysql.start_replication()
    mysql.run("fence_source")
    migration = mysql.migration()
    (replication,) = migration.settings.replications
    lost = mysql.source if lost_side == "source" else mysql.target
    for side in (replication.source, replication.target):
        with (
            pytest.raises(DatabaseFailure),
            ownership.owned_writer_lock(migration, Writer.SOURCE, Writer.TARGET) as lock,
        ):
            name = f"concat('paymig-', md5('{lost.dbname}'))"
            ((session,),) = lost.run(f"select is_used_lock({name})")
            lost.run(f"kill {session}")
            application_access.allow(migration, lock, replication, side)
    assert mysql.logins() == (False, False)
