"""EC2: a route table and a transit gateway route table contain one route for a destination."""

from typing import Any

from moto.ec2.exceptions import RouteAlreadyExistsError
from moto.ec2.models import EC2Backend

from local_aws.patching import Method, wrap


@wrap(EC2Backend, "create_route")
def reject_route_to_the_network_itself(
    original: Method, self: Any, route_table_id: str, destination_cidr_block: str | None, *args: Any, **kwargs: Any
) -> Any:
    """moto accepts a second route for the local route's destination."""
    table = self.get_route_table(route_table_id)
    local = {route.destination_cidr_block for route in table.routes if route.local}
    if destination_cidr_block is not None and destination_cidr_block in local:
        raise RouteAlreadyExistsError(destination_cidr_block)
    return original(self, route_table_id, destination_cidr_block, *args, **kwargs)


@wrap(EC2Backend, "create_transit_gateway_route")
def reject_existing_transit_gateway_route(
    original: Method,
    self: Any,
    transit_gateway_route_table_id: str,
    destination_cidr_block: str,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """moto replaces the existing static route. A static route beside a propagated one is allowed."""
    routes = self.transit_gateways_route_tables[transit_gateway_route_table_id].routes
    existing = routes.get(destination_cidr_block)
    if existing is not None and existing["type"] == "static":
        raise RouteAlreadyExistsError(destination_cidr_block)
    return original(self, transit_gateway_route_table_id, destination_cidr_block, *args, **kwargs)
