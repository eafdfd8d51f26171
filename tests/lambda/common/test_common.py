"""Environment variables, logs and secrets."""

import json

import pytest

from common import clients, log
from common.errors import InvalidSettings, PlaceholderSecret
from common.parameters import Parameters, Writer
from common.settings import Variables
from database.secrets import parse_login, region_of
from database.tls import TlsMode, parse_tls_config


def test_missing_variable_is_named() -> None:
    with pytest.raises(InvalidSettings, match="PARAMETER_PREFIX is not set"):
        Variables({}).required("PARAMETER_PREFIX")


@pytest.mark.parametrize("text", ["x", "-1", "1.5"])
def test_non_integer_variable_is_rejected(text: str) -> None:
    with pytest.raises(InvalidSettings, match="FENCE_TIMEOUT_SECONDS"):
        Variables({"FENCE_TIMEOUT_SECONDS": text}).integer("FENCE_TIMEOUT_SECONDS", 20)


def test_tls_is_verified_by_default() -> None:
    assert parse_tls_config(Variables({})).mode is TlsMode.VERIFY_FULL
    assert parse_tls_config(Variables({"DB_TLS_MODE": "off"})).mode is TlsMode.OFF
    with pytest.raises(InvalidSettings, match="verify-full, off"):
        parse_tls_config(Variables({"DB_TLS_MODE": "require"}))


def test_default_ca_folder_contains_the_rds_roots() -> None:
    roots = {root.stem for root in parse_tls_config(Variables({})).ca_dir.glob("*.pem")}
    assert {"us-east-1", "us-east-2"} <= roots


def test_log_line_masks_secrets_and_card_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    log.info("request-received", password="p4ss", note="card 4111 1111 1111 1111 of order 1234567890123", count=3)
    line = json.loads(capsys.readouterr().out)
    assert line == {
        "level": "INFO",
        "event": "request-received",
        "password": "[masked]",
        "note": "card [masked] of order 1234567890123",
        "count": 3,
    }


@pytest.mark.parametrize("password", ["", "  ", "CHANGE_ME", "placeholder", "<password>"])
def test_placeholder_is_rejected_as_login(password: str) -> None:
    with pytest.raises(PlaceholderSecret, match="payments-dms"):
        parse_login({"username": "dms", "password": password}, "payments-dms")


def test_secret_marked_as_placeholder_is_rejected_as_login() -> None:
    with pytest.raises(PlaceholderSecret, match="arn:x"):
        parse_login({"username": "payment_app", "password": "drawn-at-random", "placeholder": "true"}, "arn:x")


def test_repr_does_not_contain_the_password() -> None:
    assert "hunter2" not in repr(parse_login({"username": "dms", "password": "hunter2"}, "s"))


def test_parameter_is_read_from_the_parameter_region(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    clients.ssm().put_parameter(Name="/payment/migration/abc123/writer", Value="source", Type="String")
    clients.clear_cache()
    monkeypatch.setenv("PARAMETER_REGION", clients.s3().meta.region_name)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    assert Parameters(clients.ssm(), "/payment/migration/abc123").writer() is Writer.SOURCE
    assert clients.dynamodb().meta.region_name == "us-west-2"


def test_secret_is_read_from_the_region_of_its_arn(aws: None) -> None:
    arn = clients.secretsmanager("us-west-2").create_secret(Name="payments-app", SecretString="{}")["ARN"]
    assert clients.secretsmanager(region_of(arn)).get_secret_value(SecretId=arn)["SecretString"] == "{}"
    assert region_of("payments-app") is None
