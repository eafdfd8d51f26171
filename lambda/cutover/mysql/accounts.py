"""Accounts of MySQL and MariaDB: the fence, and the users of the migration.

A user can have one account per host from which it connects. The fence locks all of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from common.clock import Deadline
from common.errors import DatabaseFailure, FenceTimeout, PreconditionFailed
from cutover.mysql import writers
from cutover.mysql.account_catalog import AccountCatalog, hosts
from cutover.mysql.privileges import missing_fence_privileges, missing_replication_privileges, sees_all_sessions
from cutover.mysql.server import has_procedure
from cutover.premigration_rule import Problem
from database.mysql import Session, identifier
from database.secrets import Login, clone
from migration.tables import Table, schemas

_ANY_HOST = "%"
_SESSION_ENDED = "42704"  # SQLSTATE
_EMPTY_CHECKS = 2  # an accepted login can appear just after its account was locked

_SESSIONS = "select id from information_schema.processlist where user in %s"
_UNAUTHENTICATED = "select id from information_schema.processlist where user = 'unauthenticated user'"
_CAN_REPLICATE = r"""
select count(distinct case privilege_type when 'BINLOG MONITOR' then 'REPLICATION CLIENT' else privilege_type end) = 2
from information_schema.user_privileges where grantee = concat('\'', %s, '\'@\'', %s, '\'')
and privilege_type in ('REPLICATION SLAVE', 'REPLICATION CLIENT', 'BINLOG MONITOR')
"""


@dataclass(frozen=True)
class Accounts:
    """Implements `cutover.engine.Accounts`."""

    session: Session

    def application_users(self, role: str, login: str | None, exempt: tuple[str, ...]) -> list[str]:
        """Return the role, the login, the clones that rotation creates of them, and all members of these."""
        names = {name for given in (role, login) if given for name in (given, clone(given))}
        names = self._catalog.with_role_members(names) - {*exempt, self._catalog.own_name()}
        users = sorted({user for user, _ in self._catalog.accounts(names)})
        if not users:
            raise PreconditionFailed(f"the user {login or role} does not exist on this server, so it cannot be fenced")
        return users

    def block_logins(self, users: list[str], deadline: Deadline) -> None:
        """Lock the accounts, and kill sessions until two consecutive checks find none and `XA RECOVER` is empty."""
        if not sees_all_sessions(self.session):
            raise PreconditionFailed("the administrator lacks the privilege PROCESS, so it does not see all sessions")
        for user, host in self._catalog.accounts(users):
            self.session.rows("alter user %s@%s account lock", user, host)
        # A login in progress may have read the account before the lock; its session has no user name yet.
        unauthenticated = self._session_ids(_UNAUTHENTICATED)
        kill = "call mysql.rds_kill(%s)" if has_procedure(self.session, "rds_kill") else "kill %s"
        checks: list[bool] = []

        def is_empty() -> bool:
            sessions = self._session_ids(_SESSIONS, users) | (unauthenticated & self._session_ids(_UNAUTHENTICATED))
            for session in sessions:
                self._kill(kill, session)
            checks.append(not sessions and not self.session.rows("xa recover"))
            return checks[-_EMPTY_CHECKS:] == [True] * _EMPTY_CHECKS

        late = FenceTimeout(f"sessions or prepared transactions of {', '.join(users)} are left after the fence timeout")
        deadline.poll(is_empty, late, pause=0.05)

    def logins(self, users: list[str]) -> list[str]:
        """Return the accounts of `users` on all hosts."""
        return [_name(*account) for account in self._catalog.accounts(users)]

    def open_logins(self, users: list[str]) -> list[str]:
        """Return the accounts of `users` that are not locked."""
        return [_name(*account) for account in self._catalog.unlocked_accounts(users)]

    def allow_logins(self, logins: list[str]) -> None:
        """Unlock the accounts."""
        users = [login.rpartition("@")[0] for login in logins]
        for login in sorted({*logins} - {*self.open_logins(users)}):
            user, _, host = login.rpartition("@")
            self.session.rows("alter user %s@%s account unlock", user, host)

    def missing_fence_privileges(self, users: list[str]) -> Iterator[Problem]:
        """Yield the privileges that are missing to lock accounts and to kill sessions; no statement can be undone."""
        own = self.session.value("select current_user()")
        for finding in missing_fence_privileges(self.session, users):
            yield Problem(finding.object, f"has the administrator {own}, which {finding}", finding.remedy)

    def prepared_transactions(self) -> list[str]:
        """Return the XA transactions, which may be those of another database: MySQL does not reveal it."""
        return [row[3].decode(errors="replace") for row in self.session.rows("xa recover")]

    def other_writers(self, known: list[str], tables: list[Table]) -> list[str]:
        """Return the other unlocked users that can write, as `cutover.mysql.writers` finds them."""
        return writers.other_writers(self.session, known, tables)

    def ensure_replication_user(self, login: Login, tables: list[Table], control_schema: str) -> None:
        """Create or update the user, with all privileges on the schemas and on the control tables of DMS."""
        patterns = [_grant_pattern(schema) for schema in (*schemas(tables), control_schema)]
        for host in self._ensure_user(login, "unlock"):
            self.session.rows("grant replication client, replication slave on *.* to %s@%s", login.username, host)
            for pattern in patterns:
                self.session.rows(f"grant all on {pattern}.* to %s@%s", login.username, host)

    def missing_replication_privileges(self, tables: list[Table], control_schema: str) -> Iterator[Problem]:
        """Yield the privileges that are missing in a schema of the tables, or in that of the control tables."""
        user = self.session.value("select current_user()")
        for finding in missing_replication_privileges(self.session, [*schemas(tables), control_schema]):
            yield Problem(finding.object, f"has the user {user}, which {finding}", finding.remedy)

    def ensure_application_user(self, login: Login, role: str, tables: list[Table]) -> None:
        """Create or update the user, locked, with its own privileges: MySQL before 8 has no roles."""
        del role
        for host in self._ensure_user(login, "lock"):
            for table in tables:
                name = f"{identifier(table.schema)}.{identifier(table.name)}"
                self.session.rows(f"grant select, insert, update, delete on {name} to %s@%s", login.username, host)

    def missing_prerequisites(self, user: str, role: str, application_user: str | None) -> Iterator[Problem]:
        """Yield a missing replication user, and a missing application user."""
        can_replicate = any(self.session.value(_CAN_REPLICATE, user, host) for host in hosts(self.session, user))
        if not can_replicate or not self._catalog.unlocked([user]):
            remedy = f"create user {user}@'%'; grant replication client, replication slave on *.* to {user}@'%'"
            yield Problem(user, f"has no user {user} that can log in and replicate", remedy)
        name = application_user or role
        if not hosts(self.session, name):
            yield Problem(name, f"has no user {name}", f"create user {name}@'%' account lock")

    @property
    def _catalog(self) -> AccountCatalog:
        return AccountCatalog(self.session)

    def _ensure_user(self, login: Login, lock: str) -> list[str]:
        """Create or alter the user on every host of it, with `lock` or `unlock`, and return the hosts."""
        found = hosts(self.session, login.username) or [_ANY_HOST]
        for host in found:
            account = (login.username, host, login.password)
            self.session.rows("create user if not exists %s@%s identified by %s", *account)
            self.session.rows(f"alter user %s@%s identified by %s account {lock}", *account)
        return found

    def _session_ids(self, sql: str, *parameters: list[str]) -> set[int]:
        return {int(row[0]) for row in self.session.rows(sql, *parameters)}

    def _kill(self, statement: str, session: int) -> None:
        try:
            self.session.rows(statement, session)
        except DatabaseFailure as error:
            if error.sqlstate != _SESSION_ENDED:
                raise


def _name(user: str, host: str) -> str:
    return f"{user}@{host}"


def _grant_pattern(schema: str) -> str:
    """Return the quoted name of a schema in a GRANT, in which an underscore is a wildcard."""
    return identifier(schema).replace("_", "\\_")
