"""Privileges of the replication users, which must read and write on both sides: replication runs in both directions."""

from collections.abc import Iterator

from common.errors import PreconditionFailed
from cutover.migration import Migration
from cutover.premigration_rule import Problem
from migration.replication import Replication, Side


def require(migration: Migration, replication: Replication) -> None:
    """Raise `PreconditionFailed` with the first privilege that a replication user lacks."""
    for name, side in (("source", replication.source), ("target", replication.target)):
        for finding in missing(migration, replication, side):
            raise PreconditionFailed(f"the {name} of {replication.name} {finding}")


def missing(migration: Migration, replication: Replication, side: Side) -> Iterator[Problem]:
    """Yield each privilege that the replication user lacks, as a predicate whose subject is the side.

    A session of the user itself is the only proof: Amazon RDS grants some privileges through roles.
    """
    with migration.replication_session(side) as session:
        tables = session.schema.tables(replication.tables)
        yield from session.accounts.missing_replication_privileges(tables, replication.control_schema)
