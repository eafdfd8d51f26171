"""Payments, and the limits of accepted ones."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from common.cards import holds_card_number, looks_like_card_number
from common.json_object import NotAnObject, parse_object

LIMITS: Final = ("limits/currency", "limits/largest-payment")
"""Parameters with the arguments of `parse_limits`."""

LIMITS_TTL, LIMITS_MAX_STALE = 60.0, 3600.0
"""Seconds between two reads of the limits, and seconds that they are used while Parameter Store is unavailable."""

_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{8,128}")
_IDEMPOTENCY_KEY: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CUSTOMER: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PRINCIPAL: Final = re.compile(r"[A-Za-z0-9._@:|/+=,-]{0,128}")
_ROLE_SESSION: Final = re.compile(r"(AROA[A-Z0-9]+):.*")


class Malformed(Exception):
    """The request cannot be parsed; the message names the part and contains no value of it."""


class Unacceptable(Exception):
    """The request violates a limit; the message names the part and contains no card number or token."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of payments: ISO 4217 codes of currencies, and the largest amount in minor units."""

    currencies: frozenset[str]
    largest: int


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """Requested payment. `amount` is in the currency's minor units (cents)."""

    amount: int
    currency: str
    token: str

    def __repr__(self) -> str:
        """Omit the token, which must not be logged."""
        return f"PaymentRequest(amount={self.amount}, currency={self.currency!r})"


@dataclass(frozen=True, slots=True)
class Payment:
    """Accepted payment."""

    id: UUID
    amount: int
    currency: str
    status: str
    created_at: datetime


def parse_limits(currencies: str, largest: str) -> Limits:
    """Return the limits in the two parameters: comma-separated codes, and minor units; raise ValueError for others."""
    codes = frozenset(code.strip() for code in currencies.split(","))
    if not all(_CURRENCY.fullmatch(code) for code in codes):
        raise ValueError("the currencies are not comma-separated ISO 4217 codes")
    if not re.fullmatch(r"[1-9][0-9]{0,17}", largest):
        raise ValueError("the largest payment is not a positive integer of minor units")
    return Limits(codes, int(largest))


def parse_idempotency_key(header: str | None) -> str:
    """Return the value of the Idempotency-Key header."""
    if header is None:
        raise Malformed("the Idempotency-Key header is missing")
    if not _IDEMPOTENCY_KEY.fullmatch(header):
        raise Malformed("the Idempotency-Key header must be 1 to 64 letters, digits, hyphens or underscores")
    if holds_card_number(header):
        raise Unacceptable("the Idempotency-Key header looks like a card number")
    return header


def parse_principal(header: str | None) -> str:
    """Return the caller in the API's header, empty without one.

    For a role, IAM's identifier is the role's id and the session name (IAM user guide, "Unique identifiers"). A session
    lasts hours, and the next one must find its payments: the caller is the role.
    """
    if header is not None and not _PRINCIPAL.fullmatch(header):
        raise Malformed("the x-principal header is not a name of at most 128 characters")
    name = header or ""
    session = _ROLE_SESSION.fullmatch(name)
    return session[1] if session else name


def parse_members(body: bytes, names: frozenset[str]) -> Mapping[str, object]:
    """Return the JSON object in a request body, which must have exactly these members."""
    try:
        members = parse_object(body)
    except NotAnObject as error:
        raise Malformed(f"the body is {error}") from None
    if members.keys() != names:
        *most, last = sorted(names)
        raise Malformed(f"the body must have the members {', '.join(most)} and {last}, and no other")
    return members


def parse_payment(members: Mapping[str, object], limits: Limits) -> PaymentRequest:
    """Return the payment in the members amount, currency and token; raise Unacceptable if it violates a limit."""
    amount, currency, token = members["amount"], members["currency"], members["token"]
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise Malformed("amount must be an integer of the currency's minor units")
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
    """Return the customer, by the caller's own identifier."""
    if not isinstance(customer, str):
        raise Malformed("customer_id must be a string")
    if holds_card_number(customer):
        raise Unacceptable("customer_id looks like a card number")
    if not _CUSTOMER.fullmatch(customer):
        raise Unacceptable("customer_id must be 1 to 64 letters, digits, hyphens, dots or underscores")
    return customer


def payment_to_json(payment: Payment) -> dict[str, object]:
    """Return a payment in the form of the API."""
    return {
        "id": str(payment.id),
        "amount": payment.amount,
        "currency": payment.currency,
        "status": payment.status,
        "created_at": payment.created_at.isoformat(),
    }
