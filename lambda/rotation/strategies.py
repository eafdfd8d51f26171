"""Rotation strategies; the secret's value selects one.

| value has | strategy |
|---|---|
| `current` | keys that sign tokens: a new key, and the former one stays valid |
| `masterarn` | alternating users: a user and its clone, so that sessions with the former password continue |
| neither | single user: the user changes its own password |

A pending value equal to the current one is a test: Secrets Manager runs it when rotation is configured with
`RotateImmediately` set to false.
"""

import base64
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from common.errors import PlaceholderSecret
from database import secrets
from database.address import Address
from database.secrets import Login, alternate, original
from rotation.engine import Engine
from rotation.errors import InvalidSecret, RotationFailed
from rotation.logins import DatabaseLogin, EngineName, parse_database_login, require_same_user
from rotation.versions import Value, Versions

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

KEY_BYTES = 48
"""Bytes of a new key; HS256 requires 32 (RFC 7518, 3.2)."""


class RotationStrategy(Protocol):
    """Change from the current value to a new one."""

    def new_value(self) -> Value:
        """Return a new value, without a change to the database."""

    def is_active(self, pending: Value) -> bool:
        """Return whether the pending value works."""

    def activate(self, pending: Value) -> None:
        """Make the pending value work."""


@dataclass(frozen=True)
class Databases:
    """Engines, and addresses of the stack's databases by secret."""

    engines: Mapping[EngineName, Engine]
    addresses: Mapping[str, Address]

    def parse(self, value: Value, secret: str) -> DatabaseLogin:
        """Return the login in the value of a secret."""
        return parse_database_login(value, secret, self.addresses)

    def can_log_in(self, login: DatabaseLogin) -> bool:
        """Return whether this login works."""
        return self.engines[login.engine].can_log_in(login.address, login.login)

    def administrator(self, client: "SecretsManagerClient", value: Value, user: DatabaseLogin, secret: str) -> Login:
        """Return the administrator in the `masterarn` of the secret's value, who must be of the user's database."""
        master_secret = value["masterarn"]
        if not isinstance(master_secret, str):
            raise InvalidSecret(f"the masterarn of the secret {secret} is not an ARN")
        administrator = self.parse(secrets.read(client, master_secret), master_secret)
        require_same_user(user, administrator.with_login(user.login))
        return administrator.login


def strategy_of(versions: Versions, databases: Databases) -> RotationStrategy:
    """Return the strategy for the secret's value."""
    value = versions.current()
    if "current" in value:
        return SigningKeys(versions, value)
    if "masterarn" in value:
        return AlternatingUsers(versions, databases, value)
    return SingleUser(versions, databases, value)


@dataclass(frozen=True)
class SingleUser:
    """One user, such as a cluster's master. Between set and finish, new logins fail for a second or two."""

    versions: Versions
    databases: Databases
    value: Value

    def new_value(self) -> Value:
        """Return the value with a new password."""
        self.databases.parse(self.value, self.versions.secret)
        return {**self.value, "password": self.versions.new_password()}

    def is_active(self, pending: Value) -> bool:
        """Return whether the new password works. A test passes before an operator has written any credentials."""
        try:
            wanted = self._pending(pending)
        except PlaceholderSecret:
            if pending != self.value:
                raise
            return True
        return self.databases.can_log_in(wanted)

    def activate(self, pending: Value) -> None:
        """Log in with the current password, or the former one, and change it."""
        wanted = self._pending(pending)
        engine = self.databases.engines[wanted.engine]
        engine.set_own_password(wanted.address, self._working_login(wanted).login, wanted.login.password)

    def _pending(self, pending: Value) -> DatabaseLogin:
        wanted = self.databases.parse(pending, self.versions.secret)
        require_same_user(wanted, self.databases.parse(self.value, self.versions.secret))
        return wanted

    def _working_login(self, wanted: DatabaseLogin) -> DatabaseLogin:
        current = self.databases.parse(self.value, self.versions.secret)
        if self.databases.can_log_in(current):
            return current
        former = self.versions.previous()
        if former is not None:
            previous = self.databases.parse(former, self.versions.secret)
            require_same_user(wanted, previous)
            if self.databases.can_log_in(previous):
                return previous
        raise RotationFailed(f"no password of the secret {self.versions.secret} is accepted on {wanted.address.host}")


