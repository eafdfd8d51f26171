"""The run: cut over, soak, roll back, cut over again, end the soak, while payments flow."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import boto3

from rehearsal import operator_tasks, routes
from rehearsal.deployment import Deployment, find_deployment
from rehearsal.payments import Audit, PaymentLoad, audit
from rehearsal.report import Report, Unavailability
from rehearsal.servers import Database, put_setting, start_servers
from rehearsal.state_machines import find_state_machines
from rehearsal.timeline import Timeline, switchovers, writer_history

WAIT_SCALE = 0.05
"""The factor for the `Wait` states of the workflow: a minute takes three seconds."""
SOAK_SECONDS = 5.0


@dataclass(frozen=True)
class Run:
    """A run with payments."""

    deployment: Deployment
    databases: dict[str, Database]
    load: PaymentLoad
    timeline: Timeline
    audits: list[Audit] = field(default_factory=list)
    began_at: float = field(default_factory=time.time)

    def audit(self, stage: str) -> None:
        """Compare the payments with the rows of the writer; raise `AssertionError` if one is lost or doubled."""
        writer = self.deployment.parameter("writer")
        database = self.databases[writer]
        keys = "select idempotency_key from payment"
        found = audit(stage, writer, self.load, lambda: [str(row[0]) for row in database.run(keys)])
        self.audits.append(found)
        assert found.is_correct, found

    def soak(self) -> None:
        """Let payments flow without a change."""
        time.sleep(SOAK_SECONDS)


def rehearse(authority: Path, report: Path) -> None:
    """Run everything, and write the report."""
    deployment, timeline = find_deployment(), Timeline()
    replication = deployment.replication()
    put_setting("wait-scale", {"scale": WAIT_SCALE})
    with start_servers(replication, authority) as (source, target):
        operator_tasks.prepare(replication, source, target)
        load = PaymentLoad(
            lambda: routes.route_through_balancer(
                deployment, routes.payment_codes(replication, source, target)["source"]
            )
        )
        with load.running():
            run = Run(deployment, {"source": source, "target": target}, load, timeline)
            run_workflow(run)
        report_of(run).write(report)


def report_of(run: Run) -> Report:
    """Return the report of a run that has ended."""
    variables, history = run.deployment.cutover.variables, writer_history(run.deployment)
    limit = float(variables["FENCE_TIMEOUT_SECONDS"])
    return Report(
        environment=variables["ENVIRONMENT_IDENTITY"],
        began_at=run.began_at,
        steps=run.timeline.steps,
        unavailability=[
            Unavailability(
                switchover=each.name,
                fenced_at=each.fenced_at,
                fence_seconds=each.promoted_at - each.fenced_at,
                seconds=run.load.longest_gap_seconds(each.fenced_at, each.promoted_at),
                limit_seconds=limit,
            )
            for each in switchovers(history)
        ],
        audits=run.audits,
        writers=history,
        refused_attempts=len(run.load.refused),
    )


def run_workflow(run: Run) -> None:
    """Run a stack with a workflow, in the order of docs/workflow.md."""
    cutover, timeline = run.deployment.cutover, run.timeline
    machines = find_state_machines(cutover, timeline)
    with timeline.step("preparation", "acquire_ownership", cutover.timeout_seconds):
        cutover.invoke(operation="acquire_ownership", execution="manual")
    machines.migrate("first cutover")
    run.audit("first cutover")
    run.soak()
    machines.roll_back("rollback", "rehearsal of the rollback")
    run.audit("rollback")
    hold = run.deployment.parameter_path("traffic/hold")
    boto3.client("ssm").put_parameter(Name=hold, Value="none", Overwrite=True)
    run.soak()
    machines.migrate("second cutover")
    run.audit("second cutover")
    run.soak()
    with timeline.step("end", "end_soak", cutover.timeout_seconds):
        cutover.invoke(operation="end_soak", execution="manual")
    run.audit("end of the soak")
