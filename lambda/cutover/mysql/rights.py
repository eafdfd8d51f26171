"""What a session may do: MySQL shows less to whoever may do less, and says nothing of it."""

import re
from collections.abc import Iterator

from common.errors import DatabaseFailure
from cutover.mysql.server import has_procedure
from database.mysql import Session, identifier

_GRANT = re.compile(r"GRANT (?P<what>.*) ON (?P<place>\S+) TO ", re.DOTALL)

# Of each line one is enough; before MySQL 8, and in MariaDB, the first or the last has the others in it.
_EVERYWHERE = (
    ("CREATE USER",),
    ("CONNECTION_ADMIN", "CONNECTION ADMIN", "SUPER"),
)
_IN_DATABASES = ("SELECT", "INSERT", "UPDATE", "CREATE", "ALTER", "TRIGGER", "EVENT")


def lacks(session: Session, schemas: list[str]) -> Iterator[str]:
    """The rights of an administrator of the cutover that this user has not, as ends of a sentence.

    On Amazon RDS the master user has them by roles, which `SHOW GRANTS` need not spell out.
    """
    if not sees_all_sessions(session):
        yield "may not see the sessions of others (PROCESS)"
    if has_procedure(session, "rds_kill"):
        return
    grants = [str(row[0]).replace("\\_", "_") for row in session.rows("show grants")]
    found = [(match["what"], match["place"]) for grant in grants if (match := _GRANT.match(grant))]
    for names in _EVERYWHERE:
        if not any(_covers(what, name) for what, place in found for name in names if place == "*.*"):
            yield f"has not the right {' or '.join(names)}"
    for schema in schemas:
        places = ("*.*", f"{identifier(schema)}.*")
        missing = [name for name in _IN_DATABASES if not any(_covers(what, name) for what, at in found if at in places)]
        if missing:
            yield f"has not the right {', '.join(missing)} in {schema}"


def sees_all_sessions(session: Session) -> bool:
    """Whether the list of sessions is complete: what else needs PROCESS is refused, and the list only shorter."""
    try:
        session.rows("select count(*) from information_schema.innodb_trx")
    except DatabaseFailure:
        return False
    return True


def _covers(what: str, name: str) -> bool:
    return what.startswith("ALL PRIVILEGES") or name in (part.strip() for part in what.split(","))
