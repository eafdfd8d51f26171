"""S3: bucket policies, lifecycle configurations, replication rules and versions."""

import copy
import json
import threading
from typing import Any

from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket, S3Backend
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


_CONDITIONAL_WRITE = threading.Lock()


@wrap(S3Response, "put_object")
def write_conditionally_at_once(original: Method, self: Any) -> Any:
    """AWS accepts one of several concurrent writes with If-None-Match; moto checks the condition before the write."""
    if "If-None-Match" not in self.headers:
        return original(self)
    with _CONDITIONAL_WRITE:
        return original(self)


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


_MINIMUM_SIZE = "x-amz-transition-default-minimum-object-size"


@wrap(S3Response, "_bucket_response_put")
def keep_minimum_object_size(
    original: Method, self: Any, request: Any, bucket_name: str, querystring: dict[str, Any]
) -> Any:
    """AWS keeps the smallest object that a lifecycle configuration archives; moto returns its default only."""
    response = original(self, request, bucket_name, querystring)
    if "lifecycle" in querystring:
        self.backend.get_bucket(bucket_name).minimum_object_size = request.headers.get(_MINIMUM_SIZE)
    return response


@wrap(S3Response, "get_bucket_lifecycle")
def return_minimum_object_size(original: Method, self: Any) -> Any:
    """Return what `keep_minimum_object_size` has kept."""
    kept = getattr(self.backend.get_bucket(self.bucket_name), "minimum_object_size", None)
    status, headers, body = original(self)
    return status, headers | ({_MINIMUM_SIZE: kept} if kept else {}), body


@wrap(S3Backend, "delete_object")
def delete_version_of_suspended_bucket(
    original: Method, self: Any, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
) -> Any:
    """A version keeps its id while versioning is suspended; moto deletes all versions of the object instead."""
    bucket = self.get_bucket(bucket_name)
    if version_id is None or bucket.versioning_status != "Suspended":
        return original(self, bucket_name, key_name, version_id, bypass)
    bucket.versioning_status = "Enabled"
    try:
        return original(self, bucket_name, key_name, version_id, bypass)
    finally:
        bucket.versioning_status = "Suspended"
