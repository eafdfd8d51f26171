"""The function as Lambda calls it: settings from the environment, JSON in and out, and logs that may be read."""

import json

import pytest

from common.errors import InvalidSettings, PreconditionFailed
from cutover import settings
from cutover.handler import handle
from support.environment import APPLICATION, CARRIER, Estate
from support.postgres import PASSWORD


@pytest.fixture
def deployed(estate: Estate, monkeypatch: pytest.MonkeyPatch) -> Estate:
    for name, value in estate.environment.items():
        monkeypatch.setenv(name, value)
    return estate


@pytest.mark.usefixtures("deployed")
def test_an_answer_is_small_json() -> None:
    assert json.loads(json.dumps(dict(handle({"operation": "initialize", "execution": "run-7"}, None)))) == {
        "tables": 2
    }


@pytest.mark.usefixtures("deployed")
def test_an_error_keeps_its_name_and_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PreconditionFailed):
        handle({"operation": "drain_source"}, None)
    failed = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"failed"' in line]
    assert [(line["operation"], line["error"]) for line in failed] == [("drain_source", "PreconditionFailed")]


def test_no_password_is_logged(deployed: Estate, capsys: pytest.CaptureFixture[str]) -> None:
    deployed.follow()
    deployed.run_all("fence_source", "unfence_source")
    out = capsys.readouterr().out
    assert "fenced" in out
    assert not any(password in out for password in (APPLICATION, CARRIER, PASSWORD))


@pytest.mark.parametrize("name", ["PARAMETERS", "CHECKPOINTS", "WORKFLOW", "TOPIC", "REPLICATIONS"])
def test_each_setting_that_lacks_is_named(estate: Estate, name: str) -> None:
    del estate.environment[name]
    with pytest.raises(InvalidSettings, match=name):
        settings.parse(estate.environment)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"engine": "oracle"}, "engine of the source is 'oracle'"),
        ({"tables": "public.%"}, "tables must be"),
        ({"source_address": {"host": "h", "port": "5432", "dbname": "d"}}, "source_address must have"),
        ({"reverse_task": ""}, "reverse_task"),
    ],
)
def test_a_wrong_entry_of_replications_is_named(estate: Estate, change: dict[str, object], told: str) -> None:
    (entry,) = json.loads(estate.environment["REPLICATIONS"])
    estate.environment["REPLICATIONS"] = json.dumps([{**entry, **change}])
    with pytest.raises(InvalidSettings, match=told):
        settings.parse(estate.environment)


def test_a_listener_is_set_as_a_whole(estate: Estate) -> None:
    estate.environment["LISTENER_RULE"] = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener-rule/r"
    with pytest.raises(InvalidSettings, match="go together"):
        settings.parse(estate.environment)
