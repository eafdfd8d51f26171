"""The handler of the cutover function: settings, JSON input and output, and logs."""

import json

import pytest

from common.errors import InvalidSettings, PreconditionFailed
from cutover import settings
from cutover.handler import handle
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD, Environment
from support.postgres import PASSWORD


@pytest.fixture
def deployed(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> Environment:
    for name, value in environment.variables.items():
        monkeypatch.setenv(name, value)
    return environment


@pytest.mark.usefixtures("deployed")
def test_handler_returns_small_json() -> None:
    assert json.loads(json.dumps(dict(handle({"operation": "initialize", "execution": "run-7"}, None)))) == {
        "tables": 2,
        "ownership": "owner",
    }


@pytest.mark.usefixtures("deployed")
def test_error_is_raised_and_logged_with_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PreconditionFailed):
        handle({"operation": "drain_source"}, None)
    failed = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"failed"' in line]
    assert [(line["operation"], line["error"]) for line in failed] == [("drain_source", "PreconditionFailed")]


def test_log_contains_no_password(deployed: Environment, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.start_replication()
    deployed.run_all("fence_source", "unfence_source")
    out = capsys.readouterr().out
    assert "fenced" in out
    assert not any(password in out for password in (APPLICATION_PASSWORD, REPLICATION_PASSWORD, PASSWORD))


@pytest.mark.parametrize(
    "name",
    [
        "ENVIRONMENT_IDENTITY",
        "PARAMETER_PREFIX",
        "CHECKPOINT_BUCKET",
        "MIGRATION_NAME",
        "ALERT_TOPIC_ARN",
        "REPLICATIONS",
    ],
)
def test_missing_setting_is_named(environment: Environment, name: str) -> None:
    del environment.variables[name]
    with pytest.raises(InvalidSettings, match=name):
        settings.parse(environment.variables)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"engine": "oracle"}, "engine of the source is 'oracle'"),
        ({"tables": "public.%"}, "tables must be"),
        ({"source_address": {"host": "h", "port": "5432", "dbname": "d"}}, "source_address must have"),
        ({"reverse_task": ""}, "reverse_task"),
        ({"forward_slot": ""}, "forward_slot"),
    ],
)
def test_invalid_replications_entry_is_named(
    environment: Environment, change: dict[str, object], expected: str
) -> None:
    (entry,) = json.loads(environment.variables["REPLICATIONS"])
    environment.variables["REPLICATIONS"] = json.dumps([{**entry, **change}])
    with pytest.raises(InvalidSettings, match=expected):
        settings.parse(environment.variables)


def test_listener_settings_are_required_together(environment: Environment) -> None:
    environment.variables["LISTENER_RULE"] = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/r"
    with pytest.raises(InvalidSettings, match="must be set together"):
        settings.parse(environment.variables)
