"""Fixtures: a migration on either engine, while clients pay."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from migration_faults.journey import Journey, PaymentLoad
from migration_faults.switches import Fault
from support.mysql_payment_load import MySqlLoadGenerator
from support.payment_load import LoadGenerator

_EARLIER_PAYMENTS = 20

Start = Callable[[str, Sequence[Fault]], Journey]
"""Begins a migration on an engine, with faults."""


_FIXTURES: Mapping[str, tuple[str, Callable[[Any], PaymentLoad]]] = {
    "postgres": ("environment", LoadGenerator),
    "mysql": ("mysql", MySqlLoadGenerator),
}
"""The fixture of an environment, and its load generator, by engine."""


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Start:
    def begin(engine: str, faults: Sequence[Fault]) -> Journey:
        fixture, generate_load = _FIXTURES[engine]
        environment = request.getfixturevalue(fixture)
        environment.pay(environment.source, _EARLIER_PAYMENTS)
        load = generate_load(environment)
        load.add_worker()
        return Journey(environment, load, faults)

    return begin
