"""Rules of fraud detection: each compares a payment with its customer's history, and returns a reason or None.

A weight is the probability of fraud by one rule alone. The score combines them as 1 - (1 - a)(1 - b)…: it never exceeds
1, and another reason never lowers it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import prod
from statistics import median
from typing import Final, TypeAlias

from payments.messages import Decision, Order, Reason, Verdict
from payments.transactions import Status, Transaction, instrument

HISTORY: Final = timedelta(days=30)
"""Period of a customer's history."""

MAX_HISTORY: Final = 200
"""Transactions of it, at most: the newest."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores above which a payment is blocked, or reviewed manually."""

    block: float
    review: float


@dataclass(frozen=True, slots=True)
class Case:
    """Payment with its customer's other transactions, the newest first. `largest` is the limit of payments."""

    order: Order
    at: datetime
    history: Sequence[Transaction]
    largest: int

    def within(self, period: timedelta) -> list[Transaction]:
        """Return the transactions of the last `period`."""
        return [earlier for earlier in self.history if earlier.created_at > self.at - period]


Rule: TypeAlias = Callable[[Case], Reason | None]


def score(case: Case, thresholds: Thresholds) -> Verdict:
    """Return the verdict of all rules."""
    reasons = tuple(reason for rule in RULES if (reason := rule(case)) is not None)
    total = round(1.0 - prod(1 - reason.weight for reason in reasons), 4)
    if total > thresholds.block:
        decision = Decision.BLOCK
    elif total > thresholds.review:
        decision = Decision.REVIEW
    else:
        decision = Decision.APPROVE
    return Verdict(decision, total, reasons)


def parse_thresholds(block: str, review: str) -> Thresholds:
    """Return the thresholds in the two parameters; raise ValueError if they are no scores, or out of order."""
    thresholds = Thresholds(float(block), float(review))
    if not 0 <= thresholds.review <= thresholds.block <= 1:
        raise ValueError("thresholds must be from 0 to 1, and the one for review at most the one for blocking")
    return thresholds


def velocity(case: Case) -> Reason | None:
    """Detect many payments within minutes."""
    count = len(case.within(timedelta(minutes=10)))
    weight = _step(count, {5: 0.5, 10: 0.8, 20: 0.95})
    return Reason("velocity", weight, f"{count} payments in the 10 minutes before") if weight else None


def unusual_amount(case: Case) -> Reason | None:
    """Detect an amount far above the customer's median in this currency."""
    payment = case.order.payment
    usual = [earlier.amount for earlier in _accepted(case.history) if earlier.currency == payment.currency]
    if len(usual) < _MIN_HISTORY:
        return None
    ratio = payment.amount / median(usual)
    weight = _step(ratio, {5: 0.4, 10: 0.7, 25: 0.85})
    return Reason("unusual-amount", weight, f"{ratio:.0f} times the median") if weight else None


def large_first_payment(case: Case) -> Reason | None:
    """Detect a first payment of more than half of the limit."""
    if _accepted(case.history) or case.order.payment.amount * 2 <= case.largest:
        return None
    return Reason("large-first-payment", 0.5, "more than half of the limit, from a customer without history")


def another_currency(case: Case) -> Reason | None:
    """Detect a currency that is new for the customer."""
    known = {earlier.currency for earlier in _accepted(case.history)}
    if not known or case.order.payment.currency in known:
        return None
    return Reason("another-currency", 0.3, f"never paid in before; paid in: {', '.join(sorted(known))}")


def many_cards(case: Case) -> Reason | None:
    """Detect several cards within an hour, as in card testing."""
    cards = {earlier.instrument for earlier in case.within(timedelta(hours=1))} | {instrument(case.order)}
    weight = _step(len(cards), {3: 0.5, 5: 0.8})
    return Reason("many-cards", weight, f"{len(cards)} cards within an hour") if weight else None


def declined_before(case: Case) -> Reason | None:
    """Detect payments that were declined within a day."""
    count = sum(earlier.status is Status.DECLINED for earlier in case.within(timedelta(days=1)))
    weight = _step(count, {1: 0.3, 3: 0.6})
    return Reason("declined-before", weight, f"{count} payments declined within a day") if weight else None


RULES: Final[tuple[Rule, ...]] = (
    velocity,
    unusual_amount,
    large_first_payment,
    another_currency,
    many_cards,
    declined_before,
)
"""All rules."""

_MIN_HISTORY: Final = 5
"""Accepted payments that a median needs, at least."""


def _step(value: float, steps: dict[int, float]) -> float:
    """Return the weight of the highest step that `value` reaches."""
    return max((weight for minimum, weight in steps.items() if value >= minimum), default=0.0)


def _accepted(history: Iterable[Transaction]) -> list[Transaction]:
    return [earlier for earlier in history if earlier.status is Status.ACCEPTED]
