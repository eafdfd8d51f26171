"""EC2: filters of machine images."""

from typing import Any

from moto.ec2.models.amis import Ami

from local_aws.patching import Method, wrap


@wrap(Ami, "get_filter_value")
def filter_images_by_root_device_type(original: Method, self: Any, filter_name: str, *args: Any) -> Any:
    """AWS filters images by root device type; moto lacks this filter."""
    if filter_name == "root-device-type":
        return self.root_device_type
    return original(self, filter_name, *args)
