"""KMS: multi-region keys."""

from typing import Any

from moto.kms.models import KmsBackend

from local_aws.patching import Fix, around


@around(KmsBackend, "describe_key")
def a_primary_key_stays_primary(original: Fix, self: Any, key_id: str) -> Any:
    """AWS keeps the primary PRIMARY after it was replicated; moto's copies share one configuration."""
    key = self.keys[self.any_id_to_key_id(key_id)]
    if key.multi_region:
        configuration = dict(key.multi_region_configuration)
        key.multi_region_configuration = configuration
        primary = key.arn == configuration["PrimaryKey"]["Arn"]
        configuration["MultiRegionKeyType"] = "PRIMARY" if primary else "REPLICA"
    return original(self, key_id)
