"""Addresses of databases."""

from dataclasses import dataclass
from typing import Any

from common.errors import InvalidSettings


@dataclass(frozen=True)
class Address:
    """Host, port and name of a database."""

    host: str
    port: int
    dbname: str


def parse_address(value: Any, where: str) -> Address:
    """Return the address in the JSON object `{"host", "port", "dbname"}`; `where` names it in the error."""
    match value:
        case {"host": str(host), "port": int(port), "dbname": str(dbname)}:
            return Address(host, port, dbname)
        case _:
            raise InvalidSettings(f"{where} must have host (text), port (integer) and dbname (text)")
