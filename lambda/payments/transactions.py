"""Transactions in the DynamoDB table.

The table's key is `transaction_id` alone: with a time as sort key, a repetition would be a second item, which no write
condition detects. The index `customer` has a customer's transactions by time, the index `status` those that wait for
review or are unfinished. The table has a digest of the token instead of the token.

A payment that the old side booked has an item too, with the id that the old side gave it. A second item with that id
refers to the first, so that a caller finds the payment by either.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from uuid import UUID

from common.errors import Unavailable
from payments.messages import Decision, Order, Verdict, reason_from_json, reason_to_json
from payments.payment import Payment

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

BY_CUSTOMER: Final = "customer"
"""Index by customer and time."""

BY_STATUS: Final = "status"
"""Index by status and time."""

_REFERENCE: Final = "refers_to"
"""Attribute of an item that only refers to another."""

StartKey: TypeAlias = Mapping[str, str]
"""Key of the last item of a page."""


class Status(Enum):
    """State of a transaction."""

    PENDING = "pending"
    """Unfinished; a repetition of the call finishes it."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    DECLINED = "declined"

    CONFLICT = "conflict"
    """The database has another payment under its idempotency key."""


STATUS_OF: Final = {
    Decision.APPROVE: Status.ACCEPTED,
    Decision.REVIEW: Status.REVIEW,
    Decision.BLOCK: Status.DECLINED,
}
"""Final status by decision."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """Processing of one payment by the pipeline."""

    id: UUID
    principal: str
    customer: str
    amount: int
    currency: str
    instrument: str
    """Digest of the token: equal for payments with the same card."""

    request: str
    """Digest of the request: equal for repetitions of it."""

    verdict: Verdict
    status: Status
    created_at: datetime
    old_side_id: UUID | None = None
    """Id of the payment on the old side, if that booked it."""

    @property
    def payment(self) -> Payment:
        """The payment, in the form of the API."""
        return Payment(self.old_side_id or self.id, self.amount, self.currency, self.status.value, self.created_at)

    def finished(self, status: Status) -> "Transaction":
        """Return the transaction with its final status."""
        return replace(self, status=status)


def begin(order: Order, verdict: Verdict, now: datetime) -> Transaction:
    """Return a new pending transaction."""
    return Transaction(
        order.id,
        order.principal,
        order.customer,
        order.payment.amount,
        order.payment.currency,
        instrument(order),
        request(order),
        verdict,
        Status.PENDING,
        now,
    )


def instrument(order: Order) -> str:
    """Return the digest of the token."""
    return hashlib.sha256(order.payment.token.encode()).hexdigest()


def request(order: Order) -> str:
    """Return the digest of the requested payment."""
    parts = [order.customer, order.payment.amount, order.payment.currency, order.payment.token]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Page:
    """Transactions, and the key of the last one if more may follow."""

    transactions: list[Transaction]
    next: StartKey | None


@dataclass(frozen=True)
class Table:
    """DynamoDB table of transactions."""

    client: "DynamoDBClient"
    name: str

    def put(self, transaction: Transaction) -> Transaction:
        """Put a transaction unless its id exists; return the stored one."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=_item(transaction),
                ConditionExpression="attribute_not_exists(transaction_id)",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return self._stored(transaction.id)
        return transaction

    def finish(self, transaction: Transaction, status: Status) -> Transaction:
        """Set the final status of a pending transaction; return the stored one, perhaps finished by another call."""
        try:
            self.client.update_item(
                TableName=self.name,
                Key=_key(transaction.id),
                UpdateExpression="set #status = :status",
                ConditionExpression="#status = :pending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":status": {"S": status.value}, ":pending": {"S": Status.PENDING.value}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return self._stored(transaction.id)
        return transaction.finished(status)

    def replace_pending(self, transaction: Transaction) -> bool:
        """Replace a pending transaction with a finished one of the same id; return whether it was still pending."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=_item(transaction),
                ConditionExpression="#status = :pending",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues={":pending": {"S": Status.PENDING.value}},
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def put_reference(self, payment_id: UUID, transaction_id: UUID) -> None:
        """Make the payment of a transaction findable by another id, unless an item has that id."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item={**_key(payment_id), _REFERENCE: {"S": str(transaction_id)}},
                ConditionExpression="attribute_not_exists(transaction_id)",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return  # an earlier import has put it

    def find(self, payment_id: UUID) -> Transaction | None:
        """Return the transaction of the payment with this id, by consistent reads."""
        item = self._read(payment_id)
        if item is not None and _REFERENCE in item:
            return self.get(UUID(item[_REFERENCE]["S"]))
        return None if item is None else _transaction(item)

    def get(self, transaction_id: UUID) -> Transaction | None:
        """Return the transaction with this id, by a consistent read."""
        item = self._read(transaction_id)
        return None if item is None else _transaction(item)

    def of_customer(self, customer: str, since: datetime, limit: int) -> list[Transaction]:
        """Return a customer's latest transactions, the newest first; one from this second may be missing."""
        response = self.client.query(
            TableName=self.name,
            IndexName=BY_CUSTOMER,
            KeyConditionExpression="customer_id = :customer and created_at >= :since",
            ExpressionAttributeValues={":customer": {"S": customer}, ":since": {"S": _text(since)}},
            ScanIndexForward=False,
            Limit=limit,
        )
        return [_transaction(item) for item in response["Items"]]

    def with_status(self, status: Status, since: datetime, after: StartKey | None, limit: int) -> Page:
        """Return transactions with this status by time, after the last ones of another page."""
        start: Mapping[str, Any] = {} if after is None else {"ExclusiveStartKey": _start_key(after)}
        response = self.client.query(
            TableName=self.name,
            IndexName=BY_STATUS,
            KeyConditionExpression="#status = :status and created_at >= :since",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={":status": {"S": status.value}, ":since": {"S": _text(since)}},
            Limit=limit,
            **start,
        )
        last = response.get("LastEvaluatedKey")
        next_key = None if not last else {name: value["S"] for name, value in last.items()}
        return Page([_transaction(item) for item in response["Items"]], next_key)

    def _read(self, item_id: UUID) -> "Mapping[str, AttributeValueTypeDef] | None":
        return self.client.get_item(TableName=self.name, Key=_key(item_id), ConsistentRead=True).get("Item")

    def _stored(self, transaction_id: UUID) -> Transaction:
        stored = self.get(transaction_id)
        if stored is None:
            raise Unavailable("the transaction was deleted meanwhile")
        return stored


def _key(transaction_id: UUID) -> "dict[str, AttributeValueTypeDef]":
    return {"transaction_id": {"S": str(transaction_id)}}


def _start_key(key: StartKey) -> "dict[str, AttributeValueTypeDef]":
    return {name: {"S": value} for name, value in key.items()}


def _item(transaction: Transaction) -> "dict[str, AttributeValueTypeDef]":
    reasons = json.dumps([reason_to_json(reason) for reason in transaction.verdict.reasons])
    old_side_id = transaction.old_side_id
    return {
        **({} if old_side_id is None else {"old_side_id": {"S": str(old_side_id)}}),
        **_key(transaction.id),
        "created_at": {"S": _text(transaction.created_at)},
        "customer_id": {"S": transaction.customer},
        "status": {"S": transaction.status.value},
        "principal": {"S": transaction.principal},
        "amount": {"N": str(transaction.amount)},
        "currency": {"S": transaction.currency},
        "instrument": {"S": transaction.instrument},
        "request": {"S": transaction.request},
        "decision": {"S": transaction.verdict.decision.value},
        "score": {"N": str(Decimal(repr(transaction.verdict.score)))},
        "reasons": {"S": reasons},
    }


def _transaction(item: "Mapping[str, AttributeValueTypeDef]") -> Transaction:
    text = {name: value.get("S", "") for name, value in item.items()}
    reasons = tuple(reason_from_json(reason) for reason in json.loads(text["reasons"]))
    return Transaction(
        UUID(text["transaction_id"]),
        text["principal"],
        text["customer_id"],
        int(item["amount"]["N"]),
        text["currency"],
        text["instrument"],
        text["request"],
        Verdict(Decision(text["decision"]), float(item["score"]["N"]), reasons),
        Status(text["status"]),
        datetime.fromisoformat(text["created_at"]),
        UUID(text["old_side_id"]) if "old_side_id" in text else None,
    )


def _text(moment: datetime) -> str:
    """Return text of fixed length in UTC, so that the order of texts is that of times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
