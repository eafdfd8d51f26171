"""CloudTrail: the names of `DescribeTrails`, and the quota of trails."""

import json
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail, cloudtrail_backends
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.exceptions import JsonRESTError

from local_aws.patching import Method, wrap

# AWS CloudTrail user guide, "Quotas in AWS CloudTrail": it cannot be increased.
MAX_TRAILS = 5


@wrap(CloudTrailResponse, "describe_trails")
def select_trails(original: Method, self: CloudTrailResponse) -> str:
    """moto ignores the names, and returns all trails."""
    names: list[str] = self._get_param("trailNameList") or []
    trails = json.loads(original(self))["trailList"]
    return json.dumps({"trailList": [t for t in trails if not names or t["Name"] in names or t["TrailARN"] in names]})


@wrap(CloudTrailBackend, "create_trail")
def limit_trails(original: Method, self: Any, *args: Any, **kwargs: Any) -> Trail:
    """moto has no quota. A trail of several Regions counts in each of them."""
    others = [trail for backend in cloudtrail_backends[self.account_id].values() for trail in backend.trails.values()]
    if sum(trail.is_multi_region or trail.region_name == self.region_name for trail in others) >= MAX_TRAILS:
        raise JsonRESTError(
            "MaximumNumberOfTrailsExceededException",
            f"User: {self.account_id} already has {MAX_TRAILS} trails in {self.region_name}.",
        )
    trail: Trail = original(self, *args, **kwargs)
    return trail
