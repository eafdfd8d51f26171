"""Prepared transactions, each of which can be committed behind a fence, and delays the creation of a slot."""

from collections.abc import Iterator

from common.clock import Clock
from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem

_SECONDS = 5.0  # an application that uses two-phase commits always has short ones


def pending_transactions(clock: Clock, admin: DatabaseAdmin) -> Iterator[Problem]:
    """Yield the prepared transactions that do not end within some seconds, as a predicate whose subject is the side."""
    pending = {*admin.accounts.prepared_transactions()}

    def have_ended() -> bool:
        pending.intersection_update(admin.accounts.prepared_transactions())
        return not pending

    if pending:
        clock.deadline(_SECONDS).poll_until(have_ended)
    if pending:
        names = ", ".join(sorted(pending))
        verb = "rollback prepared" if admin.server.product() == "PostgreSQL" else "xa rollback"
        yield Problem(
            names,
            f"has the prepared transactions {names}, which can be committed behind the fence:"
            " commit them or roll them back",
            f"{verb} 'NAME', or the same with commit",
        )
