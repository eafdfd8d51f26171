"""Who may log in: the fence around a database.

A database is fenced when neither the application's role nor a member of it can log in, and when none of
their sessions and prepared transactions is left.
"""

from common.clock import Deadline
from common.database import Database, identifier
from common.errors import FenceTimeout, NotAllowed

# The administrators that serve the migration itself are members of the application's role on some servers
# (PostgreSQL 16 makes the creator of a role a member): locking them out would lock out the way back.
_MEMBERS = """
with recursive family(oid) as (
  select oid from pg_roles where rolname = :role
  union select m.member from pg_auth_members m join family on m.roleid = family.oid)
select rolname::text from pg_roles join family using (oid)
where not rolsuper and rolname <> current_user and not rolname = any(cast(:spared as text[])) order by 1
"""
_REMAINS = """
select (select count(*) from pg_stat_activity
        where usename = any(cast(:roles as text[])) and datname = current_database())
     + (select count(*) from pg_prepared_xacts
        where owner = any(cast(:roles as text[])) and database = current_database())
"""
_TERMINATE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where usename = any(cast(:roles as text[])) and datname = current_database() and pid <> pg_backend_pid()
"""


def family(database: Database, role: str, spared: tuple[str, ...]) -> list[str]:
    """The application's role and the roles that inherit it."""
    found = [row[0] for row in database.rows(_MEMBERS, role=role, spared=list(spared))]
    if role not in found:
        raise NotAllowed(f"there is no role {role} that could be fenced on this server")
    return found


def shut_out(database: Database, roles: list[str], deadline: Deadline) -> None:
    """Let no role of `roles` in, end their sessions, and prove that none is left."""
    for role in roles:
        database.run(f"alter role {identifier(role)} nologin")
    # A login that was accepted just before appears just after: two empty looks in a row are asked for.
    looks: list[bool] = []

    def is_empty() -> bool:
        database.run(_TERMINATE, roles=roles)
        looks.append(database.value(_REMAINS, roles=roles) == 0)
        return looks[-2:] == [True, True]

    late = FenceTimeout(f"sessions or prepared transactions of {', '.join(roles)} are left when the fence's time is up")
    deadline.poll(is_empty, late, pause=0.05)


def let_in(database: Database, roles: list[str]) -> None:
    """Let every role of `roles` log in again."""
    for role in roles:
        database.run(f"alter role {identifier(role)} login")


def any_may_log_in(database: Database, roles: list[str]) -> bool:
    """Whether at least one of `roles` could log in."""
    return bool(
        database.value(
            "select bool_or(rolcanlogin) from pg_roles where rolname = any(cast(:roles as text[]))", roles=roles
        )
    )
