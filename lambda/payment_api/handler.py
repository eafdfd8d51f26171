"""Lambda handler of the payment API behind the load balancer.

Environment: PARAMETER_PREFIX (`/writer`, `/limits/currency` and `/limits/largest-payment` are read below it), and that
of `payments.writer_settings`. The API sets the header `x-principal` to the authenticated caller, which keeps callers
apart.
"""

import os
import time
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import uuid4

from common import clients
from common.cache import Cached
from common.parameters import Parameters
from common.settings import Variables
from payment_api.api import Api
from payments.http import serve
from payments.payment import LIMITS, LIMITS_MAX_STALE, LIMITS_TTL, parse_limits
from payments.routes import respond
from payments.writer_settings import connect_to_writer, parse_writer_settings


def handle(event: Mapping[str, Any], _context: object) -> dict[str, object]:
    """Serve a request of the load balancer."""
    return serve(event, lambda request: respond(_api(), request))


@cache
def _api() -> Api:
    variables = Variables(os.environ)
    parameters = Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX"))
    return Api(
        connect_to_writer(parse_writer_settings(variables), parameters),
        Cached(lambda: parse_limits(*parameters.settings(*LIMITS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time),
        uuid4,
    )
