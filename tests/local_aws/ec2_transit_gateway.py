"""EC2: transit gateways, their attachments and route tables."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.transit_gateway_attachments import (
    TransitGatewayPeeringAttachment,
)
from moto.ec2.responses import EC2Response

from local_aws.patching import Fix, around


def _default_association_is_on(backend: Any, transit_gateway_id: str) -> bool:
    options = backend.transit_gateways[transit_gateway_id].options
    return bool(options.get("DefaultRouteTableAssociation") != "disable")


@around(EC2Backend, "create_transit_gateway_vpc_attachment")
def vpc_attachment_associates_only_by_default_table(
    original: Fix, self: Any, transit_gateway_id: str, *args: Any, **kwargs: Any
) -> Any:
    """AWS associates a new attachment only where the gateway's default association is on, and counts no deleted one."""
    for key, attachment in list(self.transit_gateway_attachments.items()):
        if attachment.state == "deleted" and attachment.resource_type == "vpc":
            self.transit_gateway_attachments.pop(key, None)
    attachment = original(self, transit_gateway_id, *args, **kwargs)
    table = attachment.transit_gateway_route_table.id
    if _default_association_is_on(self, transit_gateway_id):
        self.associate_transit_gateway_route_table(attachment.id, table)
    else:
        self.unset_route_table_association(table, attachment.id)
        attachment.transit_gateway_route_table = None
    return attachment


@around(EC2Response, "create_transit_gateway_vpc_attachment")
def vpc_attachment_keeps_its_tags(_original: Fix, self: Any) -> ActionResult:
    """AWS keeps the attachment's tags; moto reads those of another resource type."""
    attachment = self.ec2_backend.create_transit_gateway_vpc_attachment(
        transit_gateway_id=self._get_param("TransitGatewayId"),
        tags=self._parse_tag_specification().get("transit-gateway-attachment", {}),
        vpc_id=self._get_param("VpcId"),
        subnet_ids=self._get_param("SubnetIds", []),
        options=self._get_param("Options", {}),
    )
    return ActionResult({"TransitGatewayVpcAttachment": attachment})


@around(EC2Backend, "delete_transit_gateway_vpc_attachment")
def deleted_vpc_attachment_stays_visible(original: Fix, self: Any, transit_gateway_attachment_id: str) -> Any:
    """AWS shows a deleted attachment in state `deleted` for a while; the provider waits for it."""
    attachment = original(self, transit_gateway_attachment_id)
    self.transit_gateway_attachments[transit_gateway_attachment_id] = attachment
    return attachment


@around(EC2Backend, "associate_transit_gateway_route_table")
def association_shows_on_the_attachment(
    original: Fix, self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
) -> Any:
    """AWS reports the associated table on the attachment; moto always reports the default one."""
    association = original(self, transit_gateway_attachment_id, transit_gateway_route_table_id)
    attachment = self.transit_gateway_attachments[transit_gateway_attachment_id]
    attachment.transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    return association


@around(EC2Backend, "disassociate_transit_gateway_route_table")
def disassociation_clears_the_attachment(original: Fix, self: Any, tgw_attach_id: str, tgw_rt_id: str) -> Any:
    """AWS ends the association of any attachment; moto does not know the ones made by default."""
    if tgw_attach_id not in self.transit_gateway_associations:
        self.associate_transit_gateway_route_table(tgw_attach_id, tgw_rt_id)
    association = original(self, tgw_attach_id, tgw_rt_id)
    attachment = self.transit_gateway_attachments.get(tgw_attach_id)
    if attachment is not None:
        attachment.transit_gateway_route_table = None
    return association


@around(EC2Backend, "disable_transit_gateway_route_table_propagation")
def one_attachment_propagates_to_many_tables(
    original: Fix, self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
) -> Any:
    """AWS keeps a propagation for each pair of attachment and table; moto only the attachment's last one."""
    kept = self.transit_gateway_propagations.get(transit_gateway_attachment_id)
    if kept is None:
        self.enable_transit_gateway_route_table_propagation(
            transit_gateway_attachment_id, transit_gateway_route_table_id
        )
    return original(self, transit_gateway_attachment_id, transit_gateway_route_table_id)


@around(EC2Backend, "create_transit_gateway_route")
def route_lists_its_attachments(original: Fix, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS answers a list of attachments; moto a single one, which the provider reads as none."""
    route = original(self, *args, **kwargs)
    attachments = route.get("transitGatewayAttachments")
    if isinstance(attachments, dict):
        route["transitGatewayAttachments"] = [attachments]
    return route


class _AccepterSide(TransitGatewayPeeringAttachment):
    """The accepter's record of a peering: it follows the requester's state and has tags of its own."""

    def __init__(self, requester: TransitGatewayPeeringAttachment, backend: Any) -> None:
        self.requester = requester
        super().__init__(
            backend=backend,
            transit_gateway=backend.transit_gateways[requester.accepter_tgw_info["TransitGatewayId"]],
            peer_transit_gateway_id=requester.requester_tgw_info["TransitGatewayId"],
            peer_region=requester.requester_tgw_info["Region"],
            peer_account_id=requester.requester_tgw_info["OwnerId"],
            tags={},
            region_name=backend.region_name,
        )
        self.id = requester.id
        self.accepter_tgw_info = requester.accepter_tgw_info
        self.requester_tgw_info = requester.requester_tgw_info
        self._peering_status = requester._peering_status
        self.transit_gateway_route_table = None

    @property
    def state(self) -> str:
        return self.requester.state

    @state.setter
    def state(self, value: str) -> None:
        self.requester.state = value


@around(EC2Backend, "create_transit_gateway_peering_attachment")
def each_side_of_a_peering_has_its_own_tags(
    original: Fix,
    self: Any,
    transit_gateway_id: str,
    peer_transit_gateway_id: str,
    peer_region: str,
    peer_account_id: str,
    tags: Any,
) -> Any:
    """AWS tags a peering attachment in each region apart; moto shares one record."""
    peering = original(self, transit_gateway_id, peer_transit_gateway_id, peer_region, peer_account_id, tags)
    peering.transit_gateway_route_table = None
    peer = ec2_backends[peer_account_id][peer_region]
    if peer is not self:
        peer.transit_gateway_attachments[peering.id] = _AccepterSide(peering, peer)
    return peering


@around(EC2Backend, "describe_transit_gateway_peering_attachments")
def only_peerings_are_peerings(original: Fix, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS lists peering attachments there; moto every kind."""
    return [
        attachment
        for attachment in original(self, *args, **kwargs)
        if isinstance(attachment, TransitGatewayPeeringAttachment)
    ]
