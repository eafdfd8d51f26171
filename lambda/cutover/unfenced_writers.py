"""Users that can write although a fence blocks the application."""

from collections.abc import Iterator

from cutover.engine import DatabaseAdmin
from cutover.premigration_rule import Problem
from migration.tables import Table


def unfenced_writers(admin: DatabaseAdmin, known: list[str], role: str, tables: list[Table]) -> Iterator[Problem]:
    """Yield a finding if users outside `known` can write, as a predicate whose subject is the side.

    `role` is the application's role, whose members the fence blocks.
    """
    others = ", ".join(admin.accounts.other_writers(known, tables))
    if others:
        yield Problem(
            others,
            f"allows {others} to write, and the fence does not block them: grant them the role"
            f" {role}, lock them, or revoke their write privileges",
            f"grant {role} to USER; or revoke insert, update, delete on TABLE from USER",
        )
