"""EC2: the quotas of Elastic IP addresses and of VPCs in a Region."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend

from local_aws.patching import Method, wrap
from local_aws.service_quotas import ELASTIC_IP_ADDRESSES, VPCS


@wrap(EC2Backend, "allocate_address")
def limit_addresses(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto has no quota."""
    if len(self.addresses) >= ELASTIC_IP_ADDRESSES.value(self.account_id, self.region_name):
        raise EC2ClientError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    return original(self, *args, **kwargs)


@wrap(EC2Backend, "create_vpc")
def limit_vpcs(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto has no quota. The default VPC counts too."""
    if len(self.vpcs) >= VPCS.value(self.account_id, self.region_name):
        raise EC2ClientError("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
    return original(self, *args, **kwargs)
