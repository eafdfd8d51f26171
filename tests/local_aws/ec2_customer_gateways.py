"""EC2: CreateCustomerGateway returns an existing gateway with the same type, address and ASN."""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.customer_gateways import CustomerGateway

from local_aws.patching import Method, wrap


@wrap(EC2Backend, "create_customer_gateway")
def return_existing_gateway(
    original: Method, self: Any, gateway_type: str, ip_address: str, bgp_asn: str, tags: dict[str, str] | None = None
) -> CustomerGateway:
    """moto creates a second gateway. In AWS, two Terraform states then own the same one."""
    identity = (gateway_type, ip_address, str(bgp_asn), "available")
    for gateway in self.customer_gateways.values():
        if (gateway.type, gateway.ip_address, str(gateway.bgp_asn), gateway.state) == identity:
            existing: CustomerGateway = gateway
            return existing
    created: CustomerGateway = original(self, gateway_type, ip_address, bgp_asn, tags=tags)
    return created
