"""A server of MySQL's make."""

from dataclasses import dataclass

from database.mysql import Session


@dataclass(frozen=True)
class Server:
    """See `cutover.administered.Server`."""

    session: Session

    def try_lock(self) -> bool:
        """See the protocol."""
        return bool(self.session.value("select get_lock('paymig-cutover', 0)") == 1)

    def product(self) -> str:
        """See the protocol."""
        return "MariaDB" if self.session.is_mariadb else "MySQL"

    def version(self) -> str:
        """See the protocol."""
        return self.session.version


def has_procedure(session: Session, name: str) -> bool:
    """Whether Amazon RDS's procedure of that name is there: it stands in for a right that RDS gives nobody."""
    sql = "select count(*) from information_schema.routines where routine_schema = 'mysql' and routine_name = %s"
    return bool(session.value(sql, name))
