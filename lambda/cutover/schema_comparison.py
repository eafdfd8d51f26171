"""Comparison of the schemas of source and target before any row is copied.

DMS creates no secondary indexes, foreign keys or identity columns, and it finds updated rows by the primary key.
"""

from common.errors import SchemaMismatch
from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem
from cutover.schema_snapshot import PRIMARY_KEY, SchemaSnapshot
from migration.tables import Table

_MAX_FINDINGS = 20


def compare_schemas(source: DatabaseAdmin, target: DatabaseAdmin, patterns: tuple[str, ...]) -> list[Table]:
    """Return the tables to migrate; raise `SchemaMismatch` with every difference and replication blocker."""
    tables = source.schema.tables(patterns)
    if not tables:
        raise SchemaMismatch(f"no table of the source matches {', '.join(patterns)}")
    differences = schema_differences(source.schema.snapshot(tables), target.schema.snapshot(tables))
    _raise_if_any("source and target differ", differences)
    for name, admin in (("source", source), ("target", target)):
        _raise_if_any(f"the {name} has replication blockers", list(admin.schema.replication_blockers(tables)))
    return tables


def schema_differences(source: SchemaSnapshot, target: SchemaSnapshot) -> list[Problem]:
    """Return each difference, and each table without a primary key."""
    findings: list[Problem] = []
    source_tables = source.table_names()
    for table in sorted(source.tables.keys() | target.tables.keys()):
        source_properties, target_properties = source.properties(table), target.properties(table)
        if not target_properties:
            remedy = f"create {table} in the target with the definition of the source"
            findings.append(Problem(table, f"{table} is missing in the target", remedy))
            continue
        if table in source_tables and PRIMARY_KEY not in source_properties:
            remedy = f"alter table {table} add primary key (COLUMN), on both sides"
            findings.append(Problem(table, f"{table} has no primary key", remedy))
        findings.extend(
            _difference(table, name, source_properties.get(name), target_properties.get(name))
            for name in sorted(source_properties.keys() | target_properties.keys())
            if source_properties.get(name) != target_properties.get(name)
        )
    return findings


def _difference(table: str, name: str, in_source: str | None, in_target: str | None) -> Problem:
    definitions = f"the source has {in_source or 'none'}, the target {in_target or 'none'}"
    return Problem(table, f"{table}: {name}", f"make {name} of {table} equal: {definitions}")


def _raise_if_any(problem: str, findings: list[Problem]) -> None:
    if findings:
        more = len(findings) - _MAX_FINDINGS
        shown = "; ".join(map(str, findings[:_MAX_FINDINGS])) + (f"; and {more} more" if more > 0 else "")
        raise SchemaMismatch(f"{problem}: {shown}")
