"""Settings of the validation, with its clients and sessions."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clients
from common.clock import Clock
from common.errors import DatabaseFailure, InvalidEvent
from common.settings import Variables
from database import secrets
from database.tls import TlsConfig, parse_tls_config
from migration.checkpoints import Checkpoints
from migration.replication import Replication, Side, replications
from migration.row_readers.open import open_reader
from migration.row_readers.reader import Reader

if TYPE_CHECKING:
    from mypy_boto3_dms import DatabaseMigrationServiceClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True)
class Limits:
    """Limits of a chunk, and of the load on a source.

    A chunk has at most `chunk_rows` rows and about `chunk_bytes` bytes. At most `sessions` sessions of all validations
    read one source at a time (0: no limit), each for `duty_cycle_percent` of the time. Of a table with more than
    `sample_above_rows` rows (0: of none), only `sample_chunks` chunks are compared.
    """

    chunk_rows: int
    chunk_bytes: int
    statement_timeout_seconds: int
    sessions: int
    duty_cycle_percent: int
    sample_above_rows: int
    sample_chunks: int


@dataclass(frozen=True)
class Validation:
    """Settings and clients of one validation.

    A row that differs is rechecked up to `max_rechecks` times, after `max_lag_seconds` each.
    """

    replications: tuple[Replication, ...]
    tls: TlsConfig
    namespace: str
    parameters: str | None
    hash_key_arn: str
    limits: Limits
    max_lag_seconds: int
    max_rechecks: int
    store: Checkpoints
    secrets: "SecretsManagerClient"
    dms: "DatabaseMigrationServiceClient"
    kms: "KMSClient"
    clock: Clock

    @contextmanager
    def read_source(self, replication: Replication) -> Iterator[Reader]:
        """Open a read-only session on the source, within its limits."""
        with self._read(replication.source) as reader:
            self._acquire_slot(reader)
            yield reader

    @contextmanager
    def read_target(self, replication: Replication) -> Iterator[Reader]:
        """Open a read-only session on the target."""
        with self._read(replication.target) as reader:
            yield reader

    def throttle(self, started: float) -> None:
        """Sleep to keep the duty cycle, after a read that started at this `time.monotonic()`."""
        if self.limits.duty_cycle_percent < 100:
            self.clock.sleep((time.monotonic() - started) * (100 / self.limits.duty_cycle_percent - 1))

    def replication(self, name: str) -> Replication:
        """Return the replication with this name."""
        for replication in self.replications:
            if replication.name == name:
                return replication
        raise InvalidEvent(f"the replication {name!r} does not exist")

    @contextmanager
    def _read(self, side: Side) -> Iterator[Reader]:
        """Open a read-only session of the replication user, which can read every table."""
        login = secrets.login(self.secrets, side.secret)
        with open_reader(side, login, self.tls, self.limits.statement_timeout_seconds) as reader:
            yield reader

    def _acquire_slot(self, reader: Reader) -> None:
        """Wait for a slot of the source; raise the error of a busy server, which is retried, if none is free."""
        if not self.limits.sessions:
            return
        busy = DatabaseFailure("53300", f"{self.limits.sessions} sessions already validate this source")
        self.clock.deadline(self.limits.statement_timeout_seconds).poll(
            lambda: reader.acquire_slot(self.limits.sessions), busy, pause=1
        )


def build(environment: Mapping[str, str], clock: Clock | None = None) -> Validation:
    """Return the settings of the environment, with their clients."""
    variables = Variables(environment)
    clock = clock or Clock()
    return Validation(
        replications=replications(variables),
        tls=parse_tls_config(variables),
        namespace=variables.optional("NAMESPACE") or "Payment/Migration",
        parameters=variables.optional("PARAMETER_PREFIX"),
        hash_key_arn=variables.required("HASH_KEY_ARN"),
        limits=_limits(variables),
        max_lag_seconds=variables.integer("MAX_LAG_SECONDS", 5),
        max_rechecks=max(1, variables.integer("MAX_RECHECKS", 5)),
        store=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), "validation", clock),
        secrets=clients.secretsmanager(),
        dms=clients.dms(),
        kms=clients.kms(),
        clock=clock,
    )


def folder(execution: str) -> str:
    """Return the folder of an execution in the bucket, by the last part of its ARN."""
    name = execution.rsplit(":", 1)[-1]
    if not name or not all(character.isalnum() or character in "-_." for character in name) or name.startswith("."):
        raise InvalidEvent(f"the execution is {execution!r}, allowed: letters, digits, hyphen, underscore, dot")
    return f"validation/{name}"


def _limits(variables: Variables) -> Limits:
    return Limits(
        chunk_rows=max(1, variables.integer("CHUNK_ROWS", 200_000)),
        chunk_bytes=max(1, variables.integer("CHUNK_BYTES", 128 * 1024 * 1024)),
        statement_timeout_seconds=variables.integer("STATEMENT_TIMEOUT_SECONDS", 240),
        sessions=variables.integer("SOURCE_SESSIONS", 16),
        duty_cycle_percent=min(100, max(1, variables.integer("SOURCE_DUTY_CYCLE_PERCENT", 100))),
        sample_above_rows=variables.integer("SAMPLE_ABOVE_ROWS", 0),
        sample_chunks=max(2, variables.integer("SAMPLE_CHUNKS", 1_000)),
    )
