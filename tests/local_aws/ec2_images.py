"""EC2: machine images, found by what they start from."""

from typing import Any

from moto.ec2.models.amis import Ami

from local_aws.patching import Fix, around


@around(Ami, "get_filter_value")
def images_are_found_by_their_root_device(original: Fix, self: Any, filter_name: str, *args: Any) -> Any:
    """AWS filters images by the type of their root device; moto does not know that filter."""
    if filter_name == "root-device-type":
        return self.root_device_type
    return original(self, filter_name, *args)
