"""Applies the patches of all services on import."""

from types import ModuleType

from local_aws import (
    api_gateway,
    application_autoscaling,
    autoscaling,
    budgets,
    cloudformation_custom,
    dms,
    dms_connections,
    dms_statistics,
    dms_tasks,
    dynamodb,
    ec2_images,
    ec2_launch_templates,
    ec2_security_groups,
    ec2_transit_gateway,
    ec2_vpn,
    ecs,
    elbv2,
    kms,
    lambda_execution,
    lambda_functions,
    lambda_layers,
    lambda_provisioned_concurrency,
    rds,
    rds_engine_versions,
    rds_maintenance,
    rds_parameter_groups,
    request_validation,
    route53,
    s3,
    stepfunctions,
    stepfunctions_events,
    stepfunctions_maps,
)

MODULES: tuple[ModuleType, ...] = (
    api_gateway,
    application_autoscaling,
    autoscaling,
    budgets,
    cloudformation_custom,
    dms,
    dms_connections,
    dms_statistics,
    dms_tasks,
    dynamodb,
    ec2_images,
    ec2_launch_templates,
    ec2_security_groups,
    ec2_transit_gateway,
    ec2_vpn,
    ecs,
    elbv2,
    kms,
    lambda_execution,
    lambda_functions,
    lambda_layers,
    lambda_provisioned_concurrency,
    rds,
    rds_engine_versions,
    rds_maintenance,
    rds_parameter_groups,
    request_validation,
    route53,
    s3,
    stepfunctions,
    stepfunctions_events,
    stepfunctions_maps,
)


def require_descriptions() -> None:
    """Raise an error for a module without a docstring, which describes what it patches."""
    for module in MODULES:
        if not module.__doc__:
            raise ValueError(f"{module.__name__} has no docstring that describes its patches")
