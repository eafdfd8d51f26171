"""Audit record of a transaction: decision, reasons and time; no token, no card number."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from payments.messages import verdict_to_json
from payments.transactions import Transaction

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_EXISTS: Final = "PreconditionFailed"


@dataclass(frozen=True)
class Audit:
    """Audit bucket."""

    client: "S3Client"
    bucket: str

    def put(self, transaction: Transaction) -> None:
        """Put the record unless it exists: a repetition creates no second version."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=f"transactions/{transaction.created_at:%Y/%m/%d}/{transaction.id}.json",
                Body=_record(transaction),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _EXISTS:
                raise


def _record(transaction: Transaction) -> bytes:
    content = {
        "transaction_id": str(transaction.id),
        "created_at": transaction.created_at.isoformat(),
        "principal": transaction.principal,
        "customer_id": transaction.customer,
        "amount": transaction.amount,
        "currency": transaction.currency,
        "request": transaction.request,
        "verdict": verdict_to_json(transaction.verdict),
        "status": transaction.status.value,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
