"""Idempotency records: what one side must store to repeat the result of a payment that the other side booked.

An object with records is JSON Lines; `docs/ledgers.md` describes its members. Digests take the place of the token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from common.cards import looks_like_card_number
from common.errors import InvalidEvent
from common.json_object import NotAnObject, parse_object
from payments.messages import Reason, Verdict, payment_from_json, transaction_id
from payments.payment import (
    Malformed,
    Payment,
    Unacceptable,
    parse_customer,
    parse_idempotency_key,
    parse_principal,
    payment_to_json,
)
from payments.transactions import STATUS_OF, Status, Transaction

MAX_LINE_BYTES: Final = 4096
"""Limit of a line; a record needs about 500 bytes."""

_MEMBERS: Final = frozenset({"principal", "idempotency_key", "customer_id", "instrument", "request", "payment"})
_PAYMENT_MEMBERS: Final = frozenset({"id", "amount", "currency", "status", "created_at"})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_DECISION_OF: Final = {status: decision for decision, status in STATUS_OF.items()}


class InvalidRecord(Exception):
    """A line is no record; the message names the member and contains no value."""


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """Idempotency key of a caller, digests of its request, and the payment that resulted."""

    principal: str
    idempotency_key: str
    customer: str
    instrument: str
    request: str
    payment: Payment

    def transaction(self) -> Transaction:
        """Return the finished transaction of a payment that the old side booked."""
        key = transaction_id(self.principal, self.idempotency_key)
        status = Status(self.payment.status)
        return Transaction(
            key,
            self.principal,
            self.customer,
            self.payment.amount,
            self.payment.currency,
            self.instrument,
            self.request,
            Verdict(_DECISION_OF[status], 0.0, (Reason("imported", 0.0, "decided by the old side"),)),
            status,
            self.payment.created_at,
            None if self.payment.id == key else self.payment.id,
        )


def record_of(transaction: Transaction, idempotency_key: str) -> IdempotencyRecord:
    """Return the record of a transaction that was booked here."""
    status = STATUS_OF[transaction.verdict.decision]
    return IdempotencyRecord(
        transaction.principal,
        idempotency_key,
        transaction.customer,
        transaction.instrument,
        transaction.request,
        transaction.finished(status).payment,
    )


def record_to_json(record: IdempotencyRecord) -> dict[str, object]:
    """Return the JSON of a record."""
    return {
        "principal": record.principal,
        "idempotency_key": record.idempotency_key,
        "customer_id": record.customer,
        "instrument": record.instrument,
        "request": record.request,
        "payment": payment_to_json(record.payment),
    }


def parse_record(line: bytes) -> IdempotencyRecord:
    """Return the record in a line; raise InvalidRecord for any other text."""
    if len(line) > MAX_LINE_BYTES:
        raise InvalidRecord(f"longer than {MAX_LINE_BYTES} bytes")
    try:
        content = parse_object(line)
        return _parse_members(content)
    except (NotAnObject, Malformed, Unacceptable) as error:
        raise InvalidRecord(str(error)) from None


def _parse_members(content: Mapping[str, object]) -> IdempotencyRecord:
    if content.keys() != _MEMBERS:
        raise InvalidRecord(f"the members must be {', '.join(sorted(_MEMBERS))}")
    return IdempotencyRecord(
        parse_principal(_text(content, "principal")),
        parse_idempotency_key(_text(content, "idempotency_key")),
        parse_customer(content["customer_id"]),
        _digest(content, "instrument"),
        _digest(content, "request"),
        _parse_payment(content["payment"]),
    )


def _parse_payment(content: object) -> Payment:
    if not isinstance(content, dict) or content.keys() != _PAYMENT_MEMBERS:
        raise InvalidRecord(f"payment must have the members {', '.join(sorted(_PAYMENT_MEMBERS))}, and no other")
    try:
        payment = payment_from_json(content)
    except (InvalidEvent, ValueError):
        raise InvalidRecord("a member of payment has the wrong type or form") from None
    if isinstance(content["amount"], bool) or payment.amount <= 0 or looks_like_card_number(str(payment.amount)):
        raise InvalidRecord("payment.amount must be a positive integer of minor units")
    if not _CURRENCY.fullmatch(payment.currency):
        raise InvalidRecord("payment.currency must be an ISO 4217 code")
    if payment.status not in {status.value for status in _DECISION_OF}:
        raise InvalidRecord("payment.status must be accepted, review or declined")
    if payment.created_at.tzinfo is None:
        raise InvalidRecord("payment.created_at must have a time zone")
    return Payment(payment.id, payment.amount, payment.currency, payment.status, payment.created_at.astimezone(UTC))


def _text(content: Mapping[str, object], name: str) -> str:
    value = content[name]
    if not isinstance(value, str):
        raise InvalidRecord(f"{name} must be a string")
    return value


def _digest(content: Mapping[str, object], name: str) -> str:
    value = _text(content, name)
    if not _DIGEST.fullmatch(value):
        raise InvalidRecord(f"{name} must be a SHA-256 digest of 64 lower-case hexadecimal digits")
    return value
