"""The run: cut over, soak, roll back, cut over again, end the soak, while payments flow."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import boto3

from rehearsal import operator_tasks, routes
from rehearsal.deployment import Deployment, find_deployment
from rehearsal.payments import Audit, PaymentLoad, Route, audit
from rehearsal.procedure import FenceTimedOut, Procedure, end_soak
from rehearsal.report import Report, Unavailability
from rehearsal.runbook import Runbook, request_apply
from rehearsal.servers import Database, put_setting, start_servers
from rehearsal.state_machines import find_state_machines
from rehearsal.timeline import Timeline, switchovers, writer_history

WAIT_SCALE = 0.05
"""The factor for the `Wait` states of the workflow: a minute takes three seconds."""
SOAK_SECONDS = 5.0
_ATTEMPTS = 4


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

    def lift_hold(self) -> None:
        """Lift the traffic hold that a rollback set."""
        path = self.deployment.parameter_path("traffic/hold")
        boto3.client("ssm").put_parameter(Name=path, Value="none", Overwrite=True)

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

        def route() -> Route:
            codes = routes.payment_codes(replication, source, target)
            if "LISTENER_RULE" in deployment.cutover.variables:
                return routes.route_through_balancer(deployment, codes["source"])
            return routes.route_to_writer(deployment, codes)

        load = PaymentLoad(route)
        with load.running():
            run = Run(deployment, {"source": source, "target": target}, load, timeline)
            run_all(run, procedure_of(deployment, timeline))
        report_of(run).write(report)


def procedure_of(deployment: Deployment, timeline: Timeline) -> Procedure:
    """Return the procedure of the stack: by its state machines, or by its runbook."""
    if "approval" in deployment.functions:
        return find_state_machines(deployment, timeline)
    return Runbook(deployment, timeline, request_apply)


def run_all(run: Run, procedure: Procedure) -> None:
    """Cut over, roll back, and cut over again."""
    procedure.begin("preparation")
    cut_over(run, procedure, "first cutover")
    run.soak()
    procedure.roll_back("rollback")
    run.audit("rollback")
    run.lift_hold()
    run.soak()
    cut_over(run, procedure, "second cutover")
    run.soak()
    end_soak(run.deployment, run.timeline)
    run.audit("end of the soak")


def cut_over(run: Run, procedure: Procedure, stage: str) -> None:
    """Cut over. On a busy machine a fence may time out; then repeat it, as an operator does."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            procedure.cut_over(stage)
        except FenceTimedOut:
            run.audit(f"{stage}, undone")
            if attempt == _ATTEMPTS:
                raise
            run.lift_hold()
        else:
            run.audit(stage)
            return


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
        wait_scale=WAIT_SCALE,
    )
