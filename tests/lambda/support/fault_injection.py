"""Killing a program before its n-th effect on the world, as a time-out or a crash would."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import botocore.client

import database.mysql
import database.postgresql
from local_aws.patching import Fix, around

_CALL = re.compile(r"^(Put|Start|Stop|Modify|Publish|Send|Create|Delete|Update)")
_STATEMENT = re.compile(
    r"^\s*(alter|create|grant|insert|update|delete|drop|kill)|setval|pg_create_logical|pg_drop_repl|pg_terminate",
    re.IGNORECASE,
)


class Killed(BaseException):
    """The program is gone; nothing in it may catch this."""


def killed_before(effect: int) -> AbstractContextManager[list[str]]:
    """Raise `Killed` in place of this thread's `effect`-th change to a database or to AWS; yields the changes made."""
    return _killed(lambda number, _: number == effect)


def killed_at(effect: str) -> AbstractContextManager[list[str]]:
    """The same for the first change that names `effect`: a call of AWS's, or words of a statement."""
    return _killed(lambda _, what: effect in what)


class _Program(threading.local):
    """What runs in this thread, if it is to be killed: the machines run several functions at a time."""

    note: Callable[[str], None] | None = None


_program = _Program()


@contextmanager
def _killed(is_last: Callable[[int, str], bool]) -> Iterator[list[str]]:
    made: list[str] = []

    def note(what: str) -> None:
        if is_last(len(made) + 1, what):
            raise Killed(what)
        made.append(what)

    _program.note = note
    try:
        yield made
    finally:
        _program.note = None


def _note(what: str) -> None:
    if _program.note is not None:
        _program.note(what)


@around(botocore.client.BaseClient, "_make_api_call")
def a_call_is_an_effect(original: Fix, self: Any, operation: str, arguments: Any) -> Any:
    if _CALL.match(operation):
        _note(operation)
    return original(self, operation, arguments)


@around(database.postgresql.Database, "rows")
@around(database.postgresql.Database, "run")
@around(database.mysql.Session, "rows")
def a_statement_is_an_effect(original: Fix, self: Any, sql: str, *values: Any, **parameters: Any) -> Any:
    if _STATEMENT.search(sql):
        _note(" ".join(sql.split())[:60])
    return original(self, sql, *values, **parameters)


def complete_despite_kills(program: Callable[[], object], limit: int = 200) -> int:
    """Run `program` again and again, each time killed one effect later, until it comes through.

    Every state in which a crash can leave the world is so met once, and gone on from. Returns the kills.
    """
    for effect in range(1, limit):
        try:
            with killed_before(effect):
                program()
        except Killed:
            continue
        return effect - 1
    raise AssertionError(f"not through after {limit} attempts")
