"""Ownership of the source: only its owner may fence it, promote another writer, or replicate in reverse.

Every other environment that reads the same source is a rehearsal. The source itself stores its owner, because it is
all that the environments have in common.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from common import log
from common.errors import DatabaseFailure, SourceNotOwned
from common.parameters import Writer
from cutover.engine import DatabaseAdmin, Owner
from cutover.migration import Migration, WriterLock
from migration.replication import Replication, Side

OWNER, REHEARSAL = "owner", "rehearsal"
_OPTIONAL_LOCK_SECONDS = 4.0  # callers wait, and a lost side may not respond at all


def ownership_status(migration: Migration) -> dict[str, str]:
    """Return whether this environment owns all of its sources, and the present owner."""
    owners = [_read(migration, replication) for replication in migration.settings.replications]
    others = [owner for owner in owners if not is_own(migration, owner)]
    if not others:
        return {"ownership": OWNER, "owner": migration.settings.environment_identity}
    owner = describe(next((owner for owner in others if owner is not None), None))
    log.warning("rehearsal", owner=owner)
    return {"ownership": REHEARSAL, "owner": owner}


def require_ownership(migration: Migration) -> None:
    """Raise `SourceNotOwned` unless this environment owns every source; for an early refusal, without a lock."""
    for replication in migration.settings.replications:
        _require_own(migration, replication, _read(migration, replication))


@contextmanager
def owned_writer_lock(migration: Migration, *required: Writer) -> Iterator[WriterLock]:
    """Hold the writer lock and those of the sources; raise `SourceNotOwned` unless this environment owns all of them.

    The sides in `required` must be reachable, and the other one may be lost: the healthy side must be able to accept
    writes. Behind its own fence the environment may continue without a source, since no other environment can have
    acquired a fenced source. The decision of the fence excludes what a lock on a lost side no longer does.
    """
    with ExitStack() as stack:
        sessions: list[tuple[Side, DatabaseAdmin]] = []
        if Writer.TARGET in required:
            sessions += stack.enter_context(migration.writer_lock()).sessions
        elif (target := _try_lock(migration, stack, migration.settings.replications[0].target)) is not None:
            sessions.append((migration.settings.replications[0].target, target))
        for replication in in_lock_order(migration):
            source = _lock_source(migration, stack, replication, required)
            if source is not None:
                _require_own(migration, replication, source.environments.owner())
                sessions.append((replication.source, source))
        yield WriterLock(tuple(sessions), migration.parameters, migration.writer_replicas)


@contextmanager
def locked_sources(migration: Migration) -> Iterator[list[tuple[Replication, DatabaseAdmin]]]:
    """Hold the locks of all sources."""
    with ExitStack() as stack:
        yield [
            (replication, stack.enter_context(migration.locked_session(replication.source)))
            for replication in in_lock_order(migration)
        ]


def in_lock_order(migration: Migration) -> list[Replication]:
    """Return the replications by the address of their source, the order in which every environment locks."""

    def address(replication: Replication) -> tuple[str, int, str]:
        source = replication.source.address
        return (source.host, source.port, source.dbname or "")

    return sorted(migration.settings.replications, key=address)


def is_own(migration: Migration, owner: Owner | None) -> bool:
    """Return whether `owner` is this environment."""
    return owner is not None and owner.environment == migration.settings.environment_identity


def describe(owner: Owner | None) -> str:
    """Return the name of the owner for messages."""
    return "none" if owner is None else owner.environment


def _lock_source(
    migration: Migration, stack: ExitStack, replication: Replication, required: tuple[Writer, ...]
) -> DatabaseAdmin | None:
    if Writer.SOURCE in required or migration.parameters.writer() is Writer.SOURCE:
        return stack.enter_context(migration.locked_session(replication.source))
    return _try_lock(migration, stack, replication.source)


def _try_lock(migration: Migration, stack: ExitStack, side: Side) -> DatabaseAdmin | None:
    """Take the lock of `side`; return None if it cannot be reached."""
    try:
        return stack.enter_context(migration.locked_session(side, _OPTIONAL_LOCK_SECONDS))
    except DatabaseFailure as error:
        if not error.is_connection_failure:
            raise
        log.warning("side-not-locked", host=side.address.host, cause=str(error))
        return None


def _read(migration: Migration, replication: Replication) -> Owner | None:
    with migration.admin_session(replication.source) as source:
        return source.environments.owner()


def _require_own(migration: Migration, replication: Replication, owner: Owner | None) -> None:
    if is_own(migration, owner):
        return
    identity = migration.settings.environment_identity
    if owner is None:
        raise SourceNotOwned(
            f"the source of {replication.name} has no owner: run acquire_ownership if {identity} will serve payments"
        )
    raise SourceNotOwned(
        f"{owner.environment} has owned the source of {replication.name} since {owner.since}; {identity} is a rehearsal"
    )
