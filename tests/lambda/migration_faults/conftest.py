"""Fixtures: a migration on either engine, while clients pay."""

from collections.abc import Callable, Sequence

import pytest

from migration_faults.journey import Journey
from migration_faults.switches import Fault
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment
from support.mysql_payment_load import MySqlLoadGenerator
from support.payment_load import LoadGenerator

_EARLIER_PAYMENTS = 20

Start = Callable[[str, Sequence[Fault]], Journey]
"""Begins a migration on an engine, with faults."""


@pytest.fixture
def start(request: pytest.FixtureRequest) -> Start:
    def begin(engine: str, faults: Sequence[Fault]) -> Journey:
        return _on_mysql(request, faults) if engine == "mysql" else _on_postgresql(request, faults)

    return begin


def _on_postgresql(request: pytest.FixtureRequest, faults: Sequence[Fault]) -> Journey:
    environment: Environment = request.getfixturevalue("environment")
    environment.pay(environment.source, _EARLIER_PAYMENTS)
    load = LoadGenerator(environment)
    load.add_worker()
    return Journey(environment, load, faults)


def _on_mysql(request: pytest.FixtureRequest, faults: Sequence[Fault]) -> Journey:
    environment: MySqlEnvironment = request.getfixturevalue("mysql")
    environment.pay(environment.source, _EARLIER_PAYMENTS)
    load = MySqlLoadGenerator(environment)
    load.add_worker()
    return Journey(environment, load, faults)
