"""Bearer tokens: JSON Web Signatures in compact form, HS256 and nothing else (RFC 7515, 7519, 8725)."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from authorizer.keys import decode_base64url
from common.json_object import NotAnObject, parse_object

MAX_TOKEN_CHARACTERS: Final = 4096
"""Limit of a token; API Gateway limits all headers together to 10,240 bytes."""

MAX_LIFETIME_SECONDS: Final = 3600
"""Limit from `iat` to `exp`: after a rotation the previous key is needed no longer than that."""

CLOCK_SKEW_SECONDS: Final = 30
"""Accepted difference between the clocks of the issuer and this function."""

_SUBJECT: Final = re.compile(r"[A-Za-z0-9._@:|-]{1,128}")


class Reason(Enum):
    """Reason of a rejection; safe to log, since it contains no part of the token."""

    ABSENT = "absent"
    REPEATED = "repeated"
    SCHEME = "scheme"
    FORM = "form"
    ALGORITHM = "algorithm"
    KEY = "key"
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    SUBJECT = "subject"
    TIMES = "times"
    LIFETIME = "lifetime"
    EARLY = "early"
    EXPIRED = "expired"
    SCOPE = "scope"


class Refused(Exception):
    """The token is rejected for `reason`."""

    def __init__(self, reason: Reason) -> None:
        """Store the reason."""
        super().__init__(reason.value)
        self.reason: Final = reason


@dataclass(frozen=True, slots=True)
class Expected:
    """Required issuer and audience of a token."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Authenticated caller, and the scopes that the issuer granted."""

    subject: str
    scopes: frozenset[str]


def verify(token: str, expected: Expected, find_key: Callable[[str], bytes | None], now: float) -> Caller:
    """Return the caller that this token authenticates at `now` (seconds since 1970), or raise Refused.

    The payload is not parsed before the signature is verified.
    """
    signed, payload, signature = _split(token)
    header, _, _ = signed.partition(".")
    key = find_key(_key_id(_json_object(_decode(header))))
    if key is None:
        raise Refused(Reason.KEY)
    if not hmac.compare_digest(hmac.digest(key, signed.encode("ascii"), "sha256"), _decode(signature)):
        raise Refused(Reason.SIGNATURE)
    return _caller(_json_object(_decode(payload)), expected, now)


def _split(token: str) -> tuple[str, str, str]:
    if len(token) > MAX_TOKEN_CHARACTERS or not token.isascii():
        raise Refused(Reason.FORM)
    parts = token.split(".")
    if len(parts) != 3:
        raise Refused(Reason.FORM)
    header, payload, signature = parts
    return f"{header}.{payload}", payload, signature


def _key_id(header: dict[str, object]) -> str:
    if header.get("alg") != "HS256":
        raise Refused(Reason.ALGORITHM)
    # An extension that the recipient must support (RFC 7515, 4.1.11); none is supported.
    if "crit" in header:
        raise Refused(Reason.FORM)
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise Refused(Reason.KEY)
    return kid


def _caller(claims: dict[str, object], expected: Expected, now: float) -> Caller:
    if claims.get("iss") != expected.issuer:
        raise Refused(Reason.ISSUER)
    audience = claims.get("aud")
    if expected.audience not in (audience if isinstance(audience, list) else [audience]):
        raise Refused(Reason.AUDIENCE)
    _check_times(claims, now)
    subject = claims.get("sub")
    if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
        raise Refused(Reason.SUBJECT)
    scope = claims.get("scope", "")
    if not isinstance(scope, str):
        raise Refused(Reason.SCOPE)
    return Caller(subject, frozenset(scope.split()))


def _check_times(claims: dict[str, object], now: float) -> None:
    issued, expires = _seconds(claims.get("iat")), _seconds(claims.get("exp"))
    not_before = _seconds(claims.get("nbf", issued))
    if not 0 < expires - issued <= MAX_LIFETIME_SECONDS:
        raise Refused(Reason.LIFETIME)
    if now + CLOCK_SKEW_SECONDS < max(issued, not_before):
        raise Refused(Reason.EARLY)
    if now - CLOCK_SKEW_SECONDS >= expires:
        raise Refused(Reason.EXPIRED)


def _seconds(claim: object) -> int:
    if not isinstance(claim, int) or isinstance(claim, bool):
        raise Refused(Reason.TIMES)
    return claim


def _decode(part: str) -> bytes:
    try:
        return decode_base64url(part)
    except ValueError:
        raise Refused(Reason.FORM) from None


def _json_object(text: bytes) -> dict[str, object]:
    try:
        return parse_object(text)
    except NotAnObject:
        raise Refused(Reason.FORM) from None
