"""Transactions in the DynamoDB table.

The table's key is `transaction_id` alone: with a sort key, two writes at two times would be two items, and no condition
could see the other. The index `customer` gives a customer's transactions in the order of time, the index `status`
those that wait for review or were never finished. No token is kept, only a digest of it.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Final
from uuid import UUID

from common.errors import Unavailable
from payments.messages import Decision, Order, Verdict, reason_from_json, reason_to_json

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

BY_CUSTOMER: Final = "customer"
"""The index by customer and time."""


class Status(Enum):
    """How far a transaction is."""

    PENDING = "pending"
    """Begun; a repetition of the call finishes it."""

    ACCEPTED = "accepted"
    REVIEW = "review"
    DECLINED = "declined"

    REFUSED = "refused"
    """The database has another payment under its idempotency key."""


BECOMES: Final = {
    Decision.APPROVE: Status.ACCEPTED,
    Decision.REVIEW: Status.REVIEW,
    Decision.BLOCK: Status.DECLINED,
}
"""What a decision makes of a transaction."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """One payment's way through the pipeline."""

    id: UUID
    principal: str
    customer: str
    amount: int
    currency: str
    instrument: str
    """A digest of the token: tells whether two payments are by the same card, and not which."""

    request: str
    """A digest of all that was asked for: tells whether a repetition asks for the same."""

    verdict: Verdict
    status: Status
    created_at: datetime

    def finished(self, status: Status) -> "Transaction":
        """The same with its last status."""
        return replace(self, status=status)


def begin(order: Order, verdict: Verdict, now: datetime) -> Transaction:
    """A transaction that nothing was done for yet."""
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
    """Digest the token."""
    return hashlib.sha256(order.payment.token.encode()).hexdigest()


def request(order: Order) -> str:
    """Digest what is asked for."""
    parts = [order.customer, order.payment.amount, order.payment.currency, order.payment.token]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Table:
    """The table."""

    client: "DynamoDBClient"
    name: str

    def put(self, transaction: Transaction) -> Transaction:
        """Keep this transaction, unless there is one with its id; gives the one that is kept."""
        try:
            self.client.put_item(
                TableName=self.name,
                Item=_item(transaction),
                ConditionExpression="attribute_not_exists(transaction_id)",
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return self._kept(transaction.id)
        return transaction

    def finish(self, transaction: Transaction, status: Status) -> Transaction:
        """Give a pending transaction its last status; another call may have done the same already."""
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
            return self._kept(transaction.id)
        return transaction.finished(status)

    def get(self, transaction_id: UUID) -> Transaction | None:
        """Give the transaction with this id, as it is now."""
        answer = self.client.get_item(TableName=self.name, Key=_key(transaction_id), ConsistentRead=True)
        return _transaction(answer["Item"]) if "Item" in answer else None

    def of_customer(self, customer: str, since: datetime, most: int) -> list[Transaction]:
        """Give a customer's latest transactions since then, the newest first; one of this second may be missing."""
        answer = self.client.query(
            TableName=self.name,
            IndexName=BY_CUSTOMER,
            KeyConditionExpression="customer_id = :customer and created_at >= :since",
            ExpressionAttributeValues={":customer": {"S": customer}, ":since": {"S": _text(since)}},
            ScanIndexForward=False,
            Limit=most,
        )
        return [_transaction(item) for item in answer["Items"]]

    def _kept(self, transaction_id: UUID) -> Transaction:
        kept = self.get(transaction_id)
        if kept is None:
            raise Unavailable("the transaction was removed meanwhile")
        return kept


def _key(transaction_id: UUID) -> "dict[str, AttributeValueTypeDef]":
    return {"transaction_id": {"S": str(transaction_id)}}


def _item(transaction: Transaction) -> "dict[str, AttributeValueTypeDef]":
    reasons = json.dumps([reason_to_json(reason) for reason in transaction.verdict.reasons])
    return {
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
    )


def _text(moment: datetime) -> str:
    """All of one length and one zone, so that their order as text is that of time."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
