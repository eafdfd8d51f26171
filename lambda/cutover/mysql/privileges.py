"""Privileges of the administrative session: MySQL silently hides sessions and objects from users without them."""

import re
from collections.abc import Iterator

from common.errors import DatabaseFailure
from cutover.mysql.server import has_procedure
from cutover.premigration_rule import Problem
from database.mysql import Session, identifier

# From MySQL 8.0.16.
_SYSTEM_USER = "SYSTEM_USER"
_SYSTEM_USERS = f"""
select distinct convert(u.user using utf8mb4) from mysql.user u
  join information_schema.user_privileges p
    on p.grantee = concat('\\'', convert(u.user using utf8mb4), '\\'@\\'', convert(u.host using utf8mb4), '\\'')
where p.privilege_type = '{_SYSTEM_USER}' and u.user in %s order by 1
"""
_GRANT = re.compile(r"GRANT (?P<privileges>.*) ON (?P<scope>\S+) TO ", re.DOTALL)

# One privilege of each line suffices. Before MySQL 8, and in MariaDB, the first or the last includes the others.
_GLOBAL = (
    ("CREATE USER",),
    ("CONNECTION_ADMIN", "CONNECTION ADMIN", "SUPER"),
)
# DMS user guide, "Using a MySQL-compatible database as a target", "Prerequisites".
_OF_REPLICATION = ("SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER", "DROP", "INDEX")
_IN_SCHEMAS = ("SELECT", "INSERT", "UPDATE", "CREATE", "ALTER", "TRIGGER", "EVENT")


def missing_privileges(session: Session, schemas: list[str]) -> Iterator[Problem]:
    """Yield each privilege that this user lacks to administer a cutover, as a predicate whose subject is the user."""
    yield from missing_fence_privileges(session, [])
    if not has_procedure(session, "rds_kill"):
        yield from _missing_in_schemas(session, schemas, _IN_SCHEMAS)


def missing_fence_privileges(session: Session, users: list[str]) -> Iterator[Problem]:
    """Yield each privilege that this user lacks to block `users`, as a predicate whose subject is the user.

    On Amazon RDS the master user has the privileges through roles, which `SHOW GRANTS` does not list.
    """
    if not sees_all_sessions(session):
        yield _missing(session, "PROCESS", "PROCESS, so it does not see all sessions")
    if has_procedure(session, "rds_kill"):
        return
    for names in _GLOBAL:
        if not _has_any(session, names):
            yield _missing(session, names[0], " or ".join(names))
    if not users or _has_any(session, (_SYSTEM_USER,)):
        return
    for (user,) in session.rows(_SYSTEM_USERS, users):
        text = f"{_SYSTEM_USER}, which {user} has: no other user can lock that account"
        yield _missing(session, _SYSTEM_USER, text)


def missing_replication_privileges(session: Session, schemas: list[str]) -> Iterator[Problem]:
    """Yield each privilege in `schemas` that this user lacks to apply changes, as a predicate whose subject is it."""
    yield from _missing_in_schemas(session, schemas, _OF_REPLICATION)


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


def _has_any(session: Session, names: tuple[str, ...]) -> bool:
    """Return whether this user has one of these privileges on all databases."""
    granted = [privileges for privileges, scope in _grants(session) if scope == "*.*"]
    return any(_includes(privileges, name) for privileges in granted for name in names)


def _missing_in_schemas(session: Session, schemas: list[str], names: tuple[str, ...]) -> Iterator[Problem]:
    grants = _grants(session)
    for schema in schemas:
        granted = [privileges for privileges, scope in grants if scope in ("*.*", f"{identifier(schema)}.*")]
        missing = ", ".join(name for name in names if not any(_includes(privileges, name) for privileges in granted))
        if missing:
            remedy = f"grant {missing.lower()} on {identifier(schema)}.* to {_own_account(session)}"
            yield Problem(schema, f"lacks the privilege {missing} in {schema}", remedy)


def _missing(session: Session, privilege: str, text: str) -> Problem:
    remedy = f"grant {privilege.lower()} on *.* to {_own_account(session)}"
    return Problem(privilege, f"lacks the privilege {text}", remedy)


def _own_account(session: Session) -> str:
    user, _, host = str(session.value("select current_user()")).rpartition("@")
    return f"'{user}'@'{host}'"


def _includes(privileges: str, name: str) -> bool:
    return privileges.startswith("ALL PRIVILEGES") or name in (part.strip() for part in privileges.split(","))
