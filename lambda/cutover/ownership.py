"""Ownership of the source: only its owner may fence it, promote another writer, or replicate in reverse.

Every other environment that reads the same source is a rehearsal. The source itself stores its owner, because it is
all that the environments have in common.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from common import log
from common.errors import DatabaseFailure, SourceNotOwned
from common.parameters import Writer
from cutover.engine import DatabaseAdmin, Owner
from cutover.migration import Migration, WriterLock
from migration.replication import Replication

OWNER, REHEARSAL = "owner", "rehearsal"


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
def owned_writer_lock(migration: Migration) -> Iterator[WriterLock]:
    """Hold the writer lock and those of the sources; raise `SourceNotOwned` unless this environment owns all of them.

    Behind its own fence the environment may continue without a source that cannot be reached: no other environment
    can have acquired a fenced source, and the healthy side must be able to accept writes.
    """
    with migration.writer_lock() as lock, ExitStack() as stack:
        servers = list(lock.servers)
        for replication in in_lock_order(migration):
            try:
                source = stack.enter_context(migration.locked_session(replication.source))
            except DatabaseFailure as error:
                if not error.is_connection_failure or migration.parameters.writer() is Writer.SOURCE:
                    raise
                log.warning("ownership-not-checked", replication=replication.name, cause=str(error))
                continue
            _require_own(migration, replication, source.environments.owner())
            servers.append(source.server)
        yield replace(lock, servers=tuple(servers))


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
