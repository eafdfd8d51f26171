"""Addresses of databases."""

from dataclasses import dataclass, replace
from typing import Any

from common.errors import InvalidSettings


@dataclass(frozen=True)
class Address:
    """Host, port and name of a database."""

    host: str
    port: int
    dbname: str
    other_hosts: tuple[str, ...] = ()
    """Hosts of the other clusters of a global database. Sessions are opened on the cluster that accepts writes."""

    def with_hosts(self, hosts: tuple[str, ...]) -> "Address":
        """Return the same database on `hosts`, or this address if there are none."""
        return replace(self, host=hosts[0], other_hosts=hosts[1:]) if hosts else self


def parse_address(value: Any, where: str) -> Address:
    """Return the address in the JSON object `{"host" or "hosts", "port", "dbname"}`; `where` names it in the error."""
    match value:
        case {"host": str(host), "port": int(port), "dbname": str(dbname)}:
            return Address(host, port, dbname)
        case {"hosts": [str(), *_] as hosts, "port": int(port), "dbname": str(dbname)} if _are_texts(hosts):
            return Address(hosts[0], port, dbname, tuple(hosts[1:]))
        case _:
            raise InvalidSettings(f"{where} must have host (text) or hosts (texts), port (integer) and dbname (text)")


def _are_texts(values: list[Any]) -> bool:
    return all(isinstance(value, str) for value in values)
