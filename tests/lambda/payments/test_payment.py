"""Parsing and validation of payment requests."""

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


def test_payment_request_is_parsed() -> None:
    assert parse_payment(body(), LIMITS) == PaymentRequest(1250, "EUR", "tok_7f3a91c2")


def test_largest_payment_is_accepted() -> None:
    assert parse_payment(body(amount=100_000), LIMITS).amount == 100_000


@pytest.mark.parametrize("amount", [0, -1, 100_001, 10**30])
def test_amount_out_of_bounds_is_rejected(amount: int) -> None:
    with pytest.raises(Unacceptable, match="from 1 to 100000 minor units"):
        parse_payment(body(amount=amount), LIMITS)


@pytest.mark.parametrize("amount", [12.5, 12.0, "12", True, None, [12]])
def test_non_integer_amount_is_rejected(amount: object) -> None:
    with pytest.raises(Malformed, match="integer"):
        parse_payment(body(amount=amount), LIMITS)


@pytest.mark.parametrize("currency", ["GBP", "eur", "", "EURO"])
def test_unlisted_currency_is_rejected(currency: str) -> None:
    with pytest.raises(Unacceptable, match="one of EUR, USD"):
        parse_payment(body(currency=currency), LIMITS)


@pytest.mark.parametrize("token", ["", "short", "x" * 129, "tok 7f3a91c2", "tok_7f3a91c2\n", "tök_7f3a91c2"])
def test_malformed_token_is_rejected(token: str) -> None:
    with pytest.raises(Unacceptable, match="token must be"):
        parse_payment(body(token=token), LIMITS)


def test_card_number_as_amount_is_rejected() -> None:
    with pytest.raises(Unacceptable, match="looks like a card number"):
        parse_payment(body(amount=int(CARD)), Limits(frozenset({"EUR"}), 10**17))


@pytest.mark.parametrize("customer", [CARD, f"cus_{CARD}"])
def test_card_number_as_customer_is_rejected(customer: str) -> None:
    with pytest.raises(Unacceptable, match="looks like a card number"):
        parse_customer(customer)


@pytest.mark.parametrize("customer", ["", "x" * 65, "a b", "a\n"])
def test_malformed_customer_is_rejected(customer: str) -> None:
    with pytest.raises(Unacceptable, match="customer_id must be"):
        parse_customer(customer)


def test_non_string_customer_is_rejected() -> None:
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
def test_card_number_is_rejected_without_being_quoted(token: str) -> None:
    with pytest.raises(Unacceptable, match="looks like a card number") as refused:
        parse_payment(body(token=token), LIMITS)
    assert token not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["4111111111111112", "411111111111", "41111111111111111111", "tok_4111111111111111", ""]
)
def test_other_digits_are_not_a_card_number(text: str) -> None:
    assert not looks_like_card_number(text)


@pytest.mark.parametrize(
    "text", [CARD, f"card {CARD}.", f"pan={CARD}", "at 4111-1111-1111-1111,", "3782 822463 10005", f"k_{CARD}_1"]
)
def test_card_number_inside_text_is_found(text: str) -> None:
    assert holds_card_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "04111111-1111-1111-1111-111111111111",  # a UUID whose digits contain a valid card number
        "a4111111111111111f",  # part of a hash
        "41111111111111111111",
        "order 4111111111111112",
        "",
    ],
)
def test_digits_of_a_longer_number_are_not_a_card_number(text: str) -> None:
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
def test_malformed_body_is_rejected_without_being_quoted(content: bytes) -> None:
    with pytest.raises(Malformed) as refused:
        parse_payment(content, LIMITS)
    assert CARD not in str(refused.value)


def test_repr_does_not_contain_the_token() -> None:
    assert "tok_7f3a91c2" not in repr(parse_payment(body(), LIMITS))


@pytest.mark.parametrize("key", ["", "x" * 65, "a b", "a\n", "é"])
def test_malformed_idempotency_key_is_rejected(key: str) -> None:
    with pytest.raises(Malformed, match="1 to 64"):
        parse_idempotency_key(key)


def test_missing_idempotency_key_is_rejected() -> None:
    with pytest.raises(Malformed, match="is missing"):
        parse_idempotency_key(None)


def test_card_number_as_idempotency_key_is_rejected() -> None:
    with pytest.raises(Unacceptable, match="card number"):
        parse_idempotency_key(CARD)


def test_missing_caller_is_empty_and_invalid_caller_is_rejected() -> None:
    assert parse_principal(None) == ""
    with pytest.raises(Malformed):
        parse_principal("a b")


def test_sessions_of_one_role_are_one_caller() -> None:
    assert parse_principal("AROAEXAMPLE:batch-1") == parse_principal("AROAEXAMPLE:batch+2@night") == "AROAEXAMPLE"
    assert parse_principal("AIDAEXAMPLE") == "AIDAEXAMPLE"


def test_limits_are_parsed() -> None:
    assert parse_limits("USD, EUR", "100000") == LIMITS


@pytest.mark.parametrize(
    ("currencies", "largest"), [("", "1"), ("usd", "1"), ("USD,", "1"), ("USD", "0"), ("USD", "1.5")]
)
def test_invalid_limits_are_rejected(currencies: str, largest: str) -> None:
    with pytest.raises(ValueError, match="not"):
        parse_limits(currencies, largest)
