"""Checks of a whole replication, as items of the plan in addition to the chunks: schema, sequences, replication.

`findings` make a validation inconsistent; `notes` inform the operator.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias

from common import clients, log
from common.errors import InvalidEvent
from common.parameters import Parameters, Writer
from migration import dms
from migration.replication import Replication
from migration.row_readers.table_schema import TableSchema
from validation.settings import Validation

_MAX_FINDINGS: Final = 100
"""Findings in a result."""

FindingsAndNotes: TypeAlias = tuple[list[str], list[str]]
"""Findings, then notes."""


def check(validation: Validation, item: Mapping[str, Any]) -> dict[str, Any]:
    """Run the check of an item of the plan."""
    replication = validation.replication(str(item.get("replication")))
    run = CHECKS.get(str(item["check"]))
    if run is None:
        raise InvalidEvent(f"the check is {item['check']!r}, allowed: {', '.join(CHECKS)}")
    findings, notes = run(validation, replication)
    log.info("checked", check=str(item["check"]), findings=findings[:_MAX_FINDINGS], notes=notes[:_MAX_FINDINGS])
    return {**item, "rows": 0, "different": 0, "findings": findings[:_MAX_FINDINGS], "notes": notes[:_MAX_FINDINGS]}


def _schema(validation: Validation, replication: Replication) -> FindingsAndNotes:
    """Compare tables, columns, their types and keys."""
    with validation.read_source(replication) as source, validation.read_target(replication) as target:
        ours, theirs = (
            {str(table): reader.table_schema(table) for table in reader.tables(replication.tables)}
            for reader in (source, target)
        )
        same_engine = source.engine == target.engine
    findings = [f"{name} is missing in the target" for name in ours.keys() - theirs.keys()]
    findings += [f"{name} is missing in the source" for name in theirs.keys() - ours.keys()]
    shared = [
        (here, there)
        for name in ours.keys() & theirs.keys()
        if (here := ours[name]) is not None and (there := theirs[name]) is not None
    ]
    findings += chain.from_iterable(_mismatches(here, there, same_engine) for here, there in shared)
    without_key = [here.table for here, _ in shared if not here.key]
    notes = [f"{table} has no key: its row count and checksum are compared, its rows are not" for table in without_key]
    return sorted(findings), sorted(notes)


def _mismatches(here: TableSchema, there: TableSchema, same_engine: bool) -> Iterator[str]:
    for name in sorted({column.name for column in (*here.columns, *there.columns)}):
        ours, theirs = here.column(name), there.column(name)
        if ours is None or theirs is None:
            yield f"{here.table}.{name} is missing in the {'source' if ours is None else 'target'}"
        elif ours.native != theirs.native if same_engine else not ours.is_compatible(theirs):
            yield f"{here.table}.{name} is {ours.native} in the source, {theirs.native} in the target"
        elif ours.nullable != theirs.nullable:
            which = "source" if ours.nullable else "target"
            yield f"{here.table}.{name} is nullable in the {which} only"
    keys = [", ".join(column.name for column in schema.key) or "none" for schema in (here, there)]
    if keys[0] != keys[1]:
        yield f"the key of {here.table} is {keys[0]} in the source, {keys[1]} in the target"


def _sequences(validation: Validation, replication: Replication) -> FindingsAndNotes:
    """Compare the definitions and the last values of sequences.

    Replication copies rows, not sequence values. Before the cutover a lower value in the target is expected; after it,
    the sequence would return numbers twice.
    """
    with validation.read_source(replication) as source, validation.read_target(replication) as target:
        if source.engine != target.engine:
            return [], []
        tables = source.tables(replication.tables)
        ours, theirs = (reader.sequences(tables) for reader in (source, target))
    findings = [f"the sequence {name} is missing in the target" for name in ours.keys() - theirs.keys()]
    findings += [f"the sequence {name} is missing in the source" for name in theirs.keys() - ours.keys()]
    both = sorted(ours.keys() & theirs.keys())
    findings += [
        f"the sequence {name} is {ours[name][0]} in the source, {theirs[name][0]} in the target"
        for name in both
        if ours[name][0] != theirs[name][0]
    ]
    lagging = [text for name in both if (text := _lag(name, ours[name][1], theirs[name][1])) is not None]
    if lagging and _writer(validation) is Writer.TARGET:
        return sorted([*findings, *lagging]), []
    return sorted(findings), lagging


def _lag(name: str, here: int | None, there: int | None) -> str | None:
    if here is None or there is None:
        return f"no privilege to read the sequence {name} in the {'source' if here is None else 'target'}"
    return f"the sequence {name} has a lower value in the target" if here > there else None


def _replication(validation: Validation, replication: Replication) -> FindingsAndNotes:
    """Report the DMS validation of the task that replicates to the target."""
    arns = (replication.tasks.forward, replication.tasks.load)
    states = [dms.state(validation.dms, arn) for arn in arns]
    task = next((state for state in states if not state.not_started), None)
    if task is None:
        return [], ["no replication task has been started yet"]
    statistics = dms.statistics(validation.dms, task.arn)
    for _ in range(validation.max_rechecks):
        if not statistics.validation_pending:
            break
        validation.clock.sleep(validation.max_lag_seconds)
        statistics = dms.statistics(validation.dms, task.arn)
    findings = [f"{table} is in error" for table in statistics.tables_errored]
    for count, what in ((statistics.validation_failed, "failed"), (statistics.validation_suspended, "are suspended")):
        if count:
            findings.append(f"{count} rows {what} in the validation of the replication task")
    pending = statistics.validation_pending
    return findings, [f"{pending} rows are pending in the validation of the replication task"] if pending else []


def _writer(validation: Validation) -> Writer:
    return Parameters(clients.ssm(), validation.parameters).writer() if validation.parameters else Writer.SOURCE


CHECKS: Mapping[str, Callable[[Validation, Replication], FindingsAndNotes]] = {
    "schema": _schema,
    "sequences": _sequences,
    "replication": _replication,
}
"""Checks by their name in the plan."""
