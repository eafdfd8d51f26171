"""The record of a transaction in the audit bucket: what was decided, why and when; no token, no card."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import ClientError

from payments.messages import verdict_to_json
from payments.transactions import Transaction

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_KEPT_ALREADY: Final = "PreconditionFailed"


@dataclass(frozen=True)
class Audit:
    """The bucket."""

    client: "S3Client"
    bucket: str

    def keep(self, transaction: Transaction) -> None:
        """Keep the record; the first one stays, and a repetition leaves no second version."""
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=f"transactions/{transaction.created_at:%Y/%m/%d}/{transaction.id}.json",
                Body=_record(transaction),
                ContentType="application/json",
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _KEPT_ALREADY:
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
