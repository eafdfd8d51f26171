"""The operation `premigration_assessment`: the assessment of every replication, and its report in the bucket."""

from collections.abc import Iterator
from contextlib import contextmanager

from common import log
from common.errors import InvalidEvent
from cutover import schema_record
from cutover.assessment.assess import Access, Options, assess
from cutover.assessment.report import Assessment
from cutover.assessment.runway import Storage
from cutover.migration import Migration
from cutover.premigration_rule import Severity
from cutover.replication_users import exempt_users
from database import secrets
from migration.replication import Replication, Side


def premigration_assessment(migration: Migration, free_gib: object, allocated_gib: object) -> dict[str, object]:
    """Assess every replication, write its report, and return the numbers of findings.

    The storage is that of each source, as the operator states it. A finding raises nothing: `premigration_check` does.
    """
    storage = Storage.from_gib(_gib("free_gib", free_gib), _gib("allocated_gib", allocated_gib))
    results = {each.name: _assess(migration, each, storage) for each in migration.settings.replications}
    reports = [_write(migration, name, result) for name, result in results.items()]
    errors = sum(result.count(Severity.ERROR) for result in results.values())
    warnings = sum(result.count(Severity.WARNING) for result in results.values())
    log.info("premigration-assessed", errors=errors, warnings=warnings)
    return {"errors": errors, "warnings": warnings, "reports": reports}


def _assess(migration: Migration, replication: Replication, storage: Storage) -> Assessment:
    options = Options(
        tables=replication.tables,
        control_schema=replication.control_schema,
        source_version=replication.source_version,
        storage=storage,
        snapshot=schema_record.read(migration, replication),
        needs_slots=migration.tasks.state(replication.tasks.load).not_started,
    )
    with (
        _access(migration, replication, replication.source) as source,
        _access(migration, replication, replication.target) as target,
    ):
        return assess(source, target, options, migration.clock)


@contextmanager
def _access(migration: Migration, replication: Replication, side: Side) -> Iterator[Access]:
    application = None
    if side.application_secret is not None:
        application = secrets.original(secrets.login(migration.secrets, side.application_secret).username)
    with migration.admin_session(side) as admin:
        yield Access(
            admin,
            # With an administrator's secret `initialize` grants the privileges.
            replication_session=None if side.master_secret else lambda: migration.replication_session(side),
            replication_user=migration.replication_users(side)[0],
            application_role=replication.application_role,
            application_user=application,
            exempt_users=exempt_users(migration, side, admin),
        )


def _write(migration: Migration, replication: str, result: Assessment) -> str:
    """Write the report in both forms, and return its key."""
    checkpoints = migration.checkpoints
    folder = f"{migration.settings.migration_name}/{replication}"
    checkpoints.put(f"assessments/{folder}.json", result.to_json())
    key = f"assessments/{folder}.md"
    checkpoints.put_text(key, result.to_markdown(), "text/markdown")
    return key


def _gib(name: str, gib: object) -> float | None:
    match gib:
        case None:
            return None
        case int() | float() if not isinstance(gib, bool) and gib >= 0:
            return gib
        case _:
            raise InvalidEvent(f"{name} is {gib!r}; it must be a number of GiB")
