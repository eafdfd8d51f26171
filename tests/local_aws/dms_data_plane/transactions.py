"""Transactions of a target."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from local_aws.dms_data_plane.errors import ApplyError, TableError


@contextmanager
def transaction(run: Callable[[str], object]) -> Iterator[None]:
    """Commit what is done inside, or roll it back after an error of a change or a table."""
    run("begin")
    try:
        yield
    except (ApplyError, TableError):
        run("rollback")
        raise
    run("commit")
