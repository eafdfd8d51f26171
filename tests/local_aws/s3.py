"""S3: bucket policies."""

import copy
import json
from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from local_aws.patching import Fix, around


def without_conditions(policy: bytes) -> bytes | None:
    """The policy's unconditional statements, if there are any."""
    document = json.loads(policy)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    kept = [statement for statement in listed if not statement.get("Condition")]
    return json.dumps({**document, "Statement": kept}).encode() if kept else None


@around(FakeBucket, "get_permission")
def conditional_statements_are_not_judged(original: Fix, self: Any, permission: str, resource: str) -> Any:
    """AWS judges a statement's Condition; moto ignores it, so that "deny without TLS" would deny everything."""
    if self.policy is None:
        return original(self, permission, resource)
    judged = without_conditions(self.policy)
    if judged is None:
        return PermissionResult.NEUTRAL
    view = copy.copy(self)
    view.policy = judged
    return original(view, permission, resource)
