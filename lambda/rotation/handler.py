"""Lambda handler that Secrets Manager invokes once for each rotation step, and an operator to initialize the database.

`{"operation": "initialize_database"}` creates the user and the tables of the payment code; see
`rotation.initialization`.

Environment: DATABASES (JSON object from a secret's ARN to `{"hosts", "port", "dbname"}`), APPLICATION_SECRET (secret of
the user of the payment code; unset for a database with a replication), PARAMETER_PREFIX (`/writer` and `/traffic/hold`
are read below it; unset in a stack without cutover), ROLLBACK_WINDOW (`open` or `closed`), and that of `database.tls`.
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
from rotation.errors import RotationFailed, RotationHeld
from rotation.hold import Hold, RollbackWindow, parse_window
from rotation.initialization import initialize_database
from rotation.logins import EngineName, parse_databases
from rotation.mysql import MySql
from rotation.postgresql import PostgreSql
from rotation.strategies import Databases, RotationStrategy, strategy_of
from rotation.versions import Request, Step, Versions, parse_request


@dataclass(frozen=True)
class Settings:
    """Addresses of the stack's databases by secret, TLS, and the state that holds rotations."""

    addresses: Mapping[str, Address]
    application_secret: str | None
    parameters: str | None
    window: RollbackWindow
    tls: TlsConfig


def parse_settings(variables: Variables) -> Settings:
    """Return the settings of the environment."""
    return Settings(
        parse_databases(variables),
        variables.optional("APPLICATION_SECRET"),
        variables.optional("PARAMETER_PREFIX"),
        parse_window(variables.optional("ROLLBACK_WINDOW")),
        parse_tls_config(variables),
    )


def handle(event: Mapping[str, Any], _context: object) -> Mapping[str, list[str]] | None:
    """Run one step of a rotation, or the operation; Secrets Manager retries a rotation whose step fails."""
    settings = parse_settings(Variables(os.environ))
    match event:
        case {"operation": "initialize_database"}:
            return initialize_database(settings.application_secret, _databases(settings), settings.tls)
        case _:
            _rotate(event, settings)
            return None


def _rotate(event: Mapping[str, Any], settings: Settings) -> None:
    try:
        _run_step(parse_request(event), settings)
    except RotationHeld as held:
        log.warning("rotation-held", cause=str(held))
        raise
    except Exception as error:
        # Lambda counts a hold as an error too. A metric filter counts this event, for an alarm.
        log.error("rotation-failed", error=type(error).__name__)
        raise


def _run_step(request: Request, settings: Settings) -> None:
    versions = Versions(clients.secretsmanager(), request.secret, request.token)
    parameters = None if settings.parameters is None else Parameters(clients.ssm(), settings.parameters)
    hold = Hold(parameters, settings.window)
    stages = versions.stages()
    if "AWSCURRENT" in stages:
        log.info("rotation-already-finished", secret=request.secret, step=request.step.value)
        return
    if "AWSPENDING" not in stages:
        if request.step is Step.CREATE:
            hold.check()  # an earlier attempt was held, and removed the label
        raise RotationFailed(f"the version {request.token} of the secret {request.secret} is not pending")
    Rotation(versions, strategy_of(versions, _databases(settings)), hold).run(request.step)
    log.info("rotation-step", secret=request.secret, step=request.step.value)


def _databases(settings: Settings) -> Databases:
    engines: Mapping[EngineName, Engine] = {
        EngineName.POSTGRESQL: PostgreSql(settings.tls),
        EngineName.MYSQL: MySql(settings.tls),
    }
    return Databases(engines, settings.addresses)


@dataclass(frozen=True)
class Rotation:
    """One rotation.

    It checks the hold only before its first change. A rotation that changed the database must finish: otherwise the
    database would reject the current value.
    """

    versions: Versions
    strategy: RotationStrategy
    hold: Hold

    def run(self, step: Step) -> None:
        """Run one step; a repetition has the same result."""
        match step:
            case Step.CREATE:
                if self.versions.pending() is None:
                    self._check_hold_or_cancel()
                    self.versions.write_pending(self.strategy.new_value())
            case Step.SET:
                pending = self._pending()
                if not self.strategy.is_active(pending):
                    self.hold.check()
                    self.strategy.activate(pending)
            case Step.TEST:
                self._check()
            case Step.FINISH:
                self._check()
                self.versions.finish()

    def _check_hold_or_cancel(self) -> None:
        try:
            self.hold.check()
        except RotationHeld:
            self.versions.cancel()
            raise

    def _pending(self) -> Mapping[str, Any]:
        pending = self.versions.pending()
        if pending is None:
            raise RotationFailed(f"the pending version of the secret {self.versions.secret} has no value yet")
        return pending

    def _check(self) -> None:
        if not self.strategy.is_active(self._pending()):
            raise RotationFailed(f"the pending value of the secret {self.versions.secret} does not work yet")
