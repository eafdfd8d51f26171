"""Routes of payments: through the load balancer of the stack, or into the writer as unchanged payment code does."""

import json
import random
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

import boto3
import pg8000.dbapi
import pymysql

from rehearsal.deployment import Deployment, Replication
from rehearsal.operator_tasks import read_secret
from rehearsal.payments import Route
from rehearsal.servers import Database

_READ_SECONDS = 1.0
"""Time between two reads of the weights or of the writer, as in the payment code."""
_TIMEOUT_SECONDS = 10
_INSERT = """
insert into payment (id, principal, idempotency_key, amount, currency, token)
values (%s, 'rehearsal', %s, 1250, 'EUR', 'tok_rehearsal')
"""
_EXISTS = "select 1 from payment where principal = 'rehearsal' and idempotency_key = %s"

_TIMED_OUT = "Sandbox.Timedout"


class Connection(Protocol):
    """A DB-API connection."""

    def cursor(self) -> Any:
        """Return a cursor."""

    def commit(self) -> None:
        """Commit the transaction."""

    def close(self) -> None:
        """End the session."""


@dataclass
class PaymentCode:
    """Payment code that writes into one database with the login of the application, in a session that it keeps."""

    engine: str
    database: Database
    secret_arn: str
    _connection: Connection | None = None

    def accept(self, key: str) -> bool:
        """Insert a payment once; return false if the database does not accept it."""
        try:
            connection = self._connection = self._connection or self._connect()
            cursor = connection.cursor()
            cursor.execute(_EXISTS, (key,))
            if not cursor.fetchall():
                cursor.execute(_INSERT, (str(uuid4()), key))
            connection.commit()
        except (pg8000.dbapi.Error, pymysql.err.Error, OSError):
            self.end_session()
            return False
        return True

    def end_session(self) -> None:
        """End the session, if there is one."""
        if self._connection is not None:
            with suppress(pg8000.dbapi.Error, pymysql.err.Error, OSError):
                self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        login = read_secret(self.secret_arn)
        options: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.database.server.port,
            "database": self.database.name,
        }
        user = {"user": login["username"], "password": login["password"]}
        connection: Connection
        if self.engine == "postgres":
            connection = pg8000.dbapi.connect(**options, **user, timeout=_TIMEOUT_SECONDS)
        else:
            connection = pymysql.connect(**options, **user, ssl_disabled=True, read_timeout=_TIMEOUT_SECONDS)
        return connection


@dataclass
class _Cached:
    """A value that is read again after a second."""

    read: Callable[[], Any]
    _value: Any = None
    _read_at: float = field(default=0.0)

    def value(self) -> Any:
        if time.monotonic() - self._read_at > _READ_SECONDS:
            self._value, self._read_at = self.read(), time.monotonic()
        return self._value


def route_to_writer(deployment: Deployment, sides: Mapping[str, PaymentCode]) -> Route:
    """Return a route into the database that the parameter `writer` names."""
    writer = _Cached(lambda: deployment.parameter("writer"))

    def request(key: str) -> str | None:
        side = writer.value()
        for name, code in sides.items():
            if name != side:
                code.end_session()
        return side if side in sides and sides[side].accept(key) else None

    return request


def route_through_balancer(deployment: Deployment, old: PaymentCode) -> Route:
    """Return a route by the weights of the listener rule: to the old system, or to the deployed payment function."""
    variables = deployment.cutover.variables
    balancer, functions = boto3.client("elbv2"), boto3.client("lambda")
    new_group = variables["NEW_TARGET_GROUP"]
    (target,) = balancer.describe_target_health(TargetGroupArn=new_group)["TargetHealthDescriptions"]

    def read_weight() -> int:
        (rule,) = balancer.describe_rules(RuleArns=[variables["LISTENER_RULE"]])["Rules"]
        groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
        return next(int(group["Weight"]) for group in groups if group["TargetGroupArn"] == new_group)

    weight = _Cached(read_weight)

    def request(key: str) -> str | None:
        if random.random() * 100 >= weight.value():
            return "old" if old.accept(key) else None
        event = _balancer_event(new_group, key)
        response = functions.invoke(FunctionName=target["Target"]["Id"], Payload=json.dumps(event))
        result = json.load(response["Payload"])
        status = result.get("statusCode")
        # A load balancer responds with 502 to a function that timed out; a client sends the request again.
        if status == 503 or result.get("errorType") == _TIMED_OUT:
            return None
        if status != 201:
            raise RuntimeError(f"the payment function returned {result}")
        return "new"

    return request


def _balancer_event(group: str, key: str) -> dict[str, object]:
    """Return a request in the format of a load balancer with a function as its target."""
    body = {"amount": 1250, "currency": "EUR", "token": "tok_rehearsal"}
    headers = {"content-type": "application/json", "idempotency-key": key, "x-principal": "rehearsal"}
    return {
        "requestContext": {"elb": {"targetGroupArn": group}},
        "httpMethod": "POST",
        "path": "/payments",
        "queryStringParameters": {},
        "headers": headers,
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def payment_codes(replication: Replication, source: Database, target: Database) -> dict[str, PaymentCode]:
    """Return payment code for each side."""
    return {
        side: PaymentCode(replication.engine, database, replication.secrets[f"{side}_application_secret"])
        for side, database in (("source", source), ("target", target))
    }
