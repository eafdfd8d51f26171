"""What the validation is told by its environment."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common import clients, secrets
from common.checkpoints import Checkpoints
from common.clock import Clock
from common.database import Database, connect
from common.errors import InvalidEvent
from common.replication import Replication, Side, replications
from common.settings import Trust, Variables

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True)
class Validation:
    """One validation's settings and ways out of the program.

    `chunk_rows` is how many rows a chunk is meant to have, `lag` how many seconds a row may be on its way.
    """

    replications: tuple[Replication, ...]
    trust: Trust
    namespace: str
    hash_key_secret: str
    chunk_rows: int
    lag: int
    store: Checkpoints
    secrets: "SecretsManagerClient"
    clock: Clock

    @contextmanager
    def read(self, side: Side) -> Iterator[Database]:
        """A session of the replication user, which may read every table, that cannot write."""
        login = secrets.login(self.secrets, side.secret)
        with connect(side.address, login, self.trust, timeout=240) as database:
            database.run("set default_transaction_read_only = on")
            yield database

    def replication(self, name: str) -> Replication:
        """The replication of that name."""
        for replication in self.replications:
            if replication.name == name:
                return replication
        raise InvalidEvent(f"there is no replication {name!r}")


def build(environment: Mapping[str, str], clock: Clock | None = None) -> Validation:
    """Read every variable at once and make the clients."""
    variables = Variables(environment)
    clock = clock or Clock()
    return Validation(
        replications=replications(variables),
        trust=variables.trust(),
        namespace=variables.optional("NAMESPACE") or "Payment/Migration",
        hash_key_secret=variables.required("HASH_KEY_SECRET"),
        chunk_rows=max(1, variables.whole("CHUNK_ROWS", 50_000)),
        lag=variables.whole("MAX_LAG", 5),
        store=Checkpoints(clients.s3(), variables.required("CHECKPOINTS"), "validation", clock),
        secrets=clients.secretsmanager(),
        clock=clock,
    )


def folder(execution: str) -> str:
    """Where an execution's objects lie. Of an ARN, its last part; anything odd would be another folder."""
    name = execution.rsplit(":", 1)[-1]
    if not name or not all(character.isalnum() or character in "-_." for character in name) or name.startswith("."):
        raise InvalidEvent(f"the execution is {execution!r}, allowed: letters, digits, hyphen, underscore, dot")
    return f"validation/{name}"
