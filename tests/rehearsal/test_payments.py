"""The audit of a rehearsal finds payments that are lost, doubled or unrequested."""

from collections.abc import Callable

from rehearsal.payments import Acknowledgement, PaymentLoad, audit


def load(*acknowledged: str, offered: tuple[str, ...] = ()) -> PaymentLoad:
    """Return a load that has ended."""
    acknowledgements = [Acknowledgement(key, "new", 100.0 + number) for number, key in enumerate(acknowledged)]
    return PaymentLoad(lambda: lambda _: None, [*acknowledged, *offered], acknowledgements)


def rows(*keys: str) -> Callable[[], list[str]]:
    """Return the rows of the writer."""
    return lambda: [*keys]


def test_payments_that_exist_once_are_correct() -> None:
    found = audit("cutover", "target", load("a", "b", offered=("pending",)), rows("a", "b", "pending"))
    assert found.is_correct
    assert (found.offered, found.acknowledged) == (3, 2)


def test_lost_payment_is_found() -> None:
    found = audit("cutover", "target", load("a", "b"), rows("a"))
    assert (found.lost, found.doubled, found.unrequested, found.is_correct) == (1, 0, 0, False)


def test_doubled_payment_is_found() -> None:
    found = audit("cutover", "target", load("a", "b"), rows("a", "b", "b"))
    assert (found.lost, found.doubled, found.unrequested, found.is_correct) == (0, 1, 0, False)


def test_payment_without_a_request_is_found() -> None:
    found = audit("cutover", "target", load("a"), rows("a", "c"))
    assert (found.lost, found.doubled, found.unrequested, found.is_correct) == (0, 0, 1, False)


def test_longest_gap_overlaps_the_period() -> None:
    times = [100.0, 101.0, 105.0, 106.0, 116.0]
    generated = PaymentLoad(lambda: lambda _: None, [], [Acknowledgement("", "old", at) for at in times])
    assert generated.longest_gap_seconds(102.0, 103.0) == 4.0
    assert generated.longest_gap_seconds(105.5, 107.0) == 10.0
