"""The operation `initialize`: the prerequisites of the full load."""

from common import log
from common.errors import PreconditionFailed
from common.parameters import Writer
from cutover import application_access, replication_privileges, replication_users, schema_record
from cutover.connections import require_connections
from cutover.engine import DatabaseAdmin
from cutover.fence_obstacles import fence_obstacles
from cutover.load_status import HEARTBEAT
from cutover.migration import Migration
from cutover.ownership import ownership_status
from cutover.schema_comparison import compare_schemas
from database import secrets
from migration.replication import Replication, Side
from migration.tables import Table

INITIALIZE_STEP = "initialize"


def initialize(migration: Migration) -> dict[str, object]:
    """Check secrets, schemas and connections, create users and marker tables, and block the application on the target.

    The reverse direction is checked too: after the cutover it would be too late. In a rehearsal everything runs up to
    the fence, so that ownership of the source is reported and not required.
    """
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; a migration starts while the source is the writer")
    for replication in migration.settings.replications:
        _require_real_secrets(migration, replication)
    replications = migration.settings.replications
    tables = sum(_initialize(migration, replication) for replication in replications)
    require_connections(migration, (task for replication in replications for task in replication.tasks.all))
    if not migration.parameters.is_rollback_window_open():
        migration.parameters.open_rollback_window()
    migration.checkpoints.write(INITIALIZE_STEP, migration.execution, {"tables": tables})
    return {"tables": tables, "ownership": ownership_status(migration)["ownership"]}


def _require_real_secrets(migration: Migration, replication: Replication) -> None:
    """Raise `PlaceholderSecret` if a secret still contains its initial value."""
    for side in (replication.source, replication.target):
        for secret in (side.master_secret, side.secret, side.application_secret):
            if secret is not None:
                secrets.login(migration.secrets, secret)


def _initialize(migration: Migration, replication: Replication) -> int:
    source_side, target_side = replication.source, replication.target
    with migration.admin_session(source_side) as source, migration.admin_session(target_side) as target:
        tables = compare_schemas(source, target, replication.tables)
        for finding in replication_users.shared_user(migration, source_side, source):
            raise PreconditionFailed(f"the source {finding}")
        loads = migration.tasks.state(replication.tasks.load).not_started
        if loads:
            _require_empty_target(replication, target, tables)
        sides = (("source", source_side, source), ("target", target_side, target))
        for name, side, admin in sides:
            _prepare_replication(migration, replication, name, side, admin, tables)
        if loads:
            # The load inserts the markers of the source, among them those of an earlier migration.
            target.markers.delete_all()
            schema_record.write(migration, replication, source, tables)
        replication_users.register(migration, source_side, source)
        replication_privileges.require(migration, replication)
        application_access.record_target_logins(migration, replication, target)
        if target_side.application_secret is not None:
            login = secrets.login(migration.secrets, target_side.application_secret)
            target.accounts.ensure_application_user(login, replication.application_role, tables)
        for name, side, admin in sides:
            for obstacle in fence_obstacles(migration, replication, side, admin):
                raise PreconditionFailed(f"the {name} {obstacle}")
        # Exactly one database accepts writes from here on.
        deadline = migration.clock.deadline(migration.settings.fence_timeout_seconds)
        application_access.block(migration, replication, target_side, target, deadline)
        source.markers.write(HEARTBEAT)
    log.info("initialized", replication=replication.name, tables=len(tables))
    return len(tables)


def _require_empty_target(replication: Replication, target: DatabaseAdmin, tables: list[Table]) -> None:
    """Raise `PreconditionFailed` if the full load would find rows in the target.

    It inserts into tables as they are: rows of an earlier load would stop it, or remain although the source has
    deleted them.
    """
    filled = [str(table) for table in tables if target.schema.has_rows(table)]
    if filled:
        raise PreconditionFailed(
            f"the target of {replication.name} has rows in {', '.join(filled)}: truncate these tables before the full"
            " load"
        )


def _prepare_replication(
    migration: Migration, replication: Replication, name: str, side: Side, admin: DatabaseAdmin, tables: list[Table]
) -> None:
    login = secrets.login(migration.secrets, side.secret)
    if side.master_secret is not None:
        admin.accounts.ensure_replication_user(login, tables, replication.control_schema)
        admin.changes.set_retention()
    for finding in admin.changes.missing_prerequisites():
        raise PreconditionFailed(f"the {name} {finding}")
    admin.markers.install(login.username)
