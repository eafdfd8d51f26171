"""Replications: REPLICATIONS, a JSON list with one entry for each database that is migrated."""

from dataclasses import dataclass
from typing import Any

from common.errors import InvalidSettings
from common.settings import Variables
from database.address import Address, parse_address
from migration.control_totals import ControlTotal, parse_control_totals

_MANDATORY = (
    "name",
    "source_secret",
    "target_secret",
    "target_master_secret",
    "application_role",
    "control_schema",
    "forward_slot",
    "reverse_slot",
    "load_task",
    "forward_task",
    "reverse_task",
)
ENGINES = ("postgres", "mysql")
"""Engines; `mysql` is also MariaDB and Aurora MySQL."""


@dataclass(frozen=True)
class Side:
    """Source or target: engine, address, and the secrets of its users.

    Without `master_secret` the replication user needs more privileges, which an administrator of the database grants
    (docs/cutover.md).
    """

    engine: str
    address: Address
    secret: str
    master_secret: str | None
    application_secret: str | None


@dataclass(frozen=True)
class Tasks:
    """ARNs of the replication tasks."""

    load: str
    forward: str
    reverse: str

    @property
    def all(self) -> tuple[str, ...]:
        """Return all of them."""
        return (self.load, self.forward, self.reverse)


@dataclass(frozen=True)
class Replication:
    """Replication of one database from source to target."""

    name: str
    source: Side
    target: Side
    tables: tuple[str, ...]
    tasks: Tasks
    application_role: str
    control_schema: str
    """The schema of the control tables of DMS, on both sides."""
    forward_slot: str
    reverse_slot: str
    source_version: str | None
    """Major version of the source, by the stack file."""
    control_totals: tuple[ControlTotal, ...]


def replications(variables: Variables) -> tuple[Replication, ...]:
    """Return the entries of REPLICATIONS; errors name entry and key."""
    value = variables.json("REPLICATIONS")
    if not isinstance(value, list) or not value:
        raise InvalidSettings("REPLICATIONS must be a JSON list with at least one entry")
    return tuple(_replication(entry, f"REPLICATIONS[{index}]") for index, entry in enumerate(value))


def _replication(entry: Any, where: str) -> Replication:
    if not isinstance(entry, dict):
        raise InvalidSettings(f"{where} must be a JSON object")
    texts = {key: _text(entry, key, where) for key in _MANDATORY}
    return Replication(
        name=texts["name"],
        source=_side(entry, "source", texts["source_secret"], where),
        target=_side(entry, "target", texts["target_secret"], where),
        tables=_patterns(entry.get("tables"), where),
        tasks=Tasks(texts["load_task"], texts["forward_task"], texts["reverse_task"]),
        application_role=texts["application_role"],
        control_schema=texts["control_schema"],
        forward_slot=texts["forward_slot"],
        reverse_slot=texts["reverse_slot"],
        source_version=entry.get("source_version") or None,
        control_totals=parse_control_totals(entry.get("control_totals", []), where),
    )


def _side(entry: dict[str, Any], side: str, secret: str, where: str) -> Side:
    engine = entry.get(f"{side}_engine") or entry.get("engine", "postgres")
    if engine not in ENGINES:
        raise InvalidSettings(f"{where}: the engine of the {side} is {engine!r}, allowed: {', '.join(ENGINES)}")
    return Side(
        engine=engine,
        address=parse_address(entry.get(f"{side}_address"), f"{where}.{side}_address"),
        secret=secret,
        master_secret=entry.get(f"{side}_master_secret") or None,
        application_secret=entry.get(f"{side}_application_secret") or None,
    )


def _text(entry: dict[str, Any], key: str, where: str) -> str:
    value = entry.get(key)
    if not isinstance(value, str) or not value:
        raise InvalidSettings(f"{where}.{key} must be a non-empty text")
    return value


def _patterns(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) and "." in item for item in value):
        raise InvalidSettings(f'{where}.tables must be a JSON list of schema.table patterns, such as "public.%"')
    return tuple(value)
