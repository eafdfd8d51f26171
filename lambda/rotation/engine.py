"""What rotation needs of a database, whatever its make."""

from typing import Protocol

from database.address import Address
from database.secrets import Login

STATEMENT = 10.0
"""Seconds of a statement, at most."""

LOGIN_REFUSED = "28"
"""The class of SQLSTATE of a wrong password, an unknown user, and one who is shut out."""

NOT_PERMITTED = "28000"
"""The SQLSTATE of one who is shut out, and on PostgreSQL of others."""


class Engine(Protocol):
    """One make of database. Every method may be repeated, after a kill in its middle too."""

    @property
    def longest_name(self) -> int:
        """Bytes of a user's name, at most."""

    def accepts(self, address: Address, login: Login) -> bool:
        """Tell whether this login opens a session that answers, or would if a cutover had not shut it out.

        An error where the database cannot say.
        """

    def set_own_password(self, address: Address, login: Login, password: str) -> None:
        """Give the user who logs in another password."""

    def renew(self, address: Address, administrator: Login, login: Login) -> None:
        """Give an existing user this password."""

    def renew_clone(self, address: Address, administrator: Login, original: str, clone: Login) -> None:
        """Give the clone this password; make it, with what `original` may do, where there is none.

        Where a cutover has shut the original out, a clone that may log in would be a way in: it is shut out too.
        """
