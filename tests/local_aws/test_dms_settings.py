"""Task settings, and the retries that they set."""

import json
from typing import Any

import pytest

from local_aws.dms_data_plane.errors import ConnectionLost, FatalError
from local_aws.dms_data_plane.retries import Retries
from local_aws.dms_data_plane.settings import ErrorPolicy, TaskSettings, parse

_LOAD = {"FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING"}}
_AWAY = ConnectionLost("no route to host")


def settings(**sections: Any) -> TaskSettings:
    """Parse sections of task settings."""
    return parse(json.dumps({**_LOAD, **sections}), "public")


def pauses(count: int, **behavior: Any) -> list[float]:
    """Return the pauses before the next retries."""
    retries = Retries(settings(ErrorBehavior=behavior).errors)
    return [retries.next_pause_seconds(_AWAY) for _ in range(count)]


def test_defaults_are_those_of_dms() -> None:
    found = settings()
    assert (found.errors.insert, found.errors.update) == (ErrorPolicy.LOG_ERROR, ErrorPolicy.LOG_ERROR)
    assert (found.errors.delete, found.errors.table) == (ErrorPolicy.IGNORE_RECORD, ErrorPolicy.SUSPEND_TABLE)
    assert (found.errors.recoverable_error_count, found.errors.retry_interval_seconds) == (-1, 5)
    assert found.transaction_consistency_seconds == 600
    assert (found.validates, found.loopback, found.control_tables.schema) == (False, None, "public")


@pytest.mark.parametrize(
    "sections",
    [
        {"FullLoadSettings": {"TargetTablePrepMode": "DROP_AND_CREATE"}},
        {"FullLoadSettings": {}},  # of which that is the default
        {"ErrorBehavior": {"ApplyErrorUpdatePolicy": "INSERT_RECORD"}},
        {"ErrorBehavior": {"ApplyErrorInsertPolicy": "UPDATE_RECORD"}},
    ],
)
def test_value_that_is_not_implemented_is_rejected(sections: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"DROP_AND_CREATE|INSERT_RECORD|UPDATE_RECORD"):
        settings(**sections)


def test_limited_mode_truncates_large_objects_only_without_the_full_mode() -> None:
    assert settings(TargetMetadata={"LimitedSizeLobMode": True, "LobMaxSize": 8}).lobs.max_kibibytes == 8
    assert settings(TargetMetadata={"FullLobMode": True, "LobMaxSize": 8}).lobs.max_kibibytes is None
    assert not settings(TargetMetadata={"SupportLobs": False}).lobs.are_replicated


def test_interval_of_retries_doubles_up_to_its_maximum() -> None:
    assert pauses(5, RecoverableErrorInterval=5, RecoverableErrorThrottlingMax=30) == [5, 10, 20, 30, 30]


def test_number_of_retries_is_limited() -> None:
    assert pauses(2, RecoverableErrorCount=2) == [5, 10]
    with pytest.raises(FatalError, match="after 2 retries: no route to host"):
        pauses(3, RecoverableErrorCount=2)


def test_retries_may_end_at_the_longest_interval() -> None:
    behavior = {"RecoverableErrorThrottlingMax": 20, "RecoverableErrorStopRetryAfterThrottlingMax": True}
    assert pauses(2, **behavior) == [5, 10]
    with pytest.raises(FatalError, match="RECOVERABLE_ERROR"):
        pauses(3, **behavior)


def test_success_begins_the_retries_anew() -> None:
    retries = Retries(settings(ErrorBehavior={"RecoverableErrorCount": 1}).errors)
    for _ in range(3):
        assert retries.next_pause_seconds(_AWAY) == 5
        retries.reset()
