"""Lambda handler that scores payments for the payment pipeline.

Environment: PARAMETER_PREFIX (`/fraud/block-above`, `/fraud/review-above` and the limits are read below it), and one
variable `TABLE_…` (the table of transactions).

`{"action": "score", "order": …}` returns `{"outcome": "scored", "verdict": …}`, or
`{"outcome": "unavailable", "reason": …}` if a retry may succeed. `{"action": "health"}` checks the table and the
parameters.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from common import clients, log
from common.cache import Cached
from common.clock import Clock
from common.errors import InvalidEvent
from common.parameters import Parameters
from common.settings import Variables
from fraud_detection.rules import HISTORY, MOST, Case, Thresholds, judge, parse_thresholds
from payments.messages import HEALTHY, Order, Verdict, action, order_from_json, verdict_to_json
from payments.payment import LIMITS, LIMITS_MAX_STALE, LIMITS_TTL, Limits, parse_limits
from payments.transactions import Table, Transaction

THRESHOLDS = ("fraud/block-above", "fraud/review-above")
"""The parameters that `parse_thresholds` takes."""


@dataclass(frozen=True)
class Detection:
    """Where the history and the thresholds are."""

    table: Table
    thresholds: Cached[Thresholds]
    limits: Cached[Limits]
    clock: Clock

    def judge(self, order: Order) -> Verdict:
        """Judge a payment beside its customer's others; it may itself be among them, when a call is repeated."""
        now = self.clock.now()
        history = self._history(order, now)
        return judge(Case(order, now, history, self.limits.value().largest), self.thresholds.value())

    def look(self) -> None:
        """Read what every judgement needs."""
        self.thresholds.value()
        self.limits.value()
        self.table.of_customer("-", self.clock.now(), 1)

    def _history(self, order: Order, now: datetime) -> list[Transaction]:
        latest = self.table.of_customer(order.customer, now - HISTORY, MOST)
        return [earlier for earlier in latest if earlier.id != order.id]


def handle(event: Mapping[str, Any], _context: object) -> Mapping[str, object]:
    """Answer the pipeline."""
    asked = action(event)
    try:
        match asked:
            case "score":
                return _score(order_from_json(event.get("order")))
            case "health":
                _detection().look()
                return HEALTHY
            case _:
                raise InvalidEvent("the action is none of score, health")
    except (BotoCoreError, ClientError) as error:
        log.warning("unavailable", reason=type(error).__name__)
        return {"outcome": "unavailable", "reason": type(error).__name__}


def _score(order: Order) -> Mapping[str, object]:
    verdict = _detection().judge(order)
    log.info(
        "scored",
        payment=str(order.id),
        decision=verdict.decision.value,
        score=verdict.score,
        rules=[reason.rule for reason in verdict.reasons],
    )
    return {"outcome": "scored", "verdict": verdict_to_json(verdict)}


@cache
def _detection() -> Detection:
    variables = Variables(os.environ)
    parameters = Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX"))
    return Detection(
        Table(clients.dynamodb(), variables.single_with_prefix("TABLE_")),
        Cached(lambda: parse_thresholds(*parameters.settings(*THRESHOLDS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time),
        Cached(lambda: parse_limits(*parameters.settings(*LIMITS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time),
        Clock(),
    )
