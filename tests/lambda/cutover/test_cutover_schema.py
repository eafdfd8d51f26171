"""Triggers, rules, defaults and large objects: replication must not repeat their effects, nor may the sides differ."""

import pytest

from common.errors import SchemaMismatch
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment

_TRIGGER = """
create table public.ledger (id uuid default gen_random_uuid() primary key, payment varchar(64), amount numeric(12, 2));
create function public.book() returns trigger language plpgsql security definer as $$
  begin insert into ledger (payment, amount) values (new.token, new.amount); return null; end $$;
create trigger book after insert on payments for each row execute function book()
"""
_RULE = "create rule book as on insert to payments do also update refunds set amount = 0 where false"


@pytest.mark.parametrize("side_name", ["source", "target"])
@pytest.mark.parametrize("mode", ["always", "replica"])
@pytest.mark.parametrize(("definition", "kind"), [(_TRIGGER, "trigger"), (_RULE, "rule")])
def test_initialize_rejects_what_replicated_rows_fire(
    environment: Environment, side_name: str, mode: str, definition: str, kind: str
) -> None:
    sides = {"source": environment.source, "target": environment.target}
    for side in sides.values():
        side.run(definition)
    sides[side_name].run(f"alter table payments enable {mode} {kind} book")
    with pytest.raises(SchemaMismatch, match=f"source and target differ: public.payments: {kind} book"):
        environment.run("initialize")
    for side in sides.values():
        side.run(f"alter table payments enable {mode} {kind} book")
    with pytest.raises(SchemaMismatch, match=f"payments has the {kind} book, which replicated rows fire"):
        environment.run("initialize")
    for side in sides.values():
        side.run(f"alter table payments enable {kind} book")
    environment.run("initialize")


def test_trigger_books_each_payment_once_in_both_directions(environment: Environment) -> None:
    for side in (environment.source, environment.target):
        side.run(_TRIGGER)
    environment.start_replication()
    environment.pay_once(environment.source, "before")
    environment.cut_over()
    environment.pay_once(environment.target, "after")
    environment.roll_back()
    for side in (environment.source, environment.target):
        assert side.run("select payment from ledger order by payment") == [["after"], ["before"]]


@pytest.mark.parametrize("side_name", ["source", "target"])
def test_initialize_rejects_an_event_trigger_that_fires_for_dms(environment: Environment, side_name: str) -> None:
    side = environment.source if side_name == "source" else environment.target
    side.run(
        "create function public.note() returns event_trigger language plpgsql as $$ begin end $$;"
        "create event trigger note on ddl_command_end execute function note();"
        "alter event trigger note enable always"
    )
    with pytest.raises(SchemaMismatch, match=f"the {side_name} has replication blockers: the event trigger note"):
        environment.run("initialize")
    side.run("alter event trigger note enable")
    environment.run("initialize")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("alter table payments disable trigger book", "payments: trigger book"),
        ("drop trigger book on payments", "payments: trigger book"),
        (_RULE, "payments: rule book"),
        ("alter table payments alter state drop default", "payments: default of state"),
        ("alter table payments alter state set default 'open'", "payments: default of state"),
        ("alter table refunds alter id drop default", "refunds: default of id"),
    ],
)
def test_initialize_reports_what_differs_in_the_target(environment: Environment, statement: str, expected: str) -> None:
    for side in (environment.source, environment.target):
        side.run(_TRIGGER)
    environment.target.run(statement)
    with pytest.raises(SchemaMismatch, match=rf"source and target differ: public\.{expected}"):
        environment.run("initialize")


@pytest.mark.parametrize("kind", ["oid", "lo"])
def test_initialize_rejects_references_to_large_objects(environment: Environment, kind: str) -> None:
    for side in (environment.source, environment.target):
        if kind == "lo":
            side.run("create domain lo as oid")
        side.run(f"create table public.scans (id bigint primary key, image {kind})")
    with pytest.raises(SchemaMismatch, match="scans has the column image of a type over oid"):
        environment.run("initialize")


@pytest.mark.parametrize(
    "statement",
    [
        "alter table payments alter state drop default",
        "alter table payments alter state set default 'open'",
        "alter table payments modify at datetime(6) not null",
        "alter table payments modify at datetime(6) not null default now(6) on update now(6)",
    ],
)
def test_initialize_on_mysql_reports_a_different_default(mysql: MySqlEnvironment, statement: str) -> None:
    mysql.target.run(statement)
    with pytest.raises(SchemaMismatch, match=r"source and target differ: buy\d+\.payments: default of (state|at)$"):
        mysql.run("initialize")


@pytest.mark.parametrize("side_name", ["source", "target"])
def test_initialize_on_mysql_rejects_a_trigger(mysql: MySqlEnvironment, side_name: str) -> None:
    side = mysql.source if side_name == "source" else mysql.target
    side.run("create trigger book after insert on payments for each row set @booked = new.id")
    with pytest.raises(
        SchemaMismatch, match=f"the {side_name} has replication blockers: .*payments has the trigger book"
    ):
        mysql.run("initialize")
