"""Accounts of MySQL: the fence around a database.

A database is fenced when each account of the application is locked, and when none of their sessions and no
prepared transaction is left. A name may have an account for each host that it comes from.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from common.clock import Deadline
from common.errors import DatabaseFailure, FenceTimeout, PreconditionFailed
from cutover.mysql.rights import sees_all_sessions
from cutover.mysql.server import has_procedure
from database.mysql import Session, identifier
from database.secrets import Login, clone
from migration.tables import Table, schemas

_ANYWHERE = "%"
_GONE = "42704"  # the session ended by itself

_ACCOUNTS = "select convert(user using utf8mb4), convert(host using utf8mb4) from mysql.user where user in %s"
_SESSIONS = "select id from information_schema.processlist where user in %s"
_HALF_IN = "select id from information_schema.processlist where user = 'unauthenticated user'"
_MAY_REPLICATE = r"""
select count(distinct case privilege_type when 'BINLOG MONITOR' then 'REPLICATION CLIENT' else privilege_type end) = 2
from information_schema.user_privileges where grantee = concat('\'', %s, '\'@\'', %s, '\'')
and privilege_type in ('REPLICATION SLAVE', 'REPLICATION CLIENT', 'BINLOG MONITOR')
"""

_WRITE = "privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'DROP')"
_EVERYWHERE = f"select grantee from information_schema.user_privileges where {_WRITE}"
# A database is granted as a pattern.
_IN_SCHEMA = f"""
select grantee from information_schema.schema_privileges where {_WRITE} and %s like table_schema
union
select grantee from information_schema.table_privileges where {_WRITE} and table_schema = %s and table_name in %s
union
select grantee from information_schema.column_privileges where {_WRITE} and table_schema = %s and table_name in %s
"""
# Whoever may alter users can unlock any.
_ADMINISTRATORS = """
select grantee from information_schema.user_privileges where privilege_type in ('CREATE USER', 'SUPER')
"""
_GRANTEE = re.compile(r"'(?P<user>.*)'@'[^']*'", re.DOTALL)


@dataclass(frozen=True)
class _Catalogue:
    """Where a make keeps accounts: who logs in, who inherits from whom, and which are open."""

    logins: str
    heirs: str
    open: str


_MARIADB = _Catalogue(
    logins=f"{_ACCOUNTS} and is_role = 'N'",
    heirs="select convert(user using utf8mb4) from mysql.roles_mapping where role in %s and user <> ''",
    open="""
select convert(user using utf8mb4) from mysql.global_priv where user in %s
  and coalesce(json_value(priv, '$.account_locked'), 0) = 0 and coalesce(json_value(priv, '$.is_role'), 0) = 0
""",
)
_MYSQL = _Catalogue(
    # `CREATE ROLE` makes a locked account without a password: unlocked, it would let anybody in.
    logins=f"""
{_ACCOUNTS} and not (account_locked = 'Y' and authentication_string = ''
  and plugin in ('caching_sha2_password', 'mysql_native_password', 'sha256_password'))
