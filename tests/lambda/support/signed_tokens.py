"""Signs valid and invalid JSON Web Tokens."""

import base64
import hmac
import json
from collections.abc import Mapping

NOW = 1_800_000_000
KEY = b"k" * 32
ISSUER = "https://issuer.example.com"
AUDIENCE = "payments"

CLAIMS: Mapping[str, object] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "shop-17",
    "iat": NOW - 60,
    "exp": NOW + 600,
    "scope": "payments:write payments:read",
}
HEADER: Mapping[str, object] = {"alg": "HS256", "kid": "k1", "typ": "JWT"}


def base64url(content: bytes) -> str:
    """Encode as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def sign_text(header: str, payload: str, key: bytes = KEY, digest: str = "sha256") -> str:
    """Sign a header and a payload, both as JSON text."""
    signed = f"{base64url(header.encode())}.{base64url(payload.encode())}"
    return f"{signed}.{base64url(hmac.digest(key, signed.encode(), digest))}"


def sign(
    claims: Mapping[str, object] = CLAIMS,
    header: Mapping[str, object] = HEADER,
    key: bytes = KEY,
) -> str:
    """Sign claims."""
    return sign_text(json.dumps(header), json.dumps(claims), key)


def without(mapping: Mapping[str, object], name: str) -> dict[str, object]:
    """Return the mapping without one key."""
    return {key: value for key, value in mapping.items() if key != name}
