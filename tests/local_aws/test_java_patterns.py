"""Patterns of service models match as in Java."""

import pytest
from moto.core.utils import get_service_model

from local_aws.java_patterns import compile_pattern

# Services that the stacks use.
SERVICES = [
    *("acm", "apigateway", "apigatewayv2", "application-autoscaling", "autoscaling", "budgets", "cloudformation"),
    *("cloudtrail", "cloudwatch", "config", "dms", "dynamodb", "ec2", "ecr", "ecs", "elbv2", "events", "iam", "kms"),
    *("lambda", "logs", "rds", "route53", "s3", "s3control", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions"),
    *("sts", "wafv2"),
]


@pytest.mark.parametrize("service", SERVICES)
def test_all_patterns_of_a_service_compile(service: str) -> None:
    shapes = get_service_model(service)._service_description["shapes"].values()  # type: ignore[attr-defined]
    for pattern in {shape["pattern"] for shape in shapes if "pattern" in shape}:
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("pattern", "accepted", "rejected"),
    [
        (r"[\p{L}\p{Z}\p{N}_.:/=+\-@]*", "Größe 2: a@b", "50 %"),
        (r"\p{ASCII}+", "a~", "ä"),
        (r"[\w-_]*", "a-b_c", "a.b"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*", "a 😀", "\x07"),
        (r"[a-z]+", "abc", "abc1"),
        (r"\d+", "12", "١٢"),
    ],
)
def test_pattern_matches_the_whole_value(pattern: str, accepted: str, rejected: str) -> None:
    assert compile_pattern(pattern).fullmatch(accepted)
    assert not compile_pattern(pattern).fullmatch(rejected)
