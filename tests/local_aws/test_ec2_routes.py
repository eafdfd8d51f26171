"""A route table contains one route for a destination."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.conftest import Client


def network(ec2: Any) -> tuple[str, str, str]:
    """Return a VPC, its route table and its Internet gateway."""
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    return vpc, table, gateway


@pytest.mark.parametrize("destination", ["0.0.0.0/0", "10.20.0.0/16"])
def test_second_route_for_a_destination_is_rejected(client: Client, destination: str) -> None:
    ec2 = client("ec2")
    _, table, gateway = network(ec2)
    ec2.create_route(RouteTableId=table, DestinationCidrBlock=destination, GatewayId=gateway)
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock=destination, GatewayId=gateway)


def test_route_for_the_network_itself_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    _, table, gateway = network(ec2)
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/16", GatewayId=gateway)


def test_second_static_route_of_a_transit_gateway_is_rejected(client: Client) -> None:
    ec2 = client("ec2")
    vpc, _, _ = network(ec2)
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    transit = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=transit, VpcId=vpc, SubnetIds=[subnet])
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=transit)["TransitGatewayRouteTable"]
    route = {
        "DestinationCidrBlock": "10.20.0.0/16",
        "TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"],
        "TransitGatewayAttachmentId": attachment["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"],
    }
    ec2.create_transit_gateway_route(**route)
    with pytest.raises(ClientError, match="RouteAlreadyExists"):
        ec2.create_transit_gateway_route(**route)
