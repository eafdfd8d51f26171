"""Writes to the source continuously and replays each statement on the target after a delay."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

_PAUSE = 0.004  # seconds between two writes
_DELAY = 0.3  # seconds until a write is replayed on the target


class Session(Protocol):
    """A session on one side."""

    def run(self, sql: str) -> Any:
        """Run one statement in its own transaction."""

    def close(self) -> None:
        """Close the session."""


@dataclass
class WriteLoad:
    """Runs `statement(1)`, `statement(2)`, … on the source and replays them on the target."""

    source: Callable[[], Session]
    target: Callable[[], Session]
    statement: Callable[[int], str]
    written: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _sent: "list[tuple[float, str]]" = field(default_factory=list)
    _threads: list[threading.Thread] = field(default_factory=list)

    def __enter__(self) -> "WriteLoad":
        """Start both threads."""
        self._threads = [threading.Thread(target=work) for work in (self._write, self._replicate)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop writing and wait until the target has caught up."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _write(self) -> None:
        with closing(self.source()) as session:
            while not self._stop.is_set():
                self.written += 1
                sql = self.statement(self.written)
                session.run(sql)
                self._sent.append((time.monotonic(), sql))
                self._stop.wait(_PAUSE)

    def _replicate(self) -> None:
        replayed = 0
        with closing(self.target()) as session:
            while not self._stop.is_set() or replayed < len(self._sent):
                if replayed < len(self._sent) and self._sent[replayed][0] + _DELAY < time.monotonic():
                    session.run(self._sent[replayed][1])
                    replayed += 1
                else:
                    time.sleep(0.005)
