"""Lambda authorizer of the API: decides whether a caller may use one method.

Environment: SIGNING_KEY_SECRET_ARN (secret with the keys, see `authorizer.keys`), ISSUER and AUDIENCE (required claims
`iss` and `aud`). The API must not cache the response, which is valid for one method.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from authorizer.bearer import Caller, Expected, Reason, Refused, verify
from authorizer.keys import KeyCache, KeyRing, parse_keys
from authorizer.methods import AuthorizerResponse, authorizer_response, parse_method, scope_of
from common import clients, log
from common.errors import InvalidEvent
from common.settings import Variables


class Unauthorized(Exception):
    """Error that API Gateway returns as 401, by its text; any other error becomes 500."""

    def __init__(self) -> None:
        """Set the text that API Gateway requires."""
        super().__init__("Unauthorized")


@dataclass(frozen=True)
class Settings:
    """Secret of the signing keys, and the required claims."""

    key_secret_arn: str
    expected: Expected


def parse_settings(variables: Variables) -> Settings:
    """Return the settings of the environment."""
    return Settings(
        variables.required("SIGNING_KEY_SECRET_ARN"),
        Expected(variables.required("ISSUER"), variables.required("AUDIENCE")),
    )


@dataclass(frozen=True)
class Authorizer:
    """Authorizes requests with one set of keys."""

    expected: Expected
    keys: KeyCache
    now: Callable[[], float]

    def authorize(self, event: Mapping[str, Any]) -> AuthorizerResponse:
        """Allow or deny this method to the caller; raise Refused if the token does not authenticate one."""
        try:
            method = parse_method(event["methodArn"])
        except (KeyError, TypeError, ValueError):
            raise InvalidEvent("the event has no method ARN") from None
        caller = self._caller(event)
        scope = scope_of(method)
        if scope is None or scope not in caller.scopes:
            log.warning("denied", principal=caller.subject, scope=scope)
            return authorizer_response(caller.subject, "Deny", method)
        log.info("allowed", principal=caller.subject, scope=scope)
        return authorizer_response(caller.subject, "Allow", method)

    def _caller(self, event: Mapping[str, Any]) -> Caller:
        return verify(bearer_token(event), self.expected, self.keys.find, self.now())


def bearer_token(event: Mapping[str, Any]) -> str:
    """Return the token in the only Authorization header (RFC 6750, 2.1)."""
    headers = event.get("multiValueHeaders") or {}
    values = [value for name, given in headers.items() if name.lower() == "authorization" for value in given]
    if not values:
        raise Refused(Reason.ABSENT)
    if len(values) > 1:
        raise Refused(Reason.REPEATED)
    scheme, _, token = values[0].partition(" ")
    if scheme.lower() != "bearer":
        raise Refused(Reason.SCHEME)
    return str(token)


def handle(event: Mapping[str, Any], _context: object) -> AuthorizerResponse:
    """Authorize a request of API Gateway."""
    try:
        return _authorizer().authorize(event)
    except Refused as refused:
        log.warning("unauthorized", reason=refused.reason.value)
        # Not chained: the runtime logs the error, and the log must contain nothing of the request.
        raise Unauthorized from None
    except Exception as error:
        # Lambda counts a refused token as an error too. A metric filter counts this event, for an alarm.
        log.error("authorization-failed", error=type(error).__name__)
        raise


@cache
def _authorizer() -> Authorizer:
    settings = parse_settings(Variables(os.environ))
    return Authorizer(settings.expected, KeyCache(lambda: _read_keys(settings.key_secret_arn), time.time), time.time)


def _read_keys(secret: str) -> KeyRing:
    return parse_keys(clients.secretsmanager().get_secret_value(SecretId=secret).get("SecretString", ""))
