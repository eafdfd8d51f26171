"""What every step works with: the settings and the ways out of the program."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clients
from common.clock import Clock
from common.errors import PreconditionFailed
from common.parameters import Parameters, Writer
from cutover import mysql, postgresql
from cutover.administered import Administered, Server
from cutover.settings import Settings
from cutover.tasks import ReplicationTasks
from database import secrets
from database.address import Address
from database.secrets import Login
from database.tls import TlsConfig
from migration.checkpoints import Checkpoints
from migration.replication import Side
from migration.row_readers.open import open_reader
from migration.row_readers.reader import Reader

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

_MAKES: Mapping[str, Callable[[Address, Login, TlsConfig, float], AbstractContextManager[Administered]]] = {
    "postgres": postgresql.administer,
    "mysql": mysql.administer,
}


@dataclass(frozen=True)
class Migration:
    """One migration in one execution; `execution` names it in checkpoints and messages."""

    settings: Settings
    execution: str
    clock: Clock
    parameters: Parameters
    checkpoints: Checkpoints
    tasks: ReplicationTasks
    alarms: "CloudWatchClient"
    balancers: "ElasticLoadBalancingv2Client"
    secrets: "SecretsManagerClient"
    topic: "SNSClient"

    @contextmanager
    def administer(self, side: Side, *, timeout: float = 30) -> Iterator[Administered]:
        """A session with the rights to fence, to find positions in the log and to set counters."""
        login = secrets.login(self.secrets, side.master_secret or side.secret)
        with _MAKES[side.engine](side.address, login, self.settings.tls, timeout) as administered:
            yield administered

    @contextmanager
    def read(self, side: Side, timeout: float) -> Iterator[Reader]:
        """A session of the replication user, who may read every table, that cannot write."""
        login = secrets.login(self.secrets, side.secret)
        with open_reader(side, login, self.settings.tls, timeout) as reader:
            yield reader

    @contextmanager
    def exclusively(self) -> "Iterator[Exclusive]":
        """Let no other operation move the writer meanwhile.

        A state machine gives a step up when its time is over, but the function behind it may still run: without
        this lock, such a step could open the target while the rollback opens the source. It is held by a
        session of the target, so that it ends with the program that holds it.
        """
        late = PreconditionFailed("another operation is moving the writer")
        with self.administer(self.settings.replications[0].target, timeout=self.settings.fence) as target:
            self.clock.deadline(self.settings.fence / 2).poll(target.server.try_lock, late, pause=0.2)
            yield Exclusive(target.server, self.parameters)

    def replicating_users(self, side: Side) -> tuple[str, ...]:
        """The users that the replication tasks log in as: rotation alternates between two."""
        user = secrets.original(secrets.login(self.secrets, side.secret).username)
        return (user, secrets.clone(user))

    def tell(self, subject: str, message: str) -> None:
        """Publish to the operations team's topic."""
        text = f"{message}\n\nworkflow  {self.settings.workflow}\nexecution {self.execution}"
        self.topic.publish(TopicArn=self.settings.topic, Subject=subject[:100], Message=text)


@dataclass(frozen=True)
class Exclusive:
    """The lock of whoever moves the writer; the session of `server` holds it."""

    server: Server
    parameters: Parameters

    def move_writer(self, writer: Writer) -> None:
        """Set the writer, if the lock stands still: a session that the network lost has given it back."""
        self.server.version()
        self.parameters.set_writer(writer)


def build(settings: Settings, execution: str, clock: Clock | None = None) -> Migration:
    """The migration over real clients."""
    clock = clock or Clock()
    return Migration(
        settings=settings,
        execution=execution,
        clock=clock,
        parameters=Parameters(clients.ssm(), settings.parameters),
        checkpoints=Checkpoints(clients.s3(), settings.checkpoints, settings.workflow, clock),
        tasks=ReplicationTasks(clients.dms(), clock),
        alarms=clients.cloudwatch(),
        balancers=clients.elbv2(),
        secrets=clients.secretsmanager(),
        topic=clients.sns(),
    )
