"""Quick hash of a row on PostgreSQL: the 64-bit hash of each column seeds that of the next one.

It serves equality, not secrecy: only sums and matches of hashes leave the function.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from database.postgresql import Database

_NULL_BITS = 62
"""Columns whose NULL sets a bit of the first seed."""


@dataclass(frozen=True)
class HashPart:
    """SQL of one column in a row's hash.

    `nullable` is the column's name if its text could equal any mark for NULL; None if `text` marks NULL itself.
    """

    text: str
    nullable: str | None


def chained_hash(parts: Sequence[HashPart]) -> str:
    """Return an SQL expression for the 64-bit hash of a row; its first seed marks the NULLs.

    It takes the server half the time of joining the columns, each with its length, to one text.
    """
    nulls = [
        f"(({part.nullable} is null)::integer::bigint << {bit})"
        for bit, part in enumerate(parts[:_NULL_BITS])
        if part.nullable
    ]
    expression = f"({' + '.join(['0::bigint', *nulls])})"
    for index, part in enumerate(parts):
        text = part.text
        if part.nullable:
            has_bit = index < _NULL_BITS
            text = f"coalesce({text}, '')" if has_bit else f"coalesce(length({text}) || ':' || {text}, '-')"
        expression = f'hashtextextended({text} collate "C", {expression})'
    return expression


def probe_quick_hash(database: Database) -> str:
    """Return the server's quick hash of a sample; empty unless its encoding is UTF-8.

    PostgreSQL may change its hash functions between versions: servers with the same sample hash alike.
    """
    if str(database.value("show server_encoding")) != "UTF8":
        return ""
    return str(database.value("select hashtextextended('paymig \u20ac 0123456789' collate \"C\", 0)"))
