"""Users of MySQL and MariaDB that can write to tables, by a privilege of their own or by the rights of a definer.

Routines and views with SQL SECURITY DEFINER, the default, use the privileges of their definer.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from cutover.mysql.account_catalog import AccountCatalog
from database.mysql import Session
from migration.tables import Table, schemas

_SYSTEM_SCHEMAS = "('mysql', 'sys', 'information_schema', 'performance_schema')"
_WRITE = "privilege_type in ('INSERT', 'UPDATE', 'DELETE', 'DROP')"
_GLOBAL_WRITERS = f"select grantee from information_schema.user_privileges where {_WRITE}"
# The schema of a grant is a LIKE pattern.
_SCHEMA_WRITERS = f"select grantee from information_schema.schema_privileges where {_WRITE} and %s like table_schema"
_RELATION_WRITERS = f"""
select grantee from information_schema.table_privileges where {_WRITE} and table_schema = %s and table_name in %s
union
select grantee from information_schema.column_privileges where {_WRITE} and table_schema = %s and table_name in %s
"""
# The text of a view contains the quoted names of its tables; it is empty if the administrator may not read it.
_VIEWS = f"""
select table_schema, table_name, definer, view_definition from information_schema.views
where security_type = 'DEFINER' and is_updatable <> 'NO' and table_schema not in {_SYSTEM_SCHEMAS}
"""
_ROUTINES = f"""
select routine_schema, routine_name, definer from information_schema.routines
where security_type = 'DEFINER' and routine_schema not in {_SYSTEM_SCHEMAS}
"""
_EXECUTORS = """
select grantee from information_schema.user_privileges where privilege_type = 'EXECUTE'
union
select grantee from information_schema.schema_privileges where privilege_type = 'EXECUTE' and %s like table_schema
union
select concat('\\'', convert(user using utf8mb4), '\\'@\\'', convert(host using utf8mb4), '\\'') from mysql.procs_priv
where convert(db using utf8mb4) = %s and convert(routine_name using utf8mb4) = %s and find_in_set('Execute', proc_priv)
"""
# These privileges include that of unlocking any account.
_ADMINISTRATORS = """
select grantee from information_schema.user_privileges where privilege_type in ('CREATE USER', 'SUPER')
"""
_GRANTEE = re.compile(r"'(?P<user>.*)'@'[^']*'", re.DOTALL)


def other_writers(session: Session, known: list[str], tables: list[Table]) -> list[str]:
    """Return the unlocked users outside `known` that can write, each with its means if that is no privilege.

    Users that can unlock any account are left out.
    """
    return _Search(session, AccountCatalog(session)).other_writers(known, tables)


@dataclass(frozen=True)
class _Search:
    session: Session
    catalog: AccountCatalog
    means: dict[str, str] = field(default_factory=dict)
    """The first means of each user: empty for a privilege on a table."""

    def other_writers(self, known: list[str], tables: list[Table]) -> list[str]:
        direct = self._grantees(_GLOBAL_WRITERS)
        for schema in schemas(tables):
            direct |= self._grantees(_SCHEMA_WRITERS, schema)
            direct |= self._relation_writers(schema, [table.name for table in tables if table.schema == schema])
        self._add(direct, "")
        definers = frozenset(self.means)
        self._add_view_writers(definers, tables)
        self._add_executors(definers)
        administrators = self.catalog.with_role_members(self._grantees(_ADMINISTRATORS))
        others = self.catalog.unlocked(self.means.keys() - administrators - {*known, self.catalog.own_name()})
        return [f"{user} ({self.means[user]})" if self.means[user] else user for user in sorted(others)]

    def _add_view_writers(self, definers: frozenset[str], tables: list[Table]) -> None:
        """Add the writers of views over `tables`, and of views over such views."""
        names = {(table.schema, table.name) for table in tables}
        views = [row for row in self.session.rows(_VIEWS) if _user(str(row[2])) in definers]
        while found := [row for row in views if (row[0], row[1]) not in names and _mentions(str(row[3]), names)]:
            for schema, view, *_ in found:
                names.add((schema, view))
                writers = self._grantees(_SCHEMA_WRITERS, schema) | self._relation_writers(schema, [view])
                self._add(writers, f"through {schema}.{view}")

    def _add_executors(self, definers: frozenset[str]) -> None:
        for schema, routine, definer in self.session.rows(_ROUTINES):
            if _user(str(definer)) in definers:
                self._add(self._grantees(_EXECUTORS, schema, schema, routine), f"through {schema}.{routine}")

    def _relation_writers(self, schema: str, names: list[str]) -> set[str]:
        return self._grantees(_RELATION_WRITERS, schema, names, schema, names)

    def _add(self, grantees: set[str], means: str) -> None:
        for user in self.catalog.with_role_members(grantees):
            self.means.setdefault(user, means)

    def _grantees(self, sql: str, *parameters: object) -> set[str]:
        matches = [_GRANTEE.fullmatch(str(row[0])) for row in self.session.rows(sql, *parameters)]
        return {match["user"] for match in matches if match}


def _mentions(definition: str, names: Iterable[tuple[str, str]]) -> bool:
    return not definition or any(f"`{schema}`.`{name}`" in definition for schema, name in names)


def _user(definer: str) -> str:
    """Return the user of `user@host`; a role has no host."""
    return definer.rpartition("@")[0] or definer
