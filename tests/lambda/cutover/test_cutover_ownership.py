"""Ownership of the source: one environment may fence it; every other one that reads it is a rehearsal."""

import json
import threading
from collections.abc import Callable
from functools import partial

import pytest

from common import clients
from common.errors import (
    DatabaseFailure,
    MigrationError,
    MigrationInProgress,
    PreconditionFailed,
    SourceNotOwned,
    ValidationFailed,
)
from support.environment import REPLICATION_PASSWORD, Database, Environment
from support.fault_injection import complete_despite_kills
from support.mysql_environment import MySqlEnvironment
from support.waiting import wait_until

_OWNER_ONLY = ("fence_source", "fence_target", "promote_target", "promote_source")


def identity(environment: Environment | MySqlEnvironment) -> str:
    return environment.variables["ENVIRONMENT_IDENTITY"]


def owners(environment: Environment) -> list[object]:
    return [row[0] for row in environment.source.run("select environment from paymig_ownership")]


def set_parameter(environment: Environment | MySqlEnvironment, name: str, value: str) -> None:
    path = f"{environment.variables['PARAMETER_PREFIX']}/{name}"
    clients.ssm().put_parameter(Name=path, Value=value, Overwrite=True)


def release(environment: Environment) -> None:
    environment.source.run("delete from paymig_ownership")


def rehearse(rehearsal: Environment | MySqlEnvironment) -> None:
    """Run everything that precedes the fence."""
    rehearsal.start_replication()
    assert rehearsal.run("premigration_check") == {"tables": 2}
    rehearsal.await_state("caught-up")
    assert rehearsal.run("postmigration_check") == {"writer": "source"}


def test_rehearsal_replicates_beside_the_owner_and_is_refused_at_the_fence(
    environment: Environment, rehearsal: Environment
) -> None:
    environment.pay(environment.source, 3)
    environment.start_replication()
    assert rehearsal.run("initialize")["ownership"] == "rehearsal"
    rehearse(rehearsal)
    environment.pay(environment.source, 3)
    wait_until(lambda: len(environment.rows(environment.target)) == len(rehearsal.rows(rehearsal.target)) == 6)
    slots = environment.slots(environment.source)
    assert len(slots) == 2
    for operation in _OWNER_ONLY:
        with pytest.raises(SourceNotOwned, match=f"{identity(environment)} has owned the source"):
            rehearsal.run(operation)
    assert rehearsal.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)
    assert environment.slots(environment.source) == slots
    assert owners(environment) == [identity(environment)]


def test_reverse_replication_of_a_rehearsal_is_refused(environment: Environment, rehearsal: Environment) -> None:
    rehearsal.start_replication()
    rehearsal.run("acquire_ownership", present_owner=identity(environment))
    rehearsal.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    rehearsal.source.run(f"update paymig_ownership set environment = '{identity(environment)}'")
    with pytest.raises(SourceNotOwned):
        rehearsal.run("start_reverse_replication")
    assert rehearsal.reverse_task.status == "ready"


def test_owner_cuts_over_and_rolls_back_beside_a_rehearsal(environment: Environment, rehearsal: Environment) -> None:
    environment.pay(environment.source, 2)
    environment.start_replication()
    rehearse(rehearsal)
    environment.cut_over()
    environment.pay(environment.target, 2)
    assert rehearsal.run("replication_status")["state"] == "caught-up"
    environment.roll_back()
    assert rehearsal.run("replication_status")["state"] == "caught-up"
    assert environment.run("replication_status")["state"] == "caught-up"
    assert rehearsal.load_task.status == environment.forward_task.status == "running"
    assert len(rehearsal.rows(rehearsal.target)) == len(environment.rows(environment.source)) == 4


def test_abandoned_rehearsal_leaves_the_slots_of_the_owner(environment: Environment, rehearsal: Environment) -> None:
    environment.start_replication()
    before = environment.slots(environment.source)
    rehearse(rehearsal)
    rehearsal.run("abandon_migration")
    assert environment.slots(environment.source) == before
    assert environment.load_task.status == "running"
    environment.await_state("caught-up")


def test_tables_of_the_source_are_not_replicated(environment: Environment, rehearsal: Environment) -> None:
    environment.start_replication()
    rehearse(rehearsal)
    environment.run("release_ownership")
    rehearsal.run("acquire_ownership")
    rehearsal.cut_over()
    for target in (environment.target, rehearsal.target):
        tables = target.run("select relname::text from pg_class where relkind = 'r' and relname like 'paymig%'")
        assert tables == [["paymig_marker"]]


