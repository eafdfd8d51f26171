"""`initialize`: everything that must be true before the first row is copied."""

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover import doors, schema
from cutover.follow import HEARTBEAT
from cutover.migration import Migration
from database import secrets
from migration.replication import Replication


def initialize(migration: Migration) -> dict[str, int]:
    """Check secrets and schemas, make users and the marker table, shut the application out of the target."""
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; a migration begins while it is the source")
    for replication in migration.settings.replications:
        _refuse_placeholders(migration, replication)
    return {"tables": sum(_prepare(migration, replication) for replication in migration.settings.replications)}


def _refuse_placeholders(migration: Migration, replication: Replication) -> None:
    for side in (replication.source, replication.target):
        for secret in (side.master_secret, side.secret, side.application_secret):
            if secret is not None:
                secrets.login(migration.secrets, secret)


def _prepare(migration: Migration, replication: Replication) -> int:
    source, target = replication.source, replication.target
    with migration.administer(source) as giver, migration.administer(target) as taker:
        found = schema.compare(giver, taker, replication.tables)
        sides = (("source", source, giver), ("target", target, taker))
        for name, side, administered in sides:
            login = secrets.login(migration.secrets, side.secret)
            if side.master_secret is not None:
                administered.accounts.ensure_replication_user(login, found)
                administered.changes.prepare()
            for lack in administered.changes.lacks():
                raise PreconditionFailed(f"the {name} {lack}")
            administered.markers.install(login.username)
        if target.application_secret is not None:
            login = secrets.login(migration.secrets, target.application_secret)
            taker.accounts.ensure_application_user(login, replication.application_role, found)
        for name, side, administered in sides:
            for gap in doors.gaps(migration, replication, side, administered):
                raise PreconditionFailed(f"the {name} {gap}")
        # Exactly one database takes writes: from now on the target's door is shut.
        doors.shut(migration, replication, target, taker, migration.clock.deadline(migration.settings.fence))
        giver.markers.write(HEARTBEAT)
    log.info("initialized", replication=replication.name, tables=len(found))
    return len(found)
