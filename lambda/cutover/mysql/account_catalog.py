"""The account tables of MySQL and MariaDB, which differ.

A user can have one account per host from which it connects. Roles are accounts, too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from database.mysql import Session

_ACCOUNTS = "select convert(user using utf8mb4), convert(host using utf8mb4) from mysql.user where user in %s"


@dataclass(frozen=True)
class _Queries:
    accounts: str
    role_members: str
    unlocked: str


_MARIADB = _Queries(
    accounts=f"{_ACCOUNTS} and is_role = 'N'",
    role_members="select convert(user using utf8mb4) from mysql.roles_mapping where role in %s and user <> ''",
    unlocked="""
select convert(user using utf8mb4), convert(host using utf8mb4) from mysql.global_priv where user in %s
  and coalesce(json_value(priv, '$.account_locked'), 0) = 0 and coalesce(json_value(priv, '$.is_role'), 0) = 0
""",
)
_MYSQL = _Queries(
    # `CREATE ROLE` creates a locked account without a password: unlocked, it would admit anyone.
    accounts=f"""
{_ACCOUNTS} and not (account_locked = 'Y' and authentication_string = ''
  and plugin in ('caching_sha2_password', 'mysql_native_password', 'sha256_password'))
""",
    role_members="select convert(to_user using utf8mb4) from mysql.role_edges where from_user in %s",
    unlocked=f"{_ACCOUNTS} and account_locked = 'N'",
)


@dataclass(frozen=True)
class AccountCatalog:
    """Reads the accounts of a server."""

    session: Session

    def accounts(self, users: Iterable[str]) -> list[tuple[str, str]]:
        """Return user and host of each account of `users`, without roles."""
        names = list(users)
        return [(row[0], row[1]) for row in self.session.rows(self._queries.accounts, names)] if names else []

    def unlocked(self, users: Iterable[str]) -> set[str]:
        """Return those of `users` that have an unlocked account and are not roles."""
        return {user for user, _ in self.unlocked_accounts(users)}

    def unlocked_accounts(self, users: Iterable[str]) -> list[tuple[str, str]]:
        """Return user and host of each unlocked account of `users`, without roles."""
        names = list(users)
        return [(row[0], row[1]) for row in self.session.rows(self._queries.unlocked, names)] if names else []

    def with_role_members(self, names: set[str]) -> set[str]:
        """Return `names` with the direct and indirect members of those that are roles."""
        while members := self._role_members(names) - names:
            names = names | members
        return names

    def own_name(self) -> str:
        """Return the user of this session."""
        return str(self.session.value("select substring_index(current_user(), '@', 1)"))

    @property
    def _queries(self) -> _Queries:
        return _MARIADB if self.session.is_mariadb else _MYSQL

    def _role_members(self, names: set[str]) -> set[str]:
        if self.session.is_old or not names:
            return set()
        return {str(row[0]) for row in self.session.rows(self._queries.role_members, list(names))}


def hosts(session: Session, user: str) -> list[str]:
    """Return the hosts from which `user` can connect."""
    return [row[1] for row in session.rows(_ACCOUNTS, [user])]