""",
    heirs="select convert(to_user using utf8mb4) from mysql.role_edges where from_user in %s",
    open="select convert(user using utf8mb4) from mysql.user where user in %s and account_locked = 'N'",
)


@dataclass(frozen=True)
class Accounts:
    """See `cutover.administered.Accounts`."""

    session: Session

    def family(self, role: str, login: str | None, spared: tuple[str, ...]) -> list[str]:
        """See the protocol."""
        names = self._with_heirs({name for known in (role, login) if known for name in (known, clone(known))})
        names -= {*spared, self._own_name()}
        found = sorted({name for name, _ in self._logins(names)})
        if not found:
            raise PreconditionFailed(f"there is no user {login or role} that could be fenced on this server")
        return found

    def shut_out(self, names: list[str], deadline: Deadline) -> None:
        """See the protocol."""
        if not sees_all_sessions(self.session):
            raise PreconditionFailed(
                "the administrator may not see the sessions of others (PROCESS): nothing would be proven"
            )
        for name, host in self._logins(names):
            self.session.rows("alter user %s@%s account lock", name, host)
        # Whoever was logging in at that moment may have met the account as it was, and has no name yet.
        half_in = self._ids(_HALF_IN)
        kill = "call mysql.rds_kill(%s)" if has_procedure(self.session, "rds_kill") else "kill %s"
        looks: list[bool] = []

        def is_empty() -> bool:
            sessions = self._ids(_SESSIONS, names) | (half_in & self._ids(_HALF_IN))
            for session in sessions:
                self._end(kill, session)
            looks.append(not sessions and not self.session.rows("xa recover"))
            return looks[-2:] == [True, True]

        told = f"sessions or prepared transactions of {', '.join(names)} are left when the fence's time is up"
        deadline.poll(is_empty, FenceTimeout(told), pause=0.05)

    def let_in(self, names: list[str]) -> None:
        """See the protocol."""
        for name, host in self._logins(names):
            self.session.rows("alter user %s@%s account unlock", name, host)

    def any_may_log_in(self, names: list[str]) -> bool:
        """See the protocol."""
        return bool(self._open(names))

    def writers_beside(self, known: list[str], found: list[Table]) -> list[str]:
        """See the protocol. A right in a role is its holders'."""
        names = self._grantees(_EVERYWHERE)
        for schema in schemas(found):
            near = [table.name for table in found if table.schema == schema]
            names |= self._grantees(_IN_SCHEMA, schema, schema, near, schema, near)
        writers = self._with_heirs(names) - self._with_heirs(self._grantees(_ADMINISTRATORS))
        return sorted(self._open(writers - {*known, self._own_name()}))

    def ensure_replication_user(self, login: Login, found: list[Table]) -> None:
        """See the protocol."""
        # DMS keeps its control tables in a database of their own, where no task setting says otherwise.
        places = [_pattern(schema) for schema in (*schemas(found), "awsdms_control")]
        for host in self._ensure(login, "unlock"):
            self.session.rows("grant replication client, replication slave on *.* to %s@%s", login.username, host)
            for place in places:
                self.session.rows(f"grant all on {place}.* to %s@%s", login.username, host)

    def ensure_application_user(self, login: Login, role: str, found: list[Table]) -> None:
        """See the protocol. The user in the secret has the rights itself: before MySQL 8 there are no roles."""
        del role
        for host in self._ensure(login, "lock"):
            for table in found:
                name = f"{identifier(table.schema)}.{identifier(table.name)}"
                self.session.rows(f"grant select, insert, update, delete on {name} to %s@%s", login.username, host)

    def lacks(self, login: Login, role: str, application: Login | None) -> Iterator[str]:
        """See the protocol."""
        found = hosts(self.session, login.username)
        may = [host for host in found if self.session.value(_MAY_REPLICATE, login.username, host)]
        if not may or not self.any_may_log_in([login.username]):
            yield f"has no user {login.username} that may log in and replicate"
        user = role if application is None else application.username
        if not hosts(self.session, user):
            yield f"has no user {user}"

    @property
    def _catalogue(self) -> _Catalogue:
        return _MARIADB if self.session.is_mariadb else _MYSQL

    def _ensure(self, login: Login, may: str) -> list[str]:
        found = hosts(self.session, login.username) or [_ANYWHERE]
        for host in found:
            account = (login.username, host, login.password)
            self.session.rows("create user if not exists %s@%s identified by %s", *account)
            self.session.rows(f"alter user %s@%s identified by %s account {may}", *account)
        return found

    def _logins(self, names: Iterable[str]) -> list[tuple[str, str]]:
        wanted = list(names)
        return [(row[0], row[1]) for row in self.session.rows(self._catalogue.logins, wanted)] if wanted else []

    def _open(self, names: Iterable[str]) -> set[str]:
        """Those of `names` that have an account which is not locked, and is no role."""
        wanted = list(names)
        return {str(row[0]) for row in self.session.rows(self._catalogue.open, wanted)} if wanted else set()

    def _own_name(self) -> str:
        return str(self.session.value("select substring_index(current_user(), '@', 1)"))

    def _grantees(self, sql: str, *parameters: object) -> set[str]:
        found = [_GRANTEE.fullmatch(str(row[0])) for row in self.session.rows(sql, *parameters)]
        return {match["user"] for match in found if match}

    def _with_heirs(self, names: set[str]) -> set[str]:
        while heirs := self._heirs(names) - names:
            names = names | heirs
        return names

    def _heirs(self, names: set[str]) -> set[str]:
        if self.session.is_old or not names:
            return set()
        return {str(row[0]) for row in self.session.rows(self._catalogue.heirs, list(names))}

    def _ids(self, sql: str, *parameters: list[str]) -> set[int]:
        return {int(row[0]) for row in self.session.rows(sql, *parameters)}

    def _end(self, kill: str, session: int) -> None:
        try:
            self.session.rows(kill, session)
        except DatabaseFailure as failure:
            if failure.sqlstate != _GONE:
                raise


def _pattern(schema: str) -> str:
    """A database in a GRANT, where an underscore would stand for any character."""
    return identifier(schema).replace("_", "\\_")


def hosts(session: Session, user: str) -> list[str]:
    """The hosts that a user may come from."""
    return [row[1] for row in session.rows(_ACCOUNTS, [user])]
