"""Elastic Load Balancing: CreateLoadBalancer returns an existing load balancer only if it is the same."""

from collections.abc import Iterable, Mapping
from typing import Any

from moto.elbv2.exceptions import DuplicateLoadBalancerName
from moto.elbv2.models import ELBv2Backend

from local_aws.patching import Method, wrap


@wrap(ELBv2Backend, "create_load_balancer")
def reject_another_load_balancer_with_the_name(
    original: Method,
    self: Any,
    name: str,
    security_groups: Iterable[str],
    subnet_ids: Iterable[str],
    subnet_mappings: Iterable[Mapping[str, str]] | None = None,
    scheme: str = "internet-facing",
    loadbalancer_type: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """moto compares ARNs, which end with a random number."""
    subnets = {*(subnet_ids or ()), *(mapping["SubnetId"] for mapping in subnet_mappings or ())}
    requested = (scheme, loadbalancer_type or "application", subnets, set(security_groups or ()))
    for existing in self.load_balancers.values():
        if existing.name == name:
            present = (
                existing.scheme,
                existing.type,
                {subnet.id for subnet in existing.subnets},
                set(existing.security_groups or ()),
            )
            if present != requested:
                raise DuplicateLoadBalancerName
            return existing
    return original(
        self, name, security_groups, subnet_ids, subnet_mappings, scheme, loadbalancer_type, *args, **kwargs
    )
