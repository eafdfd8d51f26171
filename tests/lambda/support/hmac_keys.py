"""Creates HMAC KMS keys."""

from common import clients


def create_hmac_key() -> str:
    """Create a KMS key that computes HMACs and return its ARN."""
    created = clients.kms().create_key(KeyUsage="GENERATE_VERIFY_MAC", KeySpec="HMAC_256")
    return str(created["KeyMetadata"]["Arn"])
