"""Default route tables of a transit gateway, and the association of a VPN attachment."""

from typing import Any

from local_aws.conftest import Client


def gateway(ec2: Any, default: str) -> dict[str, Any]:
    """Return a gateway whose default route tables are `enable`d or `disable`d."""
    options = {"DefaultRouteTableAssociation": default, "DefaultRouteTablePropagation": default}
    created: dict[str, Any] = ec2.create_transit_gateway(Options=options)["TransitGateway"]
    return created


def vpn_attachment(ec2: Any, gateway_id: str) -> str:
    """Return the attachment of a new VPN connection."""
    customer = ec2.create_customer_gateway(Type="ipsec.1", IpAddress="203.0.113.10", BgpAsn=65000)
    ec2.create_vpn_connection(
        Type="ipsec.1",
        TransitGatewayId=gateway_id,
        CustomerGatewayId=customer["CustomerGateway"]["CustomerGatewayId"],
    )
    return str(described(ec2)["TransitGatewayAttachmentId"])


def described(ec2: Any) -> dict[str, Any]:
    """Return the only attachment."""
    [attachment] = ec2.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    return dict(attachment)


def test_gateway_without_defaults_has_no_default_table(client: Client) -> None:
    options = gateway(client("ec2"), "disable")["Options"]
    assert not options.get("AssociationDefaultRouteTableId")
    assert not options.get("PropagationDefaultRouteTableId")


def test_vpn_is_associated_with_the_default_table(client: Client) -> None:
    ec2 = client("ec2")
    created = gateway(ec2, "enable")
    vpn_attachment(ec2, created["TransitGatewayId"])
    table = described(ec2)["Association"]["TransitGatewayRouteTableId"]
    assert table == created["Options"]["AssociationDefaultRouteTableId"]


def test_vpn_without_a_default_table_is_associated_on_request(client: Client) -> None:
    ec2 = client("ec2")
    gateway_id = gateway(ec2, "disable")["TransitGatewayId"]
    attachment = vpn_attachment(ec2, gateway_id)
    assert not described(ec2).get("Association")
    created = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway_id)
    table = created["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    ec2.associate_transit_gateway_route_table(TransitGatewayAttachmentId=attachment, TransitGatewayRouteTableId=table)
    assert described(ec2)["Association"]["TransitGatewayRouteTableId"] == table
