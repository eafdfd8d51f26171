"""The tables of the final validation of which only the newest rows are compared."""

import pytest

from cutover import final_validation
from cutover.final_validation import Scope
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment


@pytest.fixture
def no_whole_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no table fit into the time of the fence as a whole."""
    monkeypatch.setattr(Scope, "within", classmethod(lambda cls, tables, _: cls((), tuple(tables))))
    monkeypatch.setattr(final_validation, "_NEWEST_ROWS", 1)


def test_random_keys_are_not_newest_rows(environment: Environment, no_whole_table: None) -> None:
    environment.start_replication()
    environment.run_all("fence_source", "drain_source")
    assert environment.run("final_validation") == {
        "tables": 1,
        "newest_rows_only": ["public.payments"],
        "not_compared": ["public.refunds"],
        "daily_totals": 0,
    }


def test_mysql_random_keys_are_not_newest_rows(mysql: MySqlEnvironment, no_whole_table: None) -> None:
    mysql.start_replication()
    mysql.run_all("fence_source", "drain_source")
    name = mysql.source.dbname
    assert mysql.run("final_validation") == {
        "tables": 1,
        "newest_rows_only": [f"{name}.payments"],
        "not_compared": [f"{name}.refunds"],
        "daily_totals": 0,
    }
