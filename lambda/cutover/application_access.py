"""The application's access to one side: blocking, allowing and checking its logins.

Replication users, also those of other environments, and administrators are exempt, because some servers make them
members of the application's role. A login that was blocked on purpose before the fence is not allowed after it.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack

from common.clock import Deadline
from common.errors import PreconditionFailed
from cutover.direction import FORWARD, REVERSE, Direction
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration, WriterLock
from cutover.premigration_rule import Problem
from cutover.replication_users import exempt_users
from cutover.unfenced_writers import unfenced_writers as find_unfenced_writers
from database import secrets
from migration.replication import Replication, Side

OPEN_LOGINS = "open_logins"
"""The logins of each replication that were open before a fence, in the checkpoint of the fence."""
TARGET_LOGINS_STEP = "block_target_logins"


def block(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin, deadline: Deadline) -> None:
    """Block the application's logins on `side` and wait until no session of the application is left."""
    admin.accounts.block_logins(application_users(migration, replication, side, admin), deadline)


def allow(migration: Migration, lock: WriterLock, replication: Replication, side: Side) -> None:
    """Allow the application's logins on `side`, apart from those that were blocked before its fence.

    They are allowed in the session that holds the lock of `side`, while all sessions of `lock` hold theirs.
    """
    with ExitStack() as stack:
        admin = lock.find_session(side) or stack.enter_context(migration.locked_session(side))
        logins = _logins_to_allow(migration, replication, side, admin)
        lock.require_held()
        admin.accounts.allow_logins(logins)


def is_allowed(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> bool:
    """Return whether any user of the application can log in on `side`."""
    return bool(open_logins(migration, replication, side, admin))


def open_logins(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> list[str]:
    """Return the logins of the application that are not blocked on `side`."""
    return admin.accounts.open_logins(application_users(migration, replication, side, admin))


def open_logins_by_replication(migration: Migration, direction: Direction) -> dict[str, list[str]]:
    """Return the logins of each replication that the outgoing side allows: they are allowed again after the fence."""
    found: dict[str, list[str]] = {}
    for replication in migration.settings.replications:
        side = direction.outgoing_side(replication)
        with migration.admin_session(side) as outgoing:
            found[replication.name] = open_logins(migration, replication, side, outgoing)
    return found


def record_target_logins(migration: Migration, replication: Replication, target: DatabaseAdmin) -> None:
    """Record the open logins of the target before `initialize` blocks them; a later attempt adds none."""
    try:
        found = open_logins(migration, replication, replication.target, target)
    except PreconditionFailed:
        return  # the target has no user of the application yet
    recorded = _recorded(migration, TARGET_LOGINS_STEP)
    logins = {**recorded, replication.name: sorted({*recorded.get(replication.name, ()), *found})}
    if logins != recorded:
        migration.checkpoints.write(TARGET_LOGINS_STEP, migration.execution, {OPEN_LOGINS: logins})


def unfenced_writers(
    migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin
) -> Iterator[Problem]:
    """Yield a finding if users that the fence does not block can write, as a predicate whose subject is the side."""
    fenced_or_exempt = [
        *application_users(migration, replication, side, admin),
        *exempt_users(migration, side, admin),
    ]
    tables = admin.schema.tables(replication.tables)
    yield from find_unfenced_writers(admin, fenced_or_exempt, replication.application_role, tables)


def application_users(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> list[str]:
    """Return the users that a fence of `side` blocks."""
    login = _login(migration, side)
    exempt = exempt_users(migration, side, admin)
    return admin.accounts.application_users(replication.application_role, login, exempt)


def _logins_to_allow(migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin) -> list[str]:
    """Return the logins that were open before they were blocked; all of them if none was.

    The target has been blocked from the start. Its users that are open on the source are allowed too, and the
    application's own user, which may be new.
    """
    present = admin.accounts.logins(application_users(migration, replication, side, admin))
    is_target = side == replication.target
    steps = (FORWARD.fence_step, REVERSE.fence_step, TARGET_LOGINS_STEP) if is_target else (FORWARD.fence_step,)
    was_open = {login for step in steps for login in _recorded(migration, step).get(replication.name, ())}
    if is_target:
        user = _login(migration, side) or replication.application_role
        for name in (user, secrets.clone(user)):
            own = admin.accounts.logins([name])
            if was_open.isdisjoint(own):
                was_open.update(own)
    return [login for login in present if login in was_open] or present


def _recorded(migration: Migration, step: str) -> Mapping[str, list[str]]:
    checkpoint = migration.checkpoints.read(step)
    recorded: Mapping[str, list[str]] = {} if checkpoint is None else checkpoint.facts.get(OPEN_LOGINS, {})
    return recorded


def _login(migration: Migration, side: Side) -> str | None:
    if side.application_secret is None:
        return None
    return secrets.original(secrets.login(migration.secrets, side.application_secret).username)
