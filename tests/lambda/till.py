"""Payments that never stop coming: what a migration must not lose, whatever becomes of it."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from itertools import count

import pg8000.native
from estate import Database, Estate

_PAUSE = 0.1  # seconds between payments
_REFUSED = (pg8000.native.DatabaseError, pg8000.native.InterfaceError)


class Till:
    """Takes payments as the payment program does: it asks who the writer is, and pays there."""

    def __init__(self, estate: Estate) -> None:
        self.accepted: list[str] = []
        """The tokens whose payment was confirmed."""
        self.writers: list[str] = []
        """Who took payments, one after another."""
        self.both_open: list[str] = []
        """The payments before which the application could log in on both sides; none may ever be."""
        self._estate = estate
        self._session: tuple[str, pg8000.native.Connection] | None = None
        self._fault: Exception | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)

    def open(self) -> None:
        """Begin to take payments."""
        self._thread.start()

    def close(self) -> None:
        """Take no more."""
        self._closed.set()
        self._thread.join()
        if self._fault is not None:
            raise self._fault

    def missing(self, side: Database) -> set[str]:
        """What was confirmed and is not on `side`."""
        return {*self.accepted} - {token for _, token, *_ in self._estate.rows(side)}

    def _work(self) -> None:
        sides = (self._estate.source, self._estate.target)
        try:
            with closing(sides[0].server.connect()) as source, closing(sides[1].server.connect()) as target:
                for number in count(1):
                    if self._closed.wait(_PAUSE):
                        break
                    token = f"till-{number}"
                    # Open at one instant: the target, between two looks at the source.
                    if all(self._is_open(side) for side in (source, target, source)):
                        self.both_open.append(token)
                    self._take(token)
            self._leave()
        except Exception as fault:
            self._fault = fault

    def _is_open(self, side: pg8000.native.Connection) -> bool:
        rows = side.run("select rolcanlogin from pg_roles where rolname = :role", role=self._estate.role)
        return bool(rows == [[True]])

    def _take(self, token: str) -> None:
        writer = self._estate.parameter("writer")
        side = {"source": self._estate.source, "target": self._estate.target}.get(writer)
        if side is None:
            return
        try:
            self._at(writer, side).run("insert into payments (token, amount) values (:token, 12.50)", token=token)
        except _REFUSED:  # The fence fell between the question and the payment: nobody was told that it was taken.
            self._leave()
            return
        self.accepted.append(token)
        if self.writers[-1:] != [writer]:
            self.writers.append(writer)

    def _at(self, writer: str, side: Database) -> pg8000.native.Connection:
        if self._session is None or self._session[0] != writer:
            self._leave()
            self._session = (writer, self._estate.application(side))
        return self._session[1]

    def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            with suppress(*_REFUSED):
                session[1].close()


@contextmanager
def till(estate: Estate) -> Iterator[Till]:
    """A till that is open until the end."""
    made = Till(estate)
    made.open()
    try:
        yield made
    finally:
        made.close()