def test_every_marker_of_two_owners_is_a_row_of_its_own(environment: Environment, rehearsal: Environment) -> None:
    environment.start_replication()
    rehearse(rehearsal)
    for migration in (environment, rehearsal):
        migration.run("acquire_ownership")
        migration.run_all("fence_source", "drain_source", "unfence_source", "release_ownership")
    drained = "select count(*) from paymig_marker where purpose = 'drain_source'"
    assert environment.source.value(drained) == 4
    for target in (environment.target, rehearsal.target):
        wait_until(partial(_has_value, target, drained, 4))


def _has_value(side: Database, sql: str, expected: int) -> bool:
    return bool(side.value(sql) == expected)


def test_replication_user_of_another_environment_is_rejected(environment: Environment, rehearsal: Environment) -> None:
    environment.start_replication()
    (own,) = json.loads(environment.variables["REPLICATIONS"])
    (other,) = json.loads(rehearsal.variables["REPLICATIONS"])
    rehearsal.variables["REPLICATIONS"] = json.dumps([{**other, "source_secret": own["source_secret"]}])
    with pytest.raises(PreconditionFailed, match=f"of {identity(environment)}: create a user for each environment"):
        rehearsal.run("initialize")
    with pytest.raises(ValidationFailed, match="create a user for each environment"):
        rehearsal.run("premigration_check")


def test_table_of_another_user_is_named_with_its_grant(environment: Environment, rehearsal: Environment) -> None:
    environment.run("initialize")
    (replication,) = json.loads(rehearsal.variables["REPLICATIONS"])
    user = f"dms_{rehearsal.target.dbname.removeprefix('pay')}"
    source = rehearsal.source
    source.run(f"create role {user} login replication createrole password '{REPLICATION_PASSWORD}'")
    source.run(f"grant select, insert, update, delete on payments, refunds to {user}")
    source.run(f"grant select, update on sequence payments_id_seq, receipts to {user}")
    source.run(f"grant create on schema public to {user}; grant set on parameter session_replication_role to {user}")
    source.run(f"grant pg_signal_backend to {user}; grant {rehearsal.role} to {user} with admin option")
    rehearsal.variables["REPLICATIONS"] = json.dumps([{**replication, "source_master_secret": None}])
    for grant in (
        f'grant select, insert, update, delete on public.paymig_marker to "{user}"',
        f'grant insert, update, delete on public.paymig_environment to "{user}"',
    ):
        with pytest.raises(PreconditionFailed, match=grant):
            rehearsal.run("initialize")
        source.run(grant)
    assert rehearsal.run("initialize") == {"tables": 2, "ownership": "rehearsal"}
    grant = f'grant insert, update, delete on public.paymig_ownership to "{user}"'
    environment.run("release_ownership")
    with pytest.raises(PreconditionFailed, match=grant):
        rehearsal.run("acquire_ownership")
    source.run(grant)
    assert rehearsal.run("acquire_ownership") == {"ownership": "owner"}


def test_initialize_does_not_acquire_a_source_without_an_owner(environment: Environment) -> None:
    environment.source.run("drop table paymig_ownership")
    assert environment.run("initialize")["ownership"] == "rehearsal"
    assert environment.run("ownership_status") == {"ownership": "rehearsal", "owner": "none"}
    environment.start_replication()
    with pytest.raises(SourceNotOwned, match="has no owner: run acquire_ownership"):
        environment.run("fence_source")
    assert complete_despite_kills(partial(environment.run, "acquire_ownership")) >= 1
    assert environment.run("ownership_status") == {"ownership": "owner", "owner": identity(environment)}
    environment.run("fence_source")


def test_ownership_passes_by_release_and_acquisition(environment: Environment, rehearsal: Environment) -> None:
    with pytest.raises(SourceNotOwned, match="it has to run release_ownership"):
        rehearsal.run("acquire_ownership")
    with pytest.raises(SourceNotOwned, match="owns the source"):
        rehearsal.run("release_ownership")
    assert complete_despite_kills(partial(environment.run, "release_ownership")) >= 1
    assert rehearsal.run("acquire_ownership") == {"ownership": "owner"}
    assert owners(environment) == [identity(rehearsal)]
    with pytest.raises(SourceNotOwned):
        environment.run("fence_source")
    rehearsal.start_replication()
    rehearsal.cut_over()


