"""Creates the AWS resources around a migration: parameters, a bucket, a topic, a listener rule and an alarm."""

import os
from collections.abc import Mapping
from typing import Any

import boto3

from common import clients

ALARM = "errors"


def create_migration_resources(name: str) -> dict[str, str]:
    """Create the parameters, the checkpoint bucket and the topic; return the environment variables that name them."""
    prefix = f"/payment/migration/{name}"
    for key, value in (
        ("writer", "source"),
        ("replication", "absent"),
        ("rollback-window", "open"),
        ("traffic/weight", "0"),
        ("traffic/hold", "none"),
    ):
        clients.ssm().put_parameter(Name=f"{prefix}/{key}", Value=value, Type="String")
    clients.s3().create_bucket(Bucket=f"checkpoints-{name}")
    clients.s3().put_bucket_versioning(Bucket=f"checkpoints-{name}", VersioningConfiguration={"Status": "Enabled"})
    topic = clients.sns().create_topic(Name=f"alerts-{name}")["TopicArn"]
    return {
        "ENVIRONMENT_IDENTITY": f"orchestrated/migration/{name}",
        "PARAMETER_PREFIX": prefix,
        "CHECKPOINT_BUCKET": f"checkpoints-{name}",
        "MIGRATION_NAME": f"payment-migration-{name}",
        "ALERT_TOPIC_ARN": topic,
        "NAMESPACE": "Payment/Migration",
        "FENCE_TIMEOUT_SECONDS": "900",  # no test depends on the speed of its machine
        "MAX_LAG_SECONDS": "5",
        "DB_TLS_MODE": "off",
    }


def create_listener(variables: Mapping[str, str], *, healthy: bool = True) -> dict[str, str]:
    """Create a listener rule with two target groups; return the environment variables that name them."""
    ec2 = boto3.client("ec2", region_name=os.environ["AWS_DEFAULT_REGION"])
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"][
            "SubnetId"
        ]
        for n, zone in enumerate("ab")
    ]
    elbv2 = clients.elbv2()
    name = variables["MIGRATION_NAME"][-8:].strip("-")
    balancer = elbv2.create_load_balancer(Name=f"alb-{name}", Subnets=subnets)["LoadBalancers"][0]
    groups = [
        elbv2.create_target_group(Name=f"{side}-{name}", Protocol="HTTP", Port=80, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        for side in ("old", "new")
    ]
    forward: Any = {
        "Type": "forward",
        "ForwardConfig": {
            "TargetGroups": [{"TargetGroupArn": groups[0], "Weight": 100}, {"TargetGroupArn": groups[1], "Weight": 0}]
        },
    }
    made = elbv2.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"], Protocol="HTTP", Port=80, DefaultActions=[forward]
    )["Listeners"][0]
    rule = elbv2.create_rule(
        ListenerArn=made["ListenerArn"],
        Priority=1,
        Conditions=[{"Field": "path-pattern", "Values": ["/*"]}],
        Actions=[forward],
    )["Rules"][0]["RuleArn"]
    if healthy:
        elbv2.register_targets(TargetGroupArn=groups[1], Targets=[{"Id": "10.0.0.10", "Port": 80}])
    return {"LISTENER_RULE": rule, "OLD_TARGET_GROUP": groups[0], "NEW_TARGET_GROUP": groups[1]}


def create_alarm() -> None:
    """Create `ALARM` in the state OK."""
    clients.cloudwatch().put_metric_alarm(
        AlarmName=ALARM,
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="notBreaching",
    )


def trigger_alarm() -> None:
    """Set `ALARM` to the state ALARM."""
    clients.cloudwatch().set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason="a test")
