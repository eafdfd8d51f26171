"""Comparison of the schemas of source and target before any row is copied.

DMS creates no secondary indexes, foreign keys or identity columns, and it finds updated rows by the primary key.
"""

from common.errors import SchemaMismatch
from cutover.engine import DatabaseAdmin
from cutover.schema_snapshot import PRIMARY_KEY, SchemaSnapshot
from migration.tables import Table

_MAX_FINDINGS = 20


def compare_schemas(source: DatabaseAdmin, target: DatabaseAdmin, patterns: tuple[str, ...]) -> list[Table]:
    """Return the tables to migrate; raise `SchemaMismatch` with every difference and replication blocker."""
    tables = source.schema.tables(patterns)
    if not tables:
        raise SchemaMismatch(f"no table of the source matches {', '.join(patterns)}")
    differences = _differences(source.schema.snapshot(tables), target.schema.snapshot(tables))
    _raise_if_any("source and target differ", differences)
    for name, admin in (("source", source), ("target", target)):
        _raise_if_any(f"the {name} has replication blockers", list(admin.schema.replication_blockers(tables)))
    return tables


def _differences(source: SchemaSnapshot, target: SchemaSnapshot) -> list[str]:
    findings: list[str] = []
    source_tables = source.table_names()
    for table in sorted(source.tables.keys() | target.tables.keys()):
        source_properties, target_properties = source.properties(table), target.properties(table)
        if not target_properties:
            findings.append(f"{table} is missing in the target")
            continue
        if table in source_tables and PRIMARY_KEY not in source_properties:
            findings.append(f"{table} has no primary key")
        findings.extend(
            f"{table}: {name}"
            for name in sorted(source_properties.keys() | target_properties.keys())
            if source_properties.get(name) != target_properties.get(name)
        )
    return findings


def _raise_if_any(problem: str, findings: list[str]) -> None:
    if findings:
        more = len(findings) - _MAX_FINDINGS
        shown = "; ".join(findings[:_MAX_FINDINGS]) + (f"; and {more} more" if more > 0 else "")
        raise SchemaMismatch(f"{problem}: {shown}")
