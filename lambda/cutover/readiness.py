"""`premigration_check` and `postmigration_check`: read-only checks before rows move and after they have moved."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import TypeVar

from common import log
from common.errors import MigrationError, ValidationFailed
from common.parameters import Writer
from cutover import doors, schema
from cutover.administered import Administered
from cutover.follow import forward_task
from cutover.migration import Migration
from cutover.tasks import TaskState
from database import secrets
from migration.replication import Replication, Side

T = TypeVar("T")

_SLOTS = 2  # the load's own, and that of the task which follows after a rollback


def premigration_check(migration: Migration) -> dict[str, int]:
    """Schemas alike, users there, both servers able to replicate; raises `ValidationFailed` with all that is not."""
    findings: list[str] = []
    writer = migration.parameters.writer()
    if writer is not Writer.SOURCE:
        findings.append(f"the writer is {writer.value}, and must be the source before a migration")
    counted = 0
    for replication in migration.settings.replications:
        found = _told(replication, findings, partial(_before, migration, replication, findings))
        counted += found or 0
    _raise(findings)
    log.info("premigration-check-passed", tables=counted)
    return {"tables": counted}


def postmigration_check(migration: Migration) -> dict[str, object]:
    """No table failed, sequences carried over; raises `ValidationFailed` with all that is not so.

    Rows are compared by the function `validation`.
    """
    writer = migration.parameters.writer()
    findings: list[str] = []
    if writer is Writer.FENCED:
        findings.append("the source is fenced: a crossing is under way")
    for replication in migration.settings.replications:
        _told(replication, findings, partial(_after, migration, replication, writer, findings))
    _raise(findings)
    log.info("postmigration-check-passed", writer=writer.value)
    return {"writer": writer.value}


def _before(migration: Migration, replication: Replication, findings: list[str]) -> int:
    name = replication.name
    with migration.administer(replication.source) as source, migration.administer(replication.target) as target:
        for side, said, administered in (
            (replication.source, "source", source),
            (replication.target, "target", target),
        ):
            findings.extend(
                f"{name}: the {said} {finding}" for finding in _side(migration, replication, side, administered)
            )
        wanted, runs = replication.source_version, source.server.version()
        if wanted is not None and wanted.split(".", 1)[0] != runs.split(".", 1)[0]:
            findings.append(f"{name}: the source runs {source.server.product()} {runs}, the stack file says {wanted}")
        free = source.changes.free_places()
        if free is not None and free < _SLOTS and migration.tasks.state(replication.tasks.load).not_started:
            findings.append(f"{name}: the source has {max(0, free)} replication slots left, {_SLOTS} are needed")
        return len(schema.compare(source, target, replication.tables))


def _side(migration: Migration, replication: Replication, side: Side, administered: Administered) -> Iterator[str]:
    yield from administered.changes.lacks()
    login = secrets.login(migration.secrets, side.secret)
    application = None
    if side.application_secret is not None:
        application = secrets.login(migration.secrets, side.application_secret)
    lacks = list(administered.accounts.lacks(login, replication.application_role, application))
    yield from lacks or doors.gaps(migration, replication, side, administered)


def _after(migration: Migration, replication: Replication, writer: Writer, findings: list[str]) -> None:
    name = replication.name
    task = _carrier(migration, replication, writer)
    statistics = migration.tasks.statistics(task.arn)
    if task.status != "running":
        findings.append(f"{name}: no task carries rows: {task.arn} is {task.status}")
    if statistics.tables_errored:
        findings.append(f"{name}: tables in error: {', '.join(statistics.tables_errored)}")
    if statistics.validation_failed or statistics.validation_suspended:
        findings.append(
            f"{name}: {statistics.validation_failed} rows failed and {statistics.validation_suspended} are suspended"
            " in the validation of the task"
        )
    with migration.administer(replication.source) as source, migration.administer(replication.target) as target:
        found = source.schema.tables(replication.tables)
        here, there = source.counters.read(found), target.counters.read(found)
        # Until the crossing only their names are the same: replication moves rows, and the crossing sets them.
        if here.keys() != there.keys():
            findings.append(f"{name}: the sequences of source and target differ")
        elif writer is Writer.TARGET:
            behind = [counter for counter, position in here.items() if there[counter] < position]
            if behind:
                findings.append(f"{name}: behind the source in the target: {', '.join(behind)}")


def _carrier(migration: Migration, replication: Replication, writer: Writer) -> TaskState:
    if writer is Writer.TARGET:
        return migration.tasks.state(replication.tasks.reverse)
    return forward_task(migration, replication)


def _told(replication: Replication, findings: list[str], look: Callable[[], T]) -> T | None:
    """What `look` finds; what stops it is a finding too, and the other databases are looked at still."""
    try:
        return look()
    except MigrationError as fault:
        findings.append(f"{replication.name}: {fault}")
        return None


def _raise(findings: list[str]) -> None:
    if findings:
        raise ValidationFailed("; ".join(findings))
