"""One invocation of a real operation in the model."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast

from common import log
from common.parameters import Parameters
from common.service_failures import service_failures
from cutover import final_validation, handler
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from cutover.replication_tasks import ReplicationTasks
from cutover.settings import Listener, Settings
from cutover.writer_replicas import WriterReplicas
from database.address import Address
from database.tls import TlsConfig
from explorer import aws_model
from explorer.boundary import World
from explorer.database_model import SEQUENCE, TABLE, close_session, open_session
from explorer.patching import patched
from explorer.state import FORWARD, FORWARD_SLOT, LOAD, PREFIX, REVERSE, REVERSE_SLOT, SOURCE, TARGET, Database
from migration.checkpoints import Checkpoints
from migration.replication import Replication, Side, Tasks
from migration.row_readers.comparison_plan import Checksum, ComparisonPlan, KeyRange
from migration.row_readers.reader import Reader
from migration.row_readers.table_schema import Column, TableSchema, TypeFamily
from migration.tables import Table


def _side(name: str) -> Side:
    return Side("postgres", Address(name, 5432, "pay"), f"{name}-secret", None, None)


_KEY = Column("id", "bigint", TypeFamily.INTEGER, nullable=False)
_RANDOM_KEY = Column("id", "uuid", TypeFamily.UUID, nullable=False)
_REPLICATION = Replication(
    name="pay",
    source=_side(SOURCE),
    target=_side(TARGET),
    tables=("public.%",),
    tasks=Tasks(LOAD, FORWARD, REVERSE),
    application_role="app",
    control_schema="public",
    forward_slot=FORWARD_SLOT,
    reverse_slot=REVERSE_SLOT,
    source_version=None,
    control_totals=(),
)
_SETTINGS = Settings(
    environment_identity="model/migration/1",
    parameter_prefix=PREFIX,
    parameter_replica_regions=(),
    checkpoint_bucket="checkpoints",
    migration_name="model",
    alert_topic_arn="topic",
    max_lag_seconds=5,
    fence_timeout_seconds=20,
    task_stop_timeout_seconds=480,
    max_validation_age_minutes=2880,
    cutover_percent=100,
    guard_alarms=(),
    listener=Listener("rule", "old", "new"),
    namespace="Payment/Migration",
    replications=(_REPLICATION,),
    tls=cast(TlsConfig, None),
)


@dataclass(frozen=True)
class _ModelReader:
    """Reads the payments of one side."""

    world: World
    database: Database
    engine: str = "postgres"
    bytes_read: int = 0

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        return [replace(TABLE, estimate=10**12)] if self.world.state.is_large else [TABLE]

    def table_schema(self, table: Table) -> TableSchema:
        key = _RANDOM_KEY if self.world.state.is_large else _KEY
        return TableSchema(table, (key,), (key,))

    def probe_quick_hash(self) -> str:
        return "hash"

    def sequences(self, tables: list[Table]) -> dict[str, tuple[str, int | None]]:
        return {SEQUENCE: ("bigint", None)}

    def checksum(self, plan: ComparisonPlan, key_range: KeyRange) -> Checksum:
        def compute() -> Checksum:
            rows = self.database.payments.items()
            return Checksum(self.database.oldest + len(rows), str(sorted(rows)))

        return self.world.read(self.database, None, compute)


@dataclass(frozen=True)
class ModelMigration(Migration):
    """A migration whose sessions are those of the model."""

    world: World

    @contextmanager
    def admin_session(self, side: Side, *, timeout: float = 30) -> Iterator[DatabaseAdmin]:
        """Open a session on the database of the model."""
        database = self.world.state.databases[side.address.host]
        admin, session = open_session(self.world, database)
        try:
            yield admin
        finally:
            close_session(database, session)

    @contextmanager
    def replication_session(self, side: Side) -> Iterator[DatabaseAdmin]:
        """Open a session of the replication user."""
        with self.admin_session(side) as admin:
            yield admin

    @contextmanager
    def read_session(self, side: Side, timeout: float) -> Iterator[Reader]:
        """Open a read-only session."""
        database = self.world.state.databases[side.address.host]
        self.world.read(database, None, lambda: None)
        yield cast(Reader, _ModelReader(self.world, database))


class _Serial:
    """Replaces the threads of the comparison: one after the other, so that a schedule can be replayed."""

    def __init__(self, workers: int) -> None:
        """Create it; the number of workers does not matter."""

    def __enter__(self) -> "_Serial":
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End."""

    def map(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """Run `work` on each item."""
        return [work(*each) for each in zip(*arguments, strict=False)]


def modeled() -> AbstractContextManager[None]:
    """Run operations without threads, and without logs."""
    return patched((final_validation, "ThreadPoolExecutor", _Serial), (log, "_line", lambda record: None))


def invoke(world: World, event: Mapping[str, Any]) -> Mapping[str, Any]:
    """Run the operation of `event`."""
    clock = world.clock()
    clients: Any = aws_model
    migration = ModelMigration(
        settings=_SETTINGS,
        execution=str(event.get("execution", "")),
        clock=clock,
        parameters=Parameters(clients.Ssm(world), PREFIX),
        writer_replicas=WriterReplicas(()),
        checkpoints=Checkpoints(clients.S3(world), "checkpoints", "model", clock),
        tasks=ReplicationTasks(clients.Dms(world), clock),
        load_balancers=clients.LoadBalancers(world),
        secrets=clients.SecretsManager(),
        sns=clients.Sns(world),
        world=world,
    )
    with service_failures():
        return handler.run(migration, event)
