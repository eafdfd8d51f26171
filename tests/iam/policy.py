"""Compares the policy of a function with the AWS calls in its code."""

from collections.abc import Iterable

from iam.actions import actions_of
from iam.clients import Call
from iam.conditional_actions import disabled_actions
from iam.deployed_functions import Function
from iam.keys import uses_store_key

_LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
_TRACES = {"xray:PutTelemetryRecords", "xray:PutTraceSegments"}
# Lambda developer guide, "Giving Lambda functions access to resources in an Amazon VPC": Lambda creates the
# network interfaces with the role of the function.
_NETWORK = {
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
}


def unused(function: Function, calls: Iterable[Call]) -> list[str]:
    """Return the allowed actions that the code does not need."""
    return sorted(_allowed(function) - _needed(function, calls))


def missing(function: Function, calls: Iterable[Call]) -> list[str]:
    """Return the needed actions that the policy lacks."""
    return sorted(_needed(function, calls) - _allowed(function))


def _allowed(function: Function) -> set[str]:
    return {action for statement in function.statements for action in statement.actions if not uses_store_key(action)}


def _needed(function: Function, calls: Iterable[Call]) -> set[str]:
    needed = actions_of(calls) - disabled_actions(function)
    return needed | _of_runtime(function)


def _of_runtime(function: Function) -> set[str]:
    """Return the actions that Lambda itself uses with the role."""
    needed = set(_LOGS)
    if function.body.get("tracing_config", {}).get("mode") == "Active":
        needed |= _TRACES
    if "vpc_config" in function.body:
        needed |= _NETWORK
    return needed
