"""`final_validation`: what can be proven of the whole database within the seconds of a fence."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from common import log
from common.errors import ValidationFailed
from cutover import crossing, fences
from cutover.follow import forward_task
from cutover.migration import Migration
from cutover.ways import FORWARD
from migration.replication import Replication, Side
from migration.row_readers.reader import Reader, hashing
from migration.row_readers.shape import Hash, Range, View, agree, is_ordered_alike
from migration.tables import Table

_SESSIONS = 4  # on each side: behind the fence nobody else needs the source
_ROWS_A_SECOND = 250_000  # of one session, a small server's
_RESERVE = 0.4  # of what is left of the fence: handing over comes after this
_NEWEST = 2_000


@dataclass(frozen=True)
class Scope:
    """What the time suffices for: tables that are compared as a whole, and those of which the newest rows are."""

    whole: tuple[Table, ...]
    newest: tuple[Table, ...]

    @classmethod
    def within(cls, found: list[Table], seconds: float) -> "Scope":
        """The smallest tables first: as many as can be are proven equal, row for row."""
        left = seconds * (1 - _RESERVE) * _ROWS_A_SECOND * _SESSIONS
        whole: list[Table] = []
        for table in sorted(found, key=lambda table: table.estimate):
            # One session reads a table, so that a large one does not end in time though all sessions together might.
            if table.estimate > left or table.estimate > seconds * (1 - _RESERVE) * _ROWS_A_SECOND:
                break
            left -= table.estimate
            whole.append(table)
        return cls(tuple(whole), tuple(table for table in found if table not in whole))


def final_validation(migration: Migration) -> dict[str, object]:
    """Compare both sides behind the fence; raises `ValidationFailed` with the names of what differs."""
    fence = fences.standing(migration, FORWARD)
    fences.require(migration, fence, FORWARD.drain)
    checkpoint = fences.done(migration, fence, crossing.FINAL_VALIDATION)
    if checkpoint is None:
        deadline = migration.clock.deadline(migration.settings.fence, fence.instant)
        scopes: list[Scope] = []
        for replication in migration.settings.replications:
            late = ValidationFailed(f"the validation of the tasks of {replication.name} is not through")
            deadline.poll(partial(_is_validated, migration, replication), late, pause=0.5)
            scopes.append(_compare(migration, replication, max(1.0, deadline.left())))
        newest_only = [str(table) for scope in scopes for table in scope.newest]
        compared = sum(len(scope.whole) for scope in scopes) + len(newest_only)
        facts = {"tables": compared, "newest_rows_only": newest_only}
        checkpoint = fences.note(migration, fence, crossing.FINAL_VALIDATION, facts)
    return {name: checkpoint.facts[name] for name in ("tables", "newest_rows_only")}


def _is_validated(migration: Migration, replication: Replication) -> bool:
    statistics = migration.tasks.statistics(forward_task(migration, replication).arn)
    if statistics.tables_errored:
        raise ValidationFailed(f"tables in error: {', '.join(statistics.tables_errored)}")
    if statistics.validation_failed or statistics.validation_suspended:
        raise ValidationFailed(
            f"{statistics.validation_failed} rows failed and {statistics.validation_suspended} are suspended"
            f" in the validation of {replication.name}"
        )
    return statistics.validated


def _compare(migration: Migration, replication: Replication, seconds: float) -> Scope:
    sides = (replication.source, replication.target)
    with migration.read(sides[0], seconds) as source, migration.read(sides[1], seconds) as target:
        found = source.tables(replication.tables)
        hashed = hashing(source, target)
        views = [_agree(source, target, table, hashed) for table in found]
        unpaired = source.sequences(found).keys() ^ target.sequences(found).keys()
    scope = Scope.within(found, seconds)
    with ThreadPoolExecutor(len(sides)) as pool:
        ours, theirs = pool.map(partial(_states, migration, scope, seconds), sides, zip(*views, strict=True))
    different = [name for name in ours if ours[name] != theirs[name]]
    different += [f"the sequence {name}" for name in sorted(unpaired)]
    if different:
        raise ValidationFailed(f"source and target differ in {', '.join(different)}")
    newest = [str(table) for table in scope.newest]
    log.info("final-validation", replication=replication.name, tables=len(found), newest_rows_only=newest)
    return scope


def _agree(source: Reader, target: Reader, table: Table, hashed: Hash) -> tuple[View, View]:
    """How both sides read a table, which must have the same columns on both."""
    here, there = source.shape(table), target.shape(table)
    names = [[column.name for column in shape.columns] for shape in (here, there) if shape is not None]
    if here is None or there is None or names[0] != names[1]:
        raise ValidationFailed(f"the columns of {table} differ")
    return agree(here, there, source.make == target.make, hashed)


def _states(
    migration: Migration, scope: Scope, seconds: float, side: Side, views: tuple[View, ...]
) -> dict[str, object]:
    """The state of each table of a side, by some sessions at one time."""
    by_name = {str(view.table): view for view in views}
    jobs = [*((table, True) for table in reversed(scope.whole)), *((table, False) for table in scope.newest)]

    def work(share: list[tuple[Table, bool]]) -> dict[str, object]:
        with migration.read(side, seconds) as reader:
            return {str(table): _state(reader, by_name[str(table)], is_whole) for table, is_whole in share}

    shares = [jobs[start::_SESSIONS] for start in range(min(_SESSIONS, len(jobs)))]
    with ThreadPoolExecutor(_SESSIONS) as pool:
        return {name: state for states in pool.map(work, shares) for name, state in states.items()}


def _state(reader: Reader, view: View, is_whole: bool) -> object:
    """A checksum of all rows, or of the newest ones by primary key."""
    if is_whole:
        return reader.sum(view, Range())
    if not is_ordered_alike(view.key):
        return None  # the newest rows by text are others on each server; DMS's own validation stands for them
    return reader.newest(view, _NEWEST)
