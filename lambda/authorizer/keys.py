"""The keys that sign tokens: their secret's form, and a copy of it that is renewed in time.

The secret is `{"current": {"kid": ..., "key": ...}, "previous": {...} | null}`; `key` is base64url of at
least 32 bytes (RFC 7518, 3.2: a key is no shorter than the hash). `previous` is the key before the last rotation, so
that a token outlives one rotation.
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

SHORTEST_KEY: Final = 32
"""Bytes of a key, at least."""

RENEWED_AFTER: Final = 300.0
"""Seconds that a copy of the keys is used without looking again."""

UNKNOWN_AFTER: Final = 1.0
"""Seconds between two looks for an unknown key id: a rotation is seen at once, a flood is not passed on."""

KEPT_AT_MOST: Final = 3600.0
"""Seconds that a copy serves on while the secret cannot be read; then every call fails until it can."""

_BASE64URL: Final = re.compile(r"[A-Za-z0-9_-]*")


class InvalidKeys(MigrationError):
    """The secret does not hold keys in the form above; the message names the part, never a value."""


class KeysUnavailable(MigrationError):
    """The secret cannot be read, and no copy is young enough."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their id, the current one and the one before it."""

    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        """Tell the ids alone: a key must not reach a log or a traceback."""
        return f"KeyRing({sorted(self.keys)})"


def decode_base64url(text: str) -> bytes:
    """Decode unpadded base64url (RFC 7515, 2); ValueError for any other spelling of the same bytes."""
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
    """Read the secret's text; InvalidKeys where it has another form."""
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
    if len(decoded) < SHORTEST_KEY:
        raise InvalidKeys(f"the {name} key is shorter than {SHORTEST_KEY} bytes")
    return kid, decoded


class KeyCache:
    """A copy of the keys that is renewed after a while, and when a key id is unknown."""

    def __init__(self, read: Callable[[], KeyRing], clock: Callable[[], float]) -> None:
        """Use `read` to look at the secret and `clock` (seconds since 1970) to tell how old the copy is.

        The wall clock, for a function is frozen between calls and a monotonic clock may stand still meanwhile.
        """
        self._read = read
        self._clock = clock
        self._ring: KeyRing | None = None
        self._read_at = 0.0
        self._tried_at = 0.0

    def find(self, kid: str) -> bytes | None:
        """Give the key with this id, or nothing; KeysUnavailable where the keys are not known."""
        ring = self._ring_younger_than(RENEWED_AFTER)
        if kid not in ring.keys:
            ring = self._ring_younger_than(UNKNOWN_AFTER)
        return ring.keys.get(kid)

    def _ring_younger_than(self, age: float) -> KeyRing:
        now = self._clock()
        ring = self._ring
        if ring is not None and (0 <= now - self._read_at < age or 0 <= now - self._tried_at < UNKNOWN_AFTER):
            return ring
        self._tried_at = now
        try:
            ring = self._read()
        except (BotoCoreError, ClientError, InvalidKeys) as error:
            log.error("keys-unreadable", error=type(error).__name__)
            if ring is None or now - self._read_at >= KEPT_AT_MOST:
                raise KeysUnavailable(f"the key secret cannot be read: {type(error).__name__}") from error
            return ring
        self._ring, self._read_at = ring, now
        return ring
