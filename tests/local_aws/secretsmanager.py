"""Secrets Manager: replicas of secrets."""

from typing import Any

from moto.secretsmanager.models import FakeSecret

from local_aws.patching import Method, wrap


@wrap(FakeSecret, "create_replicas")
def store_key_of_replica(original: Method, self: Any, replica_regions: list[dict[str, str]], **kwargs: Any) -> Any:
    """AWS encrypts a replica with the requested key, and returns it; moto returns the default key."""
    replicas = original(self, replica_regions, **kwargs)
    for replica, requested in zip(replicas, replica_regions, strict=True):
        replica.config["KmsKeyId"] = requested.get("KmsKeyId", replica.config["KmsKeyId"])
    return replicas