@dataclass(frozen=True)
class AlternatingUsers:
    """NAME and NAME_clone alternate, and an administrator sets their passwords. The current user is never changed.

    A migration creates the user later than its secret. While neither user exists, the secret gets a new password, and
    the database is not changed.
    """

    versions: Versions
    databases: Databases
    value: Value

    def new_value(self) -> Value:
        """Return the value with the other user and a new password."""
        current = self._current()
        name = alternate(current.login.username)
        max_bytes = self.databases.engines[current.engine].max_name_bytes
        if len(name.encode()) > max_bytes:
            raise InvalidSecret(f"the user name {name!r} is longer than {max_bytes} bytes")
        if self._is_absent(current):
            name = current.login.username
        return {**self.value, "username": name, "password": self.versions.new_password()}

    def is_active(self, pending: Value) -> bool:
        """Return whether the other user can log in with the new password, or neither user exists."""
        wanted = self._pending(pending)
        return self.databases.can_log_in(wanted) or self._is_absent(wanted)

    def activate(self, pending: Value) -> None:
        """Set the other user's password as the administrator."""
        wanted, current = self._pending(pending), self._current()
        # Without a valid login of its own, a changed secret must not make the administrator set a password.
        if not self.databases.can_log_in(current):
            raise RotationFailed(
                f"the user {current.login.username!r} of the secret {self.versions.secret} cannot log in"
            )
        engine, administrator = self.databases.engines[wanted.engine], self._administrator(wanted)
        first = original(wanted.login.username)
        if wanted.login.username == first:
            engine.set_password(wanted.address, administrator, wanted.login)
        else:
            engine.set_clone_password(wanted.address, administrator, first, wanted.login)

    def _current(self) -> DatabaseLogin:
        return self.databases.parse(self.value, self.versions.secret)

    def _pending(self, pending: Value) -> DatabaseLogin:
        wanted, current = self.databases.parse(pending, self.versions.secret), self._current()
        if wanted.login.username == current.login.username:
            # A test, or a password from before the user existed.
            require_same_user(wanted, current)
            return wanted
        alternate_login = Login(alternate(current.login.username), wanted.login.password)
        require_same_user(wanted, current.with_login(alternate_login))
        return wanted

    def _is_absent(self, login: DatabaseLogin) -> bool:
        engine, administrator = self.databases.engines[login.engine], self._administrator(login)
        names = login.login.username, alternate(login.login.username)
        return not any(engine.has_user(login.address, administrator, name) for name in names)

    def _administrator(self, wanted: DatabaseLogin) -> Login:
        return self.databases.administrator(self.versions.client, self.value, wanted, self.versions.secret)


@dataclass(frozen=True)
class SigningKeys:
    """Keys by id: `{"current": {"kid", "key"}, "previous": {"kid", "key"}}`."""

    versions: Versions
    value: Value

    def new_value(self) -> Value:
        """Return the value with a new key. The current one becomes the previous one, which is dropped."""
        key = base64.urlsafe_b64encode(randomness.token_bytes(KEY_BYTES)).rstrip(b"=").decode("ascii")
        return {**self.value, "current": {"kid": self.versions.token, "key": key}, "previous": self.value["current"]}

    def is_active(self, pending: Value) -> bool:
        """Return whether the pending keys follow the current ones: no other place holds them."""
        if pending == self.value:
            return True
        match pending:
            case {"current": {"kid": str(kid), "key": str(key)}, "previous": previous}:
                return kid == self.versions.token and bool(key) and previous == self.value["current"]
            case _:
                return False

    def activate(self, pending: Value) -> None:
        """Raise RotationFailed: these keys do not follow the current ones, so this function did not create them."""
        members = ", ".join(sorted(pending))
        raise RotationFailed(
            f"the pending value of the secret {self.versions.secret} ({members}) does not follow its current keys"
        )
