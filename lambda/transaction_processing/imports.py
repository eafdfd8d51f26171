"""The operation `import_idempotency_keys`: payments that the old side booked, so that no retry books them again."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Final

from common import log
from common.clock import Deadline
from common.errors import InvalidEvent, MigrationError, PreconditionFailed
from payments.transactions import Status, Table, Transaction
from payments.writer import WriterConnection
from transaction_processing import record
from transaction_processing.idempotency_record import InvalidRecord, parse_record

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BATCH_LINES: Final = 500
"""Lines between two checks of the deadline."""

_CONCURRENCY: Final = 10  # the connections of a client
_CHUNK_BYTES: Final = 65_536
_MAX_REPORTED: Final = 20


class InvalidRecords(MigrationError):
    """An object has lines that are no idempotency records; the message has their numbers and no values."""


@dataclass(frozen=True)
class Position:
    """First line that is not read yet: its object, its offset in bytes, and the number of lines before it."""

    key: str
    offset: int
    lines: int


class _Outcome(Enum):
    IMPORTED = "imported"
    PRESENT = "present"
    CONFLICTING = "conflicting"
    PENDING = "pending"


@dataclass
class Import:
    """Import of a folder by one invocation. It never overwrites a finished transaction."""

    client: "S3Client"
    bucket: str
    table: Table
    writer: WriterConnection
    replaces_pending: bool
    """Whether no booking can run: a pending transaction without a payment in the database was then never booked."""

    counts: dict[str, int] = field(default_factory=lambda: {"imported": 0, "present": 0, "conflicting": 0})
    _invalid: list[str] = field(default_factory=list)

    def run(self, folder: str, start: Position | None, deadline: Deadline) -> Position | None:
        """Import the objects of a folder from `start`; return the position at the deadline, None at the end."""
        objects = self._objects(f"idempotency-keys/import/{folder}/")
        for key, size in objects.items():
            if start is None or start.key < key:
                position = self._import_object(Position(key, 0, 0), size, deadline)
            elif start.key == key:
                position = self._import_object(start, size, deadline)
            else:
                continue
            self._require_valid(key)
            if position is not None:
                return position
        return None

    def _objects(self, prefix: str) -> dict[str, int]:
        """Return the sizes of the objects by key, in order."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix)
        found = {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}
        if not found:
            raise PreconditionFailed(f"the bucket {self.bucket} has no object below {prefix}")
        return dict(sorted(found.items()))

    def _import_object(self, start: Position, size: int, deadline: Deadline) -> Position | None:
        if start.offset >= size:
            return None
        response = self.client.get_object(Bucket=self.bucket, Key=start.key, Range=f"bytes={start.offset}-")
        lines = response["Body"].iter_lines(chunk_size=_CHUNK_BYTES, keepends=True)
        position = start
        while batch := list(islice(lines, BATCH_LINES)):
            self._import_batch(position.lines, batch)
            read = sum(len(line) for line in batch)
            position = Position(start.key, position.offset + read, position.lines + len(batch))
            if deadline.left() <= 0:
                return position
        return None

    def _import_batch(self, lines_before: int, lines: Iterable[bytes]) -> None:
        transactions = list(self._parse(lines_before, lines))
        with ThreadPoolExecutor(_CONCURRENCY) as executor:
            outcomes = list(executor.map(self._put, transactions))
        pending = [each for each, outcome in zip(transactions, outcomes, strict=True) if outcome is _Outcome.PENDING]
        outcomes = [outcome for outcome in outcomes if outcome is not _Outcome.PENDING]
        outcomes += self._replace_pending(pending) if pending else []
        for outcome in outcomes:
            self.counts[outcome.value] += 1

    def _parse(self, lines_before: int, lines: Iterable[bytes]) -> Iterator[Transaction]:
        for number, line in enumerate(lines, lines_before + 1):
            try:
                yield parse_record(line).transaction()
            except InvalidRecord as error:
                self._invalid.append(f"line {number}: {error}")

    def _put(self, transaction: Transaction) -> _Outcome:
        stored = self.table.put(transaction)
        if stored is not transaction and stored.status is Status.PENDING:
            return _Outcome.PENDING
        if (stored.request, stored.payment) != (transaction.request, transaction.payment):
            return _conflict(transaction)
        self._put_reference(transaction)
        return _Outcome.IMPORTED if stored is transaction else _Outcome.PRESENT

    def _replace_pending(self, transactions: list[Transaction]) -> Iterator[_Outcome]:
        ids = [transaction.id for transaction in transactions]
        booked = self.writer.run(lambda database: record.idempotency_keys(database, ids))
        for transaction in transactions:
            may_replace = self.replaces_pending and transaction.id not in booked
            if may_replace and self.table.replace_pending(transaction):
                self._put_reference(transaction)
                yield _Outcome.IMPORTED
            else:
                yield _conflict(transaction)

    def _put_reference(self, transaction: Transaction) -> None:
        if transaction.old_side_id is not None:
            self.table.put_reference(transaction.old_side_id, transaction.id)

    def _require_valid(self, key: str) -> None:
        if self._invalid:
            counts = ", ".join(f"{count} {name}" for name, count in self.counts.items())
            reported = "; ".join(self._invalid[:_MAX_REPORTED])
            raise InvalidRecords(f"{key} has {len(self._invalid)} invalid lines ({counts}): {reported}")


def position_to_json(position: Position) -> dict[str, object]:
    """Return the JSON of a position, which the next invocation receives as its continuation."""
    return {"key": position.key, "offset": position.offset, "lines": position.lines}


def parse_position(content: object) -> Position | None:
    """Return the position in a continuation, None without one."""
    match content:
        case None:
            return None
        case {"key": str(key), "offset": int(offset), "lines": int(lines)}:
            return Position(key, offset, lines)
        case _:
            raise InvalidEvent("the continuation is not one that the operation returned")


def _conflict(transaction: Transaction) -> _Outcome:
    """Report that both sides booked a payment with one idempotency key, or different ones."""
    log.warning("idempotency-key-conflict", payment=str(transaction.payment.id))
    return _Outcome.CONFLICTING
