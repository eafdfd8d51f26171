"""The rules: each sees a payment beside its customer's history, and says what is odd about it or nothing.

Weights are chances that such a payment is fraud, taken alone. Together they are the chance that not all of them are
wrong: 1 - (1 - a)(1 - b)…, so no sum passes 1, and one more reason never lowers the score.
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
"""How far back a customer's history is looked at."""

MOST: Final = 200
"""How many transactions of it, at most: the newest."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Scores above which a payment is blocked, or looked at by a person."""

    block: float
    review: float


@dataclass(frozen=True, slots=True)
class Case:
    """A payment beside its customer's other transactions, the newest first. `largest` is the limit of payments."""

    order: Order
    at: datetime
    history: Sequence[Transaction]
    largest: int

    def within(self, span: timedelta) -> list[Transaction]:
        """The transactions of the last while."""
        return [earlier for earlier in self.history if earlier.created_at > self.at - span]


Rule: TypeAlias = Callable[[Case], Reason | None]


def judge(case: Case, thresholds: Thresholds) -> Verdict:
    """Judge a payment by all rules."""
    reasons = tuple(reason for rule in RULES if (reason := rule(case)) is not None)
    score = round(1.0 - prod(1 - reason.weight for reason in reasons), 4)
    if score > thresholds.block:
        decision = Decision.BLOCK
    elif score > thresholds.review:
        decision = Decision.REVIEW
    else:
        decision = Decision.APPROVE
    return Verdict(decision, score, reasons)


def parse_thresholds(block: str, review: str) -> Thresholds:
    """Read the two parameters; ValueError where they are no scores, or out of order."""
    thresholds = Thresholds(float(block), float(review))
    if not 0 <= thresholds.review <= thresholds.block <= 1:
        raise ValueError("thresholds are from 0 to 1, and none is reviewed above what is blocked")
    return thresholds


def velocity(case: Case) -> Reason | None:
    """Many payments in a few minutes."""
    count = len(case.within(timedelta(minutes=10)))
    weight = _step(count, {5: 0.5, 10: 0.8, 20: 0.95})
    return Reason("velocity", weight, f"{count} payments in the 10 minutes before") if weight else None


def unusual_amount(case: Case) -> Reason | None:
    """Much more than the customer pays otherwise, in the same currency."""
    payment = case.order.payment
    usual = [earlier.amount for earlier in _taken(case.history) if earlier.currency == payment.currency]
    if len(usual) < _USUAL:
        return None
    times = payment.amount / median(usual)
    weight = _step(times, {5: 0.4, 10: 0.7, 25: 0.85})
    return Reason("unusual-amount", weight, f"{times:.0f} times what is usual") if weight else None


def large_first_payment(case: Case) -> Reason | None:
    """A stranger who pays more than half of what anybody may."""
    if _taken(case.history) or case.order.payment.amount * 2 <= case.largest:
        return None
    return Reason("large-first-payment", 0.5, "more than half of the limit, from a customer without history")


def another_currency(case: Case) -> Reason | None:
    """A currency that the customer never paid in."""
    known = {earlier.currency for earlier in _taken(case.history)}
    if not known or case.order.payment.currency in known:
        return None
    return Reason("another-currency", 0.3, f"never paid in before; paid in: {', '.join(sorted(known))}")


def many_cards(case: Case) -> Reason | None:
    """Several cards within an hour: somebody tries out numbers."""
    cards = {earlier.instrument for earlier in case.within(timedelta(hours=1))} | {instrument(case.order)}
    weight = _step(len(cards), {3: 0.5, 5: 0.8})
    return Reason("many-cards", weight, f"{len(cards)} cards within an hour") if weight else None


def declined_before(case: Case) -> Reason | None:
    """Payments that were declined the day before."""
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
"""Every rule."""

_USUAL: Final = 5
"""Payments that a habit needs."""


def _step(value: float, steps: dict[int, float]) -> float:
    """The weight of the highest step that is reached."""
    return max((weight for least, weight in steps.items() if value >= least), default=0.0)


def _taken(history: Iterable[Transaction]) -> list[Transaction]:
    return [earlier for earlier in history if earlier.status is Status.ACCEPTED]
