"""A function's policy held against the calls of its code."""

from collections.abc import Iterable

from iam.actions import actions_of
from iam.clients import Call
from iam.documents import Function
from iam.keys import is_on_keys
from iam.settings import not_asked_for

_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
_TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
# Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": the service makes the
# interfaces in the role's name.
_NETWORK = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}


def unused(function: Function, calls: Iterable[Call]) -> list[str]:
    """What is allowed for nothing."""
    return sorted(_allowed(function) - _wanted(function, calls))


def missing(function: Function, calls: Iterable[Call]) -> list[str]:
    """What is called and not allowed."""
    return sorted(_wanted(function, calls) - _allowed(function))


def _allowed(function: Function) -> set[str]:
    return {action for statement in function.statements for action in statement.actions if not is_on_keys(action)}


def _wanted(function: Function, calls: Iterable[Call]) -> set[str]:
    wanted = actions_of(calls) - not_asked_for(function)
    return wanted | _of_runtime(function)


def _of_runtime(function: Function) -> set[str]:
    """What Lambda itself does in the role's name."""
    wanted = set(_LOGS)
    if function.body.get("tracing_config", {}).get("mode") == "Active":
        wanted |= _TRACES
    if "vpc_config" in function.body:
        wanted |= _NETWORK
    return wanted
