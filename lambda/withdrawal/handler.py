"""The Lambda function that hears of alarms: it withdraws the new side from DNS while the source is the writer.

It never touches weights, which the configuration owns: it has the health checks of the new side say
"unhealthy", and Route 53 answers with the old side alone. Once the target is the writer the old side cannot
take payments, so a person is told instead. The hold that it sets stops every plan with traffic on the new
side, so that no apply puts back what was withdrawn.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common import clients, log
from common.errors import InvalidEvent, PreconditionFailed
from common.parameters import Parameters, Writer
from common.settings import Variables

if TYPE_CHECKING:
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_sns import SNSClient


@dataclass(frozen=True)
class Withdrawal:
    """The health checks of the new side, what is known of the migration, and whom to tell."""

    checks: tuple[str, ...]
    parameters: Parameters
    topic: str
    sns: "SNSClient"
    dns: "Route53Client"

    def tell(self, subject: str, message: str) -> None:
        """Publish to the operations team's topic."""
        if self.topic:
            self.sns.publish(TopicArn=self.topic, Subject=subject, Message=message)

    def take_out(self) -> None:
        """Have every health check say "unhealthy", whatever its checkers see.

        Source: Route 53 API reference, UpdateHealthCheck: one that is disabled counts as healthy, and as
        unhealthy where it is inverted too.
        """
        for check in self.checks:
            self.dns.update_health_check(HealthCheckId=check, Disabled=True, Inverted=True)

    def let_back(self) -> None:
        """Have every health check say again what its checkers see."""
        for check in self.checks:
            self.dns.update_health_check(HealthCheckId=check, Disabled=False, Inverted=False)


def handle(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """The Lambda function's entry."""
    del context
    return run(build(os.environ), event)


def build(environment: Mapping[str, str]) -> Withdrawal:
    """Read every variable at once and make the clients."""
    variables = Variables(environment)
    return Withdrawal(
        checks=variables.names("HEALTH_CHECKS"),
        parameters=Parameters(clients.ssm(), variables.required("PARAMETERS")),
        topic=variables.optional("TOPIC") or "",
        sns=clients.sns(),
        dns=clients.route53(),
    )


def run(withdrawal: Withdrawal, event: Mapping[str, Any]) -> dict[str, str]:
    """Do what an alarm, or an operator, asks for."""
    match event:
        case {
            "detail-type": "CloudWatch Alarm State Change",
            "detail": {"alarmName": str(alarm), "state": {"value": "ALARM"}},
        }:
            return withdraw(withdrawal, f"alarm {alarm}")
        case {"operation": "withdraw", "reason": str(reason)} if reason:
            return withdraw(withdrawal, reason)
        case {"operation": "restore"}:
            return restore(withdrawal)
        case _:
            raise InvalidEvent("allowed: an alarm's change to ALARM, withdraw with reason, restore")


def withdraw(withdrawal: Withdrawal, reason: str) -> dict[str, str]:
    """Take the new side out, if payments are there and the old side can take them."""
    if withdrawal.parameters.weight() == 0:
        return _said("nothing-there", reason)
    if withdrawal.parameters.writer() is not Writer.SOURCE:
        return _asked(withdrawal, reason)
    held = withdrawal.parameters.hold()
    if held is None:
        withdrawal.parameters.set_hold(reason)
    withdrawal.take_out()
    if withdrawal.parameters.writer() is not Writer.SOURCE:  # a cutover began meanwhile
        withdrawal.let_back()
        return _asked(withdrawal, reason)
    if held in (None, reason):  # the same again: who was killed in between may have told nobody
        withdrawal.tell(
            "payments were sent back to the old side",
            f"{reason}: DNS answers with the old side alone, within its time to live. Nothing is lost: the source"
            " is the writer.\nWhen the reason is gone:\n"
            f"aws ssm put-parameter --overwrite --name {withdrawal.parameters.prefix}/traffic/hold --value none\n"
            f"""and invoke this function with {json.dumps({"operation": "restore"})}""",
        )
    return _said("withdrawn", reason)


def restore(withdrawal: Withdrawal) -> dict[str, str]:
    """Let the new side back in, with the weight that the configuration gives it."""
    held = withdrawal.parameters.hold()
    if held is not None:
        raise PreconditionFailed(f"traffic is held: {held}; lift the hold first")
    withdrawal.let_back()
    return _said("restored", "an operator")


def _asked(withdrawal: Withdrawal, reason: str) -> dict[str, str]:
    writer = withdrawal.parameters.writer().value
    withdrawal.tell(
        "payments suffer, and DNS cannot help",
        f"{reason}: the writer is {writer}, so the old side cannot take payments. The way back is the rollback of"
        " the runbook: whether to go it is your decision.",
    )
    return _said("asked", reason)


def _said(state: str, reason: str) -> dict[str, str]:
    log.warning("withdrawal", state=state, reason=reason)
    return {"state": state}
