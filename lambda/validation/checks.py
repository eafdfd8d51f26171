"""Checks of a whole replication, as items of the plan beside the chunks: schema, sequences, replication.

`findings` make a validation inconsistent; `notes` are what a person should know.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, TypeAlias

from common import clients, log
from common.errors import InvalidEvent
from common.parameters import Parameters, Writer
from migration import dms
from migration.replication import Replication
from migration.row_readers.table_schema import TableSchema
from validation.settings import Validation

_SHOWN = 100

Told: TypeAlias = tuple[list[str], list[str]]
"""Findings and notes."""


def check(validation: Validation, item: Mapping[str, Any]) -> dict[str, Any]:
    """Do the check of an item of the plan."""
    replication = validation.replication(str(item.get("replication")))
    doing = CHECKS.get(str(item["check"]))
    if doing is None:
        raise InvalidEvent(f"the check is {item['check']!r}, allowed: {', '.join(CHECKS)}")
    findings, notes = doing(validation, replication)
    log.info("checked", check=str(item["check"]), findings=findings[:_SHOWN], notes=notes[:_SHOWN])
    return {**item, "rows": 0, "different": 0, "findings": findings[:_SHOWN], "notes": notes[:_SHOWN]}


def _schema(validation: Validation, replication: Replication) -> Told:
    """Tables, columns, their types and keys."""
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
    notes = [f"{table} has no key: its count and its sum are compared, rows are not" for table in without_key]
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
            yield f"{here.table}.{name} may be null in the {which} only"
    keys = [", ".join(column.name for column in shape.key) or "none" for shape in (here, there)]
    if keys[0] != keys[1]:
        yield f"the key of {here.table} is {keys[0]} in the source, {keys[1]} in the target"


def _sequences(validation: Validation, replication: Replication) -> Told:
    """Sequences: what they are like, and where they stand.

    Replication moves rows, not the counters that number them: until the target takes the writes, one that is
    behind is to be expected; afterwards it would give numbers twice.
    """
    with validation.read_source(replication) as source, validation.read_target(replication) as target:
        if source.engine != target.engine:
            return [], []
        found = source.tables(replication.tables)
        ours, theirs = (reader.sequences(found) for reader in (source, target))
    findings = [f"the sequence {name} is missing in the target" for name in ours.keys() - theirs.keys()]
    findings += [f"the sequence {name} is missing in the source" for name in theirs.keys() - ours.keys()]
    both = sorted(ours.keys() & theirs.keys())
    findings += [
        f"the sequence {name} is {ours[name][0]} in the source, {theirs[name][0]} in the target"
        for name in both
        if ours[name][0] != theirs[name][0]
    ]
    behind = [told for name in both if (told := _behind(name, ours[name][1], theirs[name][1])) is not None]
    if behind and _writer(validation) is Writer.TARGET:
        return sorted([*findings, *behind]), []
    return sorted(findings), behind


def _behind(name: str, here: int | None, there: int | None) -> str | None:
    if here is None or there is None:
        return f"where the sequence {name} stands may not be seen in the {'source' if here is None else 'target'}"
    return f"the sequence {name} is behind in the target" if here > there else None


def _replication(validation: Validation, replication: Replication) -> Told:
    """What DMS's own validation says of the task that carries rows to the target."""
    arns = (replication.tasks.forward, replication.tasks.load)
    states = [dms.state(validation.dms, arn) for arn in arns]
    task = next((state for state in states if not state.not_started), None)
    if task is None:
        return [], ["no replication task has run yet"]
    found = dms.statistics(validation.dms, task.arn)
    for _ in range(validation.looks):
        if not found.validation_pending:
            break
        validation.clock.sleep(validation.lag)
        found = dms.statistics(validation.dms, task.arn)
    findings = [f"{table} is in error" for table in found.tables_errored]
    for count, what in ((found.validation_failed, "failed"), (found.validation_suspended, "are suspended")):
        if count:
            findings.append(f"{count} rows {what} in the validation of the replication task")
    pending = found.validation_pending
    return findings, [f"{pending} rows are pending in the validation of the replication task"] if pending else []


def _writer(validation: Validation) -> Writer:
    return Parameters(clients.ssm(), validation.parameters).writer() if validation.parameters else Writer.SOURCE


CHECKS: Mapping[str, Callable[[Validation, Replication], Told]] = {
    "schema": _schema,
    "sequences": _sequences,
    "replication": _replication,
}
"""The checks by the names that the plan has for them."""
