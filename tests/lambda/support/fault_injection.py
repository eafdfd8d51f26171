"""Fault injection: kills a function before one of its side effects, as a time-out or a crash does."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import botocore.client

import database.mysql
import database.postgresql
from local_aws.patching import Method, wrap

_CALL = re.compile(r"^(Put|Start|Stop|Test|Modify|Publish|Send|Create|Delete|Update)")
_STATEMENT = re.compile(
    r"^\s*(alter|create|grant|insert|update|delete|drop|kill)|setval|pg_create_logical|pg_drop_repl|pg_terminate",
    re.IGNORECASE,
)


class Killed(BaseException):
    """Raised in place of a side effect; a BaseException, so that the function under test does not catch it."""


def killed_before(effect: int) -> AbstractContextManager[list[str]]:
    """Raise `Killed` in place of side effect number `effect` of this thread; yield the list of completed side effects.

    A side effect is a statement that changes a database or an AWS call that changes state.
    """
    return _killed(lambda number, _: number == effect)


def killed_at(effect: str) -> AbstractContextManager[list[str]]:
    """Raise `Killed` in place of the first side effect whose AWS operation or SQL text contains `effect`."""
    return _killed(lambda _, name: effect in name)


class _ThreadState(threading.local):
    """The observer of this thread; the state machines run several functions at the same time."""

    record: Callable[[str], None] | None = None


_thread = _ThreadState()


@contextmanager
def _killed(is_last: Callable[[int, str], bool]) -> Iterator[list[str]]:
    completed: list[str] = []

    def record(effect: str) -> None:
        if is_last(len(completed) + 1, effect):
            raise Killed(effect)
        completed.append(effect)

    _thread.record = record
    try:
        yield completed
    finally:
        _thread.record = None


def _record(effect: str) -> None:
    if _thread.record is not None:
        _thread.record(effect)


@wrap(botocore.client.BaseClient, "_make_api_call")
def record_aws_call(original: Method, self: Any, operation: str, arguments: Any) -> Any:
    if _CALL.match(operation):
        _record(operation)
    return original(self, operation, arguments)


@wrap(database.postgresql.Database, "rows")
@wrap(database.postgresql.Database, "run")
@wrap(database.mysql.Session, "rows")
def record_statement(original: Method, self: Any, sql: str, *values: Any, **parameters: Any) -> Any:
    if _STATEMENT.search(sql):
        _record(" ".join(sql.split())[:60])
    return original(self, sql, *values, **parameters)


def complete_despite_kills(program: Callable[[], object], limit: int = 200) -> int:
    """Run `program` until it completes, killed one side effect later on each attempt; return the number of kills.

    Each attempt resumes from a state that a crash can leave behind; all such states occur once.
    """
    for effect in range(1, limit):
        try:
            with killed_before(effect):
                program()
        except Killed:
            continue
        return effect - 1
    raise AssertionError(f"not completed after {limit} attempts")
