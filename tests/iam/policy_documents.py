"""The IAM policies of the committed configurations: of identities, of resources, and of the trust in roles."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from iam.deployed_functions import configurations
from iam.terraform_values import decode

_ACCOUNT = "123456789012"
_SECRET = f"arn:aws:secretsmanager:us-east-1:{_ACCOUNT}:secret:name-AbCdEf"

_VALUES = {
    "aws_cloudwatch_log_group.arn": f"arn:aws:logs:us-east-1:{_ACCOUNT}:log-group:name",
    "aws_cloudwatch_metric_alarm.arn": f"arn:aws:cloudwatch:us-east-1:{_ACCOUNT}:alarm:name",
    "aws_dms_endpoint.endpoint_arn": f"arn:aws:dms:us-east-1:{_ACCOUNT}:endpoint:RESOURCE",
    "aws_dms_replication_instance.replication_instance_arn": f"arn:aws:dms:us-east-1:{_ACCOUNT}:rep:RESOURCE",
    "aws_dms_replication_task.replication_task_arn": f"arn:aws:dms:us-east-1:{_ACCOUNT}:task:RESOURCE",
    "aws_dynamodb_table.arn": f"arn:aws:dynamodb:us-east-1:{_ACCOUNT}:table/name",
    "aws_kms_key.arn": f"arn:aws:kms:us-east-1:{_ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef",
    "aws_lambda_alias.arn": f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:name:alias",
    "aws_lambda_function.arn": f"arn:aws:lambda:us-east-1:{_ACCOUNT}:function:name",
    "aws_lb_listener_rule.arn": f"arn:aws:elasticloadbalancing:us-east-1:{_ACCOUNT}:listener-rule/app/name/1/2/3",
    "aws_route53_health_check.arn": "arn:aws:route53:::healthcheck/id",
    "aws_s3_bucket.arn": "arn:aws:s3:::name",
    "aws_secretsmanager_secret.arn": _SECRET,
    "aws_secretsmanager_secret_version.secret_id": _SECRET,
    "aws_sfn_state_machine.arn": f"arn:aws:states:us-east-1:{_ACCOUNT}:stateMachine:name",
    "aws_sns_topic.arn": f"arn:aws:sns:us-east-1:{_ACCOUNT}:name",
    "data.aws_caller_identity.account_id": _ACCOUNT,
    "data.aws_elb_service_account.arn": "arn:aws:iam::127311923021:root",
    "data.aws_partition.partition": "aws",
    "data.aws_secretsmanager_secret.arn": _SECRET,
}
"""A value of the form of each attribute that policies reference."""

_IMPLIED_RESOURCES = {
    "aws_ecr_repository_policy.policy": f"arn:aws:ecr:us-east-1:{_ACCOUNT}:repository/name",
    "aws_iam_role.assume_role_policy": f"arn:aws:iam::{_ACCOUNT}:role/name",
}
"""The resource of policies whose statements name none, because they belong to one."""

_REFERENCE = re.compile(r"\$\{((?:data\.)?aws_\w+)\.[\w-]+\.(\w+)\}")


@dataclass(frozen=True)
class PolicyDocument:
    """A policy with values in place of its references."""

    configuration: str
    address: str
    argument: str
    content: Mapping[str, Any]

    def __str__(self) -> str:
        """Return the place of the policy."""
        return f"{self.configuration}/{self.address}"

    @property
    def kind(self) -> str:
        """The type of its resource, and its argument: `aws_iam_role_policy.policy`."""
        return f"{self.address.rpartition('.')[0]}.{self.argument}"


def policy_documents() -> Iterator[PolicyDocument]:
    """Yield every policy of every stack and environment."""
    for configuration, resources in configurations():
        for address, resource in resources.items():
            for argument, value in resource.items():
                if isinstance(value, str) and '"Statement"' in value:
                    yield policy_document(configuration, address, argument, decode(value))


def policy_document(configuration: str, address: str, argument: str, content: Mapping[str, Any]) -> PolicyDocument:
    """Return a policy with values in place of the references of its content."""
    resolved = json.loads(_REFERENCE.sub(_value, json.dumps(content)))
    document = PolicyDocument(configuration, address, argument, resolved)
    if resource := _IMPLIED_RESOURCES.get(document.kind):
        for statement in resolved["Statement"]:
            statement["Resource"] = resource
    return document


def _value(reference: re.Match[str]) -> str:
    attribute = f"{reference[1]}.{reference[2]}"
    if attribute not in _VALUES:
        raise AssertionError(f"{attribute} has no example in _VALUES")
    return _VALUES[attribute]
