"""Keys that sign tokens: the form of their secret, and a cache.

The secret is `{"current": {"kid": ..., "key": ...}, "previous": {...} | null}`; `key` is base64url of at least 32 bytes
(RFC 7518, 3.2: a key is no shorter than the hash). `previous` is the key before the last rotation, so that a token
remains valid after one rotation.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.errors import MigrationError

MIN_KEY_BYTES: Final = 32
"""Minimum size of a key."""

KEYS_TTL: Final = 300.0
"""Seconds between two reads of the keys."""

UNKNOWN_KEY_TTL: Final = 1.0
"""Seconds between two reads for unknown key ids: a rotation is effective at once, without a read for each request."""

KEYS_MAX_STALE: Final = 3600.0
"""Seconds that the keys are used while the secret cannot be read; then every call fails."""

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


class InvalidKeys(MigrationError):
    """The secret has another form; the message names the part and contains no value."""


class KeysUnavailable(MigrationError):
    """The secret cannot be read, and the cached keys are too old."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Current and previous key by key id."""

    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        """Show the ids only: a key must not appear in a log or a traceback."""
        return f"KeyRing({sorted(self.keys)})"


def decode_base64url(text: str) -> bytes:
    """Return the bytes of unpadded base64url (RFC 7515, 2); raise ValueError for any other encoding of them."""
    if not _BASE64URL.fullmatch(text):
        raise ValueError("not base64url")
    try:
        decoded = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise ValueError("not base64url") from error
    if base64.urlsafe_b64encode(decoded).rstrip(b"=") != text.encode("ascii"):
        raise ValueError("not the canonical base64url")
    return decoded


def parse_keys(secret: str) -> KeyRing:
    """Return the keys in the secret's text; raise InvalidKeys if it has another form."""
    try:
        content = json.loads(secret)
    except ValueError:
        raise InvalidKeys("the key secret is not JSON") from None
    if not isinstance(content, dict):
        raise InvalidKeys("the key secret is not a JSON object")
    current_id, current = _parse_key(content.get("current"), "current")
    if content.get("previous") is None:
        return KeyRing({current_id: current})
    previous_id, previous = _parse_key(content["previous"], "previous")
    if previous_id == current_id:
        raise InvalidKeys("the key secret's current and previous key have the same id")
    return KeyRing({current_id: current, previous_id: previous})


def _parse_key(content: object, name: str) -> tuple[str, bytes]:
    if not isinstance(content, dict):
        raise InvalidKeys(f"the key secret has no {name} key")
    kid, key = content.get("kid"), content.get("key")
    if not isinstance(kid, str) or not kid:
        raise InvalidKeys(f"the {name} key has no kid")
    if not isinstance(key, str):
        raise InvalidKeys(f"the {name} key has no key")
    try:
        decoded = decode_base64url(key)
    except ValueError:
        raise InvalidKeys(f"the {name} key is not unpadded base64url") from None
    if len(decoded) < MIN_KEY_BYTES:
        raise InvalidKeys(f"the {name} key is shorter than {MIN_KEY_BYTES} bytes")
    return kid, decoded


class KeyCache:
    """Cache of the keys, which an unknown key id refreshes."""

    def __init__(self, read: Callable[[], KeyRing], clock: Callable[[], float]) -> None:
        """`read` returns the keys in the secret, `clock` the seconds since 1970.

        A monotonic clock may stop while Lambda freezes the function between calls.
        """
        self._read = read
        self._clock = clock
        self._ring: KeyRing | None = None
        self._read_at = 0.0
        self._tried_at = 0.0

    def find(self, kid: str) -> bytes | None:
        """Return the key with this id, None if it is unknown; raise KeysUnavailable without any keys."""
        ring = self._ring_younger_than(KEYS_TTL)
        if kid not in ring.keys:
            ring = self._ring_younger_than(UNKNOWN_KEY_TTL)
        return ring.keys.get(kid)

    def _ring_younger_than(self, age: float) -> KeyRing:
        now = self._clock()
        ring = self._ring
        if ring is not None and (0 <= now - self._read_at < age or 0 <= now - self._tried_at < UNKNOWN_KEY_TTL):
            return ring
        self._tried_at = now
        try:
            ring = self._read()
        except (BotoCoreError, ClientError, InvalidKeys) as error:
            log.error("keys-unreadable", error=type(error).__name__)
            if ring is None or now - self._read_at >= KEYS_MAX_STALE:
                raise KeysUnavailable(f"the key secret cannot be read: {type(error).__name__}") from error
            return ring
        self._ring, self._read_at = ring, now
        return ring
