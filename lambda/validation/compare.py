"""`compare`: one item of the plan on both sides.

Equal sums end a chunk. Otherwise both sides sum up its buckets, show the rows of the buckets that differ by key
and hash, and look at the rows that differ again after the replication's lag: a row on its way is no difference.
What remains is told by keyed hashes of keys and by names of columns.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from common import log
from common.errors import SchemaMismatch
from migration.row_readers.comparison_plan import ComparisonPlan, Key, KeyRange, RowHashes, plan_comparison
from migration.row_readers.reader import MAX_BUCKETS, Reader, Values, common_hash_function
from migration.tables import Table
from validation import checks, evidence
from validation.plan import key_range_of
from validation.settings import Validation
from validation.values import columns_that_differ

_T = TypeVar("_T")
_DIRECT = 4_096  # up to so many rows are shown at once
_ROWS_A_BUCKET = 16


def compare(validation: Validation, item: Mapping[str, Any]) -> dict[str, Any]:
    """Compare one item of the plan."""
    if "check" in item:
        return checks.check(validation, item)
    schema, _, name = str(item["table"]).partition(".")
    key_range = key_range_of(validation, item)
    with _pair(validation, str(item.get("replication")), Table(schema, name, 0)) as pair:
        here, there = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
        answer = {**item, "rows": here.rows, "different": 0}
        if here != there:
            if pair.source.plan.key:
                found = _settle(validation, pair, key_range, max(here.rows, there.rows))
            else:
                found = _settle_whole(validation, pair, key_range)
            answer |= evidence.told(validation, item, found)
        answer["read"] = pair.source.reader.bytes_read
    told = {name: answer[name] for name in ("table", "chunk", "rows", "different", "read")}
    log.info("compared", **told, inconclusive=answer.get("inconclusive", 0))
    return answer


@dataclass(frozen=True)
class Half:
    """One side of a table: its session and how it is read."""

    reader: Reader
    plan: ComparisonPlan


@dataclass(frozen=True)
class Pair:
    """Both sides of a table, which are asked at the same time."""

    source: Half
    target: Half
    workers: ThreadPoolExecutor
    rest: Callable[[float], None]

    def both(self, ask: Callable[[Reader, ComparisonPlan], _T]) -> tuple[_T, _T]:
        """Ask both sides the same."""
        there = self.workers.submit(ask, self.target.reader, self.target.plan)
        began = time.monotonic()
        here = ask(self.source.reader, self.source.plan)
        self.rest(began)
        return here, there.result()


@dataclass
class Suspicion:
    """Rows that differ, with the hashes of their columns: what both sides held a lag ago, and what they hold now.

    `gone` are those that a look found on neither side.
    """

    keys: list[Key]
    gone: list[Key] = field(default_factory=list)
    looked: bool = False
    before: Values = field(default_factory=dict)
    earlier: Values = field(default_factory=dict)
    here: Values = field(default_factory=dict)
    there: Values = field(default_factory=dict)

    def look(self, here: Values, there: Values) -> None:
        """Take another look in, and drop the rows whose target follows."""
        self.before, self.earlier = (self.here, self.there) if self.looked else (here, there)
        self.here, self.there, self.looked = here, there, True
        self.gone += [key for key in self.keys if key not in here and key not in there]
        self.keys = [key for key in self.keys if not in_flight(self.before.get(key), here.get(key), there.get(key))]

    def columns(self, key: Key) -> tuple[list[int], bool]:
        """The places of a row's columns that differ for certain, and whether others changed too often to tell."""
        wrong, moving = list[int](), False
        here, there = self.here[key], self.there[key]
        before, earlier = self.before.get(key, here), self.earlier.get(key, there)
        for at, held in enumerate(there):
            if in_flight(before[at], here[at], held):
                continue
            if before[at] != here[at] and earlier[at] != held:
                moving = True
            else:
                wrong.append(at)
        return wrong, moving


def in_flight(before: object, now: object, target: object) -> bool:
    """Whether the target holds what the source held a lag ago or holds now: then it follows."""
    return target in (before, now)


