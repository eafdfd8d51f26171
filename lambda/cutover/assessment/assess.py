"""Runs every rule on both sides. Nothing is changed, and a rule that cannot be checked does not end the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from common.clock import Clock
from common.errors import DatabaseFailure, PreconditionFailed
from cutover.assessment.report import Assessment, CheckedRule, Finding, SideFacts
from cutover.assessment.runway import Runway, Storage, measure_runway
from cutover.assessment.schema_changes import schema_changes
from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem, Rule, Scope, Severity
from cutover.prepared_transactions import pending_transactions
from cutover.schema_comparison import schema_differences
from cutover.schema_snapshot import SchemaSnapshot, TableProperties
from cutover.server_requirements import SOURCE_SLOTS, TARGET_SLOTS, missing_slots, version_mismatch
from cutover.unfenced_writers import unfenced_writers


@dataclass(frozen=True)
class Access:
    """The access to one side: an administrative session, and the users that the migration will use."""

    admin: DatabaseAdmin
    replication_session: Callable[[], AbstractContextManager[DatabaseAdmin]] | None = None
    """Opens a session of the replication user; None if `initialize` grants its privileges."""
    replication_user: str | None = None
    application_role: str | None = None
    application_user: str | None = None
    exempt_users: tuple[str, ...] = ()
    """The replication users of all environments, which no fence blocks."""


@dataclass(frozen=True)
class Options:
    """The tables that are assessed, and the limits of the rules."""

    tables: tuple[str, ...]
    control_schema: str
    source_version: str | None = None
    storage: Storage = field(default_factory=Storage)
    measure_seconds: float = 10
    runway_hours: float = 72
    long_transaction_seconds: float = 600
    snapshot: Mapping[str, TableProperties] | None = None
    """The schema of the source at the time of the load, or of an earlier assessment."""
    needs_slots: bool = True
    """Whether the slots of the migration are still to be created."""


def assess(source: Access, target: Access, options: Options, clock: Clock) -> Assessment:
    """Return the findings of every rule on both sides."""
    tables = source.admin.schema.tables(options.tables)
    before, after = source.admin.schema.snapshot(tables), target.admin.schema.snapshot(tables)
    runway = _measure(source.admin, options, clock)
    checked: list[CheckedRule] = []
    for name, access in (("source", source), ("target", target)):
        is_source = access is source
        scope = Scope(tables, is_source, options.long_transaction_seconds)
        rules = [*_side_rules(access, options, clock), *access.admin.server.premigration_rules().rules]
        if is_source:
            rules += _source_rules(source, options, before, runway)
        else:
            rules += _target_rules(before, after)
        checked += [_check(name, rule, scope) for rule in rules if rule.applies_to(scope)]
    return Assessment(
        assessed_at=clock.now(),
        source=_facts(source.admin),
        target=_facts(target.admin),
        tables=tuple(map(str, tables)),
        runway=runway if isinstance(runway, Runway) else None,
        checked=tuple(checked),
        inapplicable=source.admin.server.premigration_rules().inapplicable,
        snapshot=before.tables,
    )


_Measured: TypeAlias = Runway | DatabaseFailure | PreconditionFailed


def _measure(admin: DatabaseAdmin, options: Options, clock: Clock) -> _Measured:
    try:
        return measure_runway(admin, options.storage, options.measure_seconds, clock)
    except (DatabaseFailure, PreconditionFailed) as error:
        return error


def _runway_problems(measured: _Measured, required_hours: float) -> list[Problem]:
    if not isinstance(measured, Runway):
        raise measured
    return measured.problems(required_hours)


def _side_rules(access: Access, options: Options, clock: Clock) -> Iterator[Rule]:
    admin = access.admin
    yield Rule(
        "paymig-replication-blockers",
        "no table, trigger or setting makes DMS lose or repeat rows",
        Severity.ERROR,
        lambda scope: admin.schema.replication_blockers(scope.tables),
        covers=(
            "postgres-check-ddl-event-trigger",
            "mysql-check-generated-columns",
            "mysql-check-cascade-constraints",
            "mysql-check-database-role",
            "mysql-check-source-replica",
            "mysql-check-aurora-read-only",
        ),
    )
    yield Rule(
        "paymig-change-log",
        "the change log contains whole rows, in a format that DMS reads, for long enough",
        Severity.ERROR,
        lambda _: admin.changes.missing_prerequisites(),
        covers=(
            "postgres-check-wallevel",
            "mysql-check-binlog-enabled",
            "mysql-check-binlog-format",
            "mysql-check-binlog-image",
            "mysql-check-binlog-compression",
            "mysql-check-binlog-retention-time",
        ),
    )
    if options.needs_slots:
        yield Rule(
            "postgres-check-replication-slots-count",
            f"the source has {SOURCE_SLOTS} free replication slots, the target {TARGET_SLOTS}",
            Severity.ERROR,
            lambda scope: missing_slots(admin, SOURCE_SLOTS if scope.is_source else TARGET_SLOTS),
        )
    yield Rule(
        "postgres-check-preparedtxn",
        "no prepared transaction is left",
        Severity.ERROR,
        lambda _: pending_transactions(clock, admin),
    )
    if access.replication_session is not None:
        yield Rule(
            "paymig-replication-privileges",
            "the replication user can read and write the tables, in both directions",
            Severity.ERROR,
            partial(_replication_privileges, access.replication_session, options.control_schema),
            covers=(
                "postgres-check-session-replication-role",
                "postgres-check-select-object-privileges",
                "postgres-check-target-privileges",
                "mysql-check-select-privileges",
                "mysql-check-target-privileges",
            ),
        )
    if access.replication_user is not None and access.application_role is not None:
        yield from _user_rules(access, access.replication_user, access.application_role)


def _user_rules(access: Access, replication_user: str, role: str) -> Iterator[Rule]:
    accounts = access.admin.accounts

    def application_users() -> list[str]:
        return accounts.application_users(role, access.application_user, access.exempt_users)

    def writers(scope: Scope) -> Iterator[Problem]:
        known = [*application_users(), *access.exempt_users]
        return unfenced_writers(access.admin, known, role, scope.tables)

    yield Rule(
        "paymig-users",
        "the users of the migration and of the application exist",
        Severity.ERROR,
        lambda _: accounts.missing_prerequisites(replication_user, role, access.application_user),
        covers=("mysql-check-replication-privileges",),
    )
    yield Rule("paymig-unfenced-writers", "the fence blocks every user that can write", Severity.ERROR, writers)
    yield Rule(
        "paymig-fence-privileges",
        "the administrator can block the application",
        Severity.ERROR,
        lambda _: accounts.missing_fence_privileges(application_users()),
    )


def _source_rules(source: Access, options: Options, now: SchemaSnapshot, runway: _Measured) -> list[Rule]:
    patterns = ", ".join(options.tables)
    none = Problem("tables", f"no table matches {patterns}", "correct `tables` of the [replication] section")
    rules = [
        Rule(
            "all-check-source-selection-rules",
            "at least one table is selected",
            Severity.ERROR,
            lambda scope: () if scope.tables else (none,),
        ),
        Rule(
            "paymig-source-version",
            "the source has the version that the stack file specifies",
            Severity.ERROR,
            lambda _: version_mismatch(source.admin, options.source_version),
        ),
        Rule(
            "paymig-change-log-runway",
            f"the disk and the retention suffice for {options.runway_hours:g} hours after a stop of the replication",
            Severity.ERROR if options.storage.is_stated else Severity.WARNING,
            lambda _: _runway_problems(runway, options.runway_hours),
        ),
    ]
    snapshot = options.snapshot
    if snapshot is not None:
        rules.append(
            Rule(
                "paymig-schema-changes",
                "the schema has not changed since the load",
                Severity.ERROR,
                lambda _: schema_changes(snapshot, now),
            )
        )
    return rules


def _target_rules(source: SchemaSnapshot, target: SchemaSnapshot) -> list[Rule]:
    return [
        Rule(
            "paymig-schema-differences",
            "both sides have equal tables with primary keys, constraints, triggers and sequences",
            Severity.ERROR,
            lambda _: schema_differences(source, target),
            covers=("postgres-check-pk", "mysql-check-pk-validity"),
        )
    ]


def _replication_privileges(
    open_session: Callable[[], AbstractContextManager[DatabaseAdmin]], control_schema: str, scope: Scope
) -> Iterator[Problem]:
    with open_session() as session:
        yield from session.accounts.missing_replication_privileges(scope.tables, control_schema)


def _check(side: str, rule: Rule, scope: Scope) -> CheckedRule:
    return CheckedRule(side, rule, tuple(_findings(side, rule, partial(rule.problems_in, scope))))


def _findings(side: str, rule: Rule, find: Callable[[], Iterable[Problem]]) -> Iterator[Finding]:
    try:
        for problem in find():
            yield Finding(rule.severity, side, problem.object, rule.name, str(problem), problem.remedy)
    except (DatabaseFailure, PreconditionFailed) as error:
        remedy = "grant the privilege, or correct the connection description, and assess again"
        yield Finding(Severity.ERROR, side, rule.name, rule.name, f"the rule cannot be checked: {error}", remedy)


def _facts(admin: DatabaseAdmin) -> SideFacts:
    return SideFacts(admin.server.product(), admin.server.version())
