"""EC2: CreateCustomerGateway returns an existing gateway with the same type, address, ASN and device name."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.customer_gateways import CustomerGateway
from moto.ec2.responses import EC2Response

from local_aws.patching import Method, wrap


@wrap(EC2Response, "create_customer_gateway")
def return_existing_gateway(original: Method, self: Any) -> ActionResult:
    """moto creates a second gateway, and drops the device name. In AWS, two Terraform states then own the same one."""
    device_name = self._get_param("DeviceName")
    address = self._get_param("IpAddress") or self._get_param("PublicIp")
    identity = (self._get_param("Type"), address, str(self._get_param("BgpAsn")), device_name)
    for existing in self.ec2_backend.customer_gateways.values():
        if existing.state == "available" and _identity(existing) == identity:
            return ActionResult({"CustomerGateway": existing})
    created: ActionResult = original(self)
    created.result["CustomerGateway"].device_name = device_name  # type: ignore[index]
    return created


def _identity(gateway: CustomerGateway) -> tuple[str, str, str, str | None]:
    device_name: str | None = getattr(gateway, "device_name", None)
    return gateway.type, gateway.ip_address, str(gateway.bgp_asn), device_name
