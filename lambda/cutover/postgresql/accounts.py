"""Roles of PostgreSQL: the fence, and the users of the migration."""

from collections.abc import Iterator
from dataclasses import dataclass

from common.clock import Deadline
from common.errors import DatabaseFailure, FenceTimeout, PreconditionFailed
from cutover.postgresql import migration_users, replication_privileges, writers
from cutover.premigration_rule import Problem
from database import postgresql_users
from database.postgresql import Database, identifier
from database.secrets import Login
from migration.tables import Table

_EMPTY_CHECKS = 2  # an accepted login can appear just after its role was set to NOLOGIN

# On some servers administrators of the migration are members of the application's role: PostgreSQL 16 makes the
# creator of a role a member. A fence that blocked them would block the rollback.
_APPLICATION_USERS = """
with recursive family(oid) as (
  select oid from pg_roles where rolname = any(cast(:names as text[]))
  union select m.member from pg_auth_members m join family on m.roleid = family.oid)
select rolname::text from pg_roles join family using (oid)
where not rolsuper and rolname <> current_user and not rolname = any(cast(:exempt as text[])) order by 1
"""
_SESSIONS_AND_TRANSACTIONS = """
select (select count(*) from pg_stat_activity
        where usename = any(cast(:roles as text[])) and datname = current_database())
     + (select count(*) from pg_prepared_xacts where database = current_database())
"""
_OPEN = "select rolname::text from pg_roles where rolcanlogin and rolname = any(cast(:roles as text[])) order by 1"
_PREPARED = "select gid || ' of ' || owner from pg_prepared_xacts order by 1"
# The condition of pg_terminate_backend.
_UNSIGNALED = """
select rolname::text from pg_roles
where rolname = any(cast(:roles as text[])) and not pg_has_role(current_user, oid, 'usage')
  and not pg_has_role(current_user, 'pg_signal_backend', 'usage') order by 1
"""
# The server checks LOGIN while it holds this lock, until the session appears in pg_stat_activity. Between the two there
# may be seconds (post_auth_delay, a busy server).
_CONNECTING = """
select pid from pg_locks where locktype = 'object' and classid = 'pg_database'::regclass
  and objid = (select oid from pg_database where datname = current_database()) and pid <> pg_backend_pid()
"""
_CONNECTED = "select pid from pg_stat_activity where usesysid is not null"
_INSUFFICIENT_PRIVILEGE = "42501"  # SQLSTATE
_TERMINATE = """
select count(pg_terminate_backend(pid)) from pg_stat_activity
where usename = any(cast(:roles as text[])) and datname = current_database() and pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Accounts:
    """Implements `cutover.engine.Accounts`."""

    database: Database

    def application_users(self, role: str, login: str | None, exempt: tuple[str, ...]) -> list[str]:
        """Return the role, the login and all direct and indirect members of both."""
        names = [role, login] if login else [role]
        users = [row[0] for row in self.database.rows(_APPLICATION_USERS, names=names, exempt=list(exempt))]
        if role not in users:
            raise PreconditionFailed(f"the role {role} does not exist on this server, so it cannot be fenced")
        return users

    def block_logins(self, users: list[str], deadline: Deadline) -> None:
        """Set `NOLOGIN`, and terminate sessions until two consecutive checks find none and no prepared transaction.

        A prepared transaction of any user counts: it can be committed behind the fence. A login that was accepted
        before, and has no session yet, is awaited.
        """
        for user in users:
            self.database.run(f"alter role {identifier(user)} nologin")
        accepted = self._logins_in_progress()
        checks: list[bool] = []

        def is_empty() -> bool:
            accepted.intersection_update(self._logins_in_progress())
            self.database.run(_TERMINATE, roles=users)
            checks.append(not accepted and self.database.value(_SESSIONS_AND_TRANSACTIONS, roles=users) == 0)
            return checks[-_EMPTY_CHECKS:] == [True] * _EMPTY_CHECKS

        late = FenceTimeout(f"sessions or prepared transactions of {', '.join(users)} are left after the fence timeout")
        deadline.poll(is_empty, late, pause=0.05)

    def logins(self, users: list[str]) -> list[str]:
        """Return `users`."""
        return users

    def open_logins(self, users: list[str]) -> list[str]:
        """Return the roles with `LOGIN`."""
        return [row[0] for row in self.database.rows(_OPEN, roles=users)]

    def allow_logins(self, logins: list[str]) -> None:
        """Set `LOGIN`."""
        is_open = set(self.open_logins(logins))
        for role in logins:
            if role not in is_open:
                self.database.run(f"alter role {identifier(role)} login")

    def missing_fence_privileges(self, users: list[str]) -> Iterator[Problem]:
        """Yield the roles that this session cannot alter, in a transaction that is rolled back, or cannot signal."""
        own = self.database.value("select current_user::text")
        for user in users:
            if not self._can_block(user):
                yield Problem(
                    user,
                    f"denies {own} ALTER ROLE {user}, which the fence needs: grant CREATEROLE, and from PostgreSQL 16"
                    f" also grant {identifier(user)} to {identifier(own)} with admin option",
                    f"alter role {identifier(own)} createrole; grant {identifier(user)} to {identifier(own)}"
                    " with admin option",
                )
        unsignaled = ", ".join(row[0] for row in self.database.rows(_UNSIGNALED, roles=users))
        if unsignaled:
            remedy = f"grant pg_signal_backend to {identifier(own)}"
            yield Problem(
                unsignaled,
                f"denies {own} the end of the sessions of {unsignaled}, which the fence needs: {remedy}",
                remedy,
            )

    def prepared_transactions(self) -> list[str]:
        """Return the prepared transactions of all databases: each one delays the creation of a replication slot."""
        return [str(row[0]) for row in self.database.rows(_PREPARED)]

    def other_writers(self, known: list[str], tables: list[Table]) -> list[str]:
        """Return the other roles with `LOGIN` that can write, as `cutover.postgresql.writers` finds them."""
        return writers.other_writers(self.database, known, tables)

    def ensure_replication_user(self, login: Login, tables: list[Table], control_schema: str) -> None:
        """Create or update the replication user."""
        migration_users.ensure_replication_user(self.database, login, tables, control_schema)

    def missing_replication_privileges(self, tables: list[Table], control_schema: str) -> Iterator[Problem]:
        """Yield a missing privilege on the parameter that disables triggers, the control schema, or a table."""
        yield from replication_privileges.missing(self.database, tables, control_schema)

    def ensure_application_user(self, login: Login, role: str, tables: list[Table]) -> None:
        """Create or update the application's role, and the user of its secret."""
        migration_users.ensure_application_user(self.database, login, role, tables)

    def missing_prerequisites(self, user: str, role: str, application_user: str | None) -> Iterator[Problem]:
        """Yield a missing replication user, application role, or application user."""
        if not migration_users.can_replicate(self.database, user):
            remedy = f"create role {identifier(user)} login replication password '...'"
            yield Problem(user, f"has no user {user} that can log in and replicate", remedy)
        if not postgresql_users.exists(self.database, role):
            yield Problem(role, f"has no role {role}", f"create role {identifier(role)} nologin")
        if application_user is not None and not postgresql_users.exists(self.database, application_user):
            remedy = f"create role {identifier(application_user)} nologin in role {identifier(role)}"
            yield Problem(application_user, f"has no user {application_user}", remedy)

    def _logins_in_progress(self) -> set[int]:
        """Return the processes of accepted logins that have no session yet; of which users, the server hides."""
        connecting = {int(row[0]) for row in self.database.rows(_CONNECTING)}
        return connecting - {int(row[0]) for row in self.database.rows(_CONNECTED)}

    def _can_block(self, user: str) -> bool:
        self.database.run("begin")
        try:
            self.database.run(f"alter role {identifier(user)} nologin")
        except DatabaseFailure as error:
            if error.sqlstate != _INSUFFICIENT_PRIVILEGE:
                raise
            return False
        finally:
            self.database.run("rollback")
        return True
