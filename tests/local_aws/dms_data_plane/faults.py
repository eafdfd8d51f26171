"""Faults and durations of the local DMS, which a test sets."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local_aws.dms_data_plane.endpoints import Address, TlsMode

ANY_OPERATION = "*"


@dataclass
class Faults:
    """The behavior of the local DMS. A task is named by its resource id, which ends its ARN."""

    stale_descriptions: int = 1
    """DescribeReplicationTasks returns the former status this many times after a start or stop."""
    testing_descriptions: int = 1
    """DescribeConnections returns `testing` this many times."""
    empty_statistics: int = 1
    """DescribeTableStatistics of a running task is empty this many times."""
    start_seconds: float = 0.0
    """The time in `starting`."""
    stop_seconds: float = 0.2
    """The time in `stopping`, in which the task still replicates."""
    delete_seconds: float = 0.0
    """The time in `deleting`."""
    time_scale: float = 0.01
    """Factor for the durations of task settings: ten minutes take six seconds."""
    throttled: dict[str, int] = field(default_factory=dict)
    """Operations, or `*` for any, and the number of next calls that return ThrottlingException."""
    refused: dict[str, int] = field(default_factory=dict)
    """Operations and the number of next calls that return InvalidResourceStateFault."""
    failing_connections: dict[str, str] = field(default_factory=dict)
    """Identifiers of endpoints whose connection tests fail, and the messages."""
    unreachable_servers: list[str] = field(default_factory=list)
    """Servers that are away, as `host:port` of their endpoints."""
    paused_tasks: list[str] = field(default_factory=list)
    """Tasks that apply no change, as when the network is slow."""
    failing_tasks: dict[str, str] = field(default_factory=dict)
    """Tasks that fail permanently, and the reasons."""
    starts_late: bool = False
    """Each `start-replication` starts at the present end of the change log, and recreates the slot."""
    restarts_late: bool = False
    """The second `start-replication` of a task does, and later ones."""
    resumes_late: bool = False
    """Each `resume-processing` starts at the present end of the change log, as after the loss of the slot."""
    ignores_every_task: bool = False
    """Loopback prevention ignores the transactions of every task, not only of the opposite one."""
    omits_progress: bool = False
    """FullLoadProgressPercent is missing."""
    table_statistics: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Tasks, and fields of DescribeTableStatistics that replace those of every table."""
    addresses: dict[str, Address] = field(default_factory=dict)
    """Addresses of test servers by the `host:port` of databases. Tasks and functions reach them."""

    def update(self, values: Mapping[str, Any]) -> None:
        """Set fields from JSON; raise `ValueError` for an unknown one."""
        names = {each.name for each in dataclasses.fields(self)}
        unknown = sorted(values.keys() - names)
        if unknown:
            raise ValueError(f"unknown fault {', '.join(unknown)}; write one of {', '.join(sorted(names))}")
        for name, value in values.items():
            setattr(self, name, _addresses(value) if name == "addresses" else value)

    def reset(self) -> None:
        """Remove all faults and addresses."""
        self.__dict__.update(Faults().__dict__)

    def consume(self, calls: dict[str, int], operation: str) -> bool:
        """Return whether the next call of `operation` is affected, and count it."""
        for name in (operation, ANY_OPERATION):
            if calls.get(name, 0) > 0:
                calls[name] -= 1
                return True
        return False


def _addresses(values: Mapping[str, Mapping[str, Any]]) -> dict[str, Address]:
    return {
        server: Address(
            str(value["host"]), int(value["port"]), TlsMode(value.get("tls", "none")), str(value.get("authority", ""))
        )
        for server, value in values.items()
    }
