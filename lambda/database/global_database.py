"""Sessions on the cluster of a global database that accepts writes.

The clusters are tried one after the other, and the one that accepted writes last comes first. AWS does not document
whether the certificate of a server contains the global writer endpoint, so that verify-full needs the clusters' own.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from typing import Final, TypeVar

from common.errors import DatabaseFailure
from database.address import Address

S = TypeVar("S")

READ_ONLY: Final = "25006"
"""SQLSTATE: the cluster accepts no writes."""

_NOT_THE_WRITER: Final = ("08", READ_ONLY)
"""SQLSTATE prefixes: the cluster cannot be reached, or accepts no writes."""

# Hosts that accepted writes last. A function connects for hours, and an unreachable host costs a timeout each time.
_last_writers: dict[Address, str] = {}


@contextmanager
def open_on_writer(
    address: Address, open_session: Callable[[Address], AbstractContextManager[S]], accepts_writes: Callable[[S], bool]
) -> Iterator[S]:
    """Open a session with `open_session` on the first host of `address` that accepts writes.

    An address with one host is opened as it is, even if it accepts no writes.
    """
    hosts = (address.host, *address.other_hosts)
    if len(hosts) == 1:
        with open_session(address) as session:
            yield session
        return
    failures = []
    for host in sorted(hosts, key=lambda host: host != _last_writers.get(address)):
        with ExitStack() as stack:
            try:
                session = stack.enter_context(open_session(replace(address, host=host, other_hosts=())))
                is_writer = accepts_writes(session)
            except DatabaseFailure as failure:
                failures.append(failure)
                continue
            if is_writer:
                _last_writers[address] = host
                yield session
                return
            failures.append(DatabaseFailure(READ_ONLY, f"{host} accepts no writes"))
    # A rejected login says more than an unreachable cluster.
    raise next((one for one in failures if not one.sqlstate.startswith(_NOT_THE_WRITER)), failures[0])
