"""The application's way in to a side: shut, opened, looked at.

Whoever replicates, and whoever administers, is spared: some servers make them members of the application's role.
"""

from collections.abc import Iterator

from common.clock import Deadline
from cutover.administered import Administered
from cutover.migration import Migration
from database import secrets
from migration.replication import Replication, Side


def shut(
    migration: Migration, replication: Replication, side: Side, administered: Administered, deadline: Deadline
) -> None:
    """Let the application out of `side`, and prove that it is out."""
    administered.accounts.shut_out(_family(migration, replication, side, administered), deadline)


def let_in(migration: Migration, replication: Replication, side: Side) -> None:
    """Let the application in to `side`."""
    with migration.administer(side) as administered:
        administered.accounts.let_in(_family(migration, replication, side, administered))


def is_open(migration: Migration, replication: Replication, side: Side, administered: Administered) -> bool:
    """Whether the application, or a part of it, could log in to `side`."""
    return administered.accounts.any_may_log_in(_family(migration, replication, side, administered))


def gaps(migration: Migration, replication: Replication, side: Side, administered: Administered) -> Iterator[str]:
    """Who would write past a shut door, as ends of a sentence that begins with the database."""
    known = [*_family(migration, replication, side, administered), *migration.replicating_users(side)]
    others = administered.accounts.writers_beside(known, administered.schema.tables(replication.tables))
    if others:
        yield (
            f"lets {', '.join(others)} write, whom the fence would not shut out: give them the role"
            f" {replication.application_role}, lock them, or take the rights away"
        )


def _family(migration: Migration, replication: Replication, side: Side, administered: Administered) -> list[str]:
    login = None
    if side.application_secret is not None:
        login = secrets.original(secrets.login(migration.secrets, side.application_secret).username)
    spared = migration.replicating_users(side)
    return administered.accounts.family(replication.application_role, login, spared)
