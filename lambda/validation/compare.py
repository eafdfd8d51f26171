"""`compare`: one chunk on both sides.

Equal sums end it. Otherwise the chunk's rows are compared by key, and those that differ are looked at again
after the replication's lag: a row on its way is no difference. What remains is told by keyed hashes of keys
and by names of columns.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from common import log, secrets
from common.checksums import Shape, row_hash, shape, sum_of, text, total
from common.database import Database
from common.errors import InvalidEvent, SchemaMismatch
from common.tables import Table
from validation.chunks import Bound, after, typed, up_to
from validation.plan import bounds_key
from validation.settings import Validation

Hashes: TypeAlias = "dict[Bound, str]"

_LOOKS = 5
_SHOWN = 20
_BATCH = 1_000


@dataclass(frozen=True)
class Range:
    """A chunk's condition on the primary key, with its parameters."""

    where: str
    parameters: Mapping[str, str]


def compare(validation: Validation, item: Mapping[str, Any]) -> dict[str, Any]:
    """Compare one item of the plan."""
    replication = validation.replication(str(item.get("replication")))
    bounds = validation.store.get(bounds_key(item))
    number = item.get("chunk")
    if bounds is None or not isinstance(number, int) or not 0 <= number <= len(bounds):
        raise InvalidEvent(f"the plan has no chunk {number!r} of {item.get('table')!r}")
    schema, _, name = str(item["table"]).partition(".")
    with validation.read(replication.source) as source, validation.read(replication.target) as target:
        found = shape(source, Table(schema, name, 0))
        if found != shape(target, Table(schema, name, 0)):
            raise SchemaMismatch(f"the columns of {item['table']} differ")
        chunk = _range(found, [tuple(bound) for bound in bounds], number)
        here, there = (_sum(database, found, chunk) for database in (source, target))
        answer = {**item, "rows": here[0], "different": 0}
        if here != there:
            pairs = _differing(validation, source, target, found, chunk)
            answer |= _told(validation, source, target, found, pairs)
    log.info("compared", table=str(item["table"]), chunk=number, rows=here[0], different=answer["different"])
    return answer


def in_flight(before: str | None, now: str | None, target: str | None) -> bool:
    """Whether the target holds what the source held a lag ago or holds now: then it follows."""
    return target in (before, now)


def _differing(
    validation: Validation, source: Database, target: Database, found: Shape, chunk: Range
) -> dict[Bound, tuple[str | None, str | None]]:
    """The rows that differ and go on to differ, with their hashes on both sides."""
    here, there = (_rows(database, found, chunk) for database in (source, target))
    suspects = {key for key in here.keys() | there.keys() if here.get(key) != there.get(key)}
    for _ in range(_LOOKS):
        if not suspects:
            break
        validation.clock.sleep(validation.lag)
        before = here
        here, there = (_lookup(database, found, suspects) for database in (source, target))
        suspects = {key for key in suspects if not in_flight(before.get(key), here.get(key), there.get(key))}
    return {key: (here.get(key), there.get(key)) for key in sorted(suspects)}


def _told(
    validation: Validation,
    source: Database,
    target: Database,
    found: Shape,
    pairs: dict[Bound, tuple[str | None, str | None]],
) -> dict[str, Any]:
    changed = [key for key, (here, there) in pairs.items() if here is not None and there is not None]
    hide = _hider(validation, found) if pairs else lambda _: ""
    return {
        "different": len(pairs),
        "missing": sum(there is None for _, there in pairs.values()),
        "extra": sum(here is None for here, _ in pairs.values()),
        "changed": len(changed),
        "columns": _columns(source, target, found, changed[:_BATCH]),
        "keys": [hide(key) for key in list(pairs)[:_SHOWN]],
    }


def _hider(validation: Validation, found: Shape) -> Callable[[Bound], str]:
    """Keys of rows leave this program only as HMAC-SHA-256 under a key that is kept in a secret."""
    secret = str(secrets.read(validation.secrets, validation.hash_key_secret)["key"]).encode()

    def hide(key: Bound) -> str:
        parts = [str(found.table), *key]
        text_of_key = "".join(f"{len(part)}:{part}" for part in parts)
        return hmac.new(secret, text_of_key.encode(), hashlib.sha256).hexdigest()

    return hide


def _range(found: Shape, bounds: list[Bound], number: int) -> Range:
    conditions = [after(found.key, bounds[number - 1])] if number > 0 else []
    conditions += [up_to(found.key, bounds[number])] if number < len(bounds) else []
    where = " and ".join(condition for condition, _ in conditions) or "true"
    return Range(where, {name: value for _, parameters in conditions for name, value in parameters.items()})


def _sum(database: Database, found: Shape, chunk: Range) -> tuple[int, str, str]:
    rows = f"select {row_hash(found)} as hash from {found.table.quoted} where {chunk.where}"
    return sum_of(database.rows(total(rows), **chunk.parameters)[0])


def _rows(database: Database, found: Shape, chunk: Range) -> Hashes:
    keys = ", ".join(f"{column.quoted}::text" for column in found.key)
    rows = database.rows(
        f"select {keys}, {row_hash(found)} from {found.table.quoted} where {chunk.where}", **chunk.parameters
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


def _lookup(database: Database, found: Shape, keys: Iterable[Bound]) -> Hashes:
    rows = _select_by_key(database, found, list(keys), [row_hash(found)])
    return {tuple(row[: len(found.key)]): row[-1] for row in rows}


def _columns(source: Database, target: Database, found: Shape, keys: list[Bound]) -> list[str]:
    """The names of the columns in which the rows of `keys` differ."""
    if not keys:
        return []
    width = len(found.key)
    hashes = [f"md5({text(column)})" for column in found.columns]
    here, there = (
        {tuple(row[:width]): row[width:] for row in _select_by_key(database, found, keys, hashes)}
        for database in (source, target)
    )
    return [
        column.name
        for index, column in enumerate(found.columns)
        if any(here[key][index] != there[key][index] for key in here.keys() & there.keys())
    ]


def _select_by_key(database: Database, found: Shape, keys: list[Bound], wanted: list[str]) -> list[list[Any]]:
    names = [f"k{index}" for index in range(len(found.key))]
    given = ", ".join(f"cast(:{name} as text[])" for name in names)
    match = " and ".join(
        f"{column.quoted} = {typed(f'wanted.{name}', column)}" for name, column in zip(names, found.key, strict=True)
    )
    shown = ", ".join([*(f"{column.quoted}::text" for column in found.key), *wanted])
    sql = f"select {shown} from unnest({given}) as wanted({', '.join(names)}) join {found.table.quoted} on {match}"
    rows: list[list[Any]] = []
    for start in range(0, len(keys), _BATCH):
        batch = keys[start : start + _BATCH]
        rows += database.rows(sql, **{name: [key[index] for key in batch] for index, name in enumerate(names)})
    return rows
