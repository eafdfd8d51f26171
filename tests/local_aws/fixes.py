"""Every service's fixes: importing this puts them in place."""

from types import ModuleType

from local_aws import (
    api_gateway,
    application_autoscaling,
    budgets,
    cloudformation_custom,
    dms,
    ec2_security_groups,
    ec2_transit_gateway,
    ec2_vpn,
    ecs,
    elbv2,
    kms,
    lambda_execution,
    lambda_functions,
    lambda_layers,
    rds,
    rds_engine_versions,
    s3,
    stepfunctions,
    stepfunctions_events,
    stepfunctions_maps,
)

MODULES: tuple[ModuleType, ...] = (
    api_gateway,
    application_autoscaling,
    budgets,
    cloudformation_custom,
    dms,
    ec2_security_groups,
    ec2_transit_gateway,
    ec2_vpn,
    ecs,
    elbv2,
    kms,
    lambda_execution,
    lambda_functions,
    lambda_layers,
    rds,
    rds_engine_versions,
    s3,
    stepfunctions,
    stepfunctions_events,
    stepfunctions_maps,
)


def require() -> None:
    """Fail when a module has no description: the list of fixes is read by people."""
    for module in MODULES:
        if not module.__doc__:
            raise ValueError(f"{module.__name__} does not say what it mends")
