"""The context of every step: settings, AWS clients and database sessions of one migration."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clients
from common.clock import Clock
from common.errors import DatabaseFailure
from common.parameters import Parameters, Writer
from cutover.admin_sessions import open_admin_session
from cutover.engine import DatabaseAdmin
from cutover.replication_tasks import ReplicationTasks
from cutover.settings import Settings
from cutover.writer_replicas import WriterReplicas
from database import secrets
from migration.checkpoints import Checkpoints
from migration.replication import Side
from migration.row_readers.open import open_reader
from migration.row_readers.reader import Reader

if TYPE_CHECKING:
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

_CONNECTION_DOES_NOT_EXIST, _LOCK_NOT_AVAILABLE = "08003", "55P03"  # SQLSTATE


@dataclass(frozen=True)
class Migration:
    """One migration in one execution; checkpoints and notifications contain the name of the execution."""

    settings: Settings
    execution: str
    clock: Clock
    parameters: Parameters
    writer_replicas: WriterReplicas
    checkpoints: Checkpoints
    tasks: ReplicationTasks
    load_balancers: "ElasticLoadBalancingv2Client"
    secrets: "SecretsManagerClient"
    sns: "SNSClient"

    @contextmanager
    def admin_session(self, side: Side, *, timeout: float = 30) -> Iterator[DatabaseAdmin]:
        """Open an administrative session on `side`; `timeout` bounds each statement, in seconds."""
        login = secrets.login(self.secrets, side.master_secret or side.secret)
        with open_admin_session(side.engine, side.address, login, self.settings.tls, timeout) as admin:
            yield admin

    @contextmanager
    def replication_session(self, side: Side) -> Iterator[DatabaseAdmin]:
        """Open a session of the replication user on `side`, to check its privileges."""
        login = secrets.login(self.secrets, side.secret)
        with open_admin_session(side.engine, side.address, login, self.settings.tls, 30) as session:
            yield session

    @contextmanager
    def read_session(self, side: Side, timeout: float) -> Iterator[Reader]:
        """Open a read-only session of the replication user on `side`; `timeout` bounds each statement, in seconds."""
        login = secrets.login(self.secrets, side.secret)
        with open_reader(side, login, self.settings.tls, timeout) as reader:
            yield reader

    @contextmanager
    def writer_lock(self) -> "Iterator[WriterLock]":
        """Hold the lock that serializes the operations of this environment that change the writer.

        A state machine abandons a step after its timeout, but the function may still run. Without the lock, such
        a step could promote the target while the rollback unfences the source. A session on the target holds
        the lock, so that the end of the program releases it.
        """
        with self.locked_session(self.settings.replications[0].target) as target:
            sessions = ((self.settings.replications[0].target, target),)
            yield WriterLock(sessions, self.parameters, self.writer_replicas)

    @contextmanager
    def locked_session(self, side: Side, timeout: float | None = None) -> Iterator[DatabaseAdmin]:
        """Open an administrative session that holds the lock of `side`; wait for half of `timeout`, in seconds.

        Raise `DatabaseFailure` if another operation holds it: a retry may succeed.
        """
        late = DatabaseFailure(_LOCK_NOT_AVAILABLE, "another operation holds the lock of the database")
        timeout = timeout or self.settings.fence_timeout_seconds
        with self.admin_session(side, timeout=timeout) as admin:
            self.clock.deadline(timeout / 2).poll(admin.server.try_lock, late, pause=0.2)
            yield admin

    def replication_users(self, side: Side) -> tuple[str, ...]:
        """Return the users of the replication tasks, both of those between which rotation alternates."""
        user = secrets.original(secrets.login(self.secrets, side.secret).username)
        return (user, secrets.clone(user))

    def notify(self, subject: str, message: str) -> None:
        """Publish to the topic of the operations team."""
        text = f"{message}\n\nmigration {self.settings.migration_name}\nexecution {self.execution}"
        self.sns.publish(TopicArn=self.settings.alert_topic_arn, Subject=subject[:100], Message=text)


@dataclass(frozen=True)
class WriterLock:
    """The lock under which logins may be allowed and the writer may change.

    The sessions hold it, and the end of one releases it. Changes are made in these sessions, so that none is made
    after that.
    """

    sessions: tuple[tuple[Side, DatabaseAdmin], ...]
    parameters: Parameters
    replicas: WriterReplicas

    def find_session(self, side: Side) -> DatabaseAdmin | None:
        """Return the session on `side`, or None if this lock needs none there."""
        return next((admin for locked, admin in self.sessions if locked == side), None)

    def require_held(self) -> None:
        """Raise `DatabaseFailure` if a session, and with it the lock, has been lost."""
        for _, admin in self.sessions:
            if not admin.server.holds_lock():
                raise DatabaseFailure(_CONNECTION_DOES_NOT_EXIST, "the session has lost its lock")

    def set_writer(self, writer: Writer) -> None:
        """Set the writer; raise `DatabaseFailure` if a session, and with it the lock, has been lost."""
        self.require_held()
        self.parameters.set_writer(writer)
        self.replicas.update(writer)


def build(settings: Settings, execution: str, clock: Clock | None = None) -> Migration:
    """Build the migration with AWS clients."""
    clock = clock or Clock()
    return Migration(
        settings=settings,
        execution=execution,
        clock=clock,
        parameters=Parameters(clients.ssm(), settings.parameter_prefix),
        writer_replicas=WriterReplicas(
            tuple(
                Parameters(clients.ssm(region), settings.parameter_prefix)
                for region in settings.parameter_replica_regions
            )
        ),
        checkpoints=Checkpoints(clients.s3(), settings.checkpoint_bucket, settings.migration_name, clock),
        tasks=ReplicationTasks(clients.dms(), clock),
        load_balancers=clients.elbv2(),
        secrets=clients.secretsmanager(),
        sns=clients.sns(),
    )
