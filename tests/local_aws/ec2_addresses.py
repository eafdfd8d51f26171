"""EC2: the default quota of Elastic IP addresses in a Region."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend

from local_aws.patching import Method, wrap

# Service Quotas, "EC2-VPC Elastic IPs".
MAX_ADDRESSES = 5


@wrap(EC2Backend, "allocate_address")
def limit_addresses(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """moto has no quota."""
    if len(self.addresses) >= MAX_ADDRESSES:
        raise EC2ClientError("AddressLimitExceeded", "The maximum number of addresses has been reached.")
    return original(self, *args, **kwargs)
