"""Application Auto Scaling: tags of scalable targets."""

import json
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_aws.patching import Method, add_action, wrap


def _tags(response: Any) -> dict[str, str]:
    """Return the tags of the resource in the request."""
    backend = response.applicationautoscaling_backend
    by_arn: dict[str, dict[str, str]] = backend.__dict__.setdefault("tags_by_arn", {})
    return by_arn.setdefault(response._get_param("ResourceARN"), {})


@wrap(ApplicationAutoScalingResponse, "register_scalable_target")
def store_tags(original: Method, self: Any) -> str:
    """AWS stores the tags of a scalable target; moto drops them."""
    response: str = original(self)
    backend = self.applicationautoscaling_backend
    by_arn: dict[str, dict[str, str]] = backend.__dict__.setdefault("tags_by_arn", {})
    by_arn.setdefault(json.loads(response)["ScalableTargetARN"], {}).update(self._get_param("Tags") or {})
    return response


@add_action(ApplicationAutoScalingResponse, "list_tags_for_resource")
def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource."""
    return json.dumps({"Tags": _tags(self)})


@add_action(ApplicationAutoScalingResponse, "tag_resource")
def tag_resource(self: Any) -> str:
    """TagResource."""
    _tags(self).update(self._get_param("Tags") or {})
    return "{}"


@add_action(ApplicationAutoScalingResponse, "untag_resource")
def untag_resource(self: Any) -> str:
    """UntagResource."""
    for key in self._get_param("TagKeys") or []:
        _tags(self).pop(key, None)
    return "{}"
