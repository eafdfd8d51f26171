"""What the validation is told by its environment."""

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
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True)
class Limits:
    """What a chunk may be, and what may be asked of a source at one time.

    A chunk has `chunk_rows` rows, fewer where they are wide: `chunk_bytes` at most. A statement may take
    `statement` seconds. `sessions` validate one source at a time, whoever started them (0: any number), and each
    of them asks for `duty` per cent of its time. Of tables with more than `sample_above` rows (0: of none) only
    `sample_chunks` chunks are compared.
    """

    chunk_rows: int
    chunk_bytes: int
    statement: int
    sessions: int
    duty: int
    sample_above: int
    sample_chunks: int


@dataclass(frozen=True)
class Validation:
    """One validation's settings and ways out of the program.

    `lag` is how many seconds a row may be on its way, `looks` how often a row that differs is looked at again.
    """

    replications: tuple[Replication, ...]
    tls: TlsConfig
    namespace: str
    parameters: str | None
    hash_key_secret: str
    limits: Limits
    lag: int
    looks: int
    store: Checkpoints
    secrets: "SecretsManagerClient"
    dms: "DatabaseMigrationServiceClient"
    clock: Clock

    @contextmanager
    def read_source(self, replication: Replication) -> Iterator[Reader]:
        """A reading session on the source, within what may be asked of it."""
        with self._read(replication.source) as reader:
            self._reserve(reader)
            yield reader

    @contextmanager
    def read_target(self, replication: Replication) -> Iterator[Reader]:
        """A reading session on the target."""
        with self._read(replication.target) as reader:
            yield reader

    def rest(self, began: float) -> None:
        """Leave the source alone for its share of the time, after work that began at this `time.monotonic()`."""
        if self.limits.duty < 100:
            self.clock.sleep((time.monotonic() - began) * (100 / self.limits.duty - 1))

    def replication(self, name: str) -> Replication:
        """The replication of that name."""
        for replication in self.replications:
            if replication.name == name:
                return replication
        raise InvalidEvent(f"there is no replication {name!r}")

    @contextmanager
    def _read(self, side: Side) -> Iterator[Reader]:
        """A session of the replication user, which may read every table, that cannot write."""
        login = secrets.login(self.secrets, side.secret)
        with open_reader(side, login, self.tls, self.limits.statement) as reader:
            yield reader

    def _reserve(self, reader: Reader) -> None:
        """Wait for one of the source's places; whoever finds none fails as a busy server would, and is retried."""
        if not self.limits.sessions:
            return
        busy = DatabaseFailure("53300", f"{self.limits.sessions} sessions validate this source already")
        self.clock.deadline(self.limits.statement).poll(
            lambda: reader.acquire_slot(self.limits.sessions), busy, pause=1
        )


def build(environment: Mapping[str, str], clock: Clock | None = None) -> Validation:
    """Read every variable at once and make the clients."""
    variables = Variables(environment)
    clock = clock or Clock()
    return Validation(
        replications=replications(variables),
        tls=parse_tls_config(variables),
        namespace=variables.optional("NAMESPACE") or "Payment/Migration",
        parameters=variables.optional("PARAMETER_PREFIX"),
        hash_key_secret=variables.required("HASH_KEY_SECRET"),
        limits=_limits(variables),
        lag=variables.integer("MAX_LAG_SECONDS", 5),
        looks=max(1, variables.integer("MAX_RECHECKS", 5)),
        store=Checkpoints(clients.s3(), variables.required("CHECKPOINT_BUCKET"), "validation", clock),
        secrets=clients.secretsmanager(),
        dms=clients.dms(),
        clock=clock,
    )


def folder(execution: str) -> str:
    """Where an execution's objects lie. Of an ARN, its last part; anything odd would be another folder."""
    name = execution.rsplit(":", 1)[-1]
    if not name or not all(character.isalnum() or character in "-_." for character in name) or name.startswith("."):
        raise InvalidEvent(f"the execution is {execution!r}, allowed: letters, digits, hyphen, underscore, dot")
    return f"validation/{name}"


def _limits(variables: Variables) -> Limits:
    return Limits(
        chunk_rows=max(1, variables.integer("CHUNK_ROWS", 200_000)),
        chunk_bytes=max(1, variables.integer("CHUNK_BYTES", 128 * 1024 * 1024)),
        statement=variables.integer("STATEMENT_TIMEOUT_SECONDS", 240),
        sessions=variables.integer("SOURCE_SESSIONS", 16),
        duty=min(100, max(1, variables.integer("SOURCE_DUTY_CYCLE_PERCENT", 100))),
        sample_above=variables.integer("SAMPLE_ABOVE_ROWS", 0),
        sample_chunks=max(2, variables.integer("SAMPLE_CHUNKS", 1_000)),
    )
