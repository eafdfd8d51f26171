"""Operations that a rotation needs of a database, independent of the engine."""

from typing import Final, Protocol

from database.address import Address
from database.secrets import Login

STATEMENT_TIMEOUT: Final = 10.0
"""Seconds of a statement, at most."""

LOGIN_REJECTED: Final = "28"
"""SQLSTATE class of a wrong password, an unknown user, and a user whose logins are blocked."""

NOT_PERMITTED: Final = "28000"
"""SQLSTATE of a user whose logins are blocked; on PostgreSQL also of other errors."""


class Engine(Protocol):
    """Database engine. Every method can be repeated, even after it was interrupted."""

    @property
    def max_name_bytes(self) -> int:
        """Bytes of a user's name, at most."""

    def can_log_in(self, address: Address, login: Login) -> bool:
        """Return whether this login opens a working session, or would if a cutover had not blocked its logins.

        Raise DatabaseFailure if the database does not respond.
        """

    def has_user(self, address: Address, administrator: Login, name: str) -> bool:
        """Return whether the database has the user."""

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """Set the password of the user who logs in."""

    def set_password(self, address: Address, administrator: Login, login: Login) -> None:
        """Set the password of an existing user."""

    def set_clone_password(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """Set the password of the clone; create it with the privileges of `original` if it does not exist.

        If a cutover blocked the original's logins, the clone's are blocked too: otherwise it would bypass the fence.
        """