def test_acquisition_from_a_destroyed_owner_names_it(environment: Environment, rehearsal: Environment) -> None:
    with pytest.raises(SourceNotOwned, match="the argument present_owner is orchestrated/legacy/old1"):
        rehearsal.run("acquire_ownership", present_owner="orchestrated/legacy/old1")
    assert owners(environment) == [identity(environment)]
    assert rehearsal.run("acquire_ownership", present_owner=identity(environment)) == {"ownership": "owner"}
    assert rehearsal.run("acquire_ownership", present_owner=identity(environment)) == {"ownership": "owner"}
    assert owners(environment) == [identity(rehearsal)]


def test_acquisition_from_a_former_owner_is_refused_after_a_release(
    environment: Environment, rehearsal: Environment
) -> None:
    environment.run("release_ownership")
    with pytest.raises(SourceNotOwned, match="is none; the argument present_owner"):
        rehearsal.run("acquire_ownership", present_owner=identity(environment))


def test_fenced_source_is_not_acquired(environment: Environment, rehearsal: Environment) -> None:
    environment.start_replication()
    environment.run("fence_source")
    with pytest.raises(PreconditionFailed, match="has begun or completed a cutover"):
        rehearsal.run("acquire_ownership", present_owner=identity(environment))
    environment.run("unfence_source")
    rehearsal.run("acquire_ownership", present_owner=identity(environment))


def test_environment_can_acquire_the_source_that_it_fenced(environment: Environment) -> None:
    environment.start_replication()
    environment.run("fence_source")
    environment.source.run("update paymig_ownership set environment = 'orchestrated/rehearsal/other'")
    with pytest.raises(SourceNotOwned):
        environment.run("unfence_source")
    environment.run("acquire_ownership", present_owner="orchestrated/rehearsal/other")
    assert environment.run("unfence_source") == {"unfenced": True}


def test_release_is_refused_while_a_migration_needs_the_source(environment: Environment) -> None:
    environment.run_as("first", "begin_migration", state_machine_execution="first")
    with pytest.raises(MigrationInProgress, match="the migration first has not ended"):
        environment.run("release_ownership")
    environment.run_as("first", "record_rollback")
    set_parameter(environment, "traffic/weight", "10")
    with pytest.raises(PreconditionFailed, match="receives 10 % of the traffic"):
        environment.run("release_ownership")
    set_parameter(environment, "traffic/weight", "0")
    environment.start_replication()
    environment.cut_over()
    with pytest.raises(PreconditionFailed, match="the writer is target"):
        environment.run("release_ownership")
    assert owners(environment) == [identity(environment)]


