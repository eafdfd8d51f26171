"""CreateCustomerGateway returns an existing gateway for the same device."""

from typing import Any

from local_aws.conftest import Client


def create(ec2: Any, address: str = "203.0.113.10", asn: int = 65000, **device: str) -> str:
    created = ec2.create_customer_gateway(Type="ipsec.1", IpAddress=address, BgpAsn=asn, **device)
    return str(created["CustomerGateway"]["CustomerGatewayId"])


def test_same_type_address_and_asn_return_the_existing_gateway(client: Client) -> None:
    ec2 = client("ec2")
    assert create(ec2) == create(ec2)
    assert len(ec2.describe_customer_gateways()["CustomerGateways"]) == 1


def test_another_address_or_asn_creates_a_gateway(client: Client) -> None:
    ec2 = client("ec2")
    assert len({create(ec2), create(ec2, address="203.0.113.11"), create(ec2, asn=65001)}) == 3


def test_another_device_name_creates_a_gateway(client: Client) -> None:
    ec2 = client("ec2")
    first, second = create(ec2, DeviceName="production"), create(ec2, DeviceName="rehearsal")
    assert len({create(ec2), first, second}) == 3
    assert create(ec2, DeviceName="production") == first
    [described] = ec2.describe_customer_gateways(CustomerGatewayIds=[second])["CustomerGateways"]
    assert described["DeviceName"] == "rehearsal"


def test_deleted_gateway_is_not_returned(client: Client) -> None:
    ec2 = client("ec2")
    first = create(ec2)
    ec2.delete_customer_gateway(CustomerGatewayId=first)
    assert create(ec2) != first
