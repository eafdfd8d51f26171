"""Control totals by day and currency, which the final validation compares behind the fence."""

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import pytest

from common import clients
from common.errors import InvalidSettings, PreconditionFailed, ValidationFailed
from cutover import final_validation
from cutover.final_validation import Scope
from migration.tables import Table
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment

_LEDGER = (
    "create table ledger (id bigint primary key, value numeric(12, 2) not null, iso varchar(3) not null,"
    " booked_at timestamp not null)"
)
_PAYMENTS = (
    "insert into ledger values (1, 10.50, 'EUR', '2026-01-31 23:59:59'), (2, 4.50, 'EUR', '2026-01-31 10:00:00'),"
    " (3, 7, 'USD', '2026-02-01 00:00:00')"
)


def _configure(environment: Environment | MySqlEnvironment, table: str) -> None:
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    replication["control_totals"] = [[table, "value", "iso", "booked_at"]]
    environment.variables["REPLICATIONS"] = json.dumps([replication])


def _with_ledger(environment: Environment) -> Environment:
    for side in (environment.source, environment.target):
        side.run(_LEDGER)
    environment.source.run(f"grant select, insert on ledger to {environment.role}")
    environment.source.run(_PAYMENTS)
    _configure(environment, "public.ledger")
    return environment


def _with_mysql_ledger(mysql: MySqlEnvironment) -> MySqlEnvironment:
    for side in (mysql.source, mysql.target):
        side.run(_LEDGER)
    mysql.source.run("set time_zone = '+00:00'")
    mysql.source.run(_PAYMENTS)
    _configure(mysql, f"{mysql.source.dbname}.ledger")
    return mysql


def _recorded(environment: Environment | MySqlEnvironment) -> Mapping[str, Any]:
    checkpoint = environment.migration().checkpoints.read("final_validation")
    assert checkpoint is not None
    return checkpoint.facts


def _report(environment: Environment | MySqlEnvironment) -> str:
    name = environment.variables["MIGRATION_NAME"]
    key = f"validation/final-{name}/control-totals.md"
    body = clients.s3().get_object(Bucket=environment.variables["CHECKPOINT_BUCKET"], Key=key)["Body"].read()
    return str(body.decode())


EXPECTED = [
    {"day": "2026-01-31", "currency": "EUR", "rows": 2, "amount": "15"},
    {"day": "2026-02-01", "currency": "USD", "rows": 1, "amount": "7"},
]


def test_equal_totals_are_in_the_record_and_in_the_report(environment: Environment) -> None:
    _with_ledger(environment).start_replication()
    environment.run_all("fence_source", "drain_source")
    assert environment.run("final_validation")["daily_totals"] == 2
    assert _recorded(environment)["control_totals"] == {"public.ledger": {"since": None, "totals": EXPECTED}}
    assert "| 2026-01-31 | EUR | 2 | 15.00 |" in _report(environment)


def test_equal_totals_on_mariadb_are_in_the_record_and_in_the_report(mysql: MySqlEnvironment) -> None:
    _with_mysql_ledger(mysql).start_replication()
    mysql.run_all("fence_source", "drain_source")
    assert mysql.run("final_validation")["daily_totals"] == 2
    assert _recorded(mysql)["control_totals"] == {f"{mysql.source.dbname}.ledger": {"since": None, "totals": EXPECTED}}


def test_total_that_differs_prevents_the_promotion(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_ledger(environment)
    environment.source.run("insert into ledger values (4, 3, 'EUR', current_date - 1)")
    environment.start_replication()
    environment.run_all("fence_source", "drain_source")
    # The table is too large for a comparison behind the fence, and of its newest rows none is compared.
    monkeypatch.setattr(final_validation, "_NEWEST_ROWS", 0)
    monkeypatch.setattr(Scope, "within", _newest_only)
    environment.target.run("update ledger set value = 2.99 where id = 4")
    with pytest.raises(
        ValidationFailed, match=r"the total of public\.ledger on .* in EUR: 3 of 1 payments in the source"
    ):
        environment.run("final_validation")
    assert "2.99 of 1 payments in the target" in _recorded(environment)["differences"][0]
    with pytest.raises(PreconditionFailed, match="found differences"):
        environment.run("promote_target")


def test_total_that_differs_on_mariadb_prevents_the_promotion(mysql: MySqlEnvironment) -> None:
    _with_mysql_ledger(mysql).start_replication()
    mysql.run_all("fence_source", "drain_source")
    mysql.target.run("update ledger set iso = 'CHF' where id = 3")
    with pytest.raises(ValidationFailed, match="no payment in the source, 7 of 1 payments in the target"):
        mysql.run("final_validation")


def test_large_table_is_added_up_for_the_last_days(environment: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    _with_ledger(environment)
    environment.source.run("insert into ledger values (5, 1, 'EUR', current_timestamp)")
    environment.start_replication()
    environment.run_all("fence_source", "drain_source")
    monkeypatch.setattr(Scope, "within", _newest_only)
    assert environment.run("final_validation")["daily_totals"] == 1
    assert _recorded(environment)["control_totals"]["public.ledger"]["since"] is not None


def test_totals_are_compared_before_the_source_is_promoted(environment: Environment) -> None:
    _with_ledger(environment).start_replication()
    environment.cut_over()
    with closing(environment.application_session(environment.target)) as application:
        application.run("insert into ledger values (9, 2, 'USD', '2026-03-01')")
    environment.roll_back()
    days = [total["day"] for total in _recorded(environment)["control_totals"]["public.ledger"]["totals"]]
    assert days == ["2026-01-31", "2026-02-01", "2026-03-01"]


def test_incomplete_control_total_is_rejected(environment: Environment) -> None:
    (replication,) = json.loads(environment.variables["REPLICATIONS"])
    replication["control_totals"] = [["public.payments"]]
    environment.variables["REPLICATIONS"] = json.dumps([replication])
    with pytest.raises(
        InvalidSettings,
        match=r"control_totals\[0\] must be a JSON list of the texts schema\.table, amount, currency, time",
    ):
        environment.run("initialize")


def _newest_only(tables: list[Table], seconds: float) -> Scope:
    del seconds
    return Scope((), tuple(tables))