def test_only_one_of_two_concurrent_acquisitions_succeeds(environment: Environment, rehearsal: Environment) -> None:
    results: list[str] = []

    def acquire(migration: Environment) -> None:
        try:
            migration.run("acquire_ownership")
            results.append(identity(migration))
        except MigrationError as error:
            results.append(type(error).__name__)

    for _ in range(5):
        results.clear()
        release(environment)
        threads = [threading.Thread(target=acquire, args=(migration,)) for migration in (environment, rehearsal)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(results) == sorted(["SourceNotOwned", *map(str, owners(environment))])


def test_fence_waits_for_an_acquisition_that_holds_the_lock(environment: Environment, rehearsal: Environment) -> None:
    environment.variables["FENCE_TIMEOUT_SECONDS"] = "2"
    environment.start_replication()
    migration = rehearsal.migration()
    with (
        migration.locked_session(migration.settings.replications[0].source),
        pytest.raises(DatabaseFailure, match="another operation holds the lock"),
    ):
        environment.run("fence_source")
    assert environment.can_log_in(environment.source)
    assert environment.parameter("writer") == "source"


def lose_source(environment: Environment) -> None:
    """Change the address of the source to a port on which no server listens."""
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    address = {**replication["source_address"], "port": 1}
    environment.variables["REPLICATIONS"] = json.dumps([{**replication, "source_address": address}])


def test_target_is_promoted_although_the_source_is_lost(environment: Environment) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source", "final_validation", "promote_target")
    set_parameter(environment, "writer", "fenced")
    lose_source(environment)
    environment.run("promote_target")
    assert environment.parameter("writer") == "target"


def test_target_is_fenced_and_the_soak_ends_although_the_source_is_lost(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    lose_source(environment)
    assert environment.run("end_soak") == {"state": "ended"}
    environment.run("fence_target")
    assert not environment.can_log_in(environment.target)


def test_rehearsal_that_has_ended_can_begin_again(environment: Environment, rehearsal: Environment) -> None:
    rehearsal.run_as("first", "begin_migration", state_machine_execution="first")
    with pytest.raises(MigrationInProgress):
        rehearsal.run_as("second", "begin_migration", state_machine_execution="second")
    assert rehearsal.run_as("first", "end_rehearsal") == {"state": "rehearsed"}
    rehearsal.run_as("second", "begin_migration", state_machine_execution="second")
    assert rehearsal.run("ownership_status") == {"ownership": "rehearsal", "owner": identity(environment)}


def test_mysql_rehearsal_is_refused_at_the_fence(mysql: MySqlEnvironment, mysql_rehearsal: MySqlEnvironment) -> None:
    mysql.pay(mysql.source, 3)
    mysql.start_replication()
    assert mysql_rehearsal.run("initialize")["ownership"] == "rehearsal"
    rehearse(mysql_rehearsal)
    mysql.pay(mysql.source, 3)
    wait_until(lambda: len(mysql_rehearsal.rows(mysql_rehearsal.target)) == 6)
    for operation in _OWNER_ONLY:
        with pytest.raises(SourceNotOwned, match=f"{identity(mysql)} has owned the source"):
            mysql_rehearsal.run(operation)
    assert mysql_rehearsal.parameter("writer") == "source"
    assert mysql.can_log_in(mysql.source)
    tables = mysql_rehearsal.target.run("show tables like 'paymig%%'")
    assert [row[0] for row in tables] == ["paymig_marker"]


def test_mysql_owner_cuts_over_and_rolls_back_beside_a_rehearsal(
    mysql: MySqlEnvironment, mysql_rehearsal: MySqlEnvironment
) -> None:
    mysql.pay(mysql.source, 2)
    mysql.start_replication()
    rehearse(mysql_rehearsal)
    mysql.cut_over()
    mysql.pay(mysql.target, 2)
    mysql.roll_back()
    assert mysql_rehearsal.run("replication_status")["state"] == "caught-up"
    assert len(mysql_rehearsal.rows(mysql_rehearsal.target)) == 4


def test_mysql_ownership_passes_by_release_or_by_name(
    mysql: MySqlEnvironment, mysql_rehearsal: MySqlEnvironment
) -> None:
    refusals: list[Callable[[], object]] = [
        partial(mysql_rehearsal.run, "acquire_ownership"),
        partial(mysql_rehearsal.run, "acquire_ownership", present_owner="orchestrated/legacy/old1"),
    ]
    for refusal in refusals:
        with pytest.raises(SourceNotOwned):
            refusal()
    mysql.run("release_ownership")
    mysql_rehearsal.run("acquire_ownership")
    assert mysql.run("ownership_status") == {"ownership": "rehearsal", "owner": identity(mysql_rehearsal)}
    mysql.run("acquire_ownership", present_owner=identity(mysql_rehearsal))
    assert mysql.run("ownership_status") == {"ownership": "owner", "owner": identity(mysql)}


def test_mysql_fence_waits_for_an_acquisition_that_holds_the_lock(
    mysql: MySqlEnvironment, mysql_rehearsal: MySqlEnvironment
) -> None:
    mysql.variables["FENCE_TIMEOUT_SECONDS"] = "2"
    mysql.start_replication()
    migration = mysql_rehearsal.migration()
    with (
        migration.locked_session(migration.settings.replications[0].source),
        pytest.raises(DatabaseFailure, match="another operation holds the lock"),
    ):
        mysql.run("fence_source")
    assert mysql.logins() == (True, False)


def test_writer_is_not_set_by_a_session_that_has_lost_its_lock(mysql: MySqlEnvironment) -> None:
    migration = mysql.migration()
    with migration.writer_lock() as lock:
        ((_, session),) = lock.sessions
        assert session.server.holds_lock()
    with migration.admin_session(migration.settings.replications[0].target) as admin:
        assert not admin.server.holds_lock()
