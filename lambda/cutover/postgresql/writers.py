"""Users of PostgreSQL that can write to tables, by a privilege of their own or by the rights of another role.

Another role lends its rights by SET ROLE, by a function or trigger with SECURITY DEFINER, and by a view or rule, which
uses the privileges of its owner.
"""

from cutover.postgresql.version import major_version
from database.postgresql import Database
from migration.tables import Table

# Members of a role that inherit nothing can still use its privileges after SET ROLE. PostgreSQL 16 made that an option
# of the membership.
_SET_ROLE_SINCE = 16

# The administrators of Amazon RDS are members of rds_superuser, and no superusers. Functions of extensions and of the
# server write to no table of an application. A function of a trigger is counted if its text contains the name of a
# table: many functions write a journal only.
_WRITERS = """
with recursive
replicated (oid) as (
  select named::oid from unnest(cast(:tables as regclass[])) named
  union select a.relid::oid from unnest(cast(:tables as regclass[])) named, pg_partition_ancestors(named) a (relid)),
derived (oid) as (
  select oid from replicated
  union select w.ev_class from derived d
    join pg_depend p on p.refclassid = 'pg_class'::regclass and p.refobjid = d.oid
      and p.classid = 'pg_rewrite'::regclass
    join pg_rewrite w on w.oid = p.objid),
table_writers (role) as (
  select r.oid from pg_roles r where exists (
    select from replicated t where has_table_privilege(r.oid, t.oid, 'insert, update, delete, truncate')
      or has_any_column_privilege(r.oid, t.oid, 'insert, update'))),
definers as (
  select p.* from pg_proc p
  where p.prosecdef and p.proowner in (select role from table_writers)
    and p.pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    and not exists (
      select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')),
relations (oid, means) as (
  select c.oid, 'through ' || c.oid::regclass from pg_class c join derived using (oid)
  where c.relkind in ('r', 'p') or c.relkind = 'v' and pg_relation_is_updatable(c.oid, true) & 28 <> 0
    and not exists (select from unnest(c.reloptions) o where o ~* '^security_invoker=(t|on|y|1)')
  union select g.tgrelid, 'through a trigger of ' || g.tgrelid::regclass
  from pg_trigger g join definers p on p.oid = g.tgfoid
  where g.tgenabled <> 'D' and exists (
    select from replicated t join pg_class c using (oid) where position(c.relname in p.prosrc) > 0)),
means (role, means) as (
  select role, '' from table_writers
  union all
  select r.oid, n.means from pg_roles r, relations n join pg_class c using (oid)
  where n.oid not in (select oid from replicated) and has_schema_privilege(r.oid, c.relnamespace, 'usage')
    and (has_table_privilege(r.oid, n.oid, 'insert, update, delete')
      or has_any_column_privilege(r.oid, n.oid, 'insert, update'))
  union all
  select r.oid, 'through ' || p.oid::regprocedure from pg_roles r, definers p
  where p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
    and has_schema_privilege(r.oid, p.pronamespace, 'usage') and has_function_privilege(r.oid, p.oid, 'execute'))
select distinct on (r.rolname) r.rolname::text, m.means, case when w.oid <> r.oid then w.rolname::text end
from pg_roles r
  join pg_roles w on w.oid = r.oid or pg_has_role(r.oid, w.oid, '{set_role}')
  join means m on m.role = w.oid
where r.rolcanlogin and r.rolname <> current_user and not r.rolname = any(cast(:known as text[]))
  and has_database_privilege(r.oid, current_database(), 'connect')
  and not exists (select from pg_roles a
                  where (a.rolsuper or a.rolname = 'rds_superuser') and pg_has_role(r.oid, a.oid, 'member'))
order by r.rolname, w.oid <> r.oid, m.means
"""


def other_writers(database: Database, known: list[str], tables: list[Table]) -> list[str]:
    """Return the users outside `known` that can log in and write, each with its means if that is no privilege.

    Superusers, and those that can become one, are left out.
    """
    since_16 = major_version(database) >= _SET_ROLE_SINCE
    sql = _WRITERS.format(set_role="set" if since_16 else "member")
    rows = database.rows(sql, known=known, tables=[table.quoted for table in tables])
    return [_describe(*row) for row in rows]


def _describe(user: str, means: str, role: str | None) -> str:
    details = [f"after SET ROLE {role}" if role else "", means]
    text = " ".join(filter(None, details))
    return f"{user} ({text})" if text else user
