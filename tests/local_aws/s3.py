"""S3: bucket policies and replication rules."""

import copy
import json
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.responses import S3Response

from local_aws.patching import Method, wrap


def without_conditions(policy: bytes) -> bytes | None:
    """Return the policy with only its unconditional statements, or None if it has none."""
    document = json.loads(policy)
    statements = document["Statement"]
    listed = statements if isinstance(statements, list) else [statements]
    unconditional = [statement for statement in listed if not statement.get("Condition")]
    return json.dumps({**document, "Statement": unconditional}).encode() if unconditional else None


@wrap(FakeBucket, "get_permission")
def ignore_conditional_statements(original: Method, self: Any, permission: str, resource: str) -> Any:
    """AWS evaluates Condition; moto ignores it, so "deny without TLS" would deny every request."""
    if self.policy is None:
        return original(self, permission, resource)
    unconditional = without_conditions(self.policy)
    if unconditional is None:
        return PermissionResult.NEUTRAL
    view = copy.copy(self)
    view.policy = unconditional
    return original(view, permission, resource)


@wrap(S3Response, "get_bucket_replication")
def return_complete_replication_rules(original: Method, self: Any) -> Any:
    """AWS returns a rule unchanged; moto omits the settings that it does not support."""
    configuration = self.backend.get_bucket_replication(self.bucket_name)
    if not configuration:
        return original(self)
    self.data["Action"] = "GetBucketReplication"
    rules = [{**rule, "Filter": rule.get("Filter") or {}} for rule in configuration["Rule"]]
    response = {"Role": configuration["Role"], "Rules": rules}
    return self.serialized(ActionResult({"ReplicationConfiguration": response}))
