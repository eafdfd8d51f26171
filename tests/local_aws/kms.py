"""KMS: multi-region keys."""

from typing import Any

from moto.kms.models import KmsBackend

from local_aws.patching import Method, wrap


@wrap(KmsBackend, "describe_key")
def return_type_of_multi_region_key(original: Method, self: Any, key_id: str) -> Any:
    """In AWS the primary key stays PRIMARY after replication; in moto it shares one configuration with its replicas."""
    key = self.keys[self.any_id_to_key_id(key_id)]
    if key.multi_region:
        configuration = dict(key.multi_region_configuration)
        key.multi_region_configuration = configuration
        primary = key.arn == configuration["PrimaryKey"]["Arn"]
        configuration["MultiRegionKeyType"] = "PRIMARY" if primary else "REPLICA"
    return original(self, key_id)
