"""Which payments are taken."""

import json

import pytest

from common.cards import holds_card_number, looks_like_card_number
from payments.payment import (
    Limits,
    Malformed,
    PaymentRequest,
    Unacceptable,
    parse_customer,
    parse_idempotency_key,
    parse_limits,
    parse_members,
    parse_principal,
)
from payments.payment import parse_payment as parse_payment_of

LIMITS = Limits(frozenset({"USD", "EUR"}), 100_000)
CARD = "4111111111111111"


def body(**members: object) -> bytes:
    return json.dumps({"amount": 1250, "currency": "EUR", "token": "tok_7f3a91c2", **members}).encode()


def parse_payment(content: bytes, limits: Limits) -> PaymentRequest:
    return parse_payment_of(parse_members(content, frozenset({"amount", "currency", "token"})), limits)


def test_a_payment_is_read() -> None:
    assert parse_payment(body(), LIMITS) == PaymentRequest(1250, "EUR", "tok_7f3a91c2")


def test_the_largest_payment_is_taken() -> None:
    assert parse_payment(body(amount=100_000), LIMITS).amount == 100_000


@pytest.mark.parametrize("amount", [0, -1, 100_001, 10**30])
def test_an_amount_out_of_bounds_is_not_taken(amount: int) -> None:
    with pytest.raises(Unacceptable, match="from 1 to 100000 minor units"):
        parse_payment(body(amount=amount), LIMITS)


@pytest.mark.parametrize("amount", [12.5, 12.0, "12", True, None, [12]])
def test_an_amount_is_a_whole_number(amount: object) -> None:
    with pytest.raises(Malformed, match="whole number"):
        parse_payment(body(amount=amount), LIMITS)


@pytest.mark.parametrize("currency", ["GBP", "eur", "", "EURO"])
def test_a_currency_off_the_list_is_not_taken(currency: str) -> None:
    with pytest.raises(Unacceptable, match="one of EUR, USD"):
        parse_payment(body(currency=currency), LIMITS)


@pytest.mark.parametrize("token", ["", "short", "x" * 129, "tok 7f3a91c2", "tok_7f3a91c2\n", "tök_7f3a91c2"])
def test_a_token_of_another_form_is_not_taken(token: str) -> None:
    with pytest.raises(Unacceptable, match="token must be"):
        parse_payment(body(token=token), LIMITS)


def test_a_card_number_is_no_amount() -> None:
    with pytest.raises(Unacceptable, match="looks like a card number"):
        parse_payment(body(amount=int(CARD)), Limits(frozenset({"EUR"}), 10**17))


@pytest.mark.parametrize("customer", [CARD, f"cus_{CARD}"])
def test_a_card_number_is_no_customer(customer: str) -> None:
    with pytest.raises(Unacceptable, match="looks like a card number"):
        parse_customer(customer)


@pytest.mark.parametrize("customer", ["", "x" * 65, "a b", "a\n"])
def test_a_customer_of_another_form_is_not_taken(customer: str) -> None:
    with pytest.raises(Unacceptable, match="customer_id must be"):
        parse_customer(customer)


def test_a_customer_is_text() -> None:
    with pytest.raises(Malformed, match="string"):
        parse_customer(17)


@pytest.mark.parametrize(
    "token",
    [
        CARD,
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "378282246310005",
        "4222222222222",
        f"tok_{CARD}",
        f"t-{CARD}-1",
    ],
)
def test_a_card_number_is_not_taken_nor_told(token: str) -> None:
    with pytest.raises(Unacceptable, match="looks like a card number") as refused:
        parse_payment(body(token=token), LIMITS)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["4111111111111112", "411111111111", "41111111111111111111", "tok_4111111111111111", ""]
)
def test_other_digits_are_no_card_number(text: str) -> None:
    assert not looks_like_card_number(text)


@pytest.mark.parametrize(
    "text", [CARD, f"card {CARD}.", f"pan={CARD}", "at 4111-1111-1111-1111,", "3782 822463 10005", f"k_{CARD}_1"]
)
def test_a_card_number_is_found_in_a_text(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "04111111-1111-1111-1111-111111111111",  # a UUID whose digits hold a number that passes
        "a4111111111111111f",  # part of a hash
        "41111111111111111111",
        "order 4111111111111112",
        "",
    ],
)
def test_digits_of_something_longer_are_no_card_number(text: str) -> None:
    assert not holds_card_number(text)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b'"text"',
        b"{}",
        b"[" * 5000,
        body(pan=CARD),
        b'{"amount":1,"amount":2,"currency":"EUR","token":"tok_7f3a91c2"}',
        b'{"amount":NaN,"currency":"EUR","token":"tok_7f3a91c2"}',
        b'{"amount":' + b"9" * 5000 + b',"currency":"EUR","token":"tok_7f3a91c2"}',
        body(currency=None),
        body(token=12345678),
    ],
)
def test_a_body_of_another_form_is_malformed_and_not_quoted(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        parse_payment(content, LIMITS)
    assert CARD not in str(refused.value)


def test_a_token_is_not_shown() -> None:
    assert "tok_7f3a91c2" not in repr(parse_payment(body(), LIMITS))


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "a\n", "é"])
def test_an_idempotency_key_of_another_form_is_malformed(key: str) -> None:
    with pytest.raises(Malformed, match="1 to 64"):
        parse_idempotency_key(key)


def test_an_idempotency_key_must_be_given() -> None:
    with pytest.raises(Malformed, match="is missing"):
        parse_idempotency_key(None)


def test_a_card_number_is_no_idempotency_key() -> None:
    with pytest.raises(Unacceptable, match="card number"):
        parse_idempotency_key(CARD)


def test_an_unnamed_caller_is_empty_and_a_strange_one_malformed() -> None:
    assert parse_principal(None) == ""
    with pytest.raises(Malformed):
        parse_principal("a b")


def test_the_sessions_of_a_role_are_one_caller() -> None:
    assert parse_principal("AROAEXAMPLE:batch-1") == parse_principal("AROAEXAMPLE:batch+2@night") == "AROAEXAMPLE"
    assert parse_principal("AIDAEXAMPLE") == "AIDAEXAMPLE"


def test_limits_are_read() -> None:
    assert parse_limits("USD, EUR", "100000") == LIMITS


@pytest.mark.parametrize(
    ("currencies", "largest"), [("", "1"), ("usd", "1"), ("USD,", "1"), ("USD", "0"), ("USD", "1.5")]
)
def test_limits_of_another_form_are_refused(currencies: str, largest: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_limits(currencies, largest)
