"""EC2: tunnels and static routes of VPN connections; route propagation from a VPN gateway."""

import ipaddress
from typing import Any
from xml.etree import ElementTree

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.models import EC2Backend
from moto.ec2.models.vpn_connections import VPNConnection
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from local_aws.patching import Method, add_action, wrap, wrap_property

TUNNELS = 2

# Some names differ between request and response.
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


def _tunnel(requested: dict[str, Any], number: int) -> dict[str, Any]:
    """Return a tunnel in the format of AWS: the requested options and generated addresses."""
    last = mock_random.randint(0, 0xFFFF)
    tunnel: dict[str, Any] = {
        "OutsideIpAddress": f"203.0.{last // 256}.{last % 256 // 2 * 2 + number}",
        "TunnelInsideCidr": requested.get("TunnelInsideCidr", f"169.254.{10 + number}.0/30"),
        "PreSharedKey": requested.get("PreSharedKey", "local." + mock_random.get_random_hex(24)),
    }
    for request, response in _SCALARS.items():
        if request in requested:
            tunnel[response] = requested[request]
    for request, response in _LISTS.items():
        if request in requested:
            tunnel[response] = [{"Value": entry["Value"]} for entry in requested[request]]
    if "LogOptions" in requested:
        wanted = requested["LogOptions"].get("CloudWatchLogOptions", {})
        tunnel["LogOptions"] = {
            "CloudWatchLogOptions": {
                "LogEnabled": wanted.get("LogEnabled"),
                "LogGroupArn": wanted.get("LogGroupArn"),
                "LogOutputFormat": wanted.get("LogOutputFormat"),
            }
        }
    return tunnel


@wrap(EC2Response, "create_vpn_connection")
def store_connection_options(original: Method, self: Any) -> ActionResult:
    """AWS stores the options and assigns an outside address to each tunnel; moto drops the options."""
    result: ActionResult = original(self)
    connection = result.result["VpnConnection"]  # type: ignore[index]
    requested = self._get_param("Options", {})
    tunnels = [*requested.get("TunnelOptions", []), {}, {}][:TUNNELS]
    connection.options = {
        "EnableAcceleration": requested.get("EnableAcceleration", False),
        "StaticRoutesOnly": requested.get("StaticRoutesOnly", False),
        "LocalIpv4NetworkCidr": requested.get("LocalIpv4NetworkCidr", "0.0.0.0/0"),
        "RemoteIpv4NetworkCidr": requested.get("RemoteIpv4NetworkCidr", "0.0.0.0/0"),
        "OutsideIpAddressType": requested.get("OutsideIpAddressType", "PublicIpv4"),
        "TunnelInsideIpVersion": requested.get("TunnelInsideIpVersion", "ipv4"),
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


@wrap_property(VPNConnection, "customer_gateway_configuration")
def return_configuration_of_both_tunnels(moto: str, self: Any) -> str:
    """AWS describes each tunnel with its own addresses; moto describes the same tunnel twice."""
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


@add_action(EC2Response, "create_vpn_connection_route")
def create_vpn_connection_route(self: Any) -> EmptyResult:
    """CreateVpnConnectionRoute: adds a static route."""
    connection = self.ec2_backend.vpn_connections[self._get_param("VpnConnectionId")]
    cidr = self._get_param("DestinationCidrBlock")
    connection.routes.append({"DestinationCidrBlock": cidr, "Source": "Static", "State": "available"})
    return EmptyResult()


@add_action(EC2Response, "delete_vpn_connection_route")
def delete_vpn_connection_route(self: Any) -> EmptyResult:
    """DeleteVpnConnectionRoute: deletes the route immediately."""
    connection = self.ec2_backend.vpn_connections[self._get_param("VpnConnectionId")]
    cidr = self._get_param("DestinationCidrBlock")
    connection.routes = [r for r in connection.routes if r["DestinationCidrBlock"] != cidr]
    return EmptyResult()


@add_action(EC2Response, "enable_vgw_route_propagation")
def enable_vgw_route_propagation(self: Any) -> EmptyResult:
    """EnableVgwRoutePropagation: adds the gateway to the route table."""
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = {"GatewayId": self._get_param("GatewayId")}
    table.propagating_vgws = [*getattr(table, "propagating_vgws", []), gateway]
    return EmptyResult()


@add_action(EC2Response, "disable_vgw_route_propagation")
def disable_vgw_route_propagation(self: Any) -> EmptyResult:
    """DisableVgwRoutePropagation."""
    table = self.ec2_backend.get_route_table(self._get_param("RouteTableId"))
    gateway = {"GatewayId": self._get_param("GatewayId")}
    table.propagating_vgws = [g for g in getattr(table, "propagating_vgws", []) if g != gateway]
    return EmptyResult()


@wrap(EC2Backend, "delete_vpn_connection")
def delete_routes_of_connection(original: Method, self: Any, *args: Any) -> Any:
    """AWS deletes the routes of a deleted connection."""
    connection = original(self, *args)
    connection.routes = []
    return connection


@wrap(VPNConnection, "get_filter_value")
def filter_connections(original: Method, self: Any, filter_name: str, *args: Any) -> Any:
    """AWS filters connections by id, state and static route; moto only by tag."""
    match filter_name:
        case "route.destination-cidr-block":
            return [route["DestinationCidrBlock"] for route in getattr(self, "routes", [])]
        case "vpn-connection-id":
            return self.id
        case "state":
            return self.state
        case _:
            return original(self, filter_name, *args)
