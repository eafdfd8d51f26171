"""Actions that a function uses only with certain environment variables."""

from dataclasses import dataclass

from iam.deployed_functions import Function


@dataclass(frozen=True)
class ConditionalActions:
    """The `actions` that a package uses only if `variable` is set."""

    package: str
    variable: str
    actions: frozenset[str]

    def concerns(self, function: Function) -> bool:
        """Return whether the function runs this package."""
        return function.handler is not None and function.handler.split(".")[0] == self.package

    def is_enabled(self, function: Function) -> bool:
        """Return whether the variables of the function enable the actions."""
        return function.variables.get(self.variable, "") != ""


CONDITIONAL_ACTIONS = (
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
)


def disabled_actions(function: Function) -> set[str]:
    """Return the actions that the variables of a function do not enable."""
    return {
        action
        for each in CONDITIONAL_ACTIONS
        if each.concerns(function) and not each.is_enabled(function)
        for action in each.actions
    }
