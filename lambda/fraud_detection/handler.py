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
from fraud_detection.rules import HISTORY, MAX_HISTORY, Case, Thresholds, parse_thresholds, score
from payments.messages import HEALTHY, Order, Verdict, action_of, order_from_json, verdict_to_json
from payments.payment import LIMITS, LIMITS_MAX_STALE, LIMITS_TTL, Limits, parse_limits
from payments.transactions import Table, Transaction

THRESHOLDS = ("fraud/block-above", "fraud/review-above")
"""Parameters with the arguments of `parse_thresholds`."""


@dataclass(frozen=True)
class FraudDetector:
    """Scores payments with the history in the table, and with the thresholds and limits of the parameters."""

    table: Table
    thresholds: Cached[Thresholds]
    limits: Cached[Limits]
    clock: Clock

    def score(self, order: Order) -> Verdict:
        """Return the verdict on a payment; a repetition leaves it out of its own history."""
        now = self.clock.now()
        history = self._history(order, now)
        return score(Case(order, now, history, self.limits.value().largest), self.thresholds.value())

    def prefetch(self) -> None:
        """Read everything that a score needs."""
        self.thresholds.value()
        self.limits.value()
        self.table.of_customer("-", self.clock.now(), 1)

    def _history(self, order: Order, now: datetime) -> list[Transaction]:
        latest = self.table.of_customer(order.customer, now - HISTORY, MAX_HISTORY)
        return [earlier for earlier in latest if earlier.id != order.id]


def handle(event: Mapping[str, Any], _context: object) -> Mapping[str, object]:
    """Serve a request of the pipeline."""
    action = action_of(event)
    try:
        match action:
            case "score":
                return _score(order_from_json(event.get("order")))
            case "health":
                _detector().prefetch()
                return HEALTHY
            case _:
                raise InvalidEvent(f"the action is {action!r}, allowed: score, health")
    except (BotoCoreError, ClientError) as error:
        log.warning("unavailable", reason=type(error).__name__)
        return {"outcome": "unavailable", "reason": type(error).__name__}


def _score(order: Order) -> Mapping[str, object]:
    verdict = _detector().score(order)
    log.info(
        "scored",
        payment=str(order.id),
        decision=verdict.decision.value,
        score=verdict.score,
        rules=[reason.rule for reason in verdict.reasons],
    )
    return {"outcome": "scored", "verdict": verdict_to_json(verdict)}


@cache
def _detector() -> FraudDetector:
    variables = Variables(os.environ)
    parameters = Parameters(clients.ssm(), variables.required("PARAMETER_PREFIX"))
    return FraudDetector(
        Table(clients.dynamodb(), variables.single_with_prefix("TABLE_")),
        Cached(lambda: parse_thresholds(*parameters.settings(*THRESHOLDS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time),
        Cached(lambda: parse_limits(*parameters.settings(*LIMITS)), LIMITS_TTL, LIMITS_MAX_STALE, time.time),
        Clock(),
    )
