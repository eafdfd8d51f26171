"""The application's access to one side: blocking, allowing and checking its logins.

Replication users, also those of other environments, and administrators are exempt, because some servers make them
members of the application's role.
"""

from collections.abc import Iterator

from common.clock import Deadline
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from cutover.replication_users import exempt_users
from database import secrets
from migration.replication import Replication, Side


def block(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin, deadline: Deadline) -> None:
    """Block the application's logins on `side` and wait until no session of the application is left."""
    admin.accounts.block_logins(_application_users(migration, replication, side, admin), deadline)


def allow(migration: Migration, replication: Replication, side: Side) -> None:
    """Allow the application's logins on `side`."""
    with migration.admin_session(side) as admin:
        admin.accounts.allow_logins(_application_users(migration, replication, side, admin))


def is_allowed(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> bool:
    """Return whether any user of the application can log in on `side`."""
    return admin.accounts.any_can_log_in(_application_users(migration, replication, side, admin))


def unfenced_writers(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> Iterator[str]:
    """Yield a finding if users that the fence does not block can write, as a predicate whose subject is the side."""
    fenced_or_exempt = [
        *_application_users(migration, replication, side, admin),
        *exempt_users(migration, side, admin),
    ]
    others = admin.accounts.other_writers(fenced_or_exempt, admin.schema.tables(replication.tables))
    if others:
        yield (
            f"allows {', '.join(others)} to write, and the fence does not block them: grant them the role"
            f" {replication.application_role}, lock them, or revoke their write privileges"
        )


def _application_users(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> list[str]:
    login = None
    if side.application_secret is not None:
        login = secrets.original(secrets.login(migration.secrets, side.application_secret).username)
    exempt = exempt_users(migration, side, admin)
    return admin.accounts.application_users(replication.application_role, login, exempt)
