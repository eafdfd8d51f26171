"""Actions that a function uses only with certain environment variables."""

import re
from dataclasses import dataclass

from iam.deployed_functions import Function


@dataclass(frozen=True)
class ConditionalActions:
    """The `actions` that a package uses only if `variable` is set, or only if its JSON contains `member`."""

    package: str
    variable: str
    actions: frozenset[str]
    member: str | None = None

    def concerns(self, function: Function) -> bool:
        """Return whether the function runs this package."""
        return function.handler is not None and function.handler.split(".")[0] == self.package

    def is_enabled(self, function: Function) -> bool:
        """Return whether the variables of the function enable the actions."""
        value = function.variables.get(self.variable, "")
        if self.member is not None:
            return re.search(rf'"{self.member}" = ', value) is not None
        return value not in ("", "${jsonencode([])}")


_DESCRIBE_TASKS = frozenset({"dms:DescribeReplicationTasks", "dms:DescribeTableStatistics"})
_LOG_IN = frozenset({"secretsmanager:GetSecretValue"})

CONDITIONAL_ACTIONS = (
    # The tasks exist only during the migration. Without them no operation gets as far as a login.
    ConditionalActions("validation", "REPLICATIONS", _DESCRIBE_TASKS | _LOG_IN | {"kms:GenerateMac"}, "load_task"),
    ConditionalActions(
        "cutover",
        "REPLICATIONS",
        _DESCRIBE_TASKS
        | _LOG_IN
        | {
            "dms:DescribeConnections",
            "dms:StartReplicationTask",
            "dms:StopReplicationTask",
            "dms:TestConnection",
        },
        "load_task",
    ),
    # The workflow shifts traffic only with `managed_by = "workflow"`.
    ConditionalActions(
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
    # Outside a migration, a rotation checks no traffic hold.
    ConditionalActions("rotation", "PARAMETER_PREFIX", frozenset({"ssm:GetParameter"})),
    # The new side does not exist yet.
    ConditionalActions("dns_failback", "HEALTH_CHECK_IDS", frozenset({"route53:UpdateHealthCheck"})),
)


def disabled_actions(function: Function) -> set[str]:
    """Return the actions that the variables of a function do not enable."""
    return {
        action
        for each in CONDITIONAL_ACTIONS
        if each.concerns(function) and not each.is_enabled(function)
        for action in each.actions
    }
