"""The environments that read a PostgreSQL source, and its owner."""

from dataclasses import dataclass

from common.errors import PreconditionFailed
from cutover.engine import Owner
from database.postgresql import Database, identifier
from migration.tables import ENVIRONMENT_TABLE, OWNERSHIP_TABLE

_ENVIRONMENTS, _OWNERSHIP = f"public.{ENVIRONMENT_TABLE}", f"public.{OWNERSHIP_TABLE}"
_EXISTS = "select to_regclass(:table) is not null"
# Every environment may read both tables. The key of the second one admits one row.
_CREATE_ENVIRONMENTS = f"""
create table {_ENVIRONMENTS} (environment varchar(255) primary key, replication_user varchar(255) not null);
grant select on {_ENVIRONMENTS} to public
"""
_CREATE_OWNERSHIP = f"""
create table {_OWNERSHIP} (id smallint primary key default 1 check (id = 1),
  environment varchar(255) not null, since timestamptz not null default clock_timestamp());
grant select on {_OWNERSHIP} to public
"""
_REGISTER = f"""
insert into {_ENVIRONMENTS} (environment, replication_user) values (:environment, :user)
on conflict (environment) do update set replication_user = excluded.replication_user
"""
_SET_OWNER = f"""
insert into {_OWNERSHIP} (environment) values (:environment)
on conflict (id) do update set environment = excluded.environment, since = excluded.since
"""
_CAN_WRITE = """
select bool_and(has_table_privilege(:table, privilege)) from unnest(array['insert', 'update', 'delete']) privilege
"""


@dataclass(frozen=True)
class Environments:
    """Implements `cutover.engine.Environments`. The tables are in the schema `public`."""

    database: Database

    def register(self, environment: str, replication_user: str) -> None:
        """Store the replication user of `environment`; create the table if it is missing."""
        if self.replication_users().get(environment) != replication_user:
            self._prepare_to_write(_ENVIRONMENTS, _CREATE_ENVIRONMENTS)
            self.database.run(_REGISTER, environment=environment, user=replication_user)

    def replication_users(self) -> dict[str, str]:
        """Return the registered replication users by environment."""
        if not self._exists(_ENVIRONMENTS):
            return {}
        rows = self.database.rows(f"select environment, replication_user from {_ENVIRONMENTS} order by 1")
        return {str(row[0]): str(row[1]) for row in rows}

    def owner(self) -> Owner | None:
        """Return the owner, or None."""
        if not self._exists(_OWNERSHIP):
            return None
        rows = self.database.rows(f"select environment, since::text from {_OWNERSHIP}")
        return Owner(str(rows[0][0]), str(rows[0][1])) if rows else None

    def set_owner(self, environment: str) -> None:
        """Replace the owner; create the table if it is missing."""
        self._prepare_to_write(_OWNERSHIP, _CREATE_OWNERSHIP)
        self.database.run(_SET_OWNER, environment=environment)

    def remove_owner(self) -> None:
        """Remove the owner."""
        self._prepare_to_write(_OWNERSHIP, _CREATE_OWNERSHIP)
        self.database.run(f"delete from {_OWNERSHIP}")

    def _exists(self, table: str) -> bool:
        return bool(self.database.value(_EXISTS, table=table))

    def _prepare_to_write(self, table: str, create: str) -> None:
        """Create `table` if it is missing; raise `PreconditionFailed` if another environment's user owns it."""
        if not self._exists(table):
            self.database.run(create)
        if not self.database.value(_CAN_WRITE, table=table):
            user = identifier(self.database.value("select current_user::text"))
            raise PreconditionFailed(
                f"the table {table} belongs to the user of another environment:"
                f" grant insert, update, delete on {table} to {user}"
            )
