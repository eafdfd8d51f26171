"""ECS: settings of services, and tasks that run immediately."""

from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, Service
from moto.ecs.responses import EC2ContainerServiceResponse

from local_aws.patching import Method, wrap

_SETTINGS = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}


def _run_all_tasks(service: Service) -> None:
    """Set the running tasks to the desired count and the current task definition."""
    service.running_count, service.pending_count = service.desired_count, 0
    for deployment in service.deployments:
        deployment |= {
            "desiredCount": service.desired_count,
            "pendingCount": 0,
            "runningCount": service.desired_count,
            "rolloutState": "COMPLETED",
            "taskDefinition": service.task_definition,
        }


@wrap(EC2ContainerServiceResponse, "create_service")
def store_service_settings(original: Method, self: Any) -> Any:
    """AWS stores these settings; moto drops them."""
    response = original(self)
    service = self.ecs_backend._get_service(self._get_param("cluster", "default"), self._get_param("serviceName"))
    for name, attribute in _SETTINGS.items():
        setattr(service, attribute, self._get_param(name))
    return response


@wrap(EC2ContainerServiceBackend, "create_service")
def run_tasks_of_new_service(original: Method, self: Any, *args: Any, **kwargs: Any) -> Service:
    """AWS starts the tasks; in moto they stay pending."""
    service: Service = original(self, *args, **kwargs)
    _run_all_tasks(service)
    return service


@wrap(EC2ContainerServiceBackend, "update_service")
def run_tasks_of_updated_service(original: Method, self: Any, properties: dict[str, Any]) -> Service:
    """Start the tasks of the new definition."""
    service: Service = original(self, properties)
    _run_all_tasks(service)
    return service
