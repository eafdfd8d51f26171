"""EC2: VPN connections, their tunnels and static routes, and route propagation from a VPN gateway."""

import ipaddress
from typing import Any
from xml.etree import ElementTree

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from local_aws.patching import Fix, action, around, around_property

TUNNELS = 2

# The request's names of lists differ from the response's.
_LISTS = {
    "Phase1EncryptionAlgorithms": "Phase1EncryptionAlgorithms",
    "Phase2EncryptionAlgorithms": "Phase2EncryptionAlgorithms",
    "Phase1IntegrityAlgorithms": "Phase1IntegrityAlgorithms",
    "Phase2IntegrityAlgorithms": "Phase2IntegrityAlgorithms",
    "Phase1DHGroupNumbers": "Phase1DHGroupNumbers",
    "Phase2DHGroupNumbers": "Phase2DHGroupNumbers",
    "IKEVersions": "IkeVersions",
}
_SCALARS = {
    "Phase1LifetimeSeconds": "Phase1LifetimeSeconds",
    "Phase2LifetimeSeconds": "Phase2LifetimeSeconds",
    "RekeyMarginTimeSeconds": "RekeyMarginTimeSeconds",
    "RekeyFuzzPercentage": "RekeyFuzzPercentage",
    "ReplayWindowSize": "ReplayWindowSize",
    "DPDTimeoutSeconds": "DpdTimeoutSeconds",
    "DPDTimeoutAction": "DpdTimeoutAction",
    "StartupAction": "StartupAction",
    "EnableTunnelLifecycleControl": "EnableTunnelLifecycleControl",
}


def _tunnel(asked: dict[str, Any], number: int) -> dict[str, Any]:
    """One tunnel as AWS answers it: what was asked for, and addresses of its own."""
    last = mock_random.randint(0, 0xFFFF)
    tunnel: dict[str, Any] = {
        "OutsideIpAddress": f"203.0.{last // 256}.{last % 256 // 2 * 2 + number}",
        "TunnelInsideCidr": asked.get("TunnelInsideCidr", f"169.254.{10 + number}.0/30"),
        "PreSharedKey": asked.get("PreSharedKey", "local." + mock_random.get_random_hex(24)),
    }
    for request, response in _SCALARS.items():
        if request in asked:
            tunnel[response] = asked[request]
    for request, response in _LISTS.items():
        if request in asked:
            tunnel[response] = [{"Value": entry["Value"]} for entry in asked[request]]
    if "LogOptions" in asked:
        wanted = asked["LogOptions"].get("CloudWatchLogOptions", {})
        tunnel["LogOptions"] = {
            "CloudWatchLogOptions": {
                "LogEnabled": wanted.get("LogEnabled"),
                "LogGroupArn": wanted.get("LogGroupArn"),
                "LogOutputFormat": wanted.get("LogOutputFormat"),
            }
        }
    return tunnel


@around(EC2Response, "create_vpn_connection")
def connection_keeps_its_options(original: Fix, self: Any) -> ActionResult:
    """AWS keeps the connection's options and gives each tunnel an outside address; moto drops the options."""
    result: ActionResult = original(self)
    connection = result.result["VpnConnection"]  # type: ignore[index]
    asked = self._get_param("Options", {})
    tunnels = [*asked.get("TunnelOptions", []), {}, {}][:TUNNELS]
    connection.options = {
        "EnableAcceleration": asked.get("EnableAcceleration", False),
        "StaticRoutesOnly": asked.get("StaticRoutesOnly", False),
        "LocalIpv4NetworkCidr": asked.get("LocalIpv4NetworkCidr", "0.0.0.0/0"),
        "RemoteIpv4NetworkCidr": asked.get("RemoteIpv4NetworkCidr", "0.0.0.0/0"),
        "OutsideIpAddressType": asked.get("OutsideIpAddressType", "PublicIpv4"),
        "TunnelInsideIpVersion": asked.get("TunnelInsideIpVersion", "ipv4"),
        "TunnelOptions": [_tunnel(tunnel, number) for number, tunnel in enumerate(tunnels)],
    }
    connection.routes = []
    if self._get_param("PreSharedKeyStorage") == "SecretsManager":
        backend = self.ec2_backend
        for tunnel in connection.options["TunnelOptions"]:
            del tunnel["PreSharedKey"]
        connection.pre_shared_key_arn = (
            f"arn:{backend.partition}:secretsmanager:{backend.region_name}:{backend.account_id}"
            f":secret:s2svpn!{connection.id}"
        )
    return result


