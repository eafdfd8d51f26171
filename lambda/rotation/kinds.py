"""The three kinds of rotation, told apart by the secret's value.

| value has | kind |
|---|---|
| `current` | the keys that sign tokens: a new key, the last one kept |
| `masterarn` | a user who takes turns with a clone, so that sessions opened with the last password live on |
| neither | one user, who gives itself another password |

A pending value equal to the one in use is a trial: Secrets Manager tests a rotation that way when it is set up
("RotateImmediately" false).
"""

import base64
import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from common.errors import PlaceholderSecret
from database.address import Address
from database.secrets import Login, alternate, original
from rotation.engine import Engine
from rotation.errors import InvalidSecret, RotationFailed
from rotation.logins import DatabaseLogin, EngineName, parse_database_login
from rotation.versions import Value, Versions

KEY_BYTES = 48
"""Bytes of a new key; 32 are the least for HS256 (RFC 7518, 3.2)."""


class Kind(Protocol):
    """How a value follows another."""

    def successor(self) -> Value:
        """Make the next value; nothing but the secret is touched."""

    def is_applied(self, pending: Value) -> bool:
        """Tell whether the next value works already."""

    def apply(self, pending: Value) -> None:
        """Make the next value work."""


@dataclass(frozen=True)
class Databases:
    """The engines, and the addresses of databases whose secrets have none."""

    engines: Mapping[EngineName, Engine]
    addresses: Mapping[str, Address]

    def parse(self, value: Value, secret: str) -> DatabaseLogin:
        """Read the value of a secret."""
        return parse_database_login(value, secret, self.addresses)

    def accepts(self, login: DatabaseLogin) -> bool:
        """Tell whether this login works."""
        return self.engines[login.engine].accepts(login.address, login.login)


def kind_of(versions: Versions, databases: Databases) -> Kind:
    """Tell what the secret holds."""
    value = versions.current()
    if "current" in value:
        return SigningKeys(versions, value)
    if "masterarn" in value:
        return AlternatingUsers(versions, databases, value)
    return SingleUser(versions, databases, value)


@dataclass(frozen=True)
class SingleUser:
    """One user, such as a cluster's master. Between set and finish, who logs in anew is refused for a second or two."""

    versions: Versions
    databases: Databases
    value: Value

    def successor(self) -> Value:
        """Take a new password."""
        self.databases.parse(self.value, self.versions.secret)
        return {**self.value, "password": self.versions.new_password()}

    def is_applied(self, pending: Value) -> bool:
        """Tell whether the new password works. A trial passes before an operator has written any credentials."""
        try:
            wanted = self._pending(pending)
        except PlaceholderSecret:
            if pending != self.value:
                raise
            return True
        return self.databases.accepts(wanted)

    def apply(self, pending: Value) -> None:
        """Log in with the password in use, or the one before it, and change it."""
        wanted = self._pending(pending)
        engine = self.databases.engines[wanted.engine]
        engine.set_own_password(wanted.address, self._working(wanted).login, wanted.login.password)

    def _pending(self, pending: Value) -> DatabaseLogin:
        wanted = self.databases.parse(pending, self.versions.secret)
        _check_same(wanted, self.databases.parse(self.value, self.versions.secret))
        return wanted

    def _working(self, wanted: DatabaseLogin) -> DatabaseLogin:
        current = self.databases.parse(self.value, self.versions.secret)
        if self.databases.accepts(current):
            return current
        earlier = self.versions.previous()
        if earlier is not None:
            previous = self.databases.parse(earlier, self.versions.secret)
            _check_same(wanted, previous)
            if self.databases.accepts(previous):
                return previous
        raise RotationFailed(f"no password of the secret {self.versions.secret} is accepted on {wanted.address.host}")


@dataclass(frozen=True)
class AlternatingUsers:
    """NAME and NAME_clone in turns, renewed by an administrator. The one in use is never touched."""

    versions: Versions
    databases: Databases
    value: Value

    def successor(self) -> Value:
        """Take the other user, with a new password."""
        current = self._current()
        name = alternate(current.login.username)
        longest = self.databases.engines[current.engine].longest_name
        if len(name.encode()) > longest:
            raise InvalidSecret(f"the user's name {name!r} has more than the {longest} characters that are allowed")
        return {**self.value, "username": name, "password": self.versions.new_password()}

    def is_applied(self, pending: Value) -> bool:
        """Tell whether the other user can log in with the new password."""
        return self.databases.accepts(self._pending(pending))

    def apply(self, pending: Value) -> None:
        """Let the administrator renew the other user."""
        wanted, current = self._pending(pending), self._current()
        # Who cannot log in with what the secret holds must not have an administrator work for them.
        if not self.databases.accepts(current):
            raise RotationFailed(
                f"the user {current.login.username!r} of the secret {self.versions.secret} cannot log in"
            )
        engine, administrator = self.databases.engines[wanted.engine], self._administrator(wanted)
        first = original(wanted.login.username)
        if wanted.login.username == first:
            engine.renew(wanted.address, administrator, wanted.login)
        else:
            engine.renew_clone(wanted.address, administrator, first, wanted.login)

    def _current(self) -> DatabaseLogin:
        return self.databases.parse(self.value, self.versions.secret)

    def _pending(self, pending: Value) -> DatabaseLogin:
        wanted, current = self.databases.parse(pending, self.versions.secret), self._current()
        if pending == self.value:
            return current
        turn = Login(alternate(current.login.username), wanted.login.password)
        _check_same(wanted, current.with_login(turn))
        return wanted

    def _administrator(self, wanted: DatabaseLogin) -> Login:
        secret = self.value["masterarn"]
        if not isinstance(secret, str):
            raise InvalidSecret(f"the masterarn of the secret {self.versions.secret} is not an ARN")
        administrator = self.databases.parse(self.versions.read(secret), secret)
        _check_same(wanted, administrator.with_login(wanted.login))
        return administrator.login


@dataclass(frozen=True)
class SigningKeys:
    """Keys by id: `{"current": {"kid", "key"}, "previous": {"kid", "key"}}`."""

    versions: Versions
    value: Value

    def successor(self) -> Value:
        """Make a key; the one in use becomes the previous one, and the one before it is forgotten."""
        key = base64.urlsafe_b64encode(randomness.token_bytes(KEY_BYTES)).rstrip(b"=").decode("ascii")
        return {**self.value, "current": {"kid": self.versions.token, "key": key}, "previous": self.value["current"]}

    def is_applied(self, pending: Value) -> bool:
        """Tell whether the new keys follow those in use: nothing but the secret holds them."""
        if pending == self.value:
            return True
        match pending:
            case {"current": {"kid": str(kid), "key": str(key)}, "previous": previous}:
                return kid == self.versions.token and bool(key) and previous == self.value["current"]
            case _:
                return False

    def apply(self, pending: Value) -> None:
        """Refuse: keys that do not follow those in use were not made here."""
        members = ", ".join(sorted(pending))
        raise RotationFailed(
            f"the pending value of the secret {self.versions.secret} ({members}) does not follow its current keys"
        )


def _check_same(one: DatabaseLogin, other: DatabaseLogin) -> None:
    """Refuse to carry a login to another database or another user: the value was changed by hand."""
    here, there = _identity(one), _identity(other)
    if here != there:
        raise RotationFailed(f"the values name different users or databases: {here} and {there}")


def _identity(login: DatabaseLogin) -> tuple[str, str, str, int]:
    return login.engine.value, login.login.username, login.address.host, login.address.port
