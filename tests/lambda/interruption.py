"""Killing a program before its n-th effect on the world, as a time-out or a crash would."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

import botocore.client
import common.database
import common.mysql

_CALL = re.compile(r"^(Put|Start|Stop|Modify|Publish|Send|Create|Delete|Update)")
_STATEMENT = re.compile(
    r"^\s*(alter|create|grant|insert|update|delete|drop|kill)|setval|pg_create_logical|pg_drop_repl|pg_terminate",
    re.IGNORECASE,
)


class Killed(BaseException):
    """The program is gone; nothing in it may catch this."""


def killed_before(effect: int) -> AbstractContextManager[list[str]]:
    """Raise `Killed` in place of the `effect`-th change to a database or to AWS; yields the changes made."""
    return _killed(lambda number, _: number == effect)


def killed_at(effect: str) -> AbstractContextManager[list[str]]:
    """The same for the first change that names `effect`: a call of AWS's, or words of a statement."""
    return _killed(lambda _, what: effect in what)


@contextmanager
def _killed(is_last: Callable[[int, str], bool]) -> Iterator[list[str]]:
    made: list[str] = []
    call = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    rows, run = common.database.Database.rows, common.database.Database.run

    def note(what: str) -> None:
        if is_last(len(made) + 1, what):
            raise Killed(what)
        made.append(what)

    def watched_call(self: Any, operation: str, arguments: Any) -> Any:
        if _CALL.match(operation):
            note(operation)
        return call(self, operation, arguments)

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def statement(self: object, sql: str, *values: Any, **parameters: Any) -> Any:
            if _STATEMENT.search(sql):
                note(" ".join(sql.split())[:60])
            return real(self, sql, *values, **parameters)

        return statement

    with (
        mock.patch.object(botocore.client.BaseClient, "_make_api_call", watched_call),
        mock.patch.object(common.database.Database, "rows", watched(rows)),
        mock.patch.object(common.database.Database, "run", watched(run)),
        mock.patch.object(common.mysql.Session, "rows", watched(common.mysql.Session.rows)),
    ):
        yield made


def survive(program: Callable[[], object], limit: int = 200) -> int:
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
