"""Accounts of PostgreSQL: the fence around a database.

A database is fenced when neither the application's role nor a member of it can log in, and when none of
their sessions and prepared transactions is left.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.clock import Deadline
from common.errors import FenceTimeout, PreconditionFailed
from cutover.postgresql import users
from database.postgresql import Database, identifier
from database.secrets import Login
from migration.tables import Table

# The administrators that serve the migration itself are members of the application's role on some servers
# (PostgreSQL 16 makes the creator of a role a member): locking them out would lock out the way back.
_MEMBERS = """
with recursive family(oid) as (
  select oid from pg_roles where rolname = any(cast(:names as text[]))
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

# Amazon's administrators are no superusers.
_WRITERS = """
select rolname::text from pg_roles r
where rolcanlogin and not rolsuper and rolname <> current_user and not rolname = any(cast(:known as text[]))
  and not exists (select 1 from pg_roles a where a.rolname = 'rds_superuser' and pg_has_role(r.oid, a.oid, 'member'))
  and exists (select 1 from unnest(cast(:tables as regclass[])) named,
                lateral (select named union select relid from pg_partition_ancestors(named) a (relid)) as t (t)
              where has_table_privilege(r.oid, t, 'insert, update, delete, truncate')
                 or has_any_column_privilege(r.oid, t, 'insert, update'))
order by 1
"""


@dataclass(frozen=True)
class Accounts:
    """See `cutover.administered.Accounts`."""

    database: Database

    def family(self, role: str, login: str | None, spared: tuple[str, ...]) -> list[str]:
        """See the protocol."""
        names = [role, login] if login else [role]
        found = [row[0] for row in self.database.rows(_MEMBERS, names=names, spared=list(spared))]
        if role not in found:
            raise PreconditionFailed(f"there is no role {role} that could be fenced on this server")
        return found

    def shut_out(self, names: list[str], deadline: Deadline) -> None:
        """See the protocol."""
        for name in names:
            self.database.run(f"alter role {identifier(name)} nologin")
        # A login that was accepted just before appears just after: two empty looks in a row are asked for.
        looks: list[bool] = []

        def is_empty() -> bool:
            self.database.run(_TERMINATE, roles=names)
            looks.append(self.database.value(_REMAINS, roles=names) == 0)
            return looks[-2:] == [True, True]

        told = f"sessions or prepared transactions of {', '.join(names)} are left when the fence's time is up"
        deadline.poll(is_empty, FenceTimeout(told), pause=0.05)

    def let_in(self, names: list[str]) -> None:
        """See the protocol."""
        for name in names:
            self.database.run(f"alter role {identifier(name)} login")

    def any_may_log_in(self, names: list[str]) -> bool:
        """See the protocol."""
        sql = "select bool_or(rolcanlogin) from pg_roles where rolname = any(cast(:roles as text[]))"
        return bool(self.database.value(sql, roles=names))

    def writers_beside(self, known: list[str], found: list[Table]) -> list[str]:
        """See the protocol."""
        rows = self.database.rows(_WRITERS, known=known, tables=[table.quoted for table in found])
        return [str(row[0]) for row in rows]

    def ensure_replication_user(self, login: Login, found: list[Table]) -> None:
        """See the protocol."""
        users.ensure_replication_user(self.database, login, found)

    def ensure_application_user(self, login: Login, role: str, found: list[Table]) -> None:
        """See the protocol."""
        users.ensure_application_user(self.database, login, role, found)

    def lacks(self, login: Login, role: str, application: Login | None) -> Iterator[str]:
        """See the protocol."""
        if not users.may_replicate(self.database, login.username):
            yield f"has no user {login.username} that may log in and replicate"
        if not users.exists(self.database, role):
            yield f"has no role {role}"
        if application is not None and not users.exists(self.database, application.username):
            yield f"has no user {application.username}"
