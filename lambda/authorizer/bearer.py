"""Bearer tokens: JSON Web Signatures in compact form, HS256 and nothing else (RFC 7515, 7519; advice of RFC 8725)."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Final

from authorizer.keys import decode_base64url
from common.json_object import NotAnObject, parse_object

LONGEST_TOKEN: Final = 4096
"""Characters of a token, at most; API Gateway itself ends at 10,240 bytes for all headers."""

LONGEST_LIFETIME: Final = 3600
"""Seconds from `iat` to `exp`, at most: the previous key need not be trusted for longer than that after a rotation."""

SKEW: Final = 30
"""Seconds by which the issuer's clock and ours may differ."""

_SUBJECT: Final = re.compile(r"[A-Za-z0-9._@:|-]{1,128}")


class Reason(Enum):
    """Why a token is refused; safe to log, for none holds anything of the token."""

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
    """The token is not to be believed; `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason.value)
        self.reason: Final = reason


@dataclass(frozen=True, slots=True)
class Expected:
    """Whom a token must come from and be meant for."""

    issuer: str
    audience: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, and what the issuer lets them do."""

    subject: str
    scopes: frozenset[str]


def verify(token: str, expected: Expected, find_key: Callable[[str], bytes | None], now: float) -> Caller:
    """Give the caller whom this token proves at `now` (seconds since 1970), or raise Refused.

    Nothing in the payload is read before the signature holds.
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
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise Refused(Reason.FORM)
    parts = token.split(".")
    if len(parts) != 3:
        raise Refused(Reason.FORM)
    header, payload, signature = parts
    return f"{header}.{payload}", payload, signature


def _key_id(header: dict[str, object]) -> str:
    if header.get("alg") != "HS256":
        raise Refused(Reason.ALGORITHM)
    # An extension that must be understood (RFC 7515, 4.1.11), and none is.
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
    begins = _seconds(claims.get("nbf", issued))
    if not 0 < expires - issued <= LONGEST_LIFETIME:
        raise Refused(Reason.LIFETIME)
    if now + SKEW < max(issued, begins):
        raise Refused(Reason.EARLY)
    if now - SKEW >= expires:
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
