"""EC2: transit gateways, their attachments and route tables."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.transit_gateway_attachments import (
    TransitGatewayPeeringAttachment,
)
from moto.ec2.responses import EC2Response

from local_aws.patching import Method, wrap


def _default_association_is_on(backend: Any, transit_gateway_id: str) -> bool:
    options = backend.transit_gateways[transit_gateway_id].options
    return bool(options.get("DefaultRouteTableAssociation") != "disable")


@wrap(EC2Backend, "create_transit_gateway")
def return_enabled_default_tables_only(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS returns the id of a default table only if its default is enabled."""
    gateway = original(self, *args, **kwargs)
    for default in ("Association", "Propagation"):
        if gateway.options.get(f"DefaultRouteTable{default}") == "disable":
            gateway.options.pop(f"{default}DefaultRouteTableId", None)
    return gateway


@wrap(EC2Backend, "create_transit_gateway_vpc_attachment")
def associate_with_default_table_if_enabled(
    original: Method, self: Any, transit_gateway_id: str, *args: Any, **kwargs: Any
) -> Any:
    """AWS associates a new attachment only if default association is enabled, and ignores deleted attachments."""
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


@wrap(EC2Backend, "create_transit_gateway_vpn_attachment")
def associate_vpn_with_default_table_if_enabled(
    original: Method, self: Any, vpn_id: str, transit_gateway_id: str, *args: Any, **kwargs: Any
) -> Any:
    """AWS associates a new VPN attachment only if default association is enabled."""
    attachment = original(self, vpn_id, transit_gateway_id, *args, **kwargs)
    if not _default_association_is_on(self, transit_gateway_id):
        attachment.transit_gateway_route_table = None
    return attachment


@wrap(EC2Response, "create_transit_gateway_vpc_attachment")
def store_tags_of_vpc_attachment(_original: Method, self: Any) -> ActionResult:
    """AWS stores the tags of the attachment; moto reads those of another resource type."""
    attachment = self.ec2_backend.create_transit_gateway_vpc_attachment(
        transit_gateway_id=self._get_param("TransitGatewayId"),
        tags=self._parse_tag_specification().get("transit-gateway-attachment", {}),
        vpc_id=self._get_param("VpcId"),
        subnet_ids=self._get_param("SubnetIds", []),
        options=self._get_param("Options", {}),
    )
    return ActionResult({"TransitGatewayVpcAttachment": attachment})


@wrap(EC2Backend, "delete_transit_gateway_vpc_attachment")
def return_deleted_vpc_attachment(original: Method, self: Any, transit_gateway_attachment_id: str) -> Any:
    """AWS returns a deleted attachment in state `deleted` for a while; the provider waits for that state."""
    attachment = original(self, transit_gateway_attachment_id)
    self.transit_gateway_attachments[transit_gateway_attachment_id] = attachment
    return attachment


@wrap(EC2Backend, "associate_transit_gateway_route_table")
def return_associated_route_table(
    original: Method, self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
) -> Any:
    """AWS returns the associated route table with the attachment; moto always returns the default one."""
    association = original(self, transit_gateway_attachment_id, transit_gateway_route_table_id)
    attachment = self.transit_gateway_attachments[transit_gateway_attachment_id]
    attachment.transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    return association


@wrap(EC2Backend, "disassociate_transit_gateway_route_table")
def clear_association_of_attachment(original: Method, self: Any, tgw_attach_id: str, tgw_rt_id: str) -> Any:
    """AWS removes the association of any attachment; moto does not find default associations."""
    if tgw_attach_id not in self.transit_gateway_associations:
        self.associate_transit_gateway_route_table(tgw_attach_id, tgw_rt_id)
    association = original(self, tgw_attach_id, tgw_rt_id)
    attachment = self.transit_gateway_attachments.get(tgw_attach_id)
    if attachment is not None:
        attachment.transit_gateway_route_table = None
    return association


@wrap(EC2Backend, "disable_transit_gateway_route_table_propagation")
def disable_one_of_several_propagations(
    original: Method, self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
) -> Any:
    """AWS stores a propagation for each attachment and route table; moto stores only the last one of an attachment."""
    propagation = self.transit_gateway_propagations.get(transit_gateway_attachment_id)
    if propagation is None:
        self.enable_transit_gateway_route_table_propagation(
            transit_gateway_attachment_id, transit_gateway_route_table_id
        )
    return original(self, transit_gateway_attachment_id, transit_gateway_route_table_id)


@wrap(EC2Backend, "create_transit_gateway_route")
def return_list_of_attachments(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS returns a list of attachments; moto returns a single one, which the provider reads as none."""
    route = original(self, *args, **kwargs)
    attachments = route.get("transitGatewayAttachments")
    if isinstance(attachments, dict):
        route["transitGatewayAttachments"] = [attachments]
    return route


class _AccepterSide(TransitGatewayPeeringAttachment):
    """The accepter's record of a peering attachment: it has the requester's state and its own tags."""

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


@wrap(EC2Backend, "create_transit_gateway_peering_attachment")
def store_peering_tags_for_each_side(
    original: Method,
    self: Any,
    transit_gateway_id: str,
    peer_transit_gateway_id: str,
    peer_region: str,
    peer_account_id: str,
    tags: Any,
) -> Any:
    """AWS stores separate tags for a peering attachment in each Region; moto shares one record."""
    peering = original(self, transit_gateway_id, peer_transit_gateway_id, peer_region, peer_account_id, tags)
    peering.transit_gateway_route_table = None
    peer = ec2_backends[peer_account_id][peer_region]
    if peer is not self:
        peer.transit_gateway_attachments[peering.id] = _AccepterSide(peering, peer)
    return peering


@wrap(EC2Backend, "describe_transit_gateway_peering_attachments")
def return_only_peering_attachments(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS returns only peering attachments; moto returns all types."""
    return [
        attachment
        for attachment in original(self, *args, **kwargs)
        if isinstance(attachment, TransitGatewayPeeringAttachment)
    ]
