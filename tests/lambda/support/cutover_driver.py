"""What a test does with a migration, whatever the make of its databases: operations one by one, or whole crossings."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import clients
from common.clock import Clock
from cutover import handler, settings
from cutover.migration import Migration, build
from support.fake_dms import ReplicationService, Task
from support.postgresql_replicator import wait_until


@dataclass
class Movement:
    """Three replication tasks between two databases, and the settings of the functions that move them."""

    service: ReplicationService
    load: Task
    forward: Task
    reverse: Task
    role: str
    environment: dict[str, str]

    def migration(self) -> Migration:
        """The migration over this estate, as the handler would build it."""
        return build(settings.parse(self.environment), "run-1", Clock(sleep=lambda _: time.sleep(0.02)))

    def run(self, operation: str, **arguments: object) -> Mapping[str, Any]:
        """Do one operation of the cutover."""
        return handler.run(self.migration(), {"operation": operation, **arguments})

    def run_all(self, *operations: str) -> None:
        """Do several operations, one after another."""
        for operation in operations:
            self.run(operation)

    def parameter(self, name: str) -> str:
        """A parameter's value."""
        return clients.ssm().get_parameter(Name=f"{self.environment['PARAMETERS']}/{name}")["Parameter"]["Value"]

    def follow(self) -> None:
        """Initialize and load, until the target follows the source."""
        self.run_all("initialize", "start_full_load")
        wait_until(lambda: self.load.status in ("running", "failed"))
        assert self.load.status == "running", self.load.stop_reason

    def cross(self) -> None:
        """The whole cutover after `follow`."""
        self.run_all("fence_source", "drain_source", "final_validation", "promote_target", "start_reverse_replication")
        wait_until(lambda: self.reverse.status in ("running", "failed"))
        assert self.reverse.status == "running", self.reverse.stop_reason

    def cross_back(self) -> None:
        """The whole way back after `cross`."""
        self.run_all("fence_target", "drain_target", "promote_source", "start_forward_replication")
        wait_until(lambda: self.forward.status in ("running", "failed"))
        assert self.forward.status == "running", self.forward.stop_reason
