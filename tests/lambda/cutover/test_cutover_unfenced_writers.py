"""Users outside the application that can write: a fence would not block them, so the cutover does not start."""

from collections.abc import Iterator

import pytest

from common.errors import PreconditionFailed, ValidationFailed
from support.environment import Environment
from support.mysql_environment import MySqlEnvironment


@pytest.fixture
def batch(environment: Environment) -> Iterator[str]:
    """A user on the PostgreSQL source."""
    name = f"batch_{environment.source.dbname}"
    environment.source.run(f"create role {name} login; create role {name}_team")
    yield name
    environment.source.run(f"drop owned by {name}, {name}_team; drop role {name}, {name}_team")


@pytest.mark.parametrize(
    "statement",
    [
        "grant insert on refunds to {user}",
        "grant update (state) on payments to {user}",
        "grant truncate on payments to {user}_team; grant {user}_team to {user}",
        "grant pg_write_all_data to {user}",
        "alter table refunds owner to {user}",
    ],
)
def test_initialize_rejects_an_unfenced_writer(environment: Environment, batch: str, statement: str) -> None:
    environment.source.run(statement.format(user=batch))
    with pytest.raises(PreconditionFailed, match=f"the source allows {batch} to write"):
        environment.run("initialize")


@pytest.mark.parametrize(
    "statement",
    [
        "grant select on payments to {user}",
        "grant insert on payments to {user}; alter role {user} nologin",
        "grant insert on payments to {user}; alter role {user} superuser",
        "grant insert on payments to {user}; grant {role} to {user}",
    ],
)
def test_reader_blocked_user_and_administrator_are_not_unfenced_writers(
    environment: Environment, batch: str, statement: str
) -> None:
    environment.source.run(statement.format(user=batch, role=environment.role))
    assert environment.run("initialize") == {"tables": 2, "ownership": "owner"}


def test_later_unfenced_writer_prevents_the_fence(environment: Environment, batch: str) -> None:
    environment.start_replication()
    environment.source.run(f"grant insert on payments to {batch}")
    with pytest.raises(PreconditionFailed, match=batch):
        environment.run("fence_source")
    assert environment.parameter("writer") == "source"
    assert environment.can_log_in(environment.source)


def test_unfenced_writer_does_not_block_the_rollback(environment: Environment) -> None:
    environment.start_replication()
    environment.cut_over()
    name = f"late_{environment.target.dbname}"
    environment.target.run(f"create role {name} login; grant insert on payments to {name}")
    environment.roll_back()
    environment.target.run(f"drop owned by {name}; drop role {name}")
    assert environment.can_log_in(environment.source)


def test_premigration_check_reports_an_unfenced_writer(environment: Environment, batch: str) -> None:
    environment.run("initialize")
    environment.source.run(f"grant insert on payments to {batch}")
    with pytest.raises(ValidationFailed, match=f"the source allows {batch} to write"):
        environment.run("premigration_check")


_SETTLE = "insert into payments (token, amount, state) values (t, 1, 'settled')"
_DEFINER = f"create function public.settle(t text) returns void language sql security definer as $$ {_SETTLE} $$"
# In a schema that is not migrated.
_INBOX = "create schema intake; create table intake.inbox (token varchar(64)); grant usage on schema intake to {user};"
_INBOX_TRIGGER = f"""
{_INBOX}
create function public.settle() returns trigger language plpgsql security definer as $$
  begin insert into payments (token, amount) values (new.token, 1); return null; end $$;
create trigger settle after insert on intake.inbox for each row execute function settle();
revoke execute on function settle() from public; grant insert on intake.inbox to {{user}}
"""


@pytest.mark.parametrize(
    ("statement", "means"),
    [
        (f"{_DEFINER}; grant usage on schema public to {{user}}", r"through settle\(text\)"),
        (
            "create view open_payments as select token, amount from payments; grant insert on open_payments to {user}",
            "through open_payments",
        ),
        (
            "create view below as select * from payments; create view above as select * from below;"
            " grant update (state) on above to {user}_team; grant {user}_team to {user}",
            "through above",
        ),
        (
            "create view joined as select p.token from payments p join refunds r on r.payment = p.id;"
            " create rule add as on insert to joined do instead"
            " insert into payments (token, amount) values (new.token, 1); grant insert on joined to {user}",
            "through joined",
        ),
        (
            f"{_INBOX} grant insert on intake.inbox to {{user}};"
            " create rule add as on insert to intake.inbox do"
            " insert into payments (token, amount) values (new.token, 1)",
            r"through intake\.inbox",
        ),
        (_INBOX_TRIGGER, "through a trigger of intake.inbox"),
        (
            "grant insert on payments to {user}_team; alter role {user} noinherit; grant {user}_team to {user}",
            "after SET ROLE {user}_team",
        ),
        (
            "create view open_payments as select token, amount from payments;"
            " grant insert on open_payments to {user}_team; alter role {user} noinherit; grant {user}_team to {user}",
            "after SET ROLE {user}_team through open_payments",
        ),
    ],
)
def test_initialize_rejects_a_writer_with_the_rights_of_another_role(
    environment: Environment, batch: str, statement: str, means: str
) -> None:
    environment.source.run(statement.format(user=batch))
    with pytest.raises(PreconditionFailed, match=rf"the source allows .*{batch} \({means.format(user=batch)}\)"):
        environment.run("initialize")


