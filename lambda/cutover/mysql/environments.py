"""The environments that read a MySQL source, and its owner."""

from dataclasses import dataclass

from cutover.engine import Owner
from database.mysql import Session
from migration.tables import ENVIRONMENT_TABLE, OWNERSHIP_TABLE

_EXISTS = "select count(*) from information_schema.tables where table_schema = database() and table_name = %s"
_CREATE_ENVIRONMENTS = f"""
create table if not exists {ENVIRONMENT_TABLE} (environment varchar(255) primary key,
  replication_user varchar(255) not null)
"""
# Every statement uses the same key, so that the table has one row.
_CREATE_OWNERSHIP = f"""
create table if not exists {OWNERSHIP_TABLE} (id tinyint primary key, environment varchar(255) not null,
  since datetime(6) not null)
"""
_REGISTER = f"replace into {ENVIRONMENT_TABLE} (environment, replication_user) values (%s, %s)"
_SET_OWNER = f"replace into {OWNERSHIP_TABLE} (id, environment, since) values (1, %s, now(6))"


@dataclass(frozen=True)
class Environments:
    """Implements `cutover.engine.Environments`. The tables are in the database of the address.

    The replication users have all privileges on that database, so that each of them can write the tables.
    """

    session: Session

    def register(self, environment: str, replication_user: str) -> None:
        """Store the replication user of `environment`; create the table if it is missing."""
        if self.replication_users().get(environment) != replication_user:
            self.session.rows(_CREATE_ENVIRONMENTS)
            self.session.rows(_REGISTER, environment, replication_user)

    def replication_users(self) -> dict[str, str]:
        """Return the registered replication users by environment."""
        if not self._exists(ENVIRONMENT_TABLE):
            return {}
        rows = self.session.rows(f"select environment, replication_user from {ENVIRONMENT_TABLE} order by 1")
        return {str(row[0]): str(row[1]) for row in rows}

    def owner(self) -> Owner | None:
        """Return the owner, or None."""
        if not self._exists(OWNERSHIP_TABLE):
            return None
        rows = self.session.rows(f"select environment, cast(since as char) from {OWNERSHIP_TABLE}")
        return Owner(str(rows[0][0]), str(rows[0][1])) if rows else None

    def set_owner(self, environment: str) -> None:
        """Replace the owner; create the table if it is missing."""
        self.session.rows(_CREATE_OWNERSHIP)
        self.session.rows(_SET_OWNER, environment)

    def remove_owner(self) -> None:
        """Remove the owner."""
        self.session.rows(_CREATE_OWNERSHIP)
        self.session.rows(f"delete from {OWNERSHIP_TABLE}")

    def _exists(self, table: str) -> bool:
        return bool(self.session.value(_EXISTS, table))
