"""The fraud rules and their scores."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from fraud_detection.rules import Case, Thresholds, parse_thresholds, score
from payments.messages import Decision, Order, Verdict
from payments.payment import PaymentRequest
from payments.transactions import Status, Transaction, begin

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
THRESHOLDS = Thresholds(0.9, 0.6)


def order(amount: int = 1000, currency: str = "EUR", token: str = "tok_usual", key: str = "k") -> Order:
    return Order("AIDA1", key, "cus-17", PaymentRequest(amount, currency, token))


def earlier(
    ago: timedelta,
    status: Status = Status.ACCEPTED,
    amount: int = 1000,
    currency: str = "EUR",
    token: str = "tok_usual",
) -> Transaction:
    verdict = Verdict(Decision.APPROVE, 0.0, ())
    return begin(order(amount, currency, token, str(ago)), verdict, NOW - ago).finished(status)


def verdict_on(wanted: Order, *history: Transaction) -> Verdict:
    return score(Case(wanted, NOW, history, 100_000), THRESHOLDS)


def rules(verdict: Verdict) -> dict[str, float]:
    return {reason.rule: reason.weight for reason in verdict.reasons}


def usual_payments(count: int = 10) -> list[Transaction]:
    return [earlier(timedelta(days=day)) for day in range(2, 2 + count)]


def test_usual_payment_is_approved_without_reasons() -> None:
    assert verdict_on(order(), *usual_payments()) == Verdict(Decision.APPROVE, 0.0, ())


def test_small_first_payment_is_approved() -> None:
    assert verdict_on(order()).decision is Decision.APPROVE


def test_large_first_payment_raises_the_score() -> None:
    assert rules(verdict_on(order(50_001))) == {"large-first-payment": 0.5}


@pytest.mark.parametrize(("count", "weight"), [(4, None), (5, 0.5), (10, 0.8), (20, 0.95)])
def test_payments_within_ten_minutes_raise_the_score(count: int, weight: float | None) -> None:
    many = [earlier(timedelta(seconds=20 * number)) for number in range(count)]
    assert rules(verdict_on(order(), *many)).get("velocity") == weight


def test_payments_an_hour_ago_do_not_count_as_velocity() -> None:
    assert "velocity" not in rules(verdict_on(order(), *(earlier(timedelta(hours=1, seconds=n)) for n in range(30))))


@pytest.mark.parametrize(("amount", "weight"), [(4_999, None), (5_000, 0.4), (10_000, 0.7), (25_000, 0.85)])
def test_amount_above_the_usual_raises_the_score(amount: int, weight: float | None) -> None:
    assert rules(verdict_on(order(amount), *usual_payments())).get("unusual-amount") == weight


def test_four_payments_define_no_usual_amount() -> None:
    assert "unusual-amount" not in rules(verdict_on(order(25_000), *usual_payments(4)))


def test_declined_payments_define_no_usual_amount() -> None:
    declined = [earlier(timedelta(days=day), Status.DECLINED) for day in range(2, 12)]
    assert "unusual-amount" not in rules(verdict_on(order(25_000), *declined))


def test_new_currency_raises_the_score() -> None:
    assert rules(verdict_on(order(currency="USD"), *usual_payments())) == {"another-currency": 0.3}


@pytest.mark.parametrize(("cards", "weight"), [(1, None), (2, 0.5), (4, 0.8)])
def test_several_cards_within_an_hour_raise_the_score(cards: int, weight: float | None) -> None:
    tried = [earlier(timedelta(minutes=20 + n), token=f"tok_other{n}") for n in range(cards)]
    assert rules(verdict_on(order(), *tried)).get("many-cards") == weight


@pytest.mark.parametrize(("count", "weight"), [(1, 0.3), (3, 0.6)])
def test_earlier_decline_raises_the_score(count: int, weight: float) -> None:
    declined = [earlier(timedelta(hours=2 + n), Status.DECLINED) for n in range(count)]
    assert rules(verdict_on(order(), *declined)) == {"declined-before": weight}


def test_score_of_all_reasons_is_below_one() -> None:
    history = [*usual_payments(), *(earlier(timedelta(seconds=n)) for n in range(20))]
    verdict = verdict_on(order(100_000, "USD"), *history)
    assert verdict.score == pytest.approx(1 - (1 - 0.95) * (1 - 0.3))
    assert verdict.decision is Decision.BLOCK


@pytest.mark.parametrize(("threshold", "decision"), [(0.5, Decision.APPROVE), (0.49, Decision.REVIEW)])
def test_score_at_the_threshold_is_not_above_it(threshold: float, decision: Decision) -> None:
    verdict = score(Case(order(50_001), NOW, (), 100_000), Thresholds(0.9, threshold))
    assert verdict.decision is decision


def test_repeated_order_has_the_same_id() -> None:
    assert order().id == order(amount=5).id == UUID(str(order().id))
    assert order().id != order(key="other").id


def test_thresholds_are_parsed() -> None:
    assert parse_thresholds("0.9", "0.6") == THRESHOLDS


@pytest.mark.parametrize(
    ("block", "review"), [("0.5", "0.6"), ("1.1", "0.6"), ("0.9", "-0.1"), ("nan", "0"), ("x", "0")]
)
def test_invalid_thresholds_are_rejected(block: str, review: str) -> None:
    with pytest.raises(ValueError, match=r"threshold|convert"):
        parse_thresholds(block, review)
