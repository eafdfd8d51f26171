"""Drives the cutover function in a test: single operations, or the whole cutover and rollback."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import clients
from common.clock import Clock
from cutover import handler, settings
from cutover.migration import Migration, build
from migration import comparison_record
from support.replication_service import ReplicationService, Task
from support.waiting import wait_until


@dataclass
class CutoverDriver:
    """The replication tasks between two databases, and the environment variables of the cutover function."""

    service: ReplicationService
    load_task: Task
    forward_task: Task
    reverse_task: Task
    role: str
    variables: dict[str, str]

    def migration(self, execution: str = "run-1", clock: Clock | None = None) -> Migration:
        """Build the migration as the handler does, by default with short waits."""
        clock = clock or Clock(sleep=lambda _: time.sleep(0.02))
        return build(settings.parse(self.variables), execution, clock)

    def run(self, operation: str, **arguments: object) -> Mapping[str, Any]:
        """Run one operation of the cutover function."""
        return self.run_as("run-1", operation, **arguments)

    def run_as(self, execution: str, operation: str, **arguments: object) -> Mapping[str, Any]:
        """Run one operation for an execution of a state machine."""
        return handler.run(self.migration(execution), {"operation": operation, **arguments})

    def run_all(self, *operations: str) -> None:
        """Run several operations in order."""
        for operation in operations:
            self.run(operation)

    def parameter(self, name: str) -> str:
        """Return the value of a parameter below the prefix."""
        return clients.ssm().get_parameter(Name=f"{self.variables['PARAMETER_PREFIX']}/{name}")["Parameter"]["Value"]

    def start_replication(self) -> None:
        """Initialize and load, until ongoing replication to the target runs."""
        self.run_all("initialize", "start_full_load")
        wait_until(lambda: self.load_task.is_loaded or self.load_task.status == "failed")
        assert self.load_task.status == "running", self.load_task.stop_reason
        self.record_comparison()

    def record_comparison(self, execution: str = "run-1", clock: Clock | None = None) -> None:
        """Record that a comparison of all rows has just found no difference, as the function `validation` does."""
        store = self.migration(clock=clock).checkpoints
        replications = [each["name"] for each in json.loads(self.variables["REPLICATIONS"])]
        comparison_record.write(store, f"validation/{execution}", execution, replications)

    def await_state(self, state: str) -> Mapping[str, Any]:
        """Wait until the replication is in `state`; return its status."""
        status = self.run("replication_status")
        while status["state"] != state:
            assert status["state"] != "failed", status
            time.sleep(0.1)
            status = self.run("replication_status")
        return status

    def cut_over(self) -> None:
        """Run the whole cutover; call `start_replication` before."""
        self.run_all("fence_source", "drain_source", "final_validation", "promote_target", "start_reverse_replication")
        wait_until(lambda: self.reverse_task.status in ("running", "failed"))
        assert self.reverse_task.status == "running", self.reverse_task.stop_reason

    def roll_back(self) -> None:
        """Run the whole rollback; call `cut_over` before."""
        self.run_all("fence_target", "drain_target", "final_validation", "promote_source", "start_forward_replication")
        wait_until(lambda: self.forward_task.status in ("running", "failed"))
        assert self.forward_task.status == "running", self.forward_task.stop_reason
