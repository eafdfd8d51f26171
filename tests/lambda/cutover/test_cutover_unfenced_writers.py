"""Users who are not the application's and may write: no fence would shut them out, so nothing begins while they are."""

from collections.abc import Iterator

import pytest

from common.errors import PreconditionFailed, ValidationFailed
from support.environment import Estate
from support.mysql_environment import MySqlEstate


@pytest.fixture
def batch(estate: Estate) -> Iterator[str]:
    """A user of PostgreSQL's source."""
    name = f"batch_{estate.source.dbname}"
    estate.source.run(f"create role {name} login; create role {name}_team")
    yield name
    estate.source.run(f"drop owned by {name}, {name}_team; drop role {name}, {name}_team")


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
def test_initialize_refuses_another_writer(estate: Estate, batch: str, statement: str) -> None:
    estate.source.run(statement.format(user=batch))
    with pytest.raises(PreconditionFailed, match=f"the source lets {batch} write"):
        estate.run("initialize")


@pytest.mark.parametrize(
    "statement",
    [
        "grant select on payments to {user}",
        "grant insert on payments to {user}; alter role {user} nologin",
        "grant insert on payments to {user}; alter role {user} superuser",
        "grant insert on payments to {user}; grant {role} to {user}",
    ],
)
def test_who_only_reads_or_is_shut_out_or_administers_is_no_other_writer(
    estate: Estate, batch: str, statement: str
) -> None:
    estate.source.run(statement.format(user=batch, role=estate.role))
    assert estate.run("initialize") == {"tables": 2}


def test_a_writer_who_came_after_keeps_the_fence_open(estate: Estate, batch: str) -> None:
    estate.follow()
    estate.source.run(f"grant insert on payments to {batch}")
    with pytest.raises(PreconditionFailed, match=batch):
        estate.run("fence_source")
    assert estate.parameter("writer") == "source"
    assert estate.may_log_in(estate.source)


def test_the_way_back_is_not_refused_for_another_writer(estate: Estate) -> None:
    estate.follow()
    estate.cross()
    name = f"late_{estate.target.dbname}"
    estate.target.run(f"create role {name} login; grant insert on payments to {name}")
    estate.cross_back()
    estate.target.run(f"drop owned by {name}; drop role {name}")
    assert estate.may_log_in(estate.source)


def test_the_check_before_tells_of_another_writer(estate: Estate, batch: str) -> None:
    estate.run("initialize")
    estate.source.run(f"grant insert on payments to {batch}")
    with pytest.raises(ValidationFailed, match=f"the source lets {batch} write"):
        estate.run("premigration_check")


@pytest.fixture
def robot(mysql: MySqlEstate) -> Iterator[str]:
    """A user of MySQL's target."""
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
def test_initialize_refuses_another_writer_on_mysql(
    mysql: MySqlEstate, robot: str, statements: tuple[str, ...]
) -> None:
    for statement in statements:
        mysql.target.run(statement.format(user=robot, underscored=f"{mysql.target.dbname[:-1]}_"))
    with pytest.raises(PreconditionFailed, match=f"the target lets {robot} write"):
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
def test_who_only_reads_or_is_locked_or_administers_is_no_other_writer_on_mysql(
    mysql: MySqlEstate, robot: str, statements: tuple[str, ...]
) -> None:
    for statement in statements:
        mysql.target.run(statement.format(user=robot))
    assert mysql.run("initialize") == {"tables": 2}