@pytest.mark.parametrize(
    "statement",
    [
        f"{_DEFINER}; revoke execute on function settle from public",
        f"{_DEFINER.replace('security definer', '')}",
        f"{_DEFINER}; alter function settle owner to {{user}}",
        "create view open_payments with (security_invoker = on) as select token, amount from payments;"
        " grant insert on open_payments to {user}",
        "create view sums as select sum(amount) from payments; grant insert on sums to {user}",
        "create view open_payments as select token, amount from payments; grant select on open_payments to {user}",
        f"{_INBOX} create view entries as select * from intake.inbox; grant insert on entries to {{user}}",
        "alter role {user} noinherit; grant postgres to {user}",
    ],
)
def test_reader_with_the_rights_of_another_role_is_not_an_unfenced_writer(
    environment: Environment, batch: str, statement: str
) -> None:
    environment.source.run(statement.format(user=batch))
    assert environment.run("initialize") == {"tables": 2, "ownership": "owner"}


@pytest.fixture
def robot(mysql: MySqlEnvironment) -> Iterator[str]:
    """A user on the MariaDB target."""
    name = f"robot_{mysql.target.dbname}"
    mysql.target.run(f"create user {name}")
    mysql.target.run(f"create role {name}_team")
    yield name
    mysql.target.run(f"drop role {name}_team")
    mysql.target.run(f"drop user {name}")


@pytest.mark.parametrize(
    "statements",
    [
        ("grant insert on *.* to {user}",),
        (r"grant delete on `{underscored}`.* to {user}",),
        ("grant update on `%%`.* to {user}",),
        ("grant insert on payments to {user}",),
        ("grant update (state) on payments to {user}",),
        ("grant insert on payments to {user}_team", "grant {user}_team to {user}"),
    ],
)
def test_initialize_on_mysql_rejects_an_unfenced_writer(
    mysql: MySqlEnvironment, robot: str, statements: tuple[str, ...]
) -> None:
    for statement in statements:
        mysql.target.run(statement.format(user=robot, underscored=f"{mysql.target.dbname[:-1]}_"))
    with pytest.raises(PreconditionFailed, match=f"the target allows {robot} to write"):
        mysql.run("initialize")


@pytest.mark.parametrize(
    "statements",
    [
        ("grant select on *.* to {user}",),
        ("grant insert on `elsewhere`.* to {user}",),
        ("grant insert on payments to {user}", "alter user {user} account lock"),
        ("grant insert, create user on *.* to {user}",),
    ],
)
def test_reader_locked_user_and_administrator_are_not_unfenced_writers_on_mysql(
    mysql: MySqlEnvironment, robot: str, statements: tuple[str, ...]
) -> None:
    for statement in statements:
        mysql.target.run(statement.format(user=robot))
    assert mysql.run("initialize") == {"tables": 2, "ownership": "owner"}


_PROCEDURE = (
    "create procedure settle(t varchar(64)) insert into payments (token, amount) values (t, 1)",
    "grant execute on procedure {dbname}.settle to {user}",
)
_VIEW = "create view open_payments as select token, amount from payments"


@pytest.mark.parametrize(
    ("statements", "means"),
    [
        (_PROCEDURE, r"through {dbname}\.settle"),
        (
            (_PROCEDURE[0], "grant execute on {dbname}.* to {user}_team", "grant {user}_team to {user}"),
            "through .*settle",
        ),
        ((_PROCEDURE[0], "grant execute on *.* to {user}"), "through .*settle"),
        ((_VIEW, "grant insert on open_payments to {user}"), r"through {dbname}\.open_payments"),
        ((_VIEW, "grant insert (token) on open_payments to {user}"), "through .*open_payments"),
        (
            (_VIEW, "create view api as select * from open_payments", "grant insert on api to {user}"),
            "through .*api",
        ),
    ],
)
def test_initialize_on_mysql_rejects_a_writer_with_the_rights_of_a_definer(
    mysql: MySqlEnvironment, robot: str, statements: tuple[str, ...], means: str
) -> None:
    dbname = mysql.target.dbname
    for statement in statements:
        mysql.target.run(statement.format(user=robot, dbname=dbname))
    with pytest.raises(PreconditionFailed, match=rf"the target allows {robot} \({means.format(dbname=dbname)}\)"):
        mysql.run("initialize")


@pytest.mark.parametrize(
    "statements",
    [
        (_PROCEDURE[0].replace("insert", "sql security invoker insert", 1), _PROCEDURE[1]),
        (_PROCEDURE[0],),
        (_VIEW.replace("view", "sql security invoker view"), "grant insert on open_payments to {user}"),
        (_VIEW, "grant select on open_payments to {user}"),
        ("create view sums as select sum(amount) from payments", "grant insert on sums to {user}"),
    ],
)
def test_reader_with_the_rights_of_a_definer_is_not_an_unfenced_writer_on_mysql(
    mysql: MySqlEnvironment, robot: str, statements: tuple[str, ...]
) -> None:
    for side in (mysql.source, mysql.target):
        for statement in statements:
            if side is mysql.target or statement.startswith("create"):
                side.run(statement.format(user=robot, dbname=side.dbname))
    assert mysql.run("initialize")["ownership"] == "owner"
