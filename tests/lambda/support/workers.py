"""Threads that generate load until they are stopped."""

import threading
import time
from collections.abc import Callable


class Workers:
    """Threads that end soon after `stopping` is set, with the errors that ended one early."""

    def __init__(self, name: str) -> None:
        self.stopping = threading.Event()
        self._name = name
        self._errors: list[Exception] = []
        self._threads: list[threading.Thread] = []

    def start(self, serve: Callable[[int], None]) -> None:
        """Run `serve` with the number of the worker in one more thread."""
        thread = threading.Thread(target=self._run, args=(serve, len(self._threads)), daemon=True)
        self._threads.append(thread)
        thread.start()

    def stop(self) -> None:
        """Wait for the end of all threads; raise the errors that ended one early."""
        self.stopping.set()
        for thread in self._threads:
            thread.join()
        if self._errors:
            raise ExceptionGroup(self._name, self._errors)

    def grace_period(self, seconds: float) -> Callable[[], bool]:
        """Return a function that returns whether `seconds` have passed since its first call after the stop."""
        deadline: float | None = None

        def is_over() -> bool:
            nonlocal deadline
            if not self.stopping.is_set():
                return False
            deadline = deadline or time.monotonic() + seconds
            return time.monotonic() > deadline

        return is_over

    def _run(self, serve: Callable[[int], None], number: int) -> None:
        try:
            serve(number)
        except Exception as error:
            self._errors.append(error)