@contextmanager
def _pair(validation: Validation, replication: str, table: Table) -> Iterator[Pair]:
    moved = validation.replication(replication)
    with ExitStack() as stack:
        workers = stack.enter_context(ThreadPoolExecutor(1))
        source = stack.enter_context(validation.read_source(moved))
        target = stack.enter_context(validation.read_target(moved))
        shapes = [reader.table_schema(table) for reader in (source, target)]
        if shapes[0] is None or shapes[1] is None:
            raise SchemaMismatch(f"{table} is not on both sides")
        plans = plan_comparison(
            shapes[0], shapes[1], source.engine == target.engine, common_hash_function(source, target)
        )
        yield Pair(Half(source, plans[0]), Half(target, plans[1]), workers, validation.rest)


def _settle(validation: Validation, pair: Pair, key_range: KeyRange, rows: int) -> evidence.Found:
    """The rows that differ and go on to differ."""
    here, there = _hashes(pair, key_range, rows)
    keys = sorted(key for key in here.keys() | there.keys() if here.get(key) != there.get(key))
    suspicion = Suspicion(keys)
    for _ in range(validation.looks):
        if not suspicion.keys:
            break
        validation.clock.sleep(validation.lag)
        suspicion.look(*_fingerprints(pair, suspicion.keys))
    found = _told_apart(validation, pair, suspicion)
    return _with_unreachable(pair, key_range, rows, suspicion.gone, found) if suspicion.gone else found


def _fingerprints(pair: Pair, keys: list[Key]) -> tuple[Values, Values]:
    return pair.both(lambda reader, plan: reader.column_hashes(plan, keys))


def _hashes(pair: Pair, key_range: KeyRange, rows: int) -> tuple[RowHashes, RowHashes]:
    """The rows that may differ, by key and hash: all of a small range, else those of the buckets that differ."""
    if rows <= _DIRECT:
        return pair.both(lambda reader, plan: reader.row_hashes(plan, key_range, 1, None))
    count = min(MAX_BUCKETS, 1 << (rows // _ROWS_A_BUCKET).bit_length())
    here, there = pair.both(lambda reader, plan: reader.bucket_checksums(plan, key_range, count))
    wanted = sorted(number for number in here.keys() | there.keys() if here.get(number) != there.get(number))
    return pair.both(lambda reader, plan: reader.row_hashes(plan, key_range, count, wanted))


def _told_apart(validation: Validation, pair: Pair, suspicion: Suspicion) -> evidence.Found:
    missing = [key for key in suspicion.keys if key not in suspicion.there]
    extra = [key for key in suspicion.keys if key not in suspicion.here]
    wrong: dict[Key, list[int]] = {}
    inconclusive: list[Key] = []
    for key in suspicion.keys:
        if key in suspicion.here and key in suspicion.there:
            columns, moving = suspicion.columns(key)
            if columns:
                wrong[key] = columns
            elif moving:
                inconclusive.append(key)
    changed = columns_that_differ(pair.both, wrong, lambda: validation.clock.sleep(validation.lag), validation.looks)
    return evidence.Found(missing, extra, changed, inconclusive)


def _with_unreachable(
    pair: Pair, key_range: KeyRange, rows: int, gone: list[Key], found: evidence.Found
) -> evidence.Found:
    """Rows that no look found were deleted, unless the tables still show them: then the text of a key finds nothing."""
    here, there = _hashes(pair, key_range, rows)
    shown = [key for key in gone if here.get(key) != there.get(key)]
    looks = _fingerprints(pair, shown)
    unreachable = [key for key in shown if not any(key in values for values in looks)]
    return replace(
        found,
        missing=[*found.missing, *(key for key in unreachable if key not in there)],
        extra=[*found.extra, *(key for key in unreachable if key not in here)],
        changed=found.changed | {key: [] for key in unreachable if key in here and key in there},
    )


def _settle_whole(validation: Validation, pair: Pair, key_range: KeyRange) -> evidence.Found:
    """A table without a key has no rows to look up: only the whole can be looked at again."""
    here, there = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
    moving = False
    for _ in range(validation.looks):
        before, earlier = here, there
        validation.clock.sleep(validation.lag)
        here, there = pair.both(lambda reader, plan: reader.checksum(plan, key_range))
        if there in (before, here):
            return evidence.Found()
        moving = before != here and earlier != there
    rows = max(1, abs(here.rows - there.rows))
    return evidence.Found(inconclusive_rows=rows) if moving else evidence.Found(without_key=rows)
