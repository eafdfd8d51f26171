"""Secrets with a database login: `engine`, `username`, `password`, and `host`, `port`, `dbname`.

DATABASES has the addresses of the stack's own databases. A master's secret is written before its cluster has an
address, and the host in another secret is not the writer after a change of the region. `masterarn` names the secret of
the administrator who sets this user's password.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from common.errors import InvalidSettings
from common.settings import Variables
from database.address import Address, parse_address
from database.secrets import Login, parse_login
from rotation.errors import InvalidSecret, RotationFailed
from rotation.versions import Value


class EngineName(Enum):
    """Names of the engines."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"


_ENGINES: Mapping[str, EngineName] = {
    "postgres": EngineName.POSTGRESQL,
    "postgresql": EngineName.POSTGRESQL,
    "aurora-postgresql": EngineName.POSTGRESQL,
    "mysql": EngineName.MYSQL,
    "mariadb": EngineName.MYSQL,
    "aurora": EngineName.MYSQL,
    "aurora-mysql": EngineName.MYSQL,
}


@dataclass(frozen=True)
class DatabaseLogin:
    """A login and its database."""

    engine: EngineName
    address: Address
    login: Login

    def with_login(self, login: Login) -> "DatabaseLogin":
        """Return another login to the same database."""
        return replace(self, login=login)


def parse_databases(variables: Variables) -> Mapping[str, Address]:
    """Return DATABASES, a JSON object from a secret's ARN to an address; empty if it is unset."""
    if variables.optional("DATABASES") is None:
        return {}
    content = variables.json("DATABASES")
    if not isinstance(content, dict):
        raise InvalidSettings("the environment variable DATABASES must be a JSON object from secret ARNs to addresses")
    return {secret: parse_address(value, f"DATABASES[{secret!r}]") for secret, value in content.items()}


def parse_database_login(value: Value, secret: str, databases: Mapping[str, Address]) -> DatabaseLogin:
    """Return the login in a secret's value, by default to PostgreSQL; `secret` is its ARN."""
    engine = value.get("engine", "postgresql")
    if engine not in _ENGINES:
        raise InvalidSecret(f"the secret {secret} has the engine {engine!r}, allowed: {', '.join(_ENGINES)}")
    known = databases.get(secret)
    if known is not None and value.get("host", known.host) in (known.host, *known.other_hosts):
        address = known
    elif "host" in value:
        address = parse_address(value, f"the secret {secret}")
    else:
        raise InvalidSecret(f"the secret {secret} has no host, and DATABASES does not name it")
    return DatabaseLogin(_ENGINES[engine], address, parse_login(value, secret))


def require_same_user(one: DatabaseLogin, other: DatabaseLogin) -> None:
    """Raise RotationFailed if the user or the database differs: the value was edited manually."""
    here, there = _identity(one), _identity(other)
    if here != there:
        raise RotationFailed(f"the values name different users or databases: {here} and {there}")


def _identity(login: DatabaseLogin) -> tuple[str, str, str, int]:
    return login.engine.value, login.login.username, login.address.host, login.address.port
