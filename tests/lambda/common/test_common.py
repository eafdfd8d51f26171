"""The shared parts: settings, logs, secrets."""

import json

import pytest

from common import clients, log
from common.errors import InvalidSettings, PlaceholderSecret
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.secrets import parse_login, region_of
from database.tls import TlsMode, parse_tls_config


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(InvalidSettings, match="PARAMETER_PREFIX is not set"):
        Variables({}).required("PARAMETER_PREFIX")


@pytest.mark.parametrize("text", ["x", "-1", "1.5"])
def test_a_number_must_be_whole(text: str) -> None:
    with pytest.raises(InvalidSettings, match="FENCE_TIMEOUT_SECONDS"):
        Variables({"FENCE_TIMEOUT_SECONDS": text}).integer("FENCE_TIMEOUT_SECONDS", 20)


def test_transport_is_verified_unless_switched_off() -> None:
    assert parse_tls_config(Variables({})).mode is TlsMode.VERIFY_FULL
    assert parse_tls_config(Variables({"DB_TLS_MODE": "off"})).mode is TlsMode.OFF
    with pytest.raises(InvalidSettings, match="verify-full, off"):
        parse_tls_config(Variables({"DB_TLS_MODE": "require"}))


def test_default_ca_folder_holds_the_roots_of_amazon_rds() -> None:
    roots = {root.stem for root in parse_tls_config(Variables({})).ca_dir.glob("*.pem")}
    assert {"us-east-1", "us-east-2"} <= roots


def test_a_log_line_holds_no_secret_and_no_card_number(capsys: pytest.CaptureFixture[str]) -> None:
    log.info("asked", password="p4ss", note="card 4111 1111 1111 1111 of order 1234567890123", count=3)
    line = json.loads(capsys.readouterr().out)
    assert line == {
        "level": "INFO",
        "event": "asked",
        "password": "[masked]",
        "note": "card [masked] of order 1234567890123",
        "count": 3,
    }


@pytest.mark.parametrize("password", ["", "  ", "CHANGE_ME", "placeholder", "<password>"])
def test_a_placeholder_is_no_login(password: str) -> None:
    with pytest.raises(PlaceholderSecret, match="payments-dms"):
        parse_login({"username": "dms", "password": password}, "payments-dms")


def test_a_secret_that_says_it_is_a_placeholder_is_no_login() -> None:
    with pytest.raises(PlaceholderSecret, match="arn:x"):
        parse_login({"username": "payment_app", "password": "drawn-at-random", "placeholder": "true"}, "arn:x")


def test_a_password_is_not_shown() -> None:
    assert "hunter2" not in repr(parse_login({"username": "dms", "password": "hunter2"}, "s"))


def test_code_of_another_region_reads_the_one_parameter_that_there_is(
    aws: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients.ssm().put_parameter(Name="/payment/migration/abc123/writer", Value="source", Type="String")
    clients.clear_cache()
    monkeypatch.setenv("PARAMETER_REGION", clients.s3().meta.region_name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    assert Parameters(clients.ssm(), "/payment/migration/abc123").writer() is Writer.SOURCE
    assert clients.dynamodb().meta.region_name == "us-west-2"


def test_a_secret_is_read_where_its_arn_says(aws: None) -> None:
    arn = clients.secretsmanager("us-west-2").create_secret(Name="payments-app", SecretString="{}")["ARN"]
    assert clients.secretsmanager(region_of(arn)).get_secret_value(SecretId=arn)["SecretString"] == "{}"
    assert region_of("payments-app") is None
