"""The database that takes writes now, and one session on it that is kept from call to call.

The parameter says where to go; the databases enforce it (a fenced side lets nobody log in). So a value that is a
second old can send a call to the wrong side, but can never write there.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from common import log
from common.cache import Cached
from common.errors import DatabaseFailure, PlaceholderSecret, PreconditionFailed, Unavailable
from common.parameters import Writer
from database.postgresql import Database

T = TypeVar("T")

ATTEMPTS = 3
"""One more for a kept session that died unnoticed, and one for a password that was rotated. A call is idempotent."""

_LOGIN_REFUSED = "28P01"
"""The SQLSTATE of a wrong password: the secret was rotated since it was read."""

# Beginnings of SQLSTATEs that say "later" and nothing of the request: no connection, fenced or rotated login, no
# resources, lock time-out, ended session, conflict of transactions, read-only while a cluster fails over.
_LATER = ("08", "28", "53", "55P03", "57", "40", "25006")

# Of these, what another session may do better than one that was kept from earlier: it died, or its server changed
# its part. A new session that fails so, and any time-out, would only make the caller wait.
_STALE = ("08", "57P", "25006")


@dataclass
class WriterDatabase:
    """The way to the current writer."""

    current: Cached[Writer]
    connect: Callable[[Writer], AbstractContextManager[Database]]
    forget_login: Callable[[Writer], None]
    _kept: "_Session | None" = field(default=None, init=False, repr=False)

    def run(self, work: Callable[[Database], T]) -> T:
        """Do this work, all of it idempotent, on the writer; Unavailable where there is none."""
        for _ in range(ATTEMPTS):
            writer, was_kept = self._writer(), self._kept is not None
            try:
                return work(self._session(writer))
            except DatabaseFailure as fault:
                self._drop()
                if not fault.sqlstate.startswith(_LATER):
                    raise
                log.warning("writer-unreachable", writer=writer.value, sqlstate=fault.sqlstate)
                if fault.sqlstate == _LOGIN_REFUSED:
                    self.forget_login(writer)
                self.current.expire()
                if not _is_worth_another(fault.sqlstate, was_kept):
                    break
            except Exception:
                self._drop()  # whatever the session is in the middle of, nobody else must meet it
                raise
        raise Unavailable("unreachable")

    def _writer(self) -> Writer:
        try:
            writer = self.current.value()
        except (BotoCoreError, ClientError, PreconditionFailed) as fault:
            raise Unavailable(type(fault).__name__) from fault
        if writer is Writer.FENCED:
            self._drop()
            raise Unavailable("fenced")
        return writer

    def _session(self, writer: Writer) -> Database:
        if self._kept is not None and self._kept.writer is writer:
            return self._kept.database
        self._drop()
        with ExitStack() as stack:
            try:
                database = stack.enter_context(self.connect(writer))
            except (BotoCoreError, ClientError, PlaceholderSecret) as fault:
                raise Unavailable(type(fault).__name__) from fault
            self._kept = _Session(writer, database, stack.pop_all())
            return database

    def _drop(self) -> None:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            kept.stack.close()


@dataclass(frozen=True)
class _Session:
    writer: Writer
    database: Database
    stack: ExitStack


def _is_worth_another(sqlstate: str, was_kept: bool) -> bool:
    return sqlstate.startswith("28") or (was_kept and sqlstate.startswith(_STALE))
