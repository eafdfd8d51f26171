import pytest

from common import clients
from support.hmac_keys import create_hmac_key
from validation.hash_key import derive_hash_key


@pytest.mark.usefixtures("aws")
def test_message_is_never_changed() -> None:
    # Another message would change every hash, so that findings of two runs were not comparable.
    key = create_hmac_key()
    mac = clients.kms().generate_mac(
        KeyId=key, Message=b"paymig validation row hash key 1", MacAlgorithm="HMAC_SHA_256"
    )
    assert derive_hash_key(clients.kms(), key) == mac["Mac"]


@pytest.mark.usefixtures("aws")
def test_each_kms_key_has_a_hash_key_of_256_bits() -> None:
    first, second = (derive_hash_key(clients.kms(), create_hmac_key()) for _ in range(2))
    assert first != second
    assert len(first) == len(second) == 32
