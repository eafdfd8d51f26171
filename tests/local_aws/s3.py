"""S3: bucket policies, rules of replication."""

import copy
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

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


@around(S3Response, "get_bucket_replication")
def a_rule_of_replication_is_told_whole(original: Fix, self: Any) -> Any:
    """AWS gives a rule back as it was put; moto leaves out what it does not know."""
    configuration = self.backend.get_bucket_replication(self.bucket_name)
    if not configuration:
        return original(self)
    self.data["Action"] = "GetBucketReplication"
    rules = [{**rule, "Filter": rule.get("Filter") or {}} for rule in configuration["Rule"]]
    told = {"Role": configuration["Role"], "Rules": rules}
    return self.serialized(ActionResult({"ReplicationConfiguration": told}))
