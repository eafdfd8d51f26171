"""The faults of the local DMS that a migration meets, and the phases in which each one has an effect."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from local_aws.dms_data_plane.faults import ANY_OPERATION, Faults
from support.cutover_driver import CutoverDriver
from support.replication_service import Task, faults


class Phase(Enum):
    """A phase of a migration; the fault begins with it."""

    LOAD = "before the load"
    REPLICATION = "during replication"
    FENCE = "behind the fence"
    PROMOTION = "at the promotion"
    ROLLBACK = "at the rollback"
    AGAIN = "at the second cutover"


@dataclass(frozen=True)
class Switch:
    """One fault: fields of `Faults`, by the migration that they concern."""

    fields: Callable[[CutoverDriver], Mapping[str, Any]]
    phases: tuple[Phase, ...]


@dataclass(frozen=True)
class Fault:
    """One switch in one phase."""

    switch: str
    phase: Phase

    def __str__(self) -> str:
        """Return the name for reports."""
        return f"{self.switch}, {self.phase.value}"

    def inject(self, driver: CutoverDriver) -> None:
        """Set the fault, beside those that are set."""
        present = faults()
        for name, value in SWITCHES[self.switch].fields(driver).items():
            match getattr(present, name):
                case dict() as values:
                    values.update(value)
                case list() as values:
                    values.extend(value)
                case _:
                    setattr(present, name, value)


_L, _R, _F, _P, _B, _A = Phase
_THROTTLED_CALLS = 9  # more than the retries of one operation


def _server(end: str) -> Callable[[CutoverDriver], Mapping[str, Any]]:
    def fields(driver: CutoverDriver) -> Mapping[str, Any]:
        return {"unreachable_servers": [f"127.0.0.1:{getattr(driver, end).server.port}"]}

    return fields


def _connection(token: str) -> Callable[[CutoverDriver], Mapping[str, Any]]:
    return lambda driver: {"failing_connections": {f"{token}-{driver.service.name}": "no route to host"}}


def _task(name: str, field: str, value: object = None) -> Callable[[CutoverDriver], Mapping[str, Any]]:
    def fields(driver: CutoverDriver) -> Mapping[str, Any]:
        task: Task = getattr(driver, name)
        identifier = task.arn.rsplit(":", 1)[-1]
        return {field: [identifier] if value is None else {identifier: value}}

    return fields


def _always(**fields: Any) -> Callable[[CutoverDriver], Mapping[str, Any]]:
    return lambda _: fields


_FAILURE = "a test requested it"
_TABLE_ERROR, _DIFFERENCE = {"TableState": "Table error"}, {"ValidationFailedRecords": 1}

SWITCHES: Mapping[str, Switch] = {
    "stale descriptions": Switch(_always(stale_descriptions=8), (_L, _P, _B)),
    "slow connection tests": Switch(_always(testing_descriptions=8), (_L, _R)),
    "statistics that are empty": Switch(_always(empty_statistics=8), (_L, _P)),
    "slow starts": Switch(_always(start_seconds=1.5), (_L, _P, _B)),
    "slow stops": Switch(_always(stop_seconds=1.5), (_P, _B)),
    "throttled calls": Switch(lambda _: {"throttled": {ANY_OPERATION: _THROTTLED_CALLS}}, tuple(Phase)[:5]),
    "refused starts": Switch(lambda _: {"refused": {"StartReplicationTask": 2}}, (_L, _P, _B)),
    "refused stops": Switch(lambda _: {"refused": {"StopReplicationTask": 2}}, (_P, _B)),
    "refused connection tests": Switch(lambda _: {"refused": {"TestConnection": 2}}, (_L, _R)),
    "no connection to the source": Switch(_connection("source"), (_L, _R)),
    "no connection to the target": Switch(_connection("target"), (_L, _R)),
    "no connection back from the target": Switch(_connection("reverse-source"), (_R, _P)),
    "no connection back to the source": Switch(_connection("reverse-target"), (_R, _P)),
    "source away": Switch(_server("source"), (_L, _R, _F, _B)),
    "target away": Switch(_server("target"), (_L, _R, _F, _P, _B)),
    "load task paused": Switch(_task("load_task", "paused_tasks"), (_L, _R, _F)),
    "forward task paused": Switch(_task("forward_task", "paused_tasks"), (_A,)),
    "reverse task paused": Switch(_task("reverse_task", "paused_tasks"), (_P, _B)),
    "load task fails": Switch(_task("load_task", "failing_tasks", _FAILURE), (_L, _R, _F)),
    "forward task fails": Switch(_task("forward_task", "failing_tasks", _FAILURE), (_B, _A)),
    "reverse task fails": Switch(_task("reverse_task", "failing_tasks", _FAILURE), (_P, _B)),
    "late starts": Switch(_always(starts_late=True), (_L, _P, _B)),
    "late second starts": Switch(_always(restarts_late=True), (_L, _A)),
    "late resumptions": Switch(_always(resumes_late=True), (_L, _P, _B)),
    "loopback prevention ignores every task": Switch(_always(ignores_every_task=True), (_L, _P, _B)),
    "no progress": Switch(_always(omits_progress=True), (_L,)),
    "a table in error": Switch(_task("load_task", "table_statistics", _TABLE_ERROR), (_L, _R)),
    "a row that differs": Switch(_task("load_task", "table_statistics", _DIFFERENCE), (_L, _R)),
    "a table of the reverse task in error": Switch(_task("reverse_task", "table_statistics", _TABLE_ERROR), (_P, _B)),
}
"""Every fault by its name."""

OTHER_FIELDS = {
    "addresses": "addresses of test servers",
    "delete_seconds": "a migration deletes no task",
    "time_scale": "the duration of a test",
}
"""The fields of `Faults` without a switch, and the reasons."""


def all_faults() -> list[Fault]:
    """Return every switch in each of its phases."""
    return [Fault(name, phase) for name, switch in SWITCHES.items() for phase in switch.phases]


def clear_faults() -> None:
    """Remove all faults, but not the addresses of test servers."""
    present = faults()
    defaults = Faults(addresses=present.addresses)
    present.__dict__.update(defaults.__dict__)
