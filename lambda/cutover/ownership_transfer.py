"""The operations `acquire_ownership` and `release_ownership`: the transfer of a source between environments."""

from common import log
from common.errors import PreconditionFailed, SourceNotOwned
from common.parameters import Writer
from cutover import application_access, registration
from cutover.engine import DatabaseAdmin
from cutover.migration import Migration
from cutover.ownership import OWNER, describe, is_own, locked_sources
from migration.replication import Replication


def acquire_ownership(migration: Migration, present_owner: str | None) -> dict[str, str]:
    """Make this environment the owner of its sources.

    Another owner must have released them, unless `present_owner` names it: an environment that was destroyed can
    release nothing. Raise `SourceNotOwned` otherwise.
    """
    identity = migration.settings.environment_identity
    with locked_sources(migration) as sources:
        for replication, source in sources:
            _require_available(migration, replication, source, present_owner)
        for _, source in sources:
            if not is_own(migration, source.environments.owner()):
                source.environments.set_owner(identity)
    log.warning("ownership-acquired", environment=identity, previous=present_owner or "")
    return {"ownership": OWNER}


def release_ownership(migration: Migration) -> dict[str, str]:
    """Leave the sources without an owner; raise `PreconditionFailed` while a migration of this environment needs them.

    Its replication may continue, as that of a rehearsal.
    """
    identity = migration.settings.environment_identity
    with migration.writer_lock(), locked_sources(migration) as sources:
        _require_idle(migration)
        for replication, source in sources:
            owner = source.environments.owner()
            if owner is not None and not is_own(migration, owner):
                raise SourceNotOwned(f"{owner.environment} owns the source of {replication.name}, not {identity}")
        for _, source in sources:
            source.environments.remove_owner()
    log.warning("ownership-released", environment=identity)
    return {"ownership": "none"}


def _require_available(
    migration: Migration, replication: Replication, source: DatabaseAdmin, present_owner: str | None
) -> None:
    owner = source.environments.owner()
    if is_own(migration, owner):
        return
    if (None if owner is None else owner.environment) != present_owner:
        rule = (
            "it has to run release_ownership"
            if present_owner is None
            else f"the argument present_owner is {present_owner}"
        )
        raise SourceNotOwned(f"the owner of the source of {replication.name} is {describe(owner)}; {rule}")
    if present_owner is not None and _is_fenced_by_another(migration, replication, source):
        raise PreconditionFailed(
            f"the source of {replication.name} is fenced: {present_owner} has begun or completed a cutover; roll it"
            " back, or allow the application's logins on the source, then retry"
        )


def _is_fenced_by_another(migration: Migration, replication: Replication, source: DatabaseAdmin) -> bool:
    is_open = application_access.is_allowed(migration, replication, replication.source, source)
    return migration.parameters.writer() is Writer.SOURCE and not is_open


def _require_idle(migration: Migration) -> None:
    writer, weight = migration.parameters.writer(), migration.parameters.weight()
    if writer is not Writer.SOURCE:
        raise PreconditionFailed(f"the writer is {writer.value}; ownership is released while the source is the writer")
    if weight:
        raise PreconditionFailed(
            f"the new side receives {weight} % of the traffic; ownership is released while it receives none"
        )
    registration.require_none_in_progress(migration)
