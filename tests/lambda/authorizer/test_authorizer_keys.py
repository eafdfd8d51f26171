"""The signing keys: parsing of the secret, and the cache."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError

from authorizer.keys import (
    KEYS_MAX_STALE,
    KEYS_TTL,
    UNKNOWN_KEY_TTL,
    InvalidKeys,
    KeyCache,
    KeyRing,
    KeysUnavailable,
    decode_base64url,
    parse_keys,
)

KEY = "A" * 64


def secret(**members: object) -> str:
    return json.dumps(members)


class Source:
    """A secret that can change and fail, with a count of reads, and a clock that tests set."""

    def __init__(self, ring: KeyRing) -> None:
        self.ring: KeyRing | None = ring
        self.reads = 0
        self.now = 1000.0

    def read(self) -> KeyRing:
        self.reads += 1
        if self.ring is None:
            raise EndpointConnectionError(endpoint_url="https://secretsmanager")
        return self.ring

    def clock(self) -> float:
        return self.now


@pytest.fixture
def source() -> Source:
    return Source(KeyRing({"old": b"o" * 32}))


@pytest.fixture
def cache(source: Source) -> KeyCache:
    return KeyCache(source.read, source.clock)


def test_current_and_previous_key_are_parsed() -> None:
    ring = parse_keys(secret(current={"kid": "b", "key": KEY}, previous={"kid": "a", "key": "B" * 64}))
    assert ring == KeyRing({"b": decode_base64url(KEY), "a": decode_base64url("B" * 64)})


@pytest.mark.parametrize("previous", [{}, {"previous": None}])
def test_first_key_has_no_previous_key(previous: dict[str, object]) -> None:
    assert list(parse_keys(secret(current={"kid": "a", "key": KEY}, **previous)).keys) == ["a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("placeholder", "not JSON"),
        ("[]", "not a JSON object"),
        ("{}", "no current key"),
        (secret(current={"key": KEY}), "the current key has no kid"),
        (secret(current={"kid": "a"}), "the current key has no key"),
        (secret(current={"kid": "a", "key": "A" * 40}), "shorter than 32 bytes"),
        (secret(current={"kid": "a", "key": KEY + "="}), "not unpadded base64url"),
        (secret(current={"kid": "a", "key": KEY + "A"}), "not unpadded base64url"),
        (secret(current={"kid": "a", "key": KEY}, previous={"kid": "a", "key": KEY}), "the same id"),
        (secret(current={"kid": "a", "key": KEY}, previous={"kid": "b"}), "the previous key has no key"),
    ],
)
def test_malformed_secret_is_reported_without_its_value(text: str, message: str) -> None:
    with pytest.raises(InvalidKeys, match=message) as invalid:
        parse_keys(text)
    assert KEY not in str(invalid.value)


def test_repr_does_not_contain_the_keys() -> None:
    assert repr(KeyRing({"a": b"hidden"})) == "KeyRing(['a'])"


def test_secret_is_read_once_within_its_ttl(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.now += KEYS_TTL - 1
    assert cache.find("old") == b"o" * 32
    assert source.reads == 1


def test_removed_key_is_rejected_after_a_refresh(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = KeyRing({"new": b"n" * 32})
    source.now += KEYS_TTL
    assert cache.find("old") is None


def test_unknown_key_id_refreshes_within_the_ttl(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = KeyRing({"new": b"n" * 32, "old": b"o" * 32})
    source.now += UNKNOWN_KEY_TTL
    assert cache.find("new") == b"n" * 32


def test_repeated_unknown_key_ids_do_not_refresh_each_time(source: Source, cache: KeyCache) -> None:
    for _ in range(100):
        assert cache.find("unknown") is None
    assert source.reads == 1


def test_stale_keys_are_used_while_the_secret_is_unreadable(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = None
    source.now += KEYS_MAX_STALE - 1
    assert cache.find("old") == b"o" * 32


def test_clock_set_back_refreshes_the_keys(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.now -= 60
    cache.find("old")
    assert source.reads == 2


def test_stale_keys_expire(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = None
    source.now += KEYS_MAX_STALE
    with pytest.raises(KeysUnavailable, match="EndpointConnectionError"):
        cache.find("old")


def test_first_read_failure_is_raised(source: Source, cache: KeyCache) -> None:
    source.ring = None
    with pytest.raises(KeysUnavailable):
        cache.find("old")
