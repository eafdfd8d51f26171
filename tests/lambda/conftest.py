"""Fixtures: database servers for the session; a new environment and a new AWS account for each test."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws
from moto.core.config import default_user_config

import local_aws.dms
import local_aws.dms_connections
import local_aws.dms_faults
import local_aws.dms_statistics
import local_aws.dms_tasks
import local_aws.dynamodb_writes
import local_aws.parameter_validation
import local_aws.s3
import local_aws.stepfunctions
import local_aws.stepfunctions_events
import local_aws.stepfunctions_maps  # noqa: F401  the import patches moto
from common import clients
from local_aws import service_models
from support import aws_resources, mariadb, postgres
from support import environment as environments
from support import mysql_environment as mysql_environments
from support.fake_lambda import serve_invocations
from support.hmac_keys import create_hmac_key
from support.login_monitor import monitor_logins
from support.payment_load import generate_load
from support.state_machines import Functions, StateMachines

service_models.keep_in_memory()


@pytest.fixture(scope="session")
def source_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def target_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def mariadb_server(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    yield from _mariadb(source_server)


@pytest.fixture(scope="session")
def mariadb_target(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    yield from _mariadb(source_server)


def _mariadb(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    server = mariadb.start(source_server.folder)
    yield server
    server.stop()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        clients.clear_cache()
        yield
    clients.clear_cache()


@pytest.fixture
def environment(
    aws: None, source_server: postgres.Server, target_server: postgres.Server
) -> Iterator[environments.Environment]:
    with environments.create_environment(source_server, target_server) as made:
        yield made


@pytest.fixture
def mysql(
    aws: None, mariadb_server: mariadb.Server, mariadb_target: mariadb.Server
) -> Iterator[mysql_environments.MySqlEnvironment]:
    with mysql_environments.create_mysql_environment(mariadb_server, mariadb_target) as made:
        yield made


@pytest.fixture(scope="session")
def rehearsal_server() -> Iterator[postgres.Server]:
    server = postgres.start()
    yield server
    server.stop()


@pytest.fixture
def rehearsal(
    environment: environments.Environment, rehearsal_server: postgres.Server
) -> Iterator[environments.Environment]:
    with environments.create_rehearsal(environment, rehearsal_server) as made:
        yield made


@pytest.fixture(scope="session")
def mariadb_rehearsal(source_server: postgres.Server) -> Iterator[mariadb.Server]:
    yield from _mariadb(source_server)


@pytest.fixture
def mysql_rehearsal(
    mysql: mysql_environments.MySqlEnvironment, mariadb_rehearsal: mariadb.Server
) -> Iterator[mysql_environments.MySqlEnvironment]:
    with mysql_environments.create_mysql_rehearsal(mysql, mariadb_rehearsal) as made:
        yield made


@pytest.fixture
def machines(environment: environments.Environment, monkeypatch: pytest.MonkeyPatch) -> Iterator[StateMachines]:
    # Set before the first call of Step Functions, which selects moto's backend.
    monkeypatch.setitem(default_user_config, "stepfunctions", {"execute_state_machine": True})
    functions = Functions()
    serve_invocations(monkeypatch, synchronous=functions.run, asynchronous=functions.run)
    key = create_hmac_key()
    environment.variables |= aws_resources.create_listener(environment.variables)
    environment.variables |= {"HASH_KEY_ARN": key, "AWS_LAMBDA_FUNCTION_NAME": "approval", "CUTOVER_PERCENT": "100"}
    environment.variables |= {"GUARD_ALARMS": json.dumps({"us-east-1": [aws_resources.ALARM]})}
    aws_resources.create_alarm()
    for name, value in environment.variables.items():
        monkeypatch.setenv(name, value)
    environment.pay(environment.source)
    with monitor_logins(environment) as login_monitor, generate_load(environment) as load_generator:
        made = StateMachines(environment, functions, load_generator, login_monitor)
        yield made
        made.stop()
