"""Connection to the database that currently takes writes, with one session reused across calls.

The parameter `writer` names the side; the databases enforce it, since a fenced side accepts no application login. A
cached value can therefore direct a call to the wrong side, but nothing is written there.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.cache import Cached
from common.errors import DatabaseFailure, PlaceholderSecret, PreconditionFailed, Unavailable
from common.parameters import Writer
from database.postgresql import Database

T = TypeVar("T")

MAX_ATTEMPTS: Final = 3
"""The first one, one for a reused session that had ended, and one for a rotated password. The work is idempotent."""

_WRONG_PASSWORD: Final = "28P01"  # noqa: S105
"""SQLSTATE: the secret was rotated after it was read."""

# SQLSTATE prefixes of temporary errors: no connection, fenced or rotated login, no resources, lock timeout, ended
# session, serialization conflict, read-only while a cluster fails over.
_TEMPORARY: Final = ("08", "28", "53", "55P03", "57", "40", "25006")

# Of these, the errors that a new session can avoid: the reused one had ended, or its server is no longer the writer.
# A new session with such an error, or a timeout, would only delay the caller.
_STALE_SESSION: Final = ("08", "57P", "25006")


@dataclass
class WriterConnection:
    """Connection to the current writer."""

    writer: Cached[Writer]
    connect: Callable[[Writer], AbstractContextManager[Database]]
    invalidate_login: Callable[[Writer], None]
    _session: "_Session | None" = field(default=None, init=False, repr=False)

    def run(self, work: Callable[[Database], T]) -> T:
        """Run idempotent `work` on the writer; raise Unavailable if there is none."""
        for _ in range(MAX_ATTEMPTS):
            writer, is_reused = self._current_writer(), self._session is not None
            try:
                return work(self._open_session(writer))
            except DatabaseFailure as error:
                self._close_session()
                if not error.sqlstate.startswith(_TEMPORARY):
                    raise
                log.warning("writer-unreachable", writer=writer.value, sqlstate=error.sqlstate)
                if error.sqlstate == _WRONG_PASSWORD:
                    self.invalidate_login(writer)
                self.writer.invalidate()
                if not _is_worth_retrying(error.sqlstate, is_reused):
                    break
            except Exception:
                self._close_session()  # it may be inside a transaction
                raise
        raise Unavailable("unreachable")

    def _current_writer(self) -> Writer:
        try:
            writer = self.writer.value()
        except (BotoCoreError, ClientError, PreconditionFailed) as error:
            raise Unavailable(type(error).__name__) from error
        if writer is Writer.FENCED:
            self._close_session()
            raise Unavailable("fenced")
        return writer

    def _open_session(self, writer: Writer) -> Database:
        if self._session is not None and self._session.writer is writer:
            return self._session.database
        self._close_session()
        with ExitStack() as stack:
            try:
                database = stack.enter_context(self.connect(writer))
            except (BotoCoreError, ClientError, PlaceholderSecret) as error:
                raise Unavailable(type(error).__name__) from error
            self._session = _Session(writer, database, stack.pop_all())
            return database

    def _close_session(self) -> None:
        if self._session is not None:
            session, self._session = self._session, None
            session.stack.close()


@dataclass(frozen=True)
class _Session:
    writer: Writer
    database: Database
    stack: ExitStack


def _is_worth_retrying(sqlstate: str, is_reused: bool) -> bool:
    return sqlstate.startswith("28") or (is_reused and sqlstate.startswith(_STALE_SESSION))
