"""DNS failback: removes the new side from DNS answers while the source database is the writer.

An alarm's change to ALARM, or an operator, invokes the function. It inverts the Route 53 health checks of the
new side, so that DNS answers with the old side only. The weights belong to Terraform and stay as they are.

After the cutover the old side cannot take payments. The function then changes nothing and notifies the operators.

The function also sets the traffic hold, which fails every plan that sends traffic to the new side. An apply
therefore cannot undo a failback.
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
class DnsFailback:
    """The health checks of the new side, the migration's parameters, and the topic for notifications."""

    health_checks: tuple[str, ...]
    parameters: Parameters
    topic: str
    sns: "SNSClient"
    dns: "Route53Client"

    def notify(self, subject: str, message: str) -> None:
        """Publish to the operations team's topic, if the stack has one."""
        if self.topic:
            self.sns.publish(TopicArn=self.topic, Subject=subject, Message=message)

    def invert_health_checks(self) -> None:
        """Make every health check unhealthy, independent of its checkers.

        Source: Route 53 API reference, UpdateHealthCheck: a disabled health check counts as healthy, and as
        unhealthy if it is inverted too.
        """
        for check in self.health_checks:
            self.dns.update_health_check(HealthCheckId=check, Disabled=True, Inverted=True)

    def restore_health_checks(self) -> None:
        """Make every health check follow its checkers again."""
        for check in self.health_checks:
            self.dns.update_health_check(HealthCheckId=check, Disabled=False, Inverted=False)


def handle(event: Mapping[str, Any], context: object) -> dict[str, str]:
    """Handle an invocation by Lambda."""
    del context
    return run(build(os.environ), event)


def build(environment: Mapping[str, str]) -> DnsFailback:
    """Read the environment variables and create the clients."""
    variables = Variables(environment)
    return DnsFailback(
        health_checks=variables.string_list("HEALTH_CHECK_IDS"),
        parameters=Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX")),
        topic=variables.optional("ALERT_TOPIC_ARN") or "",
        sns=clients.sns(),
        dns=clients.route53(),
    )


def run(failback: DnsFailback, event: Mapping[str, Any]) -> dict[str, str]:
    """Run the operation of `event`: an alarm's state change or an operator's request."""
    match event:
        case {
            "detail-type": "CloudWatch Alarm State Change",
            "detail": {"alarmName": str(alarm), "state": {"value": "ALARM"}},
        }:
            return fail_back(failback, f"alarm {alarm}")
        case {"operation": "fail_back", "reason": str(reason)} if reason:
            return fail_back(failback, reason)
        case {"operation": "restore"}:
            return restore(failback)
        case _:
            raise InvalidEvent("allowed: an alarm's change to ALARM; fail_back with reason; restore")


def fail_back(failback: DnsFailback, reason: str) -> dict[str, str]:
    """Remove the new side from DNS if it receives traffic and the old side can take payments."""
    if failback.parameters.weight() == 0:
        return _result("no-traffic", reason)
    if failback.parameters.writer() is not Writer.SOURCE:
        return _manual_action(failback, reason)
    held = failback.parameters.hold()
    if held is None:
        failback.parameters.set_hold(reason)
    failback.invert_health_checks()
    if failback.parameters.writer() is not Writer.SOURCE:  # a cutover began in the meantime
        failback.restore_health_checks()
        return _manual_action(failback, reason)
    if held in (None, reason):  # an interrupted invocation for the same reason may not have sent the notification
        failback.notify(
            "DNS failback: traffic returns to the old side",
            f"{reason}: DNS answers with the old side only, within the TTL of the records. No data is lost: the"
            " source is the writer.\nAfter the cause is fixed, lift the hold:\n"
            f"aws ssm put-parameter --overwrite --name {failback.parameters.prefix}/traffic/hold --value none\n"
            f"""and invoke this function with {json.dumps({"operation": "restore"})}""",
        )
    return _result("failed-back", reason)


def restore(failback: DnsFailback) -> dict[str, str]:
    """Return the new side to DNS, with the weight that Terraform configured."""
    held = failback.parameters.hold()
    if held is not None:
        raise PreconditionFailed(f"traffic is held ({held}); set traffic/hold to `none` first")
    failback.restore_health_checks()
    return _result("restored", "requested by an operator")


def _manual_action(failback: DnsFailback, reason: str) -> dict[str, str]:
    writer = failback.parameters.writer().value
    failback.notify(
        "New side degraded; DNS failback not possible (writer is not the source)",
        f"{reason}: the writer is {writer}, so the old side cannot take payments. The rollback procedure of the"
        " runbook returns to the old side. Decide whether to start it.",
    )
    return _result("manual-action-required", reason)


def _result(state: str, reason: str) -> dict[str, str]:
    log.warning("dns-failback", state=state, reason=reason)
    return {"state": state}
