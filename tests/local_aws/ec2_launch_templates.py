"""EC2: launch templates, their versions and tags."""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.launch_templates import LaunchTemplate
from moto.ec2.utils import parse_user_data

from local_aws.patching import Fix, around


@around(LaunchTemplate, "create_version")
def a_version_holds_what_was_asked_for(original: Fix, self: Any, data: dict[str, Any], description: str) -> Any:
    """AWS keeps the template's own tags out of its versions; moto puts them in, and leaves later user data as text."""
    specifications = data.get("TagSpecifications", [])
    kept = [tagged for tagged in specifications if tagged["ResourceType"] != "launch-template"]
    data = {**data, "TagSpecifications": kept}
    if isinstance(data.get("UserData"), str | bytes):
        data["UserData"] = parse_user_data(data["UserData"])
    return original(self, data, description)


@around(EC2Backend, "describe_launch_templates")
def templates_show_their_tags(original: Fix, self: Any, *args: Any, **kwargs: Any) -> Any:
    """AWS shows the tags that a template has now; moto those it was made with."""
    templates = original(self, *args, **kwargs)
    for template in templates:
        template.tags = template.get_tags()
    return templates
