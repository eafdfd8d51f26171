"""ECS: what services are made with, and tasks that run at once."""

from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.patching import Fix, around

_DROPPED = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}


def _settle(service: Service) -> None:
    """Let as many tasks run as there should be, all of the current definition."""
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment |= {
            "desiredCount": service.desired_count,
            "pendingCount": 0,
            "runningCount": service.desired_count,
            "rolloutState": "COMPLETED",
            "taskDefinition": service.task_definition,
        }


@around(EC2ContainerServiceResponse, "create_service")
def a_service_keeps_how_it_is_deployed(original: Fix, self: Any) -> Any:
    """moto drops some of the request."""
    answer = original(self)
    service = self.ecs_backend._get_service(self._get_param("cluster", "default"), self._get_param("serviceName"))
    for name, attribute in _DROPPED.items():
        setattr(service, attribute, self._get_param(name))
    return answer


@around(EC2ContainerServiceBackend, "create_service")
def a_new_service_runs_its_tasks(original: Fix, self: Any, *args: Any, **more: Any) -> Service:
    """moto's tasks are pending for ever."""
    service: Service = original(self, *args, **more)
    _settle(service)
    return service


@around(EC2ContainerServiceBackend, "update_service")
def a_changed_service_runs_its_tasks(original: Fix, self: Any, properties: dict[str, Any]) -> Service:
    """As above."""
    service: Service = original(self, properties)
    _settle(service)
    return service
