"""The environment of one test: two MariaDB databases, three replication tasks and the AWS resources around them."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import pymysql

from support.aws_resources import create_migration_resources
from support.cutover_driver import CutoverDriver
from support.emitted_replication import EmittedReplication
from support.environment import APPLICATION_PASSWORD, REPLICATION_PASSWORD
from support.mariadb import PASSWORD, Server
from support.replication_service import ReplicationService, Task
from support.secrets import create_secret, login_secret

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
_numbers = count(1)


@dataclass(frozen=True)
class Database:
    """The database of one side."""

    server: Server
    dbname: str

    def run(self, sql: str, *parameters: str) -> list[tuple[Any, ...]]:
        """Run one statement as the administrator."""
        return self.server.run(sql, *parameters, dbname=self.dbname)

    def application_session(self, user: str) -> "pymysql.Connection[Any]":
        """Open a session of the payment application; fails while its logins are blocked."""
        return pymysql.connect(
            host="127.0.0.1",
            port=self.server.port,
            user=user,
            password=APPLICATION_PASSWORD,
            database=self.dbname,
            autocommit=True,
            ssl_disabled=True,
        )


@dataclass
class MySqlEnvironment(CutoverDriver):
    """A migration between two MariaDB databases."""

    source: Database
    target: Database

    def can_log_in(self, side: Database) -> bool:
        """Return whether the application can log in."""
        try:
            with closing(side.application_session(self.role)):
                return True
        except pymysql.err.OperationalError:
            return False

    def logins(self) -> tuple[bool, bool]:
        """Return whether the application can log in to the source and to the target."""
        return self.can_log_in(self.source), self.can_log_in(self.target)

    def pay(self, side: Database, count: int = 1) -> None:
        """Insert payments as the application."""
        with closing(side.application_session(self.role)) as session, session.cursor() as cursor:
            for number in range(count):
                cursor.execute("insert into payments (token, amount) values (%s, 12.50)", (f"tok-{number}",))

    def rows(self, side: Database) -> list[tuple[Any, ...]]:
        """Return all payments of a side."""
        return side.run("select id, token, amount, state, at from payments order by id")


@contextmanager
def create_mysql_environment(source: Server, target: Server) -> Iterator[MySqlEnvironment]:
    """Create an environment that owns its source, and delete it afterwards; the fixture `aws` must be active."""
    name = f"buy{next(_numbers)}"
    role, dms = f"app_{name}", f"dms_{name}"
    sides = (Database(source, name), Database(target, name))
    for side in sides:
        side.server.run(f"create database {name}")
        for statement in _SCHEMA:
            side.run(statement)
    sides[0].run(f"create user {role} identified by '{APPLICATION_PASSWORD}'")
    sides[0].run(f"grant select, insert, update, delete on {name}.* to {role}")
    environment = _environment(name, role, dms, sides)
    environment.run("acquire_ownership")
    try:
        yield environment
    finally:
        environment.service.close()
        for side in sides:
            side.run(f"drop database {name}")
            side.server.run("drop database if exists awsdms_control")
            for user in (role, f"{role}_clone", dms):
                side.server.run(f"drop user if exists {user}")


@contextmanager
def create_mysql_rehearsal(owner: MySqlEnvironment, target: Server) -> Iterator[MySqlEnvironment]:
    """Create another environment that reads the source of `owner`, and delete it afterwards.

    `target` is a server of its own, because tables have the same names on both sides.
    """
    name = f"buy{next(_numbers)}"
    dms = f"dms_{name}"
    side = Database(target, owner.source.dbname)
    target.run(f"create database {side.dbname}")
    for statement in _SCHEMA:
        side.run(statement)
    environment = _environment(name, owner.role, dms, (owner.source, side))
    try:
        yield environment
    finally:
        environment.service.close()
        side.run(f"drop database {side.dbname}")
        for user in (owner.role, dms):
            target.run(f"drop user if exists {user}")
        owner.source.server.run(f"drop user if exists {dms}")


def _environment(name: str, role: str, dms: str, sides: tuple[Database, Database]) -> MySqlEnvironment:
    service = ReplicationService(name, EmittedReplication("lift-and-shift/aws-production"))
    secrets = {
        token: create_secret(
            f"{name}-{token}-dms",
            {"username": dms, "password": REPLICATION_PASSWORD, "host": "127.0.0.1", "port": side.server.port},
        )
        for token, side in zip(("source", "target"), sides, strict=True)
    }
    tasks = _tasks(service, secrets, sides[0].dbname)
    variables = {
        **create_migration_resources(name),
        "REPLICATIONS": json.dumps([_replication(name, role, secrets, sides, tasks)]),
    }
    return MySqlEnvironment(service, *tasks, role, variables, *sides)


def _tasks(service: ReplicationService, secrets: Mapping[str, str], schema: str) -> tuple[Task, Task, Task]:
    read, write = service.add_endpoint("source", secrets["source"]), service.add_endpoint("target", secrets["target"])
    reverse_read = service.add_endpoint("reverse-source", secrets["target"])
    reverse_write = service.add_endpoint("reverse-target", secrets["source"])
    schemas = {"payments": schema}  # of the stack file
    return (
        service.add_task("full-load", (read, write), schemas),
        service.add_task("forward", (read, write), schemas),
        service.add_task("reverse", (reverse_read, reverse_write), schemas),
    )


def _replication(
    name: str,
    role: str,
    secrets: Mapping[str, str],
    sides: tuple[Database, Database],
    tasks: tuple[Task, Task, Task],
) -> dict[str, object]:
    def of(side: str, database: Database) -> dict[str, object]:
        return {
            f"{side}_secret": secrets[side],
            f"{side}_master_secret": login_secret(f"{name}-{side}-master", "admin", PASSWORD),
            f"{side}_application_secret": login_secret(f"{name}-{side}-app", role, APPLICATION_PASSWORD),
            f"{side}_address": {"host": "127.0.0.1", "port": database.server.port, "dbname": database.dbname},
        }

    return {
        "name": name,
        "engine": "mysql",
        "tables": [f"{sides[0].dbname}.%"],
        "application_role": "payment_app",
        "control_schema": "awsdms_control",
        "forward_slot": f"paymig_{name}_fwd",
        "reverse_slot": f"paymig_{name}_rev",
        **of("source", sides[0]),
        **of("target", sides[1]),
        **dict(zip(("load_task", "forward_task", "reverse_task"), (task.arn for task in tasks), strict=True)),
    }
