"""The rotation of signing keys, and behavior that all rotation strategies share."""

import json

import pytest

from authorizer.keys import decode_base64url, parse_keys
from common import clients
from common.errors import InvalidEvent, InvalidSettings
from rotation import handler
from rotation.errors import InvalidSecret, RotationFailed, RotationHeld
from support.secret_rotation import STEPS, Secret, create

FIRST = {"current": {"kid": "first", "key": "A" * 64}}
PREFIX = "/payment/migration/abc123"


@pytest.fixture
def keys(aws: None) -> Secret:
    return create("secret-migration-abc123-api", FIRST)


@pytest.fixture
def parameters(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PARAMETER_PREFIX", PREFIX)
    set_parameter("writer", "source")
    set_parameter("traffic/hold", "none")


def set_parameter(name: str, value: str) -> None:
    clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String", Overwrite=True)


def test_rotation_creates_a_key_and_keeps_the_last_one(keys: Secret) -> None:
    first, second = keys.rotate(), keys.rotate()
    assert first["previous"] == FIRST["current"]
    assert second["previous"] == first["current"]
    assert second["current"]["kid"] != first["current"]["kid"]


def test_authorizer_parses_the_rotated_keys(keys: Secret) -> None:
    ring = parse_keys(json.dumps(keys.rotate()))
    assert ring.keys["first"] == decode_base64url("A" * 64)
    assert sorted(map(len, ring.keys.values())) == [48, 48]


def test_last_step_moves_the_staging_labels(keys: Secret) -> None:
    begun = keys.begin()
    for name in STEPS[:-1]:
        begun.step(name)
        assert keys.value() == FIRST
    begun.step("finishSecret")
    assert "AWSCURRENT" in keys.stages()[begun.token]
    assert keys.value("AWSPREVIOUS") == FIRST


def test_step_repeated_after_the_end_changes_nothing(keys: Secret) -> None:
    begun = keys.begin()
    for name in STEPS:
        begun.step(name)
    ended = keys.value()
    for name in STEPS:
        begun.step(name)
    assert keys.value() == ended


def test_version_without_value_is_not_activated(keys: Secret) -> None:
    begun = keys.begin()
    with pytest.raises(RotationFailed, match="no value yet"):
        begun.step("finishSecret")
    assert keys.value() == FIRST


def test_keys_that_do_not_succeed_the_current_ones_are_not_activated(keys: Secret) -> None:
    begun = keys.begin()
    clients.secretsmanager().put_secret_value(
        SecretId=keys.arn,
        ClientRequestToken=begun.token,
        SecretString='{"current": {"kid": "x", "key": "x"}}',
        VersionStages=["AWSPENDING"],
    )
    for name in STEPS[1:]:
        with pytest.raises(RotationFailed):
            begun.step(name)


def test_dry_run_with_current_value_succeeds(keys: Secret) -> None:
    keys.begin(test_only=True).step("testSecret")


def test_version_without_pending_label_is_rejected(keys: Secret) -> None:
    keys.begin()
    with pytest.raises(RotationFailed, match="is not pending"):
        Secret(keys.arn).step("createSecret")


def test_secret_without_rotation_is_rejected(keys: Secret) -> None:
    with pytest.raises(RotationFailed, match="has no rotation"):
        Secret(keys.arn).step("createSecret")


@pytest.mark.parametrize("event", [{}, {"Step": "dropSecret", "SecretId": "s", "ClientRequestToken": "t"}])
def test_malformed_event_is_rejected(aws: None, event: dict[str, str]) -> None:
    with pytest.raises(InvalidEvent):
        handler.handle(event, None)


@pytest.mark.parametrize("value", [{"username": "u", "password": "p"}, {"engine": "oracle"}])
def test_secret_without_strategy_is_rejected(aws: None, value: dict[str, str]) -> None:
    with pytest.raises(InvalidSecret):
        create("secret", value).begin().step("createSecret")


def test_rotation_runs_while_the_source_is_the_writer(keys: Secret, parameters: None) -> None:
    assert keys.rotate()["previous"] == FIRST["current"]


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("writer", "fenced", "fenced"),
        ("writer", "target", "the soak has not ended"),
        ("traffic/hold", "error rate", "held with the traffic: error rate"),
    ],
)
def test_rotation_is_held_from_the_fence_to_the_end_of_the_soak(
    keys: Secret, parameters: None, name: str, value: str, message: str
) -> None:
    set_parameter(name, value)
    with pytest.raises(RotationHeld, match=message):
        keys.begin().step("createSecret")
    assert keys.value() == FIRST


def test_rotation_runs_after_the_soak(keys: Secret, parameters: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBACK_WINDOW", "closed")
    set_parameter("writer", "target")
    assert keys.rotate()["previous"] == FIRST["current"]


def test_fence_holds_rotation_even_after_the_soak(
    keys: Secret, parameters: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ROLLBACK_WINDOW", "closed")
    set_parameter("writer", "fenced")
    with pytest.raises(RotationHeld):
        keys.begin().step("createSecret")


def test_held_rotation_leaves_no_pending_version(keys: Secret, parameters: None) -> None:
    begun = keys.begin()
    set_parameter("writer", "fenced")
    for _ in range(2):
        with pytest.raises(RotationHeld):
            begun.step("createSecret")
    assert not any("AWSPENDING" in stages for stages in keys.stages().values())


def test_rotation_begins_anew_after_a_hold(keys: Secret, parameters: None) -> None:
    set_parameter("writer", "fenced")
    begun = keys.begin()
    with pytest.raises(RotationHeld):
        begun.step("createSecret")
    set_parameter("writer", "source")
    with pytest.raises(RotationFailed, match="is not pending"):
        begun.step("createSecret")
    assert keys.rotate()["previous"] == FIRST["current"]


def test_log_counts_a_failure_and_no_hold(keys: Secret, parameters: None, capfd: pytest.CaptureFixture[str]) -> None:
    set_parameter("writer", "fenced")
    with pytest.raises(RotationHeld):
        keys.begin().step("createSecret")
    assert '"event":"rotation-held"' in (held := capfd.readouterr().out)
    assert "rotation-failed" not in held
    with pytest.raises(RotationFailed):
        keys.begin().step("setSecret")
    assert '"event":"rotation-failed","error":"RotationFailed"' in capfd.readouterr().out


def test_unknown_rollback_window_is_rejected(keys: Secret, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBACK_WINDOW", "ajar")
    with pytest.raises(InvalidSettings, match="open, closed"):
        keys.begin().step("createSecret")


def test_log_contains_no_key(keys: Secret, capfd: pytest.CaptureFixture[str]) -> None:
    made = keys.rotate()
    written = "".join(capfd.readouterr())
    assert '"event":"rotation-step"' in written
    assert made["current"]["key"] not in written
