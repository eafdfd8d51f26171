"""EC2 Auto Scaling: what moto forgets of a group, and replacing its instances."""

from typing import Any

from moto.autoscaling.models import FakeScalingPolicy
from moto.autoscaling.responses import AutoScalingResponse
from moto.core.responses import ActionResult
from moto.moto_api._internal import mock_random

from local_aws.patching import Fix, action, around


def _remember(response: Any) -> None:
    """Keep on the group what moto reads of no request, and what AWS has where nothing was asked for."""
    group = response.autoscaling_backend.autoscaling_groups[response._get_param("AutoScalingGroupName")]
    group.availability_zone_distribution = {"CapacityDistributionStrategy": "balanced-best-effort"}
    group.capacity_reservation_specification = {"CapacityReservationPreference": "default"}
    warm_up = response._get_int_param("DefaultInstanceWarmup")
    if warm_up is not None:
        group.default_instance_warmup = warm_up
    policy = response._get_param("InstanceMaintenancePolicy")
    if policy:
        group.instance_maintenance_policy = policy


@around(AutoScalingResponse, "create_auto_scaling_group")
def a_new_group_keeps_how_instances_are_replaced(original: Fix, self: Any) -> ActionResult:
    """AWS keeps the warm-up of new instances and the maintenance policy; moto drops both."""
    result: ActionResult = original(self)
    _remember(self)
    return result


@around(AutoScalingResponse, "update_auto_scaling_group")
def a_changed_group_keeps_how_instances_are_replaced(original: Fix, self: Any) -> ActionResult:
    """The same for changes."""
    result: ActionResult = original(self)
    _remember(self)
    return result


@around(FakeScalingPolicy, "__init__")
def a_policy_is_enabled(original: Fix, self: Any, *args: Any, **kwargs: Any) -> None:
    """AWS enables a new policy and shows no prediction that it has not; moto says nothing of the one, and shows one."""
    original(self, *args, **kwargs)
    self.enabled = True
    self.predictive_scaling_configuration = self.predictive_scaling_configuration or None


@action(AutoScalingResponse, "start_instance_refresh")
def start_instance_refresh(self: Any) -> ActionResult:
    """StartInstanceRefresh: nothing runs on instances here, so none is replaced."""
    group = self.autoscaling_backend.autoscaling_groups[self._get_param("AutoScalingGroupName")]
    group.refreshes = [*getattr(group, "refreshes", []), mock_random.uuid4()]
    return ActionResult({"InstanceRefreshId": str(group.refreshes[-1])})


@action(AutoScalingResponse, "describe_instance_refreshes")
def describe_instance_refreshes(self: Any) -> ActionResult:
    """DescribeInstanceRefreshes: each was done at once."""
    name = self._get_param("AutoScalingGroupName")
    refreshes = getattr(self.autoscaling_backend.autoscaling_groups[name], "refreshes", [])
    done = [
        {"AutoScalingGroupName": name, "InstanceRefreshId": str(refresh), "Status": "Successful"}
        for refresh in refreshes
    ]
    return ActionResult({"InstanceRefreshes": done})
