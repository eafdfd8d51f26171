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

SCORE_TIMEOUT = 3.0
"""Seconds of fraud detection."""

BOOKING_TIMEOUT = 9.0
"""Seconds of transaction processing; the sum fits into this function's own timeout of 15 (default)."""


class Context(Protocol):
    """Context of an invocation."""

    @property
    def invoked_function_arn(self) -> str:
        """The invoked ARN: of the function, or of its alias."""


def handle(event: Mapping[str, Any], context: Context) -> dict[str, object]:
    """Serve a request of the load balancer."""
    return serve(event, lambda request: respond(_api(qualifier_of(context.invoked_function_arn)), request))


@cache
def _api(qualifier: str | None) -> Api:
    variables = Variables(os.environ)
    return Api(
        _limits(),
        Callee(clients.functions(SCORE_TIMEOUT), variables.required("FUNCTION_FRAUD_DETECTION"), qualifier),
        Callee(clients.functions(BOOKING_TIMEOUT), variables.required("FUNCTION_TRANSACTION_PROCESSING"), qualifier),
    )


@cache
def _limits() -> Cached[Limits]:
    parameters = Parameters(clients.ssm(), Variables(os.environ).required("PARAMETER_PREFIX"))
    return Cached(lambda: parse_limits(*parameters.settings(*LIMITS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time)
