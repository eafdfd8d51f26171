"""The paths of a migration without a fault, whose crash points the explorer combines with every operation."""

from dataclasses import dataclass

RUN = "run-1"
CUTOVER = (
    "begin_migration",
    "replication_status",
    "fence_source",
    "drain_source",
    "final_validation",
    "promote_target",
    "start_reverse_replication",
    "begin_soak",
)
ROLLBACK = (
    "hold_traffic",
    "assess_rollback",
    "fence_target",
    "drain_target",
    "final_validation",
    "promote_source",
    "start_forward_replication",
    "revert_traffic",
    "record_rollback",
)


@dataclass(frozen=True)
class Crash:
    """An operation that ends before one of its effects."""

    operation: str
    effect: str


Path = tuple[str | Crash, ...]
"""Operations and events, in order."""

_AGAIN: Path = ("progress", "lift-hold", "shift_traffic", *CUTOVER, "end_soak")
_TO_AND_FRO: Path = (*CUTOVER, *ROLLBACK, *_AGAIN)
_BOTH_FENCES_REVOKED: Path = (
    *CUTOVER[:5],
    "unfence_source",
    "record_rollback",
    *CUTOVER,
    "fence_target",
    "drain_target",
    "unfence_target",
    "progress",
    "end_soak",
)
_PROMOTION_ABANDONED: Path = (
    *CUTOVER[:5],
    Crash("promote_target", "target: allow logins"),
    "unfence_source",
    "progress",
    "record_rejection",
    "abandon_migration",
)
_ROLLBACK_CONTINUED: Path = (
    *CUTOVER,
    "fence_target",
    "drain_target",
    "final_validation",
    Crash("promote_source", "source: allow logins"),
    "promote_source",
    "start_forward_replication",
    "progress",
    "abandon_migration",
)
_PREPARED: Path = (
    "divert-traffic",
    "release_ownership",
    "end_rehearsal",
    "acquire_ownership",
    "premigration_assessment",
    "begin_migration",
    "initialize",
    "shift_traffic",
    *CUTOVER[1:6],
)


@dataclass(frozen=True)
class Variant:
    """A path, and how replication and clients behave on it."""

    policy: str
    path: Path
    is_faulty: bool = False
    """Whether an operation may fail although nothing interrupts it."""


VARIANTS = (
    Variant("lazy", _TO_AND_FRO),
    Variant("lazy", ("pause-client", *_TO_AND_FRO)),
    Variant("batches", ("grow-table", *_TO_AND_FRO)),
    Variant("lazy", ("grow-table", "late-starts", *_TO_AND_FRO), is_faulty=True),
    Variant("eager", _TO_AND_FRO),
    Variant("lazy", _BOTH_FENCES_REVOKED),
    Variant("lazy", _PROMOTION_ABANDONED),
    Variant("lazy", _ROLLBACK_CONTINUED),
    Variant("lazy", _PREPARED),
)
