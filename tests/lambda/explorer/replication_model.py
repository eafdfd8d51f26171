"""The model of replication: tasks start, apply, stop and fail in steps of their own, as those of DMS do."""

from explorer.state import Change, State, Task


def progress(state: State, *, in_batches: bool) -> bool:
    """Let every task take a step; return whether one did."""
    if state.is_stalled:
        return False
    steps = [_progress(state, task, in_batches) for task in state.tasks.values()]
    return any(steps)


def _progress(state: State, task: Task, in_batches: bool) -> bool:
    if task.status not in ("starting", "running", "stopping"):
        return False
    if task.status == "stopping" and not task.batch:
        task.status = "stopped"
        return True
    if not (state.databases[task.source].is_reachable and state.databases[task.target].is_reachable):
        if task.status == "stopping":
            task.status, task.batch = "stopped", []
            return True
        return False
    if task.status == "starting":
        _begin(state, task)
        return True
    return _apply(state, task, in_batches)


def _begin(state: State, task: Task) -> None:
    """Begin at the start position; the slot may have been moved behind it."""
    source = state.databases[task.source]
    if state.starts_late:
        source.slots[task.slot] = task.position = source.log_end
    if task.slot not in source.slots:
        task.status, task.reason = "failed", f"the slot {task.slot} does not exist"
        return
    task.position = max(task.position or 0, source.slots[task.slot])
    task.status = "running"


def _apply(state: State, task: Task, in_batches: bool) -> bool:
    """Apply all changes, or a part of a batch; a change that cannot be applied stops the task."""
    source, target = state.databases[task.source], state.databases[task.target]
    if not task.batch:
        task.batch, task.batch_end = source.changes_since(task.position or 0), source.log_end
        if not task.batch:
            return False
    changes, task.batch = _next_changes(task.batch, in_batches)
    for change in changes:
        if not change.by_task and not target.insert(Change(change.kind, change.key, change.value, True)):
            task.status, task.reason, task.batch = "failed", f"the {change.kind} {change.key} exists", []
            return True
    if not task.batch:
        task.position = task.batch_end
        if task.slot in source.slots:
            source.slots[task.slot] = task.batch_end
    return True


def _next_changes(batch: list[Change], in_batches: bool) -> tuple[list[Change], list[Change]]:
    """Return the changes of the next transaction, and the rest.

    A batch is applied in one transaction for each table, in any order: the markers first, which is the worst one.
    """
    if not in_batches:
        return batch, []
    markers = [change for change in batch if change.kind == "marker"]
    if markers:
        return markers, [change for change in batch if change.kind != "marker"]
    return batch[:1], batch[1:]