def _add(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text


@around_property(VPNConnection, "customer_gateway_configuration")
def configuration_describes_both_tunnels(moto: str, self: Any) -> str:
    """AWS describes each tunnel with its own addresses; moto the same one twice, so the provider mixes them up."""
    if self.options is None:
        return moto
    root = ElementTree.Element("vpn_connection", id=self.id)
    for options in self.options["TunnelOptions"]:
        inside = ipaddress.ip_network(options["TunnelInsideCidr"])
        tunnel = ElementTree.SubElement(root, "ipsec_tunnel")
        for side, host, asn in (("customer_gateway", 2, "65000"), ("vpn_gateway", 1, "64512")):
            gateway = ElementTree.SubElement(tunnel, side)
            outside = ElementTree.SubElement(gateway, "tunnel_outside_address")
            _add(outside, "ip_address", options["OutsideIpAddress"])
            address = ElementTree.SubElement(gateway, "tunnel_inside_address")
            _add(address, "ip_address", str(inside[host]))
            if not self.options["StaticRoutesOnly"]:
                bgp = ElementTree.SubElement(gateway, "bgp")
                _add(bgp, "asn", asn)
                _add(bgp, "hold_time", "30")
        ike = ElementTree.SubElement(tunnel, "ike")
        _add(ike, "pre_shared_key", options.get("PreSharedKey", "SECRETSMANAGER"))
    return ElementTree.tostring(root, encoding="unicode")


@action(EC2Response, "create_vpn_connection_route")
def create_vpn_connection_route(self: Any) -> EmptyResult:
    """CreateVpnConnectionRoute: a static route of a connection."""
    connection = self.ec2_backend.vpn_connections[self._get_param("VpnConnectionId")]
    cidr = self._get_param("DestinationCidrBlock")
    connection.routes.append({"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"})
    return EmptyResult()


@action(EC2Response, "delete_vpn_connection_route")
def delete_vpn_connection_route(self: Any) -> EmptyResult:
    """DeleteVpnConnectionRoute: the route is gone at once."""
    connection = self.ec2_backend.vpn_connections[self._get_param("VpnConnectionId")]
    cidr = self._get_param("DestinationCidrBlock")
    connection.routes = [r for r in connection.routes if r["DestinationCidrBlock"] != cidr]
    return EmptyResult()


@action(EC2Response, "enable_vgw_route_propagation")
def enable_vgw_route_propagation(self: Any) -> EmptyResult:
    """EnableVgwRoutePropagation: the route table shows the gateway."""
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = {"GatewayId": self._get_param("GatewayId")}
    table.propagating_vgws = [*getattr(table, "propagating_vgws", []), gateway]
    return EmptyResult()


@action(EC2Response, "disable_vgw_route_propagation")
def disable_vgw_route_propagation(self: Any) -> EmptyResult:
    """DisableVgwRoutePropagation."""
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = {"GatewayId": self._get_param("GatewayId")}
    table.propagating_vgws = [g for g in getattr(table, "propagating_vgws", []) if g != gateway]
    return EmptyResult()


@around(EC2Backend, "delete_vpn_connection")
def deleted_connection_forgets_its_routes(original: Fix, self: Any, *args: Any) -> Any:
    """AWS drops a connection's routes with it."""
    connection = original(self, *args)
    connection.routes = []
    return connection


@around(VPNConnection, "get_filter_value")
def connections_are_found_by_route(original: Fix, self: Any, filter_name: str, *args: Any) -> Any:
    """AWS filters connections by id, state and static route; moto by tag only."""
    match filter_name:
        case "route.destination-cidr-block":
            return [route["DestinationCidrBlock"] for route in getattr(self, "routes", [])]
        case "vpn-connection-id":
            return self.id
        case "state":
            return self.state
        case _:
            return original(self, filter_name, *args)
