"""Tasks of an operator before a migration: schemas, database users, and the secrets with their logins.

docs/workflow.md ("Operator tasks"), docs/cutover.md ("Source prerequisites") and docs/prerequisites.md describe them.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import boto3

from rehearsal.deployment import Replication
from rehearsal.servers import Database

_USERS = {
    "source_secret": "payment_replication",
    "source_application_secret": "payment_app",
    "target_secret": "payment_replication",
    "target_application_secret": "payment_app",
    "target_master_secret": "payment_admin",
}
"""The database users of secrets without a value."""
_SCHEMA = Path(__file__).parents[2] / "lambda/payments/schema.sql"
_MYSQL_SCHEMA = """
create table payment (
  id char(36) primary key, principal varchar(128) not null, idempotency_key varchar(64) not null,
  amount bigint not null, currency char(3) not null, token varchar(128) not null,
  status varchar(16) not null default 'accepted', created_at timestamp(6) not null default current_timestamp(6),
  unique payment_idempotency (principal, idempotency_key))
"""
_POSTGRESQL_SOURCE = """
create role {application} login password '{application_password}';
grant select, insert on payment to {application};
create role {replication} login replication createrole password '{replication_password}';
grant select, insert, update, delete on payment to {replication};
grant usage, create on schema public to {replication};
grant set on parameter session_replication_role to {replication};
grant pg_signal_backend to {replication};
"""
_MYSQL_SOURCE = """
create user {application}@'%%' identified by '{application_password}';
grant select, insert on {database}.* to {application}@'%%';
create user {replication}@'%%' identified by '{replication_password}';
grant all on {database}.* to {replication}@'%%';
grant all on awsdms_control.* to {replication}@'%%';
grant replication slave, replication client, create user, process, connection admin, super on *.* to {replication}@'%%';
grant select on mysql.* to {replication}@'%%'
"""


def prepare(replication: Replication, source: Database, target: Database) -> None:
    """Create the schema on both sides and the users of the source; write their logins into the secrets."""
    is_postgresql = replication.engine == "postgres"
    for side in (source, target):
        side.server.run(f"create database {side.name}", "")
        side.run(_SCHEMA.read_text() if is_postgresql else _MYSQL_SCHEMA)
    logins = {name: _complete_login(replication, name) for name in _USERS}
    application, replicator = logins["source_application_secret"], logins["source_secret"]
    script = (_POSTGRESQL_SOURCE if is_postgresql else _MYSQL_SOURCE).format(
        application=application["username"],
        application_password=application["password"],
        replication=replicator["username"],
        replication_password=replicator["password"],
        database=source.name,
    )
    for statement in script.split(";"):
        source.run(statement)
    _create_administrator(replication, logins["target_master_secret"], target)


def read_secret(arn: str) -> Mapping[str, Any]:
    """Return the JSON object in a secret, which is empty without a value."""
    client = boto3.client("secretsmanager")
    try:
        value: Mapping[str, Any] = json.loads(client.get_secret_value(SecretId=arn)["SecretString"])
    except client.exceptions.ResourceNotFoundException:
        return {}
    return value


def _complete_login(replication: Replication, name: str) -> Mapping[str, Any]:
    """Write what a secret lacks of its login, and a password in place of a placeholder; return its value."""
    address = replication.source if name.startswith("source") else replication.target
    host = address.get("host") or address["hosts"][0]
    found = read_secret(replication.secrets[name])
    value = {"username": _USERS[name], "password": token_urlsafe(16), "host": host, "port": address["port"], **found}
    if value.pop("placeholder", None):
        value["password"] = token_urlsafe(16)
    if value != found:
        client = boto3.client("secretsmanager")
        client.put_secret_value(SecretId=replication.secrets[name], SecretString=json.dumps(value))
    return value


def _create_administrator(replication: Replication, login: Mapping[str, Any], target: Database) -> None:
    """Create the master user, as Amazon RDS does with the cluster."""
    if replication.engine == "postgres":
        target.run(f"create role {login['username']} login superuser password '{login['password']}'")
    else:
        target.run(f"create user {login['username']}@'%%' identified by '{login['password']}'")
        target.run(f"grant all on *.* to {login['username']}@'%%' with grant option")
