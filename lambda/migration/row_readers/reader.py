"""Interface of a row reader, which each engine implements."""

from collections.abc import Iterable, Sequence
from typing import Final, Protocol, TypeAlias

from migration.control_totals import ControlTotal, DailyTotal
from migration.row_readers.comparison_plan import (
    Checksum,
    ComparisonPlan,
    HashFunction,
    Key,
    KeyRange,
    RowHashes,
)
from migration.row_readers.table_schema import TableSchema
from migration.tables import Table

Values: TypeAlias = dict[Key, tuple[str | None, ...]]
"""Some columns of rows by key, as text. They stay in memory: no value is ever written."""

MAX_BUCKETS: Final = 1 << 16
"""Buckets into which a range can be divided, at most."""


class Reader(Protocol):
    """Read-only session. Every method executes one statement, and so reads one snapshot."""

    engine: str

    @property
    def bytes_read(self) -> int:
        """Bytes of all results so far."""

    def tables(self, patterns: tuple[str, ...]) -> list[Table]:
        """Return the tables whose `schema.table` matches one of the LIKE patterns, in order."""

    def table_schema(self, table: Table) -> TableSchema | None:
        """Return the columns and the key of a table; None if it does not exist."""

    def chunk_bounds(self, schema: TableSchema, rows: int) -> list[Key]:
        """Return keys that divide the table into chunks of about `rows` rows, without reading the whole table."""

    def probe_quick_hash(self) -> str:
        """Return the server's quick hash of a sample; empty if it has none."""

    def checksum(self, plan: ComparisonPlan, key_range: KeyRange) -> Checksum:
        """Return the checksum of a range."""

    def newest_checksum(self, plan: ComparisonPlan, rows: int) -> Checksum:
        """Return the checksum of the last `rows` rows in the order of the key."""

    def bucket_checksums(self, plan: ComparisonPlan, key_range: KeyRange, count: int) -> dict[int, Checksum]:
        """Return the checksums of a range by bucket: the key's hash modulo `count`, a power of two."""

    def row_hashes(
        self, plan: ComparisonPlan, key_range: KeyRange, count: int, buckets: Iterable[int] | None
    ) -> RowHashes:
        """Return the hashes of the rows in these of `count` buckets of a range; of all rows for None."""

    def column_hashes(self, plan: ComparisonPlan, keys: Sequence[Key]) -> Values:
        """Return the hashes of all columns of those of these rows that exist; None for NULL."""

    def column_values(self, plan: ComparisonPlan, keys: Sequence[Key], names: Sequence[str]) -> Values:
        """Return the values of some columns of these rows in their common form."""

    def sequences(self, tables: list[Table]) -> dict[str, tuple[str, int | None]]:
        """Return the definition of each sequence of `tables` and its last number; None without the privilege."""

    def daily_totals(self, control: ControlTotal, since: str | None) -> list[DailyTotal]:
        """Return the sums of a payment table by day and currency, from the day `since` on, in order."""

    def acquire_slot(self, slots: int) -> bool:
        """Acquire one of `slots` locks that limit validation sessions on this server, until the session ends."""


def common_hash_function(source: Reader, target: Reader) -> HashFunction:
    """Return the fastest hash function that both servers have."""
    sample = source.probe_quick_hash()
    return HashFunction.QUICK if sample and sample == target.probe_quick_hash() else HashFunction.MD5
