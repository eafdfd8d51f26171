"""What a payment is, and which ones are taken."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.cards import holds_card_number, looks_like_card_number
from common.json_object import NotAnObject, parse_object

LIMITS: Final = ("limits/currency", "limits/largest-payment")
"""The parameters that `parse_limits` takes."""

LIMITS_TTL, LIMITS_MAX_STALE = 60.0, 3600.0
"""Seconds that the limits are believed, and that they serve on while Parameter Store does not answer."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CUSTOMER: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PRINCIPAL: Final = re.compile(r"[A-Za-z0-9._@:|/+=,-]{0,128}")
_ROLE_SESSION: Final = re.compile(r"(AROA[A-Z0-9]+):.*")


class Malformed(Exception):
    """The request cannot be read; the message names the part and never holds a value of it."""


class Unacceptable(Exception):
    """The request can be read and is not taken; the message names the part and never holds a card or token."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Which payments are taken: currencies by their ISO 4217 code, amounts in minor units."""

    currencies: frozenset[str]
    largest: int


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """A payment that is asked for. `amount` is in the currency's minor units (cents)."""

    amount: int
    currency: str
    token: str

    def __repr__(self) -> str:
        """Leave the token out: it must not reach a log."""
        return f"PaymentRequest(amount={self.amount}, currency={self.currency!r})"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was taken."""

    id: UUID
    amount: int
    currency: str
    status: str
    created_at: datetime


def parse_limits(currencies: str, largest: str) -> Limits:
    """Read the two parameters: codes apart by commas, and minor units; ValueError where they hold anything else."""
    codes = frozenset(code.strip() for code in currencies.split(","))
    if not all(_CURRENCY.fullmatch(code) for code in codes):
        raise ValueError("the currencies are not ISO 4217 codes apart by commas")
    if not re.fullmatch(r"[1-9][0-9]{0,17}", largest):
        raise ValueError("the largest payment is not a positive whole number of minor units")
    return Limits(codes, int(largest))


def parse_idempotency_key(header: str | None) -> str:
    """Read the Idempotency-Key header."""
    if header is None:
        raise Malformed("the Idempotency-Key header is missing")
    if not _IDEMPOTENCY_KEY.fullmatch(header):
        raise Malformed("the Idempotency-Key header must be 1 to 64 letters, digits, hyphens or underscores")
    if holds_card_number(header):
        raise Unacceptable("the Idempotency-Key header looks like a card number")
    return header


def parse_principal(header: str | None) -> str:
    """Read who calls, as the API named them; empty where the API names nobody.

    IAM names a role's caller by the role's id and the session (IAM user guide, "Unique identifiers"). A session ends
    within hours and its payments must be found by the next one: the role is the caller.
    """
    if header is not None and not _PRINCIPAL.fullmatch(header):
        raise Malformed("the x-principal header is not a name of at most 128 characters")
    name = header or ""
    session = _ROLE_SESSION.fullmatch(name)
    return session[1] if session else name


def parse_members(body: bytes, names: frozenset[str]) -> Mapping[str, object]:
    """Read the body of a request, which has these members and no other."""
    try:
        members = parse_object(body)
    except NotAnObject as error:
        raise Malformed(f"the body is {error}") from None
    if members.keys() != names:
        *most, last = sorted(names)
        raise Malformed(f"the body must have the members {', '.join(most)} and {last}, and no other")
    return members


def parse_payment(members: Mapping[str, object], limits: Limits) -> PaymentRequest:
    """Read the members amount, currency and token, and check that such a payment is taken."""
    amount, currency, token = members["amount"], members["currency"], members["token"]
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Malformed("amount must be a whole number of the currency's minor units")
    if not isinstance(currency, str) or not isinstance(token, str):
        raise Malformed("currency and token must be strings")
    if looks_like_card_number(str(amount)):
        raise Unacceptable("amount looks like a card number")
    if not 0 < amount <= limits.largest:
        raise Unacceptable(f"amount must be from 1 to {limits.largest} minor units")
    if currency not in limits.currencies:
        raise Unacceptable(f"currency must be one of {', '.join(sorted(limits.currencies))}")
    if holds_card_number(token):
        raise Unacceptable("token looks like a card number; send the vault's token of the card")
    if not _TOKEN.fullmatch(token):
        raise Unacceptable("token must be 8 to 128 letters, digits, hyphens or underscores")
    return PaymentRequest(amount, currency, token)


def parse_customer(customer: object) -> str:
    """Read whose payment it is: the caller's own name of the customer."""
    if not isinstance(customer, str):
        raise Malformed("customer_id must be a string")
    if holds_card_number(customer):
        raise Unacceptable("customer_id looks like a card number")
    if not _CUSTOMER.fullmatch(customer):
        raise Unacceptable("customer_id must be 1 to 64 letters, digits, hyphens, dots or underscores")
    return customer


def payment_to_json(payment: Payment) -> dict[str, object]:
    """Write a payment as callers are told of it."""
    return {
        "id": str(payment.id),
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "created_at": payment.created_at.isoformat(),
    }
