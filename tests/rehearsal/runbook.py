"""A runbook migration, by the operations of docs/runbook.md in their order."""

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3

from rehearsal.deployment import Deployment, FunctionFailed
from rehearsal.procedure import FenceTimedOut, call_cutover, is_fence_timeout
from rehearsal.timeline import Timeline

CUTOVER = (
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
    "begin_soak",
)
ROLLBACK = (
    "fence_target",
    "drain_target",
    "final_validation",
    "promote_source",
    "start_forward_replication",
    "record_rollback",
)
_POLL_SECONDS = 1.0
_TIMEOUT_SECONDS = 300.0


@dataclass(frozen=True)
class Runbook:
    """The operator of a runbook."""

    deployment: Deployment
    timeline: Timeline
    apply_traffic: Callable[[int], None]
    """Applies the stack with a traffic weight, which Terraform manages."""

    def begin(self, stage: str) -> None:
        """Check both sides, load the target, compare all rows, and apply the traffic step of the cutover."""
        for operation in ("acquire_ownership", "initialize", "premigration_check", "start_full_load"):
            self._call(stage, operation)
        self._await_replication(stage)
        self._call(stage, "postmigration_check")
        self._compare(stage)
        self._check_alarms()
        percent = int(self.deployment.cutover.variables["CUTOVER_PERCENT"])
        with self.timeline.step(stage, f"terraform apply with traffic {percent}"):
            self.apply_traffic(percent)

    def cut_over(self, stage: str) -> None:
        """Make the target the writer; undo the fence if it times out."""
        self._await_replication(stage)
        try:
            for operation in CUTOVER:
                self._call(stage, operation)
        except FunctionFailed as failure:
            if not is_fence_timeout(failure):
                raise
            self._call(stage, "unfence_source")
            raise FenceTimedOut(stage) from failure

    def roll_back(self, stage: str) -> None:
        """Make the source the writer again; raise `AssertionError` unless no write is lost."""
        path = self._call(stage, "assess_rollback")["path"]
        assert path == "reverse-replication", path
        for operation in ROLLBACK:
            self._call(stage, operation)

    def _call(self, stage: str, operation: str) -> Any:
        return call_cutover(self.deployment, self.timeline, stage, operation)

    def _await_replication(self, stage: str) -> None:
        deadline = time.monotonic() + _TIMEOUT_SECONDS
        while (status := self._call(stage, "replication_status"))["state"] != "caught-up":
            if time.monotonic() > deadline:
                raise TimeoutError(f"the replication has not caught up: {status}")
            time.sleep(_POLL_SECONDS)

    def _compare(self, stage: str) -> None:
        function, execution = self.deployment.functions["validation"], "rehearsal"
        with self.timeline.step(stage, "validation"):
            planned = function.invoke(operation="plan", execution=execution)
            found = boto3.client("s3").get_object(Bucket=planned["bucket"], Key=planned["key"])
            chunks = json.load(found["Body"])
            results = [function.invoke(operation="compare", chunk=chunk) for chunk in chunks]
            function.invoke(operation="summarize", execution=execution, results=results)

    def _check_alarms(self) -> None:
        """Raise `AssertionError` if an alarm is in ALARM."""
        found = boto3.client("cloudwatch").describe_alarms(StateValue="ALARM")["MetricAlarms"]
        assert not found, [alarm["AlarmName"] for alarm in found]


def request_apply(percent: int) -> None:
    """Request `terraform apply --traffic` of the process that started this one, and wait for its end."""
    print(json.dumps({"traffic": percent}), flush=True)
    response = sys.stdin.readline().strip()
    if response != "applied":
        raise RuntimeError(f"traffic {percent} was not applied: {response}")
