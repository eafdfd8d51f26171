"""A migration with faults: load, cutover, rollback, second cutover; after a failure, what an operator does."""

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from common.clock import Clock
from common.errors import MigrationError
from common.service_failures import service_failures
from cutover import handler
from migration_faults.switches import Fault, Phase, clear_faults
from support.clocks import fast_clock
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.payment_load import Acknowledgement
from support.write_downtime import fence_history

_ATTEMPTS = 2
_CLOCK_FACTOR = 5.0
_SECONDS = {"FENCE_TIMEOUT_SECONDS": "100", "TASK_STOP_TIMEOUT_SECONDS": "60"}  # of the fast clock
_CAUGHT_UP_SECONDS, _PAUSE = 12.0, 0.2
_CUTOVER = ("drain_source", "final_validation")
_ROLLBACK = ("drain_target", "final_validation", "promote_source", "start_forward_replication")
_PATHS = {"unfence-source": ("unfence_source",), "reverse-replication": ("fence_target", *_ROLLBACK)}


class PaymentLoad(Protocol):
    """Clients that pay during the migration."""

    acknowledgements: list[Acknowledgement]

    def add_worker(self) -> None:
        """Start one more client."""

    def stop(self) -> None:
        """End them after their pending payments; fail if one is not acknowledged."""

    def inconsistencies(self, side: Any) -> list[str]:
        """Return how a side differs from the acknowledged payments."""


class Failed(Exception):
    """An operation failed in every attempt."""


@dataclass
class Journey:
    """One migration; `faults` begin with their phases, and end after the recovery from the first failure."""

    driver: Environment | MySqlEnvironment
    load: PaymentLoad
    faults: Sequence[Fault]
    failures: list[str] = field(default_factory=list)
    """Failed operations with their errors."""
    attempted: list[str] = field(default_factory=list)
    """Operations that were called, in order."""
    clock: Clock = field(default_factory=lambda: fast_clock(_CLOCK_FACTOR))
    """One clock for all operations: their times must not go backwards."""

    def run(self) -> str:
        """Migrate as far as the last fault has an effect; return the outcome."""
        self.driver.variables |= _SECONDS
        try:
            self._migrate()
        except Failed:
            self._recover()
        finally:
            clear_faults()
        self._recover_without_faults()
        self.load.stop()
        return self._outcome()

    def problems(self) -> list[str]:
        """Return how the end differs from a correct one: payments on the writer, and logins on the other side."""
        writer, is_fenced = self.driver.parameter("writer"), bool(fence_history(self.driver))
        driver: Any = self.driver  # the sides of both engines have no common type
        sides = {"source": driver.source, "target": driver.target}
        side = sides.pop(writer)
        (other,) = sides.values()
        return [
            *self.load.inconsistencies(side),
            *(["the other side allows logins"] if driver.can_log_in(other) else []),
            *(["the writer was replaced without a fence"] if not is_fenced and writer != "source" else []),
        ]

    def _migrate(self) -> None:
        last = max(list(Phase).index(fault.phase) for fault in self.faults) if self.faults else 0
        self._begin(Phase.LOAD)
        self._complete("initialize", "start_full_load")
        self._await_caught_up()
        self._begin(Phase.REPLICATION)
        self._cut_over(Phase.FENCE, Phase.PROMOTION)
        if last >= list(Phase).index(Phase.ROLLBACK):
            self._begin(Phase.ROLLBACK)
            self._complete(*_PATHS[self._rollback_path()])
        if last >= list(Phase).index(Phase.AGAIN):
            self._begin(Phase.AGAIN)
            self._await_caught_up()
            self._cut_over()

    def _cut_over(self, fence: Phase | None = None, promotion: Phase | None = None) -> None:
        self.driver.record_comparison(clock=self.clock)
        self._complete("fence_source")
        self._begin(fence)
        self._complete(*_CUTOVER)
        self._begin(promotion)
        self._complete("promote_target", "start_reverse_replication")

    def _recover(self) -> None:
        """Follow the assessment while the faults last; a target that cannot be left accepts payments again."""
        if self.driver.parameter("writer") != "fenced":
            return
        fences = [operation for operation in self.attempted if operation in ("fence_source", "fence_target")]
        try:
            self._complete(*_PATHS[self._rollback_path()])
        except Failed:
            if fences[-1] == "fence_target":
                with suppress(Failed):
                    self._complete("unfence_target")

    def _recover_without_faults(self) -> None:
        """Follow the assessment until a side accepts payments: after the faults one of them must."""
        for _ in range(_ATTEMPTS):
            if self.driver.parameter("writer") != "fenced":
                return
            self._recover()
        raise AssertionError(f"neither side accepts payments: {self.failures}")

    def _rollback_path(self) -> str:
        path = str(self._complete("assess_rollback")["path"])
        if path not in _PATHS:
            self.failures.append(f"assess_rollback: {path}")
            raise Failed(path)
        return path

    def _begin(self, phase: Phase | None) -> None:
        for fault in self.faults:
            if fault.phase is phase:
                fault.inject(self.driver)

    def _await_caught_up(self) -> None:
        end = time.monotonic() + _CAUGHT_UP_SECONDS
        state = ""
        while state not in ("caught-up", "failed") and time.monotonic() < end:
            time.sleep(_PAUSE)
            state = self._complete("replication_status")["state"]
        if state != "caught-up":
            self.failures.append(f"replication_status: {state}")
            raise Failed(f"the replication is {state}")

    def _complete(self, *operations: str) -> Mapping[str, Any]:
        """Run operations in order, each with retries; raise `Failed` if one fails in every attempt."""
        answer: Mapping[str, Any] = {}
        for operation in operations:
            answer = self._attempt(operation)
        return answer

    def _attempt(self, operation: str) -> Mapping[str, Any]:
        for _ in range(_ATTEMPTS):
            self.attempted.append(operation)
            migration = self.driver.migration(clock=self.clock)
            try:
                with service_failures():
                    answer = handler.run(migration, {"operation": operation})
            except MigrationError as error:
                self.failures.append(f"{operation}: {type(error).__name__}: {error}")
            else:
                return answer
        raise Failed(operation)

    def _outcome(self) -> str:
        writer = self.driver.parameter("writer")
        outcome = f"ended on the {writer}" if fence_history(self.driver) else "refused before the fence"
        reasons = dict.fromkeys(": ".join(failure.split(": ")[:2]) for failure in self.failures)
        return f"{outcome} after {', '.join(reasons)}" if reasons else outcome
