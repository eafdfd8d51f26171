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
