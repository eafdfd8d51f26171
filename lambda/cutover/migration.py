"""What every step works with: the settings and the ways out of the program."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clients, secrets
from common.checkpoints import Checkpoints
from common.clock import Clock
from common.database import Database, connect
from common.errors import NotAllowed
from common.parameters import Parameters
from common.replication import Side
from cutover.settings import Settings
from cutover.tasks import ReplicationTasks

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sns import SNSClient

_LOCK = 7_089_334_211  # any number that nothing else in these databases locks


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
    def administer(self, side: Side, *, timeout: float = 30) -> Iterator[Database]:
        """A session with the rights to fence, to make slots and to set sequences."""
        login = secrets.login(self.secrets, side.master_secret or side.secret)
        with connect(side.address, login, self.settings.trust, timeout=timeout) as database:
            yield database

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Let no other operation move the writer meanwhile.

        A state machine gives a step up when its time is over, but the function behind it may still run: without
        this lock, such a step could open the target while the rollback opens the source. It is held by a
        session of the target, so that it ends with the program that holds it.
        """
        late = NotAllowed("another operation is moving the writer")
        with self.administer(self.settings.replications[0].target, timeout=self.settings.fence) as target:

            def is_ours() -> bool:
                return bool(target.value("select pg_try_advisory_lock(cast(:lock as bigint))", lock=_LOCK))

            self.clock.deadline(self.settings.fence / 2).poll(is_ours, late, pause=0.2)
            yield

    def replicating_users(self, side: Side) -> tuple[str, ...]:
        """The users that the replication tasks log in as: rotation alternates between two."""
        user = secrets.login(self.secrets, side.secret).username.removesuffix("_clone")
        return (user, f"{user}_clone")

    def tell(self, subject: str, message: str) -> None:
        """Publish to the operations team's topic."""
        text = f"{message}\n\nworkflow  {self.settings.workflow}\nexecution {self.execution}"
        self.topic.publish(TopicArn=self.settings.topic, Subject=subject[:100], Message=text)


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
