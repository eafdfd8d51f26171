"""The quick hash of a row on PostgreSQL: each column's 64 bits are the seed of the next one's.

No two different rows read the same, and no text is joined. (It serves equality, not secrecy; nothing of it leaves
the function but sums and matches.)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from database.postgresql import Database

_BITS = 62  # columns whose NULLs have a place of their own in a seed


@dataclass(frozen=True)
class Part:
    """A column's part of a row's hash: its text, and what tells a NULL.

    `mark` is the name of a column whose text could hold any mark; None where the expression marks NULL itself.
    """

    text: str
    mark: str | None


def chained(parts: Sequence[Part]) -> str:
    """An SQL expression: 64 bits of a row, each column's hash being the seed of the next one's, NULLs the first seed.

    Joining the columns to one text, each with its length, would take the server twice as long.
    """
    nulls = [f"(({part.mark} is null)::integer::bigint << {at})" for at, part in enumerate(parts[:_BITS]) if part.mark]
    found = f"({' + '.join(['0::bigint', *nulls])})"
    for at, part in enumerate(parts):
        text = part.text
        if part.mark:
            text = f"coalesce({text}, '')" if at < _BITS else f"coalesce(length({text}) || ':' || {text}, '-')"
        found = f'hashtextextended({text} collate "C", {found})'
    return found


def probe(database: Database) -> str:
    """What this server's quick hash makes of a text; empty where its texts are not UTF-8, and so other bytes.

    PostgreSQL promises its hashes to no other version; two servers that answer alike hash alike.
    """
    if str(database.value("show server_encoding")) != "UTF8":
        return ""
    return str(database.value("select hashtextextended('paymig \u20ac 0123456789' collate \"C\", 0)"))
