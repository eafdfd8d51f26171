"""Requirements of a server that do not depend on the phase of the migration."""

from collections.abc import Iterator

from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem

SOURCE_SLOTS = 2
"""Slots of the full-load task, and of the task that replicates forward after a rollback."""
TARGET_SLOTS = 1
"""The slot of the reverse replication."""


def missing_slots(admin: DatabaseAdmin, required: int) -> Iterator[Problem]:
    """Yield a finding if the server has too few free slots, as a predicate whose subject is the side."""
    free = admin.changes.free_slots()
    if free is not None and free < required:
        yield Problem(
            "max_replication_slots",
            f"has {max(0, free)} free replication slots; {required} are required",
            "alter system set max_replication_slots = 10, and restart the server; or drop unused slots",
        )


def version_mismatch(admin: DatabaseAdmin, specified: str | None) -> Iterator[Problem]:
    """Yield a finding if the major version is not the specified one, as a predicate whose subject is the side."""
    actual = admin.server.version()
    if specified is not None and specified.split(".", 1)[0] != actual.split(".", 1)[0]:
        yield Problem(
            "version",
            f"runs {admin.server.product()} {actual}; the stack file specifies {specified}",
            f'in the stack file: version = "{actual.split(".", 1)[0]}"',
        )
