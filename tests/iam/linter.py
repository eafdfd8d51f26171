"""Findings of parliament, the linter for IAM policies, without those that have a reason.

The linter's own list of actions is of February 2025. `iam.actions.exists` has the list of today.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import parliament
from parliament.finding import Finding

from iam.actions import exists
from iam.policy_documents import PolicyDocument


@dataclass(frozen=True)
class Exemption:
    """Findings that are no fault, in policies of one kind."""

    kind: str
    issue: str
    reason: str
    detail: str = ""
    """A part of the findings' details."""

    def covers(self, document: PolicyDocument, finding: Finding) -> bool:
        """Return whether a finding is exempt."""
        return (document.kind, finding.issue) == (self.kind, self.issue) and self.detail in str(finding.detail)


EXEMPTIONS = (
    Exemption("aws_kms_key.policy", "RESOURCE_STAR", "In a key policy, `*` is the key itself."),
    Exemption(
        "aws_kms_key.policy",
        "MISMATCHED_TYPE",
        "The encryption context of CloudWatch Logs is the ARN of a log group (CloudWatch Logs user guide, "
        "'Encrypt log data in CloudWatch Logs using AWS KMS').",
        "ArnLike requires a value of type Arn but given String",
    ),
    Exemption(
        "aws_iam_role_policy.policy",
        "RESOURCE_STAR",
        "Lambda requires the network interface actions on every resource (Lambda developer guide, 'Giving Lambda "
        "functions access to resources in an Amazon VPC').",
        "ec2:CreateNetworkInterface",
    ),
    Exemption(
        "aws_iam_role_policy.policy",
        "RESOURCE_MISMATCH",
        "The linter requires every type of resource of the action; one suffices.",
        "elasticloadbalancing:ModifyRule",
    ),
    Exemption(
        "aws_iam_role_policy.policy",
        "RESOURCE_MISMATCH",
        "The linter requires every type of resource of the action; one suffices.",
        "states:DescribeExecution",
    ),
)


def findings(document: PolicyDocument) -> list[str]:
    """Return the findings of a policy that no exemption covers."""
    found = [f"{finding.issue}: {finding.detail}" for finding in _all(document) if not _exemptions(document, finding)]
    unknown = [action for action in _actions(document) if "*" not in action and not exists(action)]
    return found + [f"no such IAM action: {action}" for action in unknown]


def used_exemptions(document: PolicyDocument) -> set[Exemption]:
    """Return the exemptions that cover findings of a policy."""
    return {exemption for finding in _all(document) for exemption in _exemptions(document, finding)}


def _all(document: PolicyDocument) -> list[Finding]:
    found: list[Finding] = parliament.analyze_policy_string(json.dumps(document.content)).findings
    return found


def _exemptions(document: PolicyDocument, finding: Finding) -> list[Exemption]:
    return [exemption for exemption in EXEMPTIONS if exemption.covers(document, finding)]


def _actions(document: PolicyDocument) -> Iterator[str]:
    for statement in document.content["Statement"]:
        actions = statement.get("Action", [])
        yield from [actions] if isinstance(actions, str) else actions
