"""Lambda handler of the payment pipeline behind the load balancer.

Environment: PARAMETER_PREFIX (`/limits/currency` and `/limits/largest-payment` are read below it),
FUNCTION_FRAUD_DETECTION and FUNCTION_TRANSACTION_PROCESSING (names of the functions that it invokes). The API sets the
header `x-principal` to the authenticated caller; it keeps callers apart.

It invokes the other functions through the alias that it was invoked through: blue invokes blue.
"""

import os
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Protocol

from common import clients
from common.cache import Cached
from common.parameters import Parameters
from common.settings import Variables
from payment_validation.api import Api
from payment_validation.calls import Callee, qualifier_of
from payments.http import serve
from payments.payment import LIMITS, LIMITS_MAX_STALE, LIMITS_TTL, Limits, parse_limits
from payments.routes import respond

JUDGING = 3.0
"""Seconds that fraud detection may take."""

BOOKING = 9.0
"""Seconds that the transaction may take; together inside the function's own 15, as the stack file gives by default."""


class Context(Protocol):
    """What Lambda tells of the call."""

    @property
    def invoked_function_arn(self) -> str:
        """The ARN that was called: of the function, or of its alias."""


def handle(event: Mapping[str, Any], context: Context) -> dict[str, object]:
    """Answer the load balancer."""
    return serve(event, lambda request: respond(_api(qualifier_of(context.invoked_function_arn)), request))


@cache
def _api(qualifier: str | None) -> Api:
    variables = Variables(os.environ)
    return Api(
        _limits(),
        Callee(clients.functions(JUDGING), variables.required("FUNCTION_FRAUD_DETECTION"), qualifier),
        Callee(clients.functions(BOOKING), variables.required("FUNCTION_TRANSACTION_PROCESSING"), qualifier),
    )


@cache
def _limits() -> Cached[Limits]:
    parameters = Parameters(clients.ssm(), Variables(os.environ).required("PARAMETER_PREFIX"))
    return Cached(lambda: parse_limits(*parameters.settings(*LIMITS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time)
