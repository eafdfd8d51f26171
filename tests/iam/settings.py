"""Calls that a function makes only where its environment asks for them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from iam.documents import Function


@dataclass(frozen=True)
class Setting:
    """Without `variable`, or `member` in its JSON, a program never does what wants `actions`."""

    package: str
    variable: str
    actions: frozenset[str]
    member: str | None = None

    def is_of(self, function: Function) -> bool:
        """Whether it is about this function's program."""
        return function.handler is not None and function.handler.split(".")[0] == self.package

    def is_made(self, function: Function) -> bool:
        """Whether the function has it."""
        value = function.variables.get(self.variable, "")
        if self.member is not None:
            return re.search(rf'"{self.member}" = ', value) is not None
        return value not in ("", "${jsonencode([])}")


_WATCHES = frozenset({"dms:DescribeReplicationTasks", "dms:DescribeTableStatistics"})

SETTINGS = (
    # The tasks are there while the migration goes on.
    Setting("validation", "REPLICATIONS", _WATCHES, "load_task"),
    Setting(
        "cutover",
        "REPLICATIONS",
        _WATCHES | {"dms:StartReplicationTask", "dms:StopReplicationTask"},
        "load_task",
    ),
    # Weights are the workflow's only where the stack file says so.
    Setting(
        "cutover",
        "LISTENER_RULE",
        frozenset(
            {
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTargetHealth",
                "elasticloadbalancing:ModifyRule",
            }
        ),
    ),
    # Nothing is moved whose moving must not be disturbed.
    Setting("rotation", "PARAMETER_PREFIX", frozenset({"ssm:GetParameter"})),
    # There is no new side yet.
    Setting("dns_failback", "HEALTH_CHECK_IDS", frozenset({"route53:UpdateHealthCheck"})),
)


def not_asked_for(function: Function) -> set[str]:
    """What a function does not do, since it is not told to."""
    return set(_actions(setting for setting in SETTINGS if setting.is_of(function) and not setting.is_made(function)))


def _actions(settings: Iterable[Setting]) -> Iterator[str]:
    for setting in settings:
        yield from setting.actions
