"""EC2: versions and tags of launch templates."""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data

from local_aws.patching import Method, wrap


@wrap(LaunchTemplate, "create_version")
def store_launch_template_version(original: Method, self: Any, data: dict[str, Any], description: str) -> Any:
    """AWS stores no template tags in a version and parses all user data; moto does neither."""
    specifications = data.get("TagSpecifications", [])
    stored = [tagged for tagged in specifications if tagged["ResourceType"] != "launch-template"]
    data = {**data, "TagSpecifications": stored}
    if isinstance(data.get("UserData"), str | bytes):
        data["UserData"] = parse_user_data(data["UserData"])
    return original(self, data, description)


@wrap(EC2Backend, "describe_launch_templates")
def return_current_tags(original: Method, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS returns the current tags of a template; moto returns those from its creation."""
    templates = original(self, *args, **kwargs)
    for template in templates:
        template.tags = template.get_tags()
    return templates
