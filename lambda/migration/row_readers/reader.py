"""What the validation asks of a database, whatever its make."""

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeAlias

from migration.row_readers.shape import Hash, Hashes, Key, Range, Shape, Sum, View
from migration.tables import Table

Values: TypeAlias = dict[Key, tuple[str | None, ...]]
"""Some columns of rows by key, as text. They stay in memory: no value is ever written."""

MOST_BUCKETS = 1 << 16
"""Into so many buckets a range can be divided."""


class Reader(Protocol):
    """A session that reads and cannot write. Every method is one statement, and so one snapshot."""

    make: str

    @property
    def read(self) -> int:
        """Bytes of answers so far."""

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """The tables whose `schema.table` matches one of `patterns` (LIKE), in order."""

    def shape(self, table: Table) -> Shape | None:
        """The shape of a table, None where there is no such table."""

    def bounds(self, shape: Shape, rows: int) -> list[Key]:
        """Keys that cut the table into chunks of about `rows` rows, found without reading the table."""

    def probe(self) -> str:
        """What this server makes of the quick hash; empty where it has none."""

    def sum(self, view: View, span: Range) -> Sum:
        """The sum over a range."""

    def newest(self, view: View, rows: int) -> Sum:
        """The sum over the last `rows` rows in the order of the key."""

    def buckets(self, view: View, span: Range, count: int) -> dict[int, Sum]:
        """The sums over a range, by the key's hash modulo `count`, a power of two up to `MOST_BUCKETS`."""

    def hashes(self, view: View, span: Range, count: int, wanted: Iterable[int] | None) -> Hashes:
        """The rows of a range that lie in one of the `wanted` of `count` buckets; all of them where it is None."""

    def fingerprints(self, view: View, keys: Sequence[Key]) -> Values:
        """The hash of each column of those of these rows that are there; None is NULL."""

    def values(self, view: View, keys: Sequence[Key], names: Sequence[str]) -> Values:
        """These columns of these rows in their common form."""

    def sequences(self, found: list[Table]) -> dict[str, tuple[str, int | None]]:
        """What each sequence near `found` is like, and the last number that it gave; None where that is hidden."""

    def reserve(self, slots: int) -> bool:
        """Take one of so many places among the sessions of validations on this server, until the session ends."""


def hashing(source: Reader, target: Reader) -> Hash:
    """The quickest hash that both servers compute alike."""
    return Hash.QUICK if source.probe() and source.probe() == target.probe() else Hash.MD5
