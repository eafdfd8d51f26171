"""The environment of the payment API: source and target databases, parameters and secrets."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from common import clients
from database.address import Address
from database.tls import TlsConfig, TlsMode
from payment_api import handler
from payments import schema
from support.postgres import Server
from support.secrets import create_secret

PREFIX = "/payment/migration/abc123"
SCHEMA = schema.statements()
DATABASE = "payment_api"
PARAMETERS = {"writer": "source", "limits/currency": "USD,EUR", "limits/largest-payment": "100000"}


@dataclass(frozen=True)
class Response:
    """The HTTP response to the load balancer."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]


@dataclass(frozen=True)
class PaymentEnvironment:
    """Two databases, each on its own server with its own application role."""

    servers: Mapping[str, Server]
    tls: TlsConfig

    def variables(self) -> Mapping[str, str]:
        """Return the environment variables of the function."""
        return {
            "PARAMETER_PREFIX": PREFIX,
            "SOURCE_SECRET": "secret-source",
            "TARGET_SECRET": "secret-target",
            "DB_CA_DIR": str(self.tls.ca_dir),
        }

    def address(self, side: str) -> Address:
        """Return the address of one side."""
        return Address("localhost", self.servers[side].port, DATABASE)

    def administer(self, side: str, sql: str) -> list[list[Any]]:
        """Run SQL as the superuser."""
        return self.servers[side].run(sql, DATABASE)

    def count(self, side: str) -> int:
        """Count the payments of one side."""
        return int(self.administer(side, "select count(*) from payment")[0][0])

    def fence(self, side: str) -> None:
        """Fence one side as the cutover does: block logins and end the sessions."""
        self.administer(side, f"alter role app_{side} nologin")
        self.end_sessions(side)

    def end_sessions(self, side: str) -> None:
        """End the application's sessions."""
        self.administer(side, f"select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_{side}'")

    def set_writer(self, writer: str) -> None:
        """Set the writer and invalidate the cached value."""
        clients.ssm().put_parameter(Name=f"{PREFIX}/writer", Value=writer, Overwrite=True)
        handler._api().writer.writer.invalidate()

    def call(
        self,
        method: str = "POST",
        path: str = "/payments",
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> Response:
        """Invoke the handler with a request of the load balancer."""
        body = {"amount": 1250, "currency": "EUR", "token": "tok_7f3a91c2", **members}
        response = handler.handle(
            {
                "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:1:targetgroup/x"}},
                "httpMethod": method,
                "path": path,
                "queryStringParameters": {},
                "headers": {"content-type": "application/json", "idempotency-key": "k1", **(headers or {})},
                "body": json.dumps(body) if method == "POST" else "",
                "isBase64Encoded": False,
            },
            None,
        )
        assert isinstance(response["statusCode"], int)
        assert isinstance(response["headers"], dict)
        return Response(response["statusCode"], response["headers"], json.loads(str(response["body"])))


@contextmanager
def create_databases(source: Server, target: Server) -> Iterator[PaymentEnvironment]:
    """Create the databases and roles, and drop them afterwards."""
    with TemporaryDirectory() as roots:
        for number, server in enumerate((source, target)):
            for root in server.roots.glob("*.pem"):
                shutil.copy(root, Path(roots) / f"{number}-{root.name}")
        environment = PaymentEnvironment(
            {"source": source, "target": target}, TlsConfig(TlsMode.VERIFY_FULL, Path(roots))
        )
        for side, server in environment.servers.items():
            server.run(f"create role app_{side}")
            server.run(f"create database {DATABASE}")
        yield environment
        for side, server in environment.servers.items():
            server.run(f"drop database {DATABASE} with (force)")
            server.run(f"drop role app_{side}")


@contextmanager
def populate(environment: PaymentEnvironment) -> Iterator[PaymentEnvironment]:
    """Reset the databases and create the parameters and secrets, with the source as the writer."""
    handler._api.cache_clear()
    for side in environment.servers:
        environment.administer(side, "drop table if exists payment; drop function if exists die")
        environment.administer(side, SCHEMA)
        environment.administer(side, f"alter role app_{side} reset all")
        environment.administer(side, f"alter role app_{side} login password '{side}'")
        environment.administer(side, f"grant select, insert on payment to app_{side}")
        login = {"username": f"app_{side}", "password": side, **asdict(environment.address(side))}
        create_secret(f"secret-{side}", login)
    for name, value in PARAMETERS.items():
        clients.ssm().put_parameter(Name=f"{PREFIX}/{name}", Value=value, Type="String")
    yield environment
    for side in environment.servers:
        environment.end_sessions(side)
    handler._api.cache_clear()
