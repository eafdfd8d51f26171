"""The operation `export_idempotency_keys`: payments that were booked here, so that no retry books them elsewhere."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from common.clock import Deadline
from common.errors import InvalidEvent
from payments.transactions import StartKey, Status, Table, Transaction
from payments.writer import WriterConnection
from transaction_processing import record
from transaction_processing.idempotency_record import record_of, record_to_json

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

FINISHED: Final = (Status.ACCEPTED, Status.REVIEW, Status.DECLINED)
"""States of transactions with a result."""

PAGE_TRANSACTIONS: Final = 1000
"""Transactions of an object, at most."""


@dataclass(frozen=True)
class Position:
    """Part that is not written yet: transactions since a time, with a status, after those of the last part."""

    since: datetime
    status: Status
    after: StartKey | None
    part: int


@dataclass
class Export:
    """Export to a folder by one invocation. A part that is written again has the same key."""

    client: "S3Client"
    bucket: str
    table: Table
    writer: WriterConnection
    statuses: Sequence[Status]
    exported: int = 0

    def start(self, since: datetime) -> Position:
        """Return the position of the first part."""
        return Position(since, self.statuses[0], None, 1)

    def run(self, folder: str, start: Position, deadline: Deadline) -> Position | None:
        """Write parts from `start`; return the position at the deadline, None at the end."""
        position: Position | None = start
        while position is not None:
            if deadline.left() <= 0:
                return position
            position = self._write_part(folder, position)
        return None

    def _write_part(self, folder: str, position: Position) -> Position | None:
        """Write a part and return the position of the next one."""
        page = self.table.with_status(position.status, position.since, position.after, PAGE_TRANSACTIONS)
        lines = self._lines(page.transactions)
        if lines:
            self.client.put_object(
                Bucket=self.bucket,
                Key=f"idempotency-keys/export/{folder}/{position.status.value}-{position.part:06}.jsonl",
                Body="".join(f"{line}\n" for line in lines).encode(),
                ContentType="application/jsonl",
            )
            self.exported += len(lines)
        if page.next is not None:
            return Position(position.since, position.status, page.next, position.part + 1)
        following = self.statuses[self.statuses.index(position.status) + 1 :]
        return Position(position.since, following[0], None, 1) if following else None

    def _lines(self, transactions: Sequence[Transaction]) -> list[str]:
        """Return the records of those transactions that the database has; the old side booked the others, or nobody."""
        if not transactions:
            return []
        ids = [transaction.id for transaction in transactions]
        keys = self.writer.run(lambda database: record.idempotency_keys(database, ids))
        booked = [transaction for transaction in transactions if transaction.id in keys]
        records = [record_to_json(record_of(transaction, keys[transaction.id])) for transaction in booked]
        return [json.dumps(each, sort_keys=True, separators=(",", ":")) for each in records]


def position_to_json(position: Position) -> dict[str, object]:
    """Return the JSON of a position, which the next invocation receives as its continuation."""
    return {
        "since": position.since.isoformat(),
        "status": position.status.value,
        "after": position.after,
        "part": position.part,
    }


def parse_position(content: object, statuses: Sequence[Status]) -> Position:
    """Return the position in a continuation of an export of these statuses."""
    by_name = {status.value: status for status in statuses}
    match content:
        case {"since": str(since), "status": str(status), "after": None | dict() as after, "part": int(part)} if (
            status in by_name
        ):
            return Position(parse_since(since), by_name[status], after, part)
        case _:
            raise InvalidEvent("the continuation is not one that the operation returned")


def parse_since(text: object) -> datetime:
    """Return the time in an argument, which has a time zone."""
    try:
        since = datetime.fromisoformat(str(text))
    except ValueError:
        raise InvalidEvent("since is no time in the form 2026-01-31T12:00:00Z") from None
    if since.tzinfo is None:
        raise InvalidEvent("since has no time zone; write for example 2026-01-31T12:00:00Z")
    return since
