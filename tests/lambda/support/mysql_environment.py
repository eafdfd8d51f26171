"""A small environment for one test: two databases of MySQL's make, three replication tasks, and the AWS around them."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import pymysql

from common import clients
from support.cutover_driver import CutoverDriver
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD, create_migration_resources
from support.fake_dms import FakeDms, Task
from support.mariadb import PASSWORD, Server
from support.mysql_replicator import Endpoint, MySqlReplicator
from support.secrets import login_secret

_SCHEMA = (
    """
create table payments (id bigint auto_increment primary key, token varchar(64) not null,
  amount decimal(12, 2) not null, state varchar(16) not null default 'new', at datetime(6) not null default now(6),
  key payments_by_token (token))
""",
    """
create table refunds (id binary(16) primary key, payment bigint not null, amount decimal(12, 2),
  foreign key (payment) references payments (id))
""",
)
_ARN = "arn:aws:dms:us-east-1:123456789012:task:"
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """One side's database."""

    server: Server
    dbname: str

    def run(self, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator."""
        return self.server.run(sql, *parameters, dbname=self.dbname)

    def session(self, user: str) -> "pymysql.Connection[Any]":
        """A session of the payment application; fails where it is shut out."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=user,
            password=APPLICATION_PASSWORD,
            database=self.dbname,
            autocommit=True,
        )


@dataclass
class MySqlEnvironment(CutoverDriver):
    """What a test holds in its hands."""

    source: Database
    target: Database

    def can_log_in(self, side: Database) -> bool:
        """Whether the application gets in."""
        try:
            with closing(side.session(self.role)):
                return True
        except pymysql.err.OperationalError:
            return False

    def logins(self) -> tuple[bool, bool]:
        """Whether it gets in to the source, and to the target."""
        return self.can_log_in(self.source), self.can_log_in(self.target)

    def pay(self, side: Database, payments: int = 1) -> None:
        """The application takes payments."""
        with closing(side.session(self.role)) as session, session.cursor() as cursor:
            for number in range(payments):
                cursor.execute("insert into payments (token, amount) values (%s, 12.50)", (f"tok-{number}",))

    def rows(self, side: Database) -> list[tuple[Any, ...]]:
        """All payments of a side."""
        return side.run("select id, token, amount, state, at from payments order by id")


@contextmanager
def create_mysql_environment(source: Server, target: Server) -> Iterator[MySqlEnvironment]:
    """Make an environment and take it down; moto must be on, and its clients fresh."""
    name = f"buy{next(_numbers)}"
    role, dms = f"app_{name}", f"dms_{name}"
    sides = (Database(source, name), Database(target, name))
    for side in sides:
        side.server.run(f"create database {name}")
        for statement in _SCHEMA:
            side.run(statement)
    sides[0].run(f"create user {role} identified by '{APPLICATION_PASSWORD}'")
    sides[0].run(f"grant select, insert, update, delete on {name}.* to {role}")
    ends = [Endpoint(side.server, name, dms, REPLICATION_PASSWORD) for side in sides]
    service = FakeDms()
    forth, back = partial(MySqlReplicator, *ends), partial(MySqlReplicator, *reversed(ends))
    tasks = (
        service.add(Task(f"{_ARN}{name}-ld", "full-load-and-cdc", forth)),
        service.add(Task(f"{_ARN}{name}-fwd", "cdc", forth)),
        service.add(Task(f"{_ARN}{name}-rev", "cdc", back)),
    )
    variables = {
        **create_migration_resources(name),
        "REPLICATIONS": json.dumps([_replication(name, role, dms, sides, tasks)]),
    }
    try:
        service.attach(clients.dms())
        yield MySqlEnvironment(service, *tasks, role, variables, *sides)
    finally:
        service.close()
        for side in sides:
            side.run(f"drop database {name}")
            for user in (role, f"{role}_clone", dms):
                side.server.run(f"drop user if exists {user}")


def _replication(
    name: str, role: str, dms: str, sides: tuple[Database, Database], tasks: tuple[Task, Task, Task]
) -> dict[str, object]:
    def of(side: str, database: Database) -> dict[str, object]:
        return {
            f"{side}_secret": login_secret(f"{name}-{side}-dms", dms, REPLICATION_PASSWORD),
            f"{side}_master_secret": login_secret(f"{name}-{side}-master", "admin", PASSWORD),
            f"{side}_application_secret": login_secret(f"{name}-{side}-app", role, APPLICATION_PASSWORD),
            f"{side}_address": {"host": "127.0.0.1", "port": database.server.port, "dbname": name},
        }

    return {
        "name": name,
        "engine": "mysql",
        "tables": [f"{name}.%"],
        "application_role": "payment_app",
        **of("source", sides[0]),
        **of("target", sides[1]),
        **dict(zip(("load_task", "forward_task", "reverse_task"), (task.arn for task in tasks), strict=True)),
    }
