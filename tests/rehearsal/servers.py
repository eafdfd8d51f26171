"""Database servers in place of the source in the datacenter and of the cluster in AWS."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local_aws.internal_requests import request
from rehearsal.deployment import Replication
from support import mariadb, postgres


class Server(Protocol):
    """A server with administrative access."""

    @property
    def port(self) -> int:
        """The port on the loopback interface."""

    def run(self, sql: str, dbname: str) -> list[Any]:
        """Run one statement as the administrator."""

    def stop(self) -> None:
        """Stop the server and delete its files."""


@dataclass(frozen=True)
class MariaDb:
    """A MariaDB server with the interface of `Server`."""

    server: mariadb.Server

    @property
    def port(self) -> int:
        """The port on the loopback interface."""
        return self.server.port

    def run(self, sql: str, dbname: str) -> list[Any]:
        """Run one statement as the administrator."""
        return self.server.run(sql, dbname=dbname or None)

    def stop(self) -> None:
        """Stop the server and delete its files."""
        self.server.stop()


@dataclass(frozen=True)
class Database:
    """The database of one side."""

    server: Server
    name: str

    def run(self, sql: str) -> list[Any]:
        """Run one statement as the administrator."""
        return self.server.run(sql, self.name)


@contextmanager
def start_servers(replication: Replication, authority: Path) -> Iterator[tuple[Database, Database]]:
    """Run the servers of source and target, which the local AWS reaches by the hosts of the deployment.

    `authority` is the folder with the certificate authority of the datacenter, whose certificate the stack file has.
    The server of the target has an authority of its own, which the local AWS trusts like those of RDS.
    """
    with ExitStack() as stack:
        source_authority = authority
        source, _ = _start(stack, replication.engine, (replication.source["host"],), source_authority)
        target, target_ca = _start(stack, replication.engine, replication.target_hosts, None)
        _route(replication, source.port, target.port, target_ca)
        yield Database(source, replication.source["dbname"]), Database(target, replication.target["dbname"])


def _start(stack: ExitStack, engine: str, hosts: tuple[str, ...], authority: Path | None) -> tuple[Server, str]:
    """Start a server whose certificate has `hosts`; return it and the certificate of its authority."""
    server: Server
    if engine == "postgres":
        postgresql = postgres.start("127.0.0.1", *hosts, authority=authority)
        server, roots = postgresql, postgresql.roots
    else:
        folder = Path(tempfile.mkdtemp(prefix="paymig-certificates-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        postgres.create_certificates(folder, hosts, authority)
        server, roots = MariaDb(mariadb.start(folder)), folder / "roots"
    stack.callback(server.stop)
    return server, (roots / "ca.pem").read_text()


def _route(replication: Replication, source_port: int, target_port: int, target_ca: str) -> None:
    """Set the addresses of the local AWS. The secondary clusters of the target are unreachable."""
    local = {"host": "127.0.0.1", "tls": "require"}
    primary, *secondaries = (f"{host}:{replication.target['port']}" for host in replication.target_hosts)
    addresses = {
        f"{replication.source['host']}:{replication.source['port']}": {**local, "port": source_port},
        primary: {**local, "port": target_port, "authority": target_ca},
        **{secondary: {**local, "port": 1} for secondary in secondaries},
    }
    put_setting(f"dms-faults?region={os.environ['AWS_DEFAULT_REGION']}", {"addresses": addresses})


def put_setting(path: str, value: dict[str, Any]) -> None:
    """Set a setting of the local AWS that AWS does not have."""
    request(os.environ["AWS_ENDPOINT_URL"], "PUT", path, value)
