"""Lambda handler that Secrets Manager invokes once for each rotation step.

Environment: DATABASES (JSON object from a secret's ARN to `{"host", "port", "dbname"}`), PARAMETER_PREFIX (`/writer`
and `/traffic/hold` are read below it; unset in a stack without cutover), ROLLBACK_WINDOW (`open` or `closed`), and that
of `database.tls`.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common import clients, log
from common.parameters import Parameters
from common.settings import Variables
from database.address import Address
from database.tls import TlsConfig, parse_tls_config
from rotation.engine import Engine
from rotation.errors import RotationFailed
from rotation.hold import Hold, RollbackWindow, parse_window
from rotation.kinds import Databases, Kind, kind_of
from rotation.logins import EngineName, parse_databases
from rotation.mysql import MySql
from rotation.postgresql import PostgreSql
from rotation.versions import Step, Versions, parse_request


@dataclass(frozen=True)
class Settings:
    """Where databases are whose secrets do not say, how they are trusted, and what rotations wait for."""

    addresses: Mapping[str, Address]
    parameters: str | None
    window: RollbackWindow
    tls: TlsConfig


def parse_settings(variables: Variables) -> Settings:
    """Read the environment."""
    return Settings(
        parse_databases(variables),
        variables.optional("PARAMETER_PREFIX"),
        parse_window(variables.optional("ROLLBACK_WINDOW")),
        parse_tls_config(variables),
    )


def handle(event: Mapping[str, Any], _context: object) -> None:
    """Do one step. Secrets Manager repeats a rotation whose step fails."""
    request = parse_request(event)
    settings = parse_settings(Variables(os.environ))
    versions = Versions(clients.secretsmanager(), request.secret, request.token)
    if versions.is_finished():
        log.info("rotation-was-finished", secret=request.secret, step=request.step.value)
        return
    engines: Mapping[EngineName, Engine] = {
        EngineName.POSTGRESQL: PostgreSql(settings.tls),
        EngineName.MYSQL: MySql(settings.tls),
    }
    parameters = None if settings.parameters is None else Parameters(clients.ssm(), settings.parameters)
    rotation = Rotation(
        versions,
        kind_of(versions, Databases(engines, settings.addresses)),
        Hold(parameters, settings.window),
    )
    rotation.do(request.step)
    log.info("rotation-step", secret=request.secret, step=request.step.value)


@dataclass(frozen=True)
class Rotation:
    """One rotation.

    The hold is asked only where nothing has been changed yet: a rotation that changed the database must end, or the
    value in use would be one that the database refuses.
    """

    versions: Versions
    kind: Kind
    hold: Hold

    def do(self, step: Step) -> None:
        """Do one step; done twice, it ends the same."""
        match step:
            case Step.CREATE:
                if self.versions.pending() is None:
                    self.hold.check()
                    self.versions.write_pending(self.kind.successor())
            case Step.SET:
                pending = self._pending()
                if not self.kind.is_applied(pending):
                    self.hold.check()
                    self.kind.apply(pending)
            case Step.TEST:
                self._check()
            case Step.FINISH:
                self._check()
                self.versions.finish()

    def _pending(self) -> Mapping[str, Any]:
        pending = self.versions.pending()
        if pending is None:
            raise RotationFailed(f"the pending version of the secret {self.versions.secret} has no value yet")
        return pending

    def _check(self) -> None:
        if not self.kind.is_applied(self._pending()):
            raise RotationFailed(f"the pending value of the secret {self.versions.secret} does not work yet")
