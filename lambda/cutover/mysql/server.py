"""A server of MySQL, Aurora MySQL or MariaDB."""

from dataclasses import dataclass

from cutover.mysql.premigration_rules import premigration_rules
from cutover.premigration_rule import RuleSet
from database.mysql import Session

# Locks belong to the server: without the database in the name, migrations of other databases would wait. MySQL allows
# 64 characters.
_LOCK = "concat('paymig-', md5(database()))"

_SIZE = "select coalesce(sum(data_length + index_length), 0) from information_schema.tables"


@dataclass(frozen=True)
class Server:
    """Implements `cutover.engine.Server`."""

    session: Session

    def try_lock(self) -> bool:
        """Take the lock by `GET_LOCK`."""
        return bool(self.session.value(f"select get_lock({_LOCK}, 0)") == 1)

    def holds_lock(self) -> bool:
        """Return whether this session holds the lock."""
        return bool(self.session.value(f"select is_used_lock({_LOCK}) = connection_id()"))

    def product(self) -> str:
        """Return `MariaDB` or `MySQL`."""
        return "MariaDB" if self.session.is_mariadb else "MySQL"

    def version(self) -> str:
        """Return the version that the server reports."""
        return self.session.version

    def used_bytes(self) -> int:
        """Return the sizes of all visible tables and of the binary log."""
        logs = self.session.rows("show binary logs") if self.session.value("select @@log_bin") else []
        return int(self.session.value(_SIZE)) + sum(int(row[1]) for row in logs)

    def premigration_rules(self) -> RuleSet:
        """Return the rules of `cutover.mysql.premigration_rules`."""
        return premigration_rules(self.session)


def has_procedure(session: Session, name: str) -> bool:
    """Return whether Amazon RDS provides the procedure `name`, in place of a privilege that it grants to no user."""
    sql = "select count(*) from information_schema.routines where routine_schema = 'mysql' and routine_name = %s"
    return bool(session.value(sql, name))
