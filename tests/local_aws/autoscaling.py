"""EC2 Auto Scaling: settings of groups and instance refreshes."""

from typing import Any

from moto.autoscaling.models import FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from local_aws.patching import Method, add_action, wrap


def _store_settings(response: Any) -> None:
    """Store the settings that moto drops, and the defaults of AWS."""
    group = response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    group.availability_zone_distribution = {"CapacityDistributionStrategy": "balanced-best-effort"}
    group.capacity_reservation_specification = {"CapacityReservationPreference": "default"}
    warm_up = response._get_int_param("DefaultInstanceWarmup")
    if warm_up is not None:
        group.default_instance_warmup = warm_up
    policy = response._get_param("InstanceMaintenancePolicy")
    if policy:
        group.instance_maintenance_policy = policy


@wrap(AutoScalingResponse, "create_auto_scaling_group")
def create_group_with_settings(original: Method, self: Any) -> ActionResult:
    """AWS stores the warm-up of new instances and the maintenance policy; moto drops both."""
    result: ActionResult = original(self)
    _store_settings(self)
    return result


@wrap(AutoScalingResponse, "update_auto_scaling_group")
def update_group_with_settings(original: Method, self: Any) -> ActionResult:
    """Store the same settings on an update."""
    result: ActionResult = original(self)
    _store_settings(self)
    return result


@wrap(FakeScalingPolicy, "__init__")
def create_policy_as_enabled(original: Method, self: Any, *args: Any, **kwargs: Any) -> None:
    """AWS returns Enabled, and predictive scaling only if configured; moto does the opposite."""
    original(self, *args, **kwargs)
    self.enabled = True
    self.predictive_scaling_configuration = self.predictive_scaling_configuration or None


@add_action(AutoScalingResponse, "start_instance_refresh")
def start_instance_refresh(self: Any) -> ActionResult:
    """StartInstanceRefresh: replaces no instance, since nothing runs on them."""
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    group.refreshes = [*getattr(group, "refreshes", []), mock_random.uuid4()]
    return ActionResult({"InstanceRefreshId": str(group.refreshes[-1])})


@add_action(AutoScalingResponse, "describe_instance_refreshes")
def describe_instance_refreshes(self: Any) -> ActionResult:
    """DescribeInstanceRefreshes: all are successful."""
    name = self._get_param("AutoScalingGroupName")
    refreshes = getattr(self.autoscaling_backend.autoscaling_groups[name], "refreshes", [])
    described = [
        {"AutoScalingGroupName": name, "InstanceRefreshId": str(refresh), "Status": "Successful"}
        for refresh in refreshes
    ]
    return ActionResult({"InstanceRefreshes": described})
