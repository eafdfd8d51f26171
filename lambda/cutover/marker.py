"""Marker rows: written on the side that gives, seen on the side that takes.

A marker proves that everything committed before it has arrived. Where the task applies in batches, rows of
one batch may arrive in any order; a second marker, written after the first was seen, belongs to a later
batch and so proves the first one's whole.
"""

from common.database import Database, identifier

TABLE = "paymig_marker"
HEARTBEAT = "heartbeat"

_MAY_WRITE = f"""
select bool_and(has_table_privilege(:user, 'public.{TABLE}', privilege))
from unnest(array['select', 'insert', 'update', 'delete']) privilege
"""


def install(database: Database, user: str) -> None:
    """Make the marker table and let the replication user read and write it."""
    # Where an administrator made the table beforehand, the user of this session may own nothing and grant nothing.
    if database.value(f"select to_regclass('public.{TABLE}')") is None:
        database.run(
            f"create table public.{TABLE} (id text primary key, position bigint not null, at timestamptz not null)"
        )
    if not database.value(_MAY_WRITE, user=user):
        database.run(f"grant select, insert, update, delete on public.{TABLE} to {identifier(user)}")


def write(database: Database, marker: str) -> int:
    """Move `marker` one on and return its new position."""
    return int(
        database.value(
            f"insert into public.{TABLE} as m (id, position, at) values (:marker, 1, clock_timestamp())"
            " on conflict (id) do update set position = m.position + 1, at = clock_timestamp() returning position",
            marker=marker,
        )
    )


def position(database: Database, marker: str) -> int:
    """Where `marker` stands here; 0 when it never came."""
    return int(database.value(f"select position from public.{TABLE} where id = :marker", marker=marker) or 0)


def has_arrived(taker: Database, marker: str, wanted: int) -> bool:
    """Whether `marker` came here with the position `wanted` or a later one."""
    return position(taker, marker) >= wanted


def age(giver: Database, taker: Database, marker: str) -> float:
    """How far the taker's copy of `marker` is behind, in seconds by the giver's clock."""
    sent_at = taker.value(f"select at::text from public.{TABLE} where id = :marker", marker=marker)
    if sent_at is None:
        return float("inf")
    return float(giver.value("select extract(epoch from clock_timestamp() - cast(:at as timestamptz))", at=sent_at))
