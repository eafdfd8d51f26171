"""Read-only checks of a migration: `premigration_check` before the full load, `postmigration_check` after it."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from common import log
from common.errors import MigrationError, ValidationFailed
from common.parameters import Writer
from cutover import replication_privileges, replication_users
from cutover.engine import DatabaseAdmin
from cutover.fence_obstacles import fence_obstacles
from cutover.load_status import active_forward_task
from cutover.migration import Migration
from cutover.replication_tasks import TaskState
from cutover.schema_comparison import compare_schemas
from cutover.server_requirements import SOURCE_SLOTS, missing_slots, version_mismatch
from database import secrets
from migration.replication import Replication, Side

T = TypeVar("T")


def premigration_check(migration: Migration) -> dict[str, int]:
    """Check schemas, users and server settings; raise `ValidationFailed` with every finding."""
    findings: list[str] = []
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        findings.append(f"the writer is {writer.value}; before a migration it must be the source")
    tables = 0
    for replication in migration.settings.replications:
        tables += _collect(replication, findings, partial(_check_before, migration, replication, findings)) or 0
    _raise_if_any(findings)
    log.info("premigration-check-passed", tables=tables)
    return {"tables": tables}


def postmigration_check(migration: Migration) -> dict[str, object]:
    """Check replication tasks and sequences; raise `ValidationFailed` with every finding.

    The function `validation` compares the rows.
    """
    writer = migration.parameters.writer()
    findings: list[str] = []
    if writer is Writer.FENCED:
        findings.append("the writer is fenced: a switchover is in progress")
    for replication in migration.settings.replications:
        _collect(replication, findings, partial(_check_after, migration, replication, writer, findings))
    _raise_if_any(findings)
    log.info("postmigration-check-passed", writer=writer.value)
    return {"writer": writer.value}


def _check_before(migration: Migration, replication: Replication, findings: list[str]) -> int:
    name = replication.name
    with (
        migration.admin_session(replication.source) as source,
        migration.admin_session(replication.target) as target,
    ):
        for side_name, side, admin in (("source", replication.source, source), ("target", replication.target, target)):
            side_findings = _side_findings(migration, replication, side, admin)
            findings.extend(f"{name}: the {side_name} {finding}" for finding in side_findings)
        requirements = [*version_mismatch(source, replication.source_version)]
        if migration.tasks.state(replication.tasks.load).not_started:
            requirements.extend(missing_slots(source, SOURCE_SLOTS))
        findings.extend(f"{name}: the source {finding}" for finding in requirements)
        shared = replication_users.shared_user(migration, replication.source, source)
        findings.extend(f"{name}: the source {finding}" for finding in shared)
        return len(compare_schemas(source, target, replication.tables))


def _side_findings(
    migration: Migration, replication: Replication, side: Side, admin: DatabaseAdmin
) -> Iterator[object]:
    yield from admin.changes.missing_prerequisites()
    user = secrets.login(migration.secrets, side.secret).username
    application = None
    if side.application_secret is not None:
        application = secrets.login(migration.secrets, side.application_secret).username
    missing = list(admin.accounts.missing_prerequisites(user, replication.application_role, application))
    if missing:
        yield from missing
        return
    yield from fence_obstacles(migration, replication, side, admin)
    # With an administrator's secret `initialize` grants them.
    if side.master_secret is None:
        yield from replication_privileges.missing(migration, replication, side)


def _check_after(migration: Migration, replication: Replication, writer: Writer, findings: list[str]) -> None:
    name = replication.name
    task = _active_task(migration, replication, writer)
    is_running = task.status == "running"
    if not is_running:
        findings.append(f"{name}: no replication task is running: {task.arn} is {task.status}")
    # Just after a start they are empty, which would hide a table in error.
    read_statistics = migration.tasks.await_statistics if is_running else migration.tasks.statistics
    statistics = read_statistics(task.arn)
    if statistics.tables_errored:
        findings.append(f"{name}: tables in error: {', '.join(statistics.tables_errored)}")
    if statistics.validation_failed or statistics.validation_suspended:
        findings.append(
            f"{name}: in DMS validation {statistics.validation_failed} rows failed"
            f" and {statistics.validation_suspended} are suspended"
        )
    with (
        migration.admin_session(replication.source) as source,
        migration.admin_session(replication.target) as target,
    ):
        tables = source.schema.tables(replication.tables)
        source_positions, target_positions = source.sequences.read(tables), target.sequences.read(tables)
        # Replication carries rows only. The switchover sets the positions; before it only the names are equal.
        if source_positions.keys() != target_positions.keys():
            findings.append(f"{name}: the sequences of source and target differ")
        elif writer is Writer.TARGET:
            low = [sequence for sequence, position in source_positions.items() if target_positions[sequence] < position]
            if low:
                findings.append(f"{name}: sequences lower in the target than in the source: {', '.join(low)}")


def _active_task(migration: Migration, replication: Replication, writer: Writer) -> TaskState:
    if writer is Writer.TARGET:
        return migration.tasks.state(replication.tasks.reverse)
    return active_forward_task(migration, replication)


def _collect(replication: Replication, findings: list[str], check: Callable[[], T]) -> T | None:
    """Run `check`; an error becomes a finding, so that the other replications are still checked."""
    try:
        return check()
    except MigrationError as error:
        findings.append(f"{replication.name}: {error}")
        return None


def _raise_if_any(findings: list[str]) -> None:
    if findings:
        raise ValidationFailed("; ".join(findings))
