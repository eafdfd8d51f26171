"""Comparing schemas: what must be the same on both sides before a row is copied.

DMS makes no secondary indexes, foreign keys or identities, and follows updates by the primary key only.
"""

from common.errors import SchemaMismatch
from cutover.administered import Administered, Facts
from migration.tables import Table

_SHOWN = 20


def compare(source: Administered, target: Administered, patterns: tuple[str, ...]) -> list[Table]:
    """The tables to move; raises `SchemaMismatch` with the names of what differs or hinders."""
    found = source.schema.tables(patterns)
    if not found:
        raise SchemaMismatch(f"no table of the source matches {', '.join(patterns)}")
    differences = _differences(source.schema.facts(found), target.schema.facts(found))
    _refuse("source and target differ", differences)
    for side, administered in (("source", source), ("target", target)):
        _refuse(f"replication would not carry all of the {side}", list(administered.schema.hindrances(found)))
    return found


def _refuse(what: str, findings: list[str]) -> None:
    if findings:
        more = len(findings) - _SHOWN
        shown = "; ".join(findings[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise SchemaMismatch(f"{what}: {shown}")


def _differences(source: Facts, target: Facts) -> list[str]:
    found: list[str] = []
    for table in sorted(source.keys() | target.keys()):
        here, there = source.get(table, {}), target.get(table, {})
        if not there:
            found.append(f"{table} is missing in the target")
            continue
        if "primary key" not in here and not table.endswith("(sequences)"):
            found.append(f"{table} has no primary key")
        found.extend(
            f"{table}: {fact}" for fact in sorted(here.keys() | there.keys()) if here.get(fact) != there.get(fact)
        )
    return found
