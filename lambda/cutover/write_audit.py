"""Audit of the writes behind the fence of the source: from the drain to the end of its slots no row may change.

A writer that no check found, and a login that was accepted before the fence, would otherwise write to a side that loses
its writes. On PostgreSQL a slot that no task reads holds the changes of the source, and the slot of the reverse
replication those of the target. On MySQL the binary log does.
"""

from collections.abc import Mapping
from typing import TypeAlias

from common import log
from common.errors import DatabaseFailure, PreconditionFailed
from common.parameters import Writer
from cutover import application_access, decisions, fences, prepared_slots
from cutover.direction import FORWARD
from cutover.engine import DatabaseAdmin
from cutover.fences import Fence
from cutover.migration import Migration
from migration.replication import Replication

Positions: TypeAlias = Mapping[str, str | None]
"""Positions in the change logs of one side, by replication."""

AUDIT_FACT = "audit"
_STRAY_WRITES_STEP = "audit_source"
_BLOCK_SECONDS = 5.0  # the logins are blocked since the fence: this is a proof, and callers wait
_FLUSH = "flush"


def prepare(migration: Migration) -> None:
    """Create the slots on the source, before its fence; raise `PreconditionFailed` if one cannot be created."""
    for replication in migration.settings.replications:
        slot = FORWARD.audit_slot(replication)
        try:
            prepared_slots.create(migration, replication.source, slot)
        except DatabaseFailure as error:
            raise prepared_slots.refusal(Writer.SOURCE, replication, slot, error) from error


def discard(migration: Migration) -> None:
    """Drop the slots on the source."""
    for replication in migration.settings.replications:
        prepared_slots.discard(migration, replication.source, FORWARD.audit_slot(replication))


def begin_source(migration: Migration) -> Positions:
    """Begin the audit of the source, between two markers: the second one carries every earlier change to the target."""
    found: dict[str, str | None] = {}
    for replication in migration.settings.replications:
        with migration.admin_session(replication.source) as source:
            found[replication.name] = source.changes.advance_slot(FORWARD.audit_slot(replication))
    return found


def begin_target(migration: Migration) -> Positions:
    """Begin the audit of the target, once it has applied every change of the source."""
    found: dict[str, str | None] = {}
    for replication in migration.settings.replications:
        with migration.admin_session(replication.target) as target:
            # Its commit flushes the changes that the task applied without a flush.
            target.markers.write(_FLUSH)
            found[replication.name] = target.changes.advance_slot(replication.reverse_slot)
    return found


def require_silent_outgoing_side(migration: Migration, fence: Fence) -> None:
    """Block the outgoing side again; raise `PreconditionFailed` if a row of the source has changed since the drain.

    A side that cannot be reached is not checked: it must not prevent that the other one accepts writes.
    """
    for replication in migration.settings.replications:
        side = fence.direction.outgoing_side(replication)
        deadline = migration.clock.deadline(_BLOCK_SECONDS)
        try:
            with migration.admin_session(side, timeout=_BLOCK_SECONDS) as outgoing:
                application_access.block(migration, replication, side, outgoing, deadline)
                is_source = fence.direction.is_forward
                changed = _changed_tables(migration, fence, replication, Writer.SOURCE, outgoing) if is_source else []
        except DatabaseFailure as error:
            if not error.is_connection_failure:
                raise
            log.error("outgoing-side-not-audited", replication=replication.name, cause=str(error))
            continue
        if changed:
            raise PreconditionFailed(
                f"the source of {replication.name} accepted writes behind its fence, in {', '.join(changed)}: find the"
                " writer, and block it"
            )


def find_target_writes(migration: Migration, fence: Fence) -> str | None:
    """Return why the target may have accepted writes before its promotion, or None.

    Blocked logins are no proof, since an operator may have allowed them for a moment: the log since the drain is. A
    target that cannot be reached is not checked: it must not prevent that the source accepts writes.
    """
    if fences.checkpoint(migration, fence, FORWARD.promote_step) is not None:
        return None
    for replication in migration.settings.replications:
        side = replication.target
        try:
            with migration.admin_session(side, timeout=_BLOCK_SECONDS) as target:
                if application_access.is_allowed(migration, replication, side, target):
                    return (
                        f"the target of {replication.name} allows logins of the application although it was not"
                        " promoted: promote it, or block them and move its writes to the source"
                    )
                changed = _changed_tables(migration, fence, replication, Writer.TARGET, target)
        except DatabaseFailure as error:
            if not error.is_connection_failure:
                raise
            log.error("incoming-side-not-audited", replication=replication.name, cause=str(error))
            continue
        except PreconditionFailed as error:  # the log is lost, and no retry would find it
            log.error("incoming-side-not-audited", replication=replication.name, cause=str(error))
            continue
        if changed:
            return (
                f"the target of {replication.name} accepted writes before its promotion, in {', '.join(changed)}:"
                " promote it, which keeps them"
            )
    return None


def end(migration: Migration, fence: Fence) -> None:
    """Record and notify the writes to the source since the drain, and drop its slots.

    The tasks have stopped, and the reverse replication has not begun, so that no write is one of a task.
    """
    if not fence.direction.is_forward or fences.checkpoint(migration, fence, _STRAY_WRITES_STEP) is not None:
        return
    changed: list[str] = []
    for replication in migration.settings.replications:
        with migration.admin_session(replication.source) as source:
            tables = _changed_tables(migration, fence, replication, Writer.SOURCE, source)
        changed += [f"{table} of {replication.name}" for table in tables]
    fences.write_checkpoint(migration, fence, _STRAY_WRITES_STEP, {"tables": changed})
    if changed:
        log.error("stray-writes", tables=changed)
        migration.notify(
            f"{migration.settings.migration_name}: writes to the fenced source",
            f"The source accepted writes behind its fence, in {', '.join(changed)}. The target may lack them.\n"
            "Find the writer, and block it. Move the rows: delete them on the source, then insert them on the target.",
        )
    discard(migration)


def stray_writes(migration: Migration) -> list[str]:
    """Return the tables of the source that changed behind the fence of the present cutover."""
    fence = decisions.latest_unrevoked_fence(migration)
    if fence is None or not fence.direction.is_forward:
        return []
    recorded = fences.checkpoint(migration, fence, _STRAY_WRITES_STEP)
    return [] if recorded is None else [*recorded.facts["tables"]]


def _changed_tables(
    migration: Migration, fence: Fence, replication: Replication, audited: Writer, admin: DatabaseAdmin
) -> list[str]:
    """Return the tables of the audited side that changed since the drain; none before it."""
    drained = fences.checkpoint(migration, fence, FORWARD.drain_step)
    if drained is None:
        return []
    positions: Positions = drained.facts[AUDIT_FACT][audited.value]
    slot = FORWARD.audit_slot(replication) if audited is Writer.SOURCE else replication.reverse_slot
    tables = admin.schema.tables(replication.tables)
    return admin.changes.changed_tables(slot, positions[replication.name], tables)
