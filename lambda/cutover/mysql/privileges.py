"""Privileges of the administrative session: MySQL silently hides sessions and objects from users without them."""

import re
from collections.abc import Iterator

from common.errors import DatabaseFailure
from cutover.mysql.server import has_procedure
from database.mysql import Session, identifier

_GRANT = re.compile(r"GRANT (?P<privileges>.*) ON (?P<scope>\S+) TO ", re.DOTALL)

# One privilege of each line suffices. Before MySQL 8, and in MariaDB, the first or the last includes the others.
_GLOBAL = (
    ("CREATE USER",),
    ("CONNECTION_ADMIN", "CONNECTION ADMIN", "SUPER"),
)
# DMS user guide, "Using a MySQL-compatible database as a target", "Prerequisites".
_OF_REPLICATION = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX")
_IN_SCHEMAS = ("SELECT", "INSERT", "UPDATE", "CREATE", "ALTER", "TRIGGER", "EVENT")


def missing_privileges(session: Session, schemas: list[str]) -> Iterator[str]:
    """Yield each privilege that this user lacks to administer a cutover, as a predicate whose subject is the user.

    On Amazon RDS the master user has the privileges through roles, which `SHOW GRANTS` does not list.
    """
    if not sees_all_sessions(session):
        yield "lacks the privilege PROCESS, so it does not see all sessions"
    if has_procedure(session, "rds_kill"):
        return
    found = _grants(session)
    for names in _GLOBAL:
        if not any(_includes(privileges, name) for privileges, scope in found for name in names if scope == "*.*"):
            yield f"lacks the privilege {' or '.join(names)}"
    yield from _missing_in_schemas(found, schemas, _IN_SCHEMAS)


def missing_replication_privileges(session: Session, schemas: list[str]) -> Iterator[str]:
    """Yield each privilege in `schemas` that this user lacks to apply changes, as a predicate whose subject is it."""
    yield from _missing_in_schemas(_grants(session), schemas, _OF_REPLICATION)


def sees_all_sessions(session: Session) -> bool:
    """Return whether the user has PROCESS: without it the list of sessions is shorter, but other statements fail."""
    try:
        session.rows("select count(*) from information_schema.innodb_trx")
    except DatabaseFailure:
        return False
    return True


def _grants(session: Session) -> list[tuple[str, str]]:
    """Return the privileges and the scope of each grant of this user."""
    grants = [str(row[0]).replace("\\_", "_") for row in session.rows("show grants")]
    return [(match["privileges"], match["scope"]) for grant in grants if (match := _GRANT.match(grant))]


def _missing_in_schemas(grants: list[tuple[str, str]], schemas: list[str], names: tuple[str, ...]) -> Iterator[str]:
    for schema in schemas:
        granted = [privileges for privileges, scope in grants if scope in ("*.*", f"{identifier(schema)}.*")]
        missing = [name for name in names if not any(_includes(privileges, name) for privileges in granted)]
        if missing:
            yield f"lacks the privilege {', '.join(missing)} in {schema}"


def _includes(privileges: str, name: str) -> bool:
    return privileges.startswith("ALL PRIVILEGES") or name in (part.strip() for part in privileges.split(","))
