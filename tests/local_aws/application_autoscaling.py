"""Application Auto Scaling: tags of what is scaled."""

import json
from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse

from local_aws.patching import Fix, action, around


def _tags(response: Any) -> dict[str, str]:
    """The tags of the resource that the request names."""
    backend = response.applicationautoscaling_backend
    by_arn: dict[str, dict[str, str]] = backend.__dict__.setdefault("tags_by_arn", {})
    return by_arn.setdefault(response._get_param("ResourceARN"), {})


@around(ApplicationAutoScalingResponse, "register_scalable_target")
def a_target_keeps_its_tags(original: Fix, self: Any) -> str:
    """moto drops them."""
    answer: str = original(self)
    backend = self.applicationautoscaling_backend
    by_arn: dict[str, dict[str, str]] = backend.__dict__.setdefault("tags_by_arn", {})
    by_arn.setdefault(json.loads(answer)["ScalableTargetARN"], {}).update(self._get_param("Tags") or {})
    return answer


@action(ApplicationAutoScalingResponse, "list_tags_for_resource")
def list_tags_for_resource(self: Any) -> str:
    """ListTagsForResource."""
    return json.dumps({"Tags": _tags(self)})


@action(ApplicationAutoScalingResponse, "tag_resource")
def tag_resource(self: Any) -> str:
    """TagResource."""
    _tags(self).update(self._get_param("Tags") or {})
    return "{}"


@action(ApplicationAutoScalingResponse, "untag_resource")
def untag_resource(self: Any) -> str:
    """UntagResource."""
    for key in self._get_param("TagKeys") or []:
        _tags(self).pop(key, None)
    return "{}"
