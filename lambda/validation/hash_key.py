"""The key of the row hashes, derived from a KMS key.

One request per chunk that differs derives it: a request per row would be slow and costly. It is never stored.
"""

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient

_MESSAGE: Final = b"paymig validation row hash key 1"
"""Never changed: every invocation derives the same key, so that hashes of two runs are comparable."""


def derive_hash_key(client: "KMSClient", hmac_key_arn: str) -> bytes:
    """Return the HMAC-SHA-256 of the message, under an HMAC KMS key (NIST SP 800-108: a PRF as key derivation)."""
    response = client.generate_mac(KeyId=hmac_key_arn, Message=_MESSAGE, MacAlgorithm="HMAC_SHA_256")
    derived: bytes = response["Mac"]
    return derived
