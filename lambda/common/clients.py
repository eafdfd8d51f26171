"""boto3 clients, created once per process, with timeouts that fit the functions.

boto3 reads `AWS_ENDPOINT_URL` and the region from the environment. PARAMETER_REGION is the region of Parameter Store.
"""

import os
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

# The fence timeout is 20 seconds by default: a call without a response must fail well before.
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


@cache
def cloudwatch(region: str | None = None) -> "CloudWatchClient":
    """CloudWatch, in the function's region by default."""
    return boto3.client("cloudwatch", region_name=region, config=_CONFIG)


@cache
def dms() -> "DatabaseMigrationServiceClient":
    """Database Migration Service."""
    return boto3.client("dms", config=_CONFIG)


@cache
def dynamodb() -> "DynamoDBClient":
    """DynamoDB."""
    return boto3.client("dynamodb", config=_CONFIG)


@cache
def elbv2() -> "ElasticLoadBalancingv2Client":
    """Elastic Load Balancing."""
    return boto3.client("elbv2", config=_CONFIG)


@cache
def functions(seconds: float = 600) -> "LambdaClient":
    """Lambda, for synchronous calls of up to `seconds`; a call is not repeated, since it may have been processed."""
    config = Config(connect_timeout=2, read_timeout=seconds, retries={"total_max_attempts": 1}, max_pool_connections=50)
    return boto3.client("lambda", config=config)


@cache
def kms() -> "KMSClient":
    """Key Management Service."""
    return boto3.client("kms", config=_CONFIG)


@cache
def route53() -> "Route53Client":
    """Route 53."""
    return boto3.client("route53", config=_CONFIG)


@cache
def s3() -> "S3Client":
    """S3."""
    return boto3.client("s3", config=_CONFIG)


@cache
def secretsmanager(region: str | None = None) -> "SecretsManagerClient":
    """Secrets Manager, in the function's region by default."""
    return boto3.client("secretsmanager", region_name=region, config=_CONFIG)


@cache
def sns() -> "SNSClient":
    """Simple Notification Service."""
    return boto3.client("sns", config=_CONFIG)


@cache
def ssm(region: str | None = None) -> "SSMClient":
    """Systems Manager, for Parameter Store; by default in the region of the parameters."""
    return boto3.client("ssm", region_name=region or os.environ.get("PARAMETER_REGION"), config=_CONFIG)


@cache
def stepfunctions() -> "SFNClient":
    """Step Functions."""
    return boto3.client("stepfunctions", config=_CONFIG)


def clear_cache() -> None:
    """Drop every cached client: the next one reads the environment again."""
    for factory in (
        cloudwatch,
        dms,
        dynamodb,
        elbv2,
        functions,
        kms,
        route53,
        s3,
        secretsmanager,
        sns,
        ssm,
        stepfunctions,
    ):
        factory.cache_clear()
