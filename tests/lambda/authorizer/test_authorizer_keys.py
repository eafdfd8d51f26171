"""The secret of the keys, and the copy of it."""

import json

import pytest
from botocore.exceptions import EndpointConnectionError

from authorizer.keys import (
    KEPT_AT_MOST,
    RENEWED_AFTER,
    UNKNOWN_AFTER,
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
    """A secret that can change, fail and be counted, and a clock that stands still until told."""

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


def test_current_and_previous_key_are_read() -> None:
    ring = parse_keys(secret(current={"kid": "b", "key": KEY}, previous={"kid": "a", "key": "B" * 64}))
    assert ring == KeyRing({"b": decode_base64url(KEY), "a": decode_base64url("B" * 64)})


@pytest.mark.parametrize("previous", [{}, {"previous": None}])
def test_a_first_key_has_none_before_it(previous: dict[str, object]) -> None:
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
def test_a_secret_of_another_form_is_told_without_its_value(text: str, message: str) -> None:
    with pytest.raises(InvalidKeys, match=message) as invalid:
        parse_keys(text)
    assert KEY not in str(invalid.value)


def test_keys_are_not_shown() -> None:
    assert repr(KeyRing({"a": b"hidden"})) == "KeyRing(['a'])"


def test_the_secret_is_read_once_while_the_copy_is_young(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.now += RENEWED_AFTER - 1
    assert cache.find("old") == b"o" * 32
    assert source.reads == 1


def test_a_withdrawn_key_is_refused_once_the_copy_is_renewed(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = KeyRing({"new": b"n" * 32})
    source.now += RENEWED_AFTER
    assert cache.find("old") is None


def test_a_rotated_key_is_found_before_the_copy_is_old(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = KeyRing({"new": b"n" * 32, "old": b"o" * 32})
    source.now += UNKNOWN_AFTER
    assert cache.find("new") == b"n" * 32


def test_a_flood_of_unknown_keys_is_not_passed_on(source: Source, cache: KeyCache) -> None:
    for _ in range(100):
        assert cache.find("unknown") is None
    assert source.reads == 1


def test_the_copy_serves_on_while_the_secret_cannot_be_read(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = None
    source.now += KEPT_AT_MOST - 1
    assert cache.find("old") == b"o" * 32


def test_a_clock_set_back_renews_the_copy(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.now -= 60
    cache.find("old")
    assert source.reads == 2


def test_the_copy_does_not_serve_on_for_ever(source: Source, cache: KeyCache) -> None:
    cache.find("old")
    source.ring = None
    source.now += KEPT_AT_MOST
    with pytest.raises(KeysUnavailable, match="EndpointConnectionError"):
        cache.find("old")


def test_without_any_copy_a_failure_is_told(source: Source, cache: KeyCache) -> None:
    source.ring = None
    with pytest.raises(KeysUnavailable):
        cache.find("old")
